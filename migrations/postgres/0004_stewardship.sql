-- Stewardship: what people decide about records, the queue of what they are asked, and the history of people.
-- `migrations/sqlite/0004_stewardship.sql` holds the same tables.
-- An older program that still runs goes on adding reviews without the new columns, which says the same as it always
-- did, and holds no decision to be one: it must not be the linker while people decide.

-- What somebody decided. `same` and `different` answer a review, `merge` and `split` begin with people, `unsure` leaves
-- a review for others, `undo` takes another decision back. Rows are added; only `undone_by` is written later.
create table decisions (
    id bytea primary key,
    kind text not null check (kind in ('same', 'different', 'unsure', 'merge', 'split', 'undo')),
    review_id bytea,
    -- The decision that an `undo` takes back.
    undoes bytea,
    undone_by bytea,
    at bigint not null,
    -- `holder_kind:holder`, and the key; the key is null on the hub's own machine.
    decided_by text not null,
    decided_key bytea,
    idempotency_key text,
    -- The reason in the steward's own words: personal.
    sealed bytea not null
);
create index decisions_by_review on decisions (review_id) where review_id is not null;
create unique index decisions_once on decisions (decided_by, idempotency_key) where idempotency_key is not null;

-- The pairs that a decision binds or parts. `holds`: it counts; `settled`: the linker has acted on it. Where the two
-- differ the linker has work to do. Followers of the log hold what is settled.
create table decision_facts (
    decision_id bytea not null,
    a bytea not null,
    b bytea not null,
    same boolean not null,
    holds boolean not null,
    settled boolean not null,
    -- The decision that last changed `holds`: this one, or one that took it back.
    changed_by bytea not null,
    -- What the evidence said of the pair when it was decided: evidence that turns raises a question.
    weight double precision,
    objection text,
    primary key (decision_id, a, b)
);
create index decision_facts_by_a on decision_facts (a);
create index decision_facts_by_b on decision_facts (b);
create index facts_by_b on facts (b);
create index decision_facts_pending on decision_facts (decision_id) where holds <> settled;

-- One row: changes with every change of a fact, so that decisions are taken one after the other, each knowing all
-- earlier ones, and the linker reads them again only when there is something new.
create table facts_head (
    id bigint primary key check (id = 1),
    seq bigint not null
);
insert into facts_head (id, seq) values (1, 1);

-- Merges and splits of people, with everybody's records before and after, as JSON of ids.
create table person_events (
    id bytea primary key,
    seq bigint not null,
    kind text not null check (kind in ('merged', 'split', 'regrouped')),
    at bigint not null,
    -- The decision that led to it; null: evidence did.
    decision_id bytea,
    model text not null,
    before text not null,
    after text not null
);
create table person_events_of (
    person_id bytea not null,
    event_id bytea not null,
    primary key (person_id, event_id)
);

-- To whom an id was given up, never rewritten: the chain. `new_id` is where the chain ends.
alter table redirects add column merged_into bytea;
update redirects set merged_into = new_id;
create index redirects_by_new on redirects (new_id);
create index redirects_by_merged on redirects (merged_into);

-- What a person is asked. `kind`: `pair` (may be one person), `questioned` (the evidence now speaks against a decision),
-- `sample` (drawn by chance, to measure how right the index is; `detail` is shown only once it is decided).
create table reviews_of_stewards (
    id bytea primary key,
    a bytea not null,
    b bytea not null,
    kind text not null check (kind in ('pair', 'questioned', 'sample')),
    state text not null check (state in ('open', 'same', 'different', 'unsure', 'obsolete')),
    reason text not null,
    probability double precision not null,
    weight double precision,
    model text,
    detail text not null,
    -- Of a sample: whether the two were one person when it was drawn.
    joined boolean,
    -- Reviews with the same text here are alike: reason, schemes and levels of agreement.
    alike text not null,
    -- The place in the queue: when it was asked, less what its risk and value gain it, in milliseconds.
    rank bigint not null,
    created_at bigint not null,
    seq bigint not null,
    claimed_by text,
    claimed_until bigint,
    -- How likely it was when a steward was unsure: it is asked again once that has changed.
    doubted double precision,
    decided_at bigint,
    decided_by text,
    decision_id bytea
);
insert into reviews_of_stewards (id, a, b, kind, state, reason, probability, detail, alike, rank, created_at, seq, decided_at, decided_by)
select id, a, b, 'pair', state, reason, probability, detail, reason, created_at, created_at, seq, decided_at, decided_by
from reviews;
drop table reviews;
alter table reviews_of_stewards rename to reviews;
create unique index reviews_by_pair on reviews (a, b, kind) where state in ('open', 'unsure', 'obsolete');
create index reviews_by_a on reviews (a);
create index reviews_by_b on reviews (b);
create index reviews_queue on reviews (rank, id) where state = 'open';
create index reviews_alike on reviews (alike) where state = 'open';

-- Pairs that would be asked about if nobody had enough questions already.
create index edges_held_back on edges (a) where decision = 'held_back';
