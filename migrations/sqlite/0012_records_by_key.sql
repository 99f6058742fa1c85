-- A record is looked up by the keyed hash of its scheme and number, with the scheme or without: events and feeds name the
-- hash alone. `migrations/postgres/0012_records_by_key.sql` makes the same index. It stays unique, so that an older
-- program that still runs finds by it, too.

drop index records_by_key;
create unique index records_by_key on records (record_key, scheme);
