-- Life of the data files: immutable versions, what was done with them, and publications at a time.
-- `migrations/sqlite/0002_versions.sql` holds the same tables.
-- Expand first: `published` stays as it is and is read by nobody any more; a later migration drops it. A process of the
-- older program that is still running goes on with the files it read when it started and sees no later publication; it
-- is refused when it opens the store again.

-- One text of one file, never changed; `hash` is the BLAKE3 of the text. `label` is the `version:` that stands in the
-- text, null where it states none. `stage` is how far it came before any publication; what is published, in force or
-- superseded follows from `publications`.
create table versions (
    kind text not null,
    name text not null,
    hash text not null,
    label text,
    text text not null,
    stage text not null
        check (stage in ('draft', 'checked', 'tested', 'previewed', 'approved', 'withdrawn')),
    -- Who wrote it: `holder_kind:holder` and the key; the key is null on the hub's own machine.
    written_by text not null,
    written_key bytea,
    written_at bigint not null,
    primary key (kind, name, hash)
);

-- The one open draft of a file; replaced by the next save that names the hash it saw.
create table drafts (
    kind text not null,
    name text not null,
    hash text not null,
    primary key (kind, name)
);

-- What was done with a version, in order; rows are added, never changed.
create table version_steps (
    id bytea primary key,
    kind text not null,
    name text not null,
    hash text not null,
    step text not null,
    at bigint not null,
    actor text not null,
    key_id bytea,
    -- More of it, as JSON.
    detail text not null
);
create index version_steps_by_file on version_steps (kind, name, id);

-- From when on a version counts, by the clock of the database. The publication with the latest `from_at` that has come
-- is in force; of two with the same one, the later `seq`. Rollback is a publication of an earlier version.
create table publications (
    seq bigint primary key,
    kind text not null,
    name text not null,
    hash text not null,
    from_at bigint not null,
    manner text not null check (manner in ('shipped', 'published', 'rolled_back')),
    published_at bigint not null,
    published_by text not null,
    -- Taken back before its time came.
    cancelled_at bigint
);
create index publications_by_file on publications (kind, name, seq);
create index publications_by_time on publications (from_at);

-- One row: the number of the last change of `publications`. Every process looks at it a few times a second, and who
-- publishes changes it first, so that there is one publisher at a time.
create table library_head (
    id bigint primary key check (id = 1),
    seq bigint not null
);

-- The label is cut out of the line that begins with `version:`.
insert into versions (kind, name, hash, label, text, stage, written_by, written_key, written_at)
select kind, name, hash,
    nullif(btrim(split_part(split_part(split_part(E'\n' || min(text), E'\nversion:', 2), E'\n', 1), ' #', 1),
        E' "''\r'), ''),
    min(text), 'tested', min(published_by), null, min(published_at)
from published group by kind, name, hash;

insert into publications (seq, kind, name, hash, from_at, manner, published_at, published_by, cancelled_at)
select row_number() over (order by published_at, kind, name, version), kind, name, hash, published_at,
    case when published_by = 'shipped' then 'shipped' else 'published' end, published_at, published_by, null
from published;

insert into library_head (id, seq) select 1, count(*) from published;
