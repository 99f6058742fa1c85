-- What the page lists and counts, by index: no view takes longer because the register has grown.
-- `migrations/postgres/0013_lists.sql` makes the same. An older program that still runs uses the indexes where it can.

-- Records of a scheme, those that changed last first; how many each scheme has is counted from it.
create index records_by_scheme on records (scheme, state, updated_at, id);
-- Sendings of one scheme, those that wait for a word, what arrived since a day.
create index batches_by_scheme on batches (scheme, id);
create index batches_held on batches (id) where state = 'held';
create index batches_last on batches (scheme, received_at) where kind = 'records';
create index batches_by_arrival on batches (received_at);
-- Refused records that wait, of whomever.
create index quarantine_waiting on quarantine (id) where state = 'open';
-- Messages that were given up or are under way, among the many that are done.
create index outbox_abandoned on outbox (id, scheme) where state = 'abandoned';
create index outbox_underway on outbox (id, scheme) where state in ('waiting', 'leased');

-- Whose records a review is about, beside its place in the queue: a small scheme's reviews are found among many others'.
-- Null: written by an older program; the next review that is written mends it.
alter table reviews add column scheme_a text;
alter table reviews add column scheme_b text;
update reviews set scheme_a = (select scheme from records where records.id = reviews.a),
    scheme_b = (select scheme from records where records.id = reviews.b);
drop index reviews_queue;
create index reviews_queue on reviews (rank, id, scheme_a, scheme_b) where state = 'open';
create index reviews_unplaced on reviews (id) where scheme_a is null;

create index corrections_by_state on corrections (state, id);
create index corrections_by_scheme on corrections (scheme, id);
create index audit_by_actor on audit (actor, id);

-- Counts of people on a day, as they were last counted: JSON of counts, nothing personal.
create table tallies (
    day text primary key,
    counted_at integer not null,
    counts text not null
) strict;
