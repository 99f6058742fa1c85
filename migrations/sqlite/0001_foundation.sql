-- The tables of the hub on SQLite. `migrations/postgres/0001_foundation.sql` holds the same ones.
-- Strict tables. Ids are 16-byte blobs; instants are milliseconds since 1970; booleans are 0 and 1;
-- JSON is text.
-- Dates are ISO text (`2025-12-31`): it sorts like the calendar, compares with `<=` alike on both databases
-- and reads in any client; null says "open".
-- Whatever is personal stands in a sealed blob or is a keyed hash (`*_key`); every other column may be shown.
-- On an empty store no older binary exists that could meet these tables.

-- One file or message of a scheme. States: receiving (staged revisions may grow), held (waits for a person),
-- releasing (being made live, page by page), released, discarded (a person refused it), abandoned (never finished).
create table batches (
    id blob primary key,
    scheme text not null,
    kind text not null check (kind in ('records', 'events')),
    mode text not null check (mode in ('delta', 'snapshot')),
    state text not null check (state in ('receiving', 'held', 'releasing', 'released', 'discarded', 'abandoned')),
    idempotency_key text,
    body_hash blob,
    -- Counts the sendings of the same key: only the newest sending may write.
    epoch integer not null,
    -- The sender's file name, sealed: senders put names of people into file names.
    file_name blob,
    mapping text,
    mapping_hash text,
    -- The day that the data describes, when the sender says it.
    data_as_of text,
    -- The moment of that day; else when the file arrived. Decides what is older.
    recorded_at integer not null,
    received_at integer not null,
    touched_at integer not null,
    finished_at integer,
    released_at integer,
    hold_reason text,
    complete integer not null,
    received integer not null,
    accepted integer not null,
    new_records integer not null,
    changed integer not null,
    unchanged integer not null,
    stale integer not null,
    refused integer not null,
    warnings integer not null,
    absent integer not null,
    corrected integer not null,
    -- Values dropped on entry because neither law nor purpose needs them: {"field": count}.
    dropped text not null
) strict;
create unique index batches_by_key on batches (scheme, idempotency_key);
create index batches_by_state on batches (state, touched_at);

-- One record of one scheme through all its revisions. `state`: staged (no live revision yet), live, absent (a snapshot
-- no longer holds it). `current` is the sealed effective record: the live revision, its corrections and events.
create table records (
    id blob primary key,
    scheme text not null,
    record_key blob not null,
    contract_key blob,
    state text not null check (state in ('staged', 'live', 'absent')),
    revision integer not null,
    -- Hash of the live revision as received.
    content blob,
    recorded_at integer,
    batch_id blob,
    current blob,
    created_at integer not null,
    updated_at integer not null,
    absent_since text
) strict;
create unique index records_by_key on records (scheme, record_key);
create index records_by_contract on records (contract_key) where contract_key is not null;

-- What a scheme sent about a record. `number` counts the live ones from 1 and is 0 for all others.
-- States: staged, live, superseded, stale (older than known), refused (a reference settled to nowhere).
create table revisions (
    id blob primary key,
    record_id blob not null,
    batch_id blob not null,
    number integer not null,
    state text not null check (state in ('staged', 'live', 'superseded', 'stale', 'refused')),
    content blob not null,
    recorded_at integer not null,
    data_as_of text,
    received_at integer not null,
    line integer not null,
    warnings integer not null,
    -- The raw record, the canonical one as translated, its place and its warnings.
    sealed blob not null
) strict;
create index revisions_by_batch on revisions (batch_id, state, id);
create index revisions_by_record on revisions (record_id, number);

-- What else a batch that is not yet released says about known records: `same` (it holds the record exactly as known)
-- and `absent` (a snapshot that no longer holds it).
create table batch_marks (
    batch_id blob not null,
    record_id blob not null,
    mark text not null check (mark in ('same', 'absent')),
    primary key (batch_id, record_id)
) strict;

