-- The people who work at the page: accounts, the links that let somebody in for the first time, sittings, failed attempts.
-- `migrations/sqlite/0010_accounts.sql` holds the same tables. An older program that still runs knows nothing of them and has
-- no page.

create table accounts (
    id bytea primary key,
    name text not null unique,
    role text not null,
    -- Null: of the whole hub.
    scheme text,
    -- Argon2id, as a PHC string; null until its holder has chosen a password.
    password text,
    -- The secret of the second factor, sealed; null when there is none.
    second_factor bytea,
    -- The last step of thirty seconds whose code was taken: a code that somebody overheard is worth nothing.
    last_step bigint,
    created_at bigint not null,
    created_by text not null,
    disabled_at bigint
);

-- One-time links, known by the keyed hash of their secret. Without an account: the first administrator's.
create table account_links (
    secret_hash bytea primary key,
    account_id bytea,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index account_links_by_account on account_links (account_id);

-- Who is signed in where. `verified_at` is null while the second factor is still asked for.
create table sessions (
    id bytea primary key,
    secret_hash bytea not null unique,
    account_id bytea not null,
    created_at bigint not null,
    verified_at bigint,
    seen_at bigint not null,
    -- The browser, as it names itself, shortened.
    agent text not null,
    ended_at bigint
);
create index sessions_by_account on sessions (account_id) where ended_at is null;

-- Failed attempts by the keyed hash of the name that was tried, whether there is such an account or not.
create table sign_in_failures (
    name_hash bytea primary key,
    failures bigint not null,
    last_at bigint not null
);
