-- Every sign-in forgets old sittings and old failed attempts by their time: by index, however many strangers tried.
-- `migrations/sqlite/0011_sign_in.sql` makes the same indexes. An older program that still runs uses them, too.

create index sign_in_failures_by_last on sign_in_failures (last_at);
create index sessions_by_begin on sessions (created_at);