-- Refused records. `sealed`: the raw record, its place and its issues with their values.
create table quarantine (
    id blob primary key,
    batch_id blob not null,
    scheme text not null,
    record_key blob,
    content blob not null,
    state text not null check (state in ('staged', 'open', 'corrected', 'dismissed', 'superseded')),
    line integer not null,
    received_at integer not null,
    closed_at integer,
    sealed blob not null
) strict;
create index quarantine_by_batch on quarantine (batch_id, id);
create index quarantine_open on quarantine (scheme, id) where state = 'open';
create index quarantine_by_record on quarantine (record_key) where record_key is not null;

-- What is wrong with a refused record, without its values: for lists, filters and groups.
create table quarantine_issues (
    quarantine_id blob not null,
    position integer not null,
    code text not null,
    severity text not null check (severity in ('error', 'warning')),
    field text,
    primary key (quarantine_id, position)
) strict;
create index quarantine_issues_by_code on quarantine_issues (code, field);

-- Corrections made in the hub, bound to the bad value: they hold until the source changes that value.
create table corrections (
    id blob primary key,
    scheme text not null,
    record_key blob not null,
    field text not null,
    -- Keyed hash of the value that the correction replaces.
    bad_key blob not null,
    -- The bad and the good value.
    sealed blob not null,
    state text not null check (state in ('active', 'lapsed')),
    created_at integer not null,
    created_by text not null,
    lapsed_at integer
) strict;
create index corrections_active on corrections (scheme, record_key) where state = 'active';

-- Events pushed by schemes, kept for ever: the effective record is derived from them again and again.
create table events (
    id blob primary key,
    scheme text not null,
    event_id text not null,
    batch_id blob not null,
    kind text not null,
    record_key blob not null,
    -- Set when the event concerns every record of the contract.
    contract_key blob,
    effective_on text not null,
    received_at integer not null,
    sealed blob not null
) strict;
create unique index events_by_id on events (scheme, event_id);
create index events_by_record on events (record_key, effective_on);
create index events_by_contract on events (contract_key, effective_on) where contract_key is not null;

-- Keyed hashes of identifiers, each with the records that bear it.
create table identifiers (
    key blob not null,
    record_id blob not null,
    system text not null,
    primary key (key, record_id)
) strict;
create index identifiers_by_record on identifiers (record_id);

-- Facts that bind or part two records whatever their data says: a steward's word, a scheme's `precedent`.
create table facts (
    a blob not null,
    b blob not null,
    kind text not null check (kind in ('same', 'different', 'precedent')),
    origin text not null,
    created_at integer not null,
    created_by text not null,
    primary key (a, b, kind)
) strict;

-- Released records that wait for the linker; a row goes when its record has its place in the log.
create table inbox (
    position integer primary key autoincrement,
    record_id blob not null,
    batch_id blob,
    change text not null check (change in ('upsert', 'remove')),
    enqueued_at integer not null
) strict;

-- What the linker did, in the one order that followers may read by.
create table log (
    seq integer primary key,
    kind text not null,
    record_id blob,
    person_id blob,
    batch_id blob,
    at integer not null,
    detail text
) strict;
create index log_by_record on log (record_id, seq);
create index log_by_person on log (person_id, seq);

create table people (
    id blob primary key,
    state text not null check (state in ('active', 'merged', 'empty')),
    created_at integer not null,
    created_seq integer not null
) strict;

-- A merged or split id leads on to the person that it means now.
create table redirects (
    old_id blob primary key,
    new_id blob not null,
    reason text not null,
    at integer not null,
    seq integer not null
) strict;

create table person_links (
    record_id blob primary key,
    person_id blob not null,
    seq integer not null,
    linked_at integer not null
) strict;
create index person_links_by_person on person_links (person_id);

