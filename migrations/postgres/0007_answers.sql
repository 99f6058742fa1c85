-- Signed answers: the keys that sign, the answers that were given, how far the log was looked through for changes.
-- `migrations/sqlite/0007_answers.sql` holds the same tables. An older program that still runs knows nothing of them: it
-- signs nothing, and what it changes is found in the log.

-- Keys that sign answers, the newest one signs. A key stays after it was replaced, so that what it signed can be proved.
create table signing_keys (
    generation bigint primary key,
    -- The beginning of its thumbprint, as it stands in the answers.
    id text not null unique,
    public bytea not null,
    created_at bigint not null,
    -- Nothing that it signed is to be believed any more.
    revoked_at bigint,
    sealed bytea not null
);

-- What was asked and told, without the words of the question: enough to see whether it would be told again.
create table answers (
    id bytea primary key,
    asker text not null,
    purpose text not null,
    -- Null for an answer about nobody, or about what was known at a moment of the past: neither changes.
    person_id bytea,
    scheme text,
    country text,
    as_of text not null,
    -- A digest of what was told.
    told text not null,
    given_at bigint not null,
    expires_at bigint not null,
    -- Where the log ended when it was given, or when it was last looked at again.
    log_seq bigint not null,
    cancelled_at bigint,
    -- The reason that would be told now, or `operator`.
    cancelled_for text
);
create index answers_by_person on answers (person_id) where cancelled_at is null and person_id is not null;
create index answers_by_time on answers (given_at) where cancelled_at is null and person_id is not null;
create index answers_cancelled on answers (expires_at) where cancelled_at is not null;

create table answer_watch (
    id bigint primary key check (id = 1),
    log_seq bigint not null
);
insert into answer_watch (id, log_seq) values (1, 0);
