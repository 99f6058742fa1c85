-- How right the index is, and trials of match models.
-- `migrations/postgres/0005_measurements.sql` holds the same tables. An older program that still runs knows nothing of them.

-- One row a measurement: rates and drifts by scheme, sex and age group, as JSON of counts. Nothing in it is personal.
create table measurements (
    at integer primary key,
    model text not null,
    report text not null
) strict;

-- A match model tried on everything that is stored. Nothing is written but how far it is and what it came to; one that
-- died is begun again.
create table what_ifs (
    id blob primary key,
    text text not null,
    as_of text not null,
    state text not null check (state in ('running', 'done', 'cancelled')),
    total integer not null,
    done integer not null,
    report text,
    started_at integer not null,
    started_by text not null,
    finished_at integer
) strict;
create index what_ifs_running on what_ifs (id) where state = 'running';
