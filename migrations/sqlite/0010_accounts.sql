-- The people who work at the page: accounts, the links that let somebody in for the first time, sittings, failed attempts.
-- `migrations/postgres/0010_accounts.sql` holds the same tables. An older program that still runs knows nothing of them and has
-- no page.

create table accounts (
    id blob primary key,
    name text not null unique,
    role text not null,
    -- Null: of the whole hub.
    scheme text,
    -- Argon2id, as a PHC string; null until its holder has chosen a password.
    password text,
    -- The secret of the second factor, sealed; null when there is none.
    second_factor blob,
    -- The last step of thirty seconds whose code was taken: a code that somebody overheard is worth nothing.
    last_step integer,
    created_at integer not null,
    created_by text not null,
    disabled_at integer
) strict;

-- One-time links, known by the keyed hash of their secret. Without an account: the first administrator's.
create table account_links (
    secret_hash blob primary key,
    account_id blob,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict;
create index account_links_by_account on account_links (account_id);

-- Who is signed in where. `verified_at` is null while the second factor is still asked for.
create table sessions (
    id blob primary key,
    secret_hash blob not null unique,
    account_id blob not null,
    created_at integer not null,
    verified_at integer,
    seen_at integer not null,
    -- The browser, as it names itself, shortened.
    agent text not null,
    ended_at integer
) strict;
create index sessions_by_account on sessions (account_id) where ended_at is null;

-- Failed attempts by the keyed hash of the name that was tried, whether there is such an account or not.
create table sign_in_failures (
    name_hash blob primary key,
    failures integer not null,
    last_at integer not null
) strict;
