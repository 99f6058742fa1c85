### What the command line says.

cli-failure = dankun: { $reason }
cli-time-left = left
cli-file-not-found = the file “{ $path }” does not exist
cli-file-forbidden = the file “{ $path }” is not accessible: missing permission
cli-file-failed = the file “{ $path }” cannot be read or written ({ $reason })
cli-library = { $count ->
    [one] one problem in the data files:
   *[other] { $count } problems in the data files:
}
cli-unknown-scheme = the scheme or format “{ $scheme }” is not known. Known: { $known }
cli-no-database = say which hub to read: --database sqlite:file.sqlite or --database postgres://…
cli-records = { $count ->
    [one] { $count } record
   *[other] { $count } records
}

## Report of a file

report-summary = { $file }: { $received } records read, { $accepted } accepted, { $refused } refused, { $warnings } warnings
report-clean = Nothing to mend.
report-error = Records refused
report-warning = Records accepted, with a field left out
report-times = { $count ->
    [one] once
   *[other] { $count } times
}
report-more = { $count ->
    [one] … and one more
   *[other] … and { $count } more
}
report-mend = to do: { $mend }
report-rule = rule: { $rule }

## translate

translate-summary = { $received } records read, { $written } translated, { $refused } refused, { $warnings ->
    [one] one warning
   *[other] { $warnings } warnings
}
translate-refused-shown = every refused record, one line each: --refused FILE
translate-no-base = --base goes with --to of a scheme’s format, not with canonical
translate-loss = { $count ->
    [one] one field has no place in the target format:
   *[other] { $count } fields have no place in the target format:
}
translate-missing = { $count ->
    [one] one field that the target format asks for is not known:
   *[other] { $count } fields that the target format asks for are not known:
}
translate-loss-field = { $field } ({ $count } times)

## mapping roundtrip

roundtrip-classes = What the way back restores of each field
roundtrip-class-exact = all of it
roundtrip-class-equal_up_to_form = all but its form (blanks, case, punctuation)
roundtrip-class-partial = some values only
roundtrip-class-projection = nothing without the earlier document
roundtrip-class-one_way = nothing
roundtrip-measured = There and back, measured
roundtrip-summary = { $records } records; { $same } say the same when they are back, { $onto } written onto what was sent. { $letter } of { $elements } documents come back to the letter onto what was sent.
roundtrip-field = { $field }: present { $present } times, identical { $identical }, in another form { $forms }, restored { $restored }, lost { $lost } (line { $line })

## push

push-chunk = piece { $chunk } of { $chunks }: { $received } records
push-retry = the connection is cut ({ $reason }); next attempt in { $seconds } s
push-refused-by-hub = the hub answered { $status }: { $reason }
push-gave-up = the hub did not answer after { $attempts } attempts ({ $reason }). Run the same command again: what has arrived is not doubled.
push-summary = { $file }: { $received } records received, { $new } new, { $changed } changed, { $unchanged } unchanged, { $stale } older than known, { $refused } refused
push-held = the file is held: an administrator must release it (batch { $batch })
push-report = The refusals, record by record: { $url }
push-no-reader = “{ $file }”: this format cannot be cut; send it whole with --mode snapshot

## export

export-summary = { $file }: { $count } lines
export-people-count = { $people } people

## ask

ask-batch-summary = { $count } questions, { $eligible } covered, { $not } not covered, { $unknown } unknown, { $refused } refused
ask-bad-line = line { $line }: the question cannot be read
ask-subject = say who it is about: --identifier NUMBER (with --type when it is not the scheme), or --family, --given and --birth-date
ask-answer = { $verdict }: { $reason }
ask-scheme = Scheme: { $scheme }
ask-schemes = Covered by: { $schemes }
ask-package = Package: { $package }
ask-rates = Covered: { $ambulatory } % of ambulatory care, { $hospital } % of hospital care
ask-rights = Rights: from { $start } to { $end }
ask-rights-open = Rights: since { $start }
ask-institution = Institution that answers for it: { $institution }
ask-refused = Question refused: { $reason }
ask-refused-mend = { $mend }

verdict-eligible = covered
verdict-not_eligible = not covered
verdict-unknown = unknown
reason-in_force = rights are open on that day
reason-deceased = a death is reported before that day
reason-not_yet_enrolled = the enrolment comes after that day
reason-closed = the contract is closed
reason-waiting_period = the waiting period is still running
reason-expired = the rights have ended
reason-suspended = the rights are suspended
reason-age_limit = the child has passed the age limit
reason-no_coverage = the person is known, and no scheme that you may ask about covers them
reason-not_in_scheme = the person is known, but not in this scheme
reason-not_found = nobody corresponds
reason-ambiguous = several people correspond
reason-insufficient_identification = a number is needed, or the full name and the birth date

