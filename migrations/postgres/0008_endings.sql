-- How records come to their end by their own scheme's word: replaced by another record of it, or withdrawn.
-- `migrations/sqlite/0008_endings.sql` holds the same tables. An older program that still runs goes on showing a
-- replaced record beside its survivor, and takes a withdrawn one for a record that is not released yet: it shows neither
-- its data nor its numbers, as it should.

-- A record is a duplicate of another one of the same scheme. It holds as long as the decision does, which binds the two.
create table replacements (
    decision_id bytea primary key,
    record_id bytea not null,
    survivor_id bytea not null
);
create index replacements_by_record on replacements (record_id);

-- A record was withdrawn. It counts again as soon as its scheme sends it again; the row stays, for its history.
create table withdrawals (
    record_id bytea not null,
    at bigint not null,
    -- `holder_kind:holder`.
    withdrawn_by text not null,
    primary key (record_id, at)
);