-- Compared pairs worth keeping. `detail`: levels and weights by field, never values.
create table edges (
    a blob not null,
    b blob not null,
    weight real not null,
    probability real not null,
    decision text not null,
    model text not null,
    detail text not null,
    seq integer not null,
    primary key (a, b)
) strict;
create index edges_by_b on edges (b);

create table reviews (
    id blob primary key,
    a blob not null,
    b blob not null,
    state text not null check (state in ('open', 'same', 'different', 'obsolete')),
    reason text not null,
    probability real not null,
    detail text not null,
    created_at integer not null,
    seq integer not null,
    decided_at integer,
    decided_by text
) strict;
create unique index reviews_by_pair on reviews (a, b);
create index reviews_open on reviews (created_at) where state = 'open';

-- What each record says that matters for eligibility, by two times: the recorded one in columns (known from, until
-- known to), the valid ones (enrolment, opening, suspensions, end) in the sealed statement, beside the birth date that
-- age rules read and a reported death. One row a record and span: a question opens two or three of them, not twenty.
create table coverages (
    record_id blob not null,
    known_from integer not null,
    known_to integer,
    scheme text not null,
    sealed blob not null,
    primary key (record_id, known_from)
) strict;
create index coverages_known on coverages (record_id) where known_to is null;

create table audit (
    id blob primary key,
    at integer not null,
    action text not null,
    actor text not null,
    scheme text,
    subject text,
    purpose text,
    agreement text,
    outcome text not null,
    detail text not null,
    sealed blob
) strict;
create index audit_by_subject on audit (subject, at) where subject is not null;

create table subscriptions (
    id blob primary key,
    scheme text not null,
    url text not null,
    -- Kinds of changes, separated by blanks; empty means all.
    kinds text not null,
    -- The key that messages are signed with, sealed.
    secret blob not null,
    state text not null check (state in ('active', 'ended')),
    -- The last log position that was planned for it.
    log_seq integer not null,
    created_at integer not null
) strict;

-- One message to one subscriber; a delivery is waiting, leased, done or abandoned.
create table outbox (
    id blob primary key,
    subscription_id blob not null,
    scheme text not null,
    record_id blob,
    person_id blob,
    log_seq integer not null,
    kind text not null,
    state text not null check (state in ('waiting', 'leased', 'done', 'abandoned')),
    -- When it may be taken next: its hour while it waits, the end of the lease while it is out.
    due_at integer not null,
    attempts integer not null,
    leased_by text,
    http_status integer,
    -- How the last attempt failed; why it was given up.
    failure text,
    reason text,
    created_at integer not null,
    closed_at integer,
    sealed blob not null
) strict;
create index outbox_due on outbox (due_at) where state in ('waiting', 'leased');
create unique index outbox_once on outbox (subscription_id, log_seq, kind);
create index outbox_by_scheme on outbox (scheme, id);
create index outbox_told on outbox (subscription_id, record_id, kind);

-- Data files (mappings, schemas, schemes, agreements, match model) as published; the highest version counts.
create table published (
    kind text not null,
    name text not null,
    version integer not null,
    text text not null,
    hash text not null,
    published_at integer not null,
    published_by text not null,
    primary key (kind, name, version)
) strict;

create table keys (
    id blob primary key,
    title text not null,
    owner_kind text not null check (owner_kind in ('scheme', 'partner', 'operator')),
    owner text not null,
    secret_hash blob not null,
    scopes text not null,
    purposes text not null,
    created_at integer not null,
    expires_at integer,
    revoked_at integer,
    -- To the minute: a write for each call would cost more than the call.
    last_used_at integer
) strict;
create unique index keys_by_secret on keys (secret_hash);

-- Work that only one process may do: whoever holds the row until its deadline. Every write of a holder checks the epoch.
create table leases (
    name text primary key,
    epoch integer not null,
    holder text not null,
    until integer not null
) strict;

-- What the hub must remember about itself, such as its signing key; sealed.
create table settings (
    name text primary key,
    sealed blob not null
) strict;