## keys

keys-created = Key created: { $id }
keys-secret = Secret, shown this once: { $secret }
keys-none = No keys.
keys-line = { $id } · { $owner } · { $title } · { $state }
keys-active = active
keys-revoked = revoked on { $date }
keys-expired = expired on { $date }
keys-now-revoked = Key revoked: { $id }
keys-unknown = the key “{ $id }” does not exist or is already revoked
keys-whose = say whose key it is: --scheme, --partner or --operator

accounts-link = The account { $name } waits for its password. Link, shown this once, to be opened at the hub's address: { $path }
accounts-now-open = Account open again: { $name }
accounts-now-closed = Account closed: { $name }
accounts-unknown = no account of the name “{ $name }”
accounts-taken = the name “{ $name }” is taken
accounts-of-scheme = the name `{ $name }` is that of a scheme: the audit log could not tell who acted
accounts-unknown-scheme = no such scheme in the registry (account “{ $name }”)
accounts-last = “{ $name }” is the last account that administers the whole hub

## serve

serve-address = cannot listen on { $address } ({ $reason })
serve-listening = The hub listens on { $address }
serve-operator-key = Operator’s key, shown this once: { $secret }
serve-first-account = Nobody has an account yet. Make the first one, in a browser: { $link }
serve-stopping = Asked to stop: work in progress is being completed…
serve-stopped = Stopped.

## mapping

mapping-fine = { $file }: no problems
mapping-problems = { $file }: { $count ->
    [one] one problem
   *[other] { $count } problems
}
mapping-tests = { $mapping }: { $passed } of { $total } examples passed
mapping-test-untouched = no example fills { $field }
mapping-test-rows = no example goes through these rows of the table at { $place }: { $rows }
mapping-sample = { $file }: { $share } % of { $records } records accepted
mapping-sample-failed = ✗ { $file }: { $share } % of { $records } records accepted, { $wanted } % are wanted
explain-reads = What it reads
explain-writes = What it writes
explain-refuses = What it can refuse
explain-loses = What the way back can lose
explain-severity-error = refuses the record
explain-severity-warning = leaves the field out
explain-no-field = the mapping fills no field "{ $field }"{ $nearest ->
    [none] {""}
   *[other] {" "}; did you mean "{ $nearest }"?
}
explain-branch = branch { $branch }
explain-row = row "{ $row }"
report-others = { $count ->
    [0] no other record has the same defect
    [one] one other record has the same defect
   *[other] { $count } other records have the same defect
}
codes-bad-name = the name of a table has lower case letters, digits and hyphens; "{ $name }" is none
codes-bad-delimiter = "{ $delimiter }" cannot stand between columns
codes-unreadable = no table can be made of the file: { $detail }
codes-no-column = the file has no column "{ $column }"; it has: { $known }
codes-two-codes = "{ $text }" has one code on line { $first } and another on line { $second }; a table has one row a text
codes-no-code = line { $line } lacks its text or its code
codes-too-large = a table may have { $limit } bytes, enough for the first { $rows } rows of the file; split it, or keep only the codes that occur
codes-empty = the file has a header but no rows
codes-written = { $rows } rows written to { $path }
mapping-no-word = the mapping language has no word "{ $word }"{ $nearest ->
    [none] {""}
   *[other] {" "}(nearest: "{ $nearest }")
}; `dankun mapping reference` shows all
mapping-no-record = the file holds no record { $record }
mapping-published = { $count ->
    [0] Nothing to publish: these versions are already in force.
    [one] One new version is in force.
   *[other] { $count } new versions are in force.
}

## preview, replay

preview-title = { $mapping } { $version }, tried in { $seconds } s without changing anything:
preview-no-mapping = none of the files is a mapping (first key `mapping:`)
replay-dry-run = A dry run, nothing was changed:
replay-done = History was made again ({ $id }):
replay-running = Replay { $id } is running:
replay-cancelled = Replay { $id } was stopped; what it made stands:
replay-examined = examined
replay-unchanged = unchanged
replay-changed = changed
replay-newly-refused = newly refused: what is in force stays, the refusal waits in quarantine
replay-newly-accepted = newly accepted: they leave the quarantine
replay-renamed = would get another id: left as they are
replay-gone = would be no records any more: left as they are
replay-refused-before = refused, and something about them waits already
replay-overtaken = overtaken by newer data, or in force already
replay-no-record = are no records: they leave the quarantine
replay-still-refused = still refused
replay-refused-otherwise = refused for other reasons than before
replay-other-warnings = { $count } of them unchanged with other warnings.
replay-made-by-older = { $count } of them made by another version than the one in force: what differs may be owed to earlier edits.
replay-change-refused = Newly refused, by defect
replay-change-renamed = Another id
replay-change-gone = No records any more
replay-change-accepted = Newly accepted, by their earlier defect
replay-change-refused_otherwise = Refused for other reasons
replay-change-added = Fields added
replay-change-removed = Fields gone
replay-change-changed = Fields changed
replay-change-warned = New warnings
replay-change-unwarned = Warnings gone

