-- Messages between registries (SPDCI): what is answered later, who follows whom, and messages that go to an address of their
-- own. `migrations/postgres/0009_exchanges.sql` holds the same tables. An older program that still runs leaves them waiting;
-- of the outbox it takes rows with an address for those of subscriptions that ended, and gives them up in the open.

-- A message that is answered later, or was: worked on by a lease, kept until nobody asks for the answer any more.
create table exchanges (
    -- The correlation id.
    id blob primary key,
    -- Who sent it, by its id in agreements, and the access key with which it came.
    partner text not null,
    key_id blob,
    action text not null,
    -- Keyed hash of the sender's id of the message: the same message is taken once.
    message_key blob not null,
    state text not null check (state in ('waiting', 'leased', 'done')),
    due_at integer not null,
    attempts integer not null,
    leased_by text,
    received_at integer not null,
    closed_at integer,
    -- Where the answer goes; null when it is only kept.
    callback text,
    sealed blob not null,
    answer blob
) strict;
create unique index exchanges_once on exchanges (partner, message_key);
create index exchanges_due on exchanges (due_at) where state in ('waiting', 'leased');
create index exchanges_closed on exchanges (closed_at) where state = 'done';

-- By which names its sender may ask for it again: keyed hashes of its transaction and references.
create table exchange_names (
    partner text not null,
    name blob not null,
    exchange_id blob not null,
    primary key (partner, name, exchange_id)
) strict;
create index exchange_names_by_exchange on exchange_names (exchange_id);

-- Who wants to hear what of whom: of everybody in a scheme, or of whoever bears one of its targets.
create table followers (
    -- The code of the subscription.
    id blob primary key,
    -- Who follows, as kind and id, and the keyed hash of what of whom.
    holder text not null,
    wish blob not null,
    purpose text not null,
    event text not null,
    scheme text,
    state text not null check (state in ('active', 'ended')),
    created_at integer not null,
    sealed blob not null
) strict;
create unique index followers_once on followers (holder, wish) where state = 'active';
create index followers_of_scheme on followers (scheme) where state = 'active' and scheme is not null;

-- Keyed hashes of the numbers by which somebody is followed, as in `identifiers`.
create table follower_targets (
    key blob not null,
    follower_id blob not null,
    primary key (key, follower_id)
) strict;

create table follower_watch (
    id integer primary key check (id = 1),
    log_seq integer not null
) strict;
insert into follower_watch (id, log_seq) values (1, 0);

-- Where a message goes that has an address of its own, and none of a subscription.
alter table outbox add column url text;
