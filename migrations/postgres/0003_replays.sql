-- Records made again by another version of their mapping. The same on both databases but for the names of types.
-- An older program that still runs writes no value into the new columns, which says the same as it always did.

-- The mapping that made a revision again from what was received; null: the one that read its batch.
alter table revisions add column mapping text;
alter table revisions add column mapping_hash text;

-- What refusals share (code, severity, field, expectation, line of the mapping) as a short hash; null: unknown.
alter table quarantine_issues add column defect bytea;

-- One run of a mapping over what is stored. States: running (goes on after a crash where its last page ended), done,
-- cancelled.
create table replays (
    id bytea primary key,
    scheme text not null,
    mapping text not null,
    version text not null,
    mapping_hash text not null,
    -- The mapping itself: a version that is not in force any more must be able to come to its end.
    text text not null,
    state text not null check (state in ('running', 'done', 'cancelled')),
    -- How far it is: `kept` (records in force) or `waiting` (refused ones), and the last id of it.
    phase text not null check (phase in ('kept', 'waiting')),
    position bytea,
    -- How many there were to examine when it began.
    total bigint not null,
    -- Counts and groups, as JSON; nothing personal.
    report text not null,
    started_at bigint not null,
    started_by text not null,
    touched_at bigint not null,
    finished_at bigint
);
create index replays_running on replays (id) where state = 'running';