## doctor

doctor-good = good
doctor-bad = to mend
doctor-database = Database: { $url }, reached in { $took } ms
doctor-database-failed = Database: cannot be reached ({ $reason })
doctor-library = Data files: { $mappings } mappings, { $schemes } schemes, { $agreements } agreements, fingerprint { $hash }
doctor-library-failed = Data files: { $count } problems, the first: { $reason }
doctor-published = Published files: the same as those of this program
doctor-published-differ = Published files: { $count } differ from those of this program; the published ones count
doctor-key-file = Key file: { $path }, readable by you alone
doctor-key-file-open = Key file: { $path } can be read by others; run “chmod 600 { $path }”
doctor-key-file-missing = Key file: { $path } does not exist yet; it will be made at the first start
doctor-key-backup = Back up the key file apart from the database: without it the data cannot be read.
doctor-disk = Disk: { $free } GB free under { $path }
doctor-disk-low = Disk: { $free } GB free under { $path }, which is too little
doctor-clock = Clock: { $now }
doctor-clock-wrong = Clock: { $now } is before the last write ({ $last }); set the time of the system
doctor-counts = Content: { $records } records, { $people } people, { $waiting } records waiting to be linked, { $quarantine } refused and waiting for a correction

lsp-too-long = this document is too long to be read; a mapping fits in a million bytes
lsp-unknown-kind = the first key must say what this file holds: mapping, codes, scheme, agreement or identity

## answer

answer-verified = Authentic answer { $id }, given on { $given }, to be relied on until { $until }
answer-day = Day asked about: { $day }
answer-no-list = Without the list of cancelled answers (--cancelled) a cancellation is not seen.
answer-not-verified = Do not rely on this answer: { $reason }
answer-no-keys = “{ $path }” is not a key set of the hub: save /.well-known/jwks.json
answer-number = write the number with its type, such as --number NINA=12859000100001Q
answer-card-too-long = this text is too long for a QR code: take the answer’s “card”
answer-rotated = Answers are signed from now on with the key { $id }
answer-revoked = Key revoked: { $id }. Nothing that it signed is to be believed any more.
answer-no-key = the key “{ $id }” does not exist or is already revoked
answer-now-cancelled = Answer cancelled: { $id }
answer-no-answer = the answer “{ $id }” does not exist or is already cancelled
proof-not_signed = it is no signed answer of the hub; paste it whole, without blanks
proof-unknown_key = it is signed with a key that is not known; save /.well-known/jwks.json again, and if the key is not there the answer is false
proof-changed = the signature does not fit the text: it was changed or misread; ask for the original
proof-no_answer = it is signed, but it is no answer
proof-other_audience = it was given to another body; ask the question yourself
proof-other_person = it is not about this person, or the question named them otherwise
proof-expired = its time is over; ask again, or say with --at at which moment you relied on it
proof-not_yet = it comes from the future: check the clock of this machine
proof-cancelled = the hub cancelled it; ask again
proof-bad_list = the list of cancelled answers cannot be read or is not signed by the hub; save it again

sign-in-file = { $path }: { $problem }
sign-in-unreadable = it cannot be read: { $reason }
sign-in-origin = `origin` is `{ $value }`: write how browsers call the hub, with https, such as https://hub.example.org
sign-in-name = `{ $value }` is no name of a provider: it stands in addresses, so small letters, digits and hyphens, at most 40
sign-in-issuer = the issuer of `{ $provider }` is `{ $value }`: write its address as it names itself, with https
sign-in-secret = `{ $provider }` has two places for its secret: keep `client_secret_file` or `client_secret_env`
sign-in-no-secret = the secret of `{ $provider }` is not there ({ $value }): write it there, or name another place
sign-in-linked = account { $at } of `{ $provider }`: name either a `subject` or an `email`
sign-in-account = account { $at } of `{ $provider }`: no account can be called `{ $value }`
sign-in-twice = account { $at } of `{ $provider }`: this subject or address stands there already
