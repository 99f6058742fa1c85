# The page: home, what schemes sent, what was refused.

page-group-data = Data
page-section-records = Sendings
page-section-refusals = Refusals
page-section-reviews = Reviews
page-section-people = People
page-section-ask = Eligibility
page-section-deliveries = Deliveries
page-section-keys = Keys
page-scheme = Scheme
page-schemes = Schemes
page-all-schemes = All schemes
page-day-column = Day
page-record = Record
page-record-without-id = Record without a readable number
page-records-count = { $count ->
        [one] { $count } record
       *[other] { $count } records
    }
page-line = line { $line }
page-cell-empty = (empty)

page-home-waits = What waits for you
page-home-refused = { $count ->
        [one] refused record to put right
       *[other] refused records to put right
    }
page-home-held = { $count ->
        [one] sending held, to release or discard
       *[other] sendings held, to release or discard
    }
page-home-reviews = { $count ->
        [one] possible duplicate to judge
       *[other] possible duplicates to judge
    }
page-home-abandoned = { $count ->
        [one] delivery given up
       *[other] deliveries given up
    }
page-home-approve = { $count ->
        [one] changed file to approve
       *[other] changed files to approve
    }
page-home-alarms = Something cannot be right
page-home-flows = What flows
page-home-days = Records received, the last fourteen days
page-home-days-label = Chart of the records received day by day; the numbers stand in the table below
page-home-received = Received
page-home-of-them-refused = of them refused
page-home-as-table = As a table
page-home-nothing = Nothing arrived in these fourteen days.
page-home-nothing-do = A scheme sends its file by the dankun program, or by HTTP with its key.
page-home-kept = What is kept
page-kept-people = People
page-kept-records = Records
page-kept-waiting = Waiting to be linked
page-home-counted = Counted on { $at }
page-home-counting = This is being counted: open the page again in a moment.
page-home-schemes = The schemes
page-home-refused-waiting = Refusals waiting
page-home-last = Last sending
page-home-never = never
page-alarm-large_person = people made of too many records
page-alarm-two_sexes = people of two sexes
page-alarm-held_by_one = people held together by one weak link
page-alarm-shared_phone = phones shared by too many records
page-alarm-number_of_several = numbers borne by several people
page-alarm-reused_numbers = numbers given out again
page-alarm-default_dates = default dates of birth
page-alarm-sent_twice = people sent twice
page-alarm-truncated = records with too many candidates

page-batches = Sendings
page-batches-about = What schemes sent, the newest first.
page-batches-all = All sendings
page-batches-none = No sendings.
page-batches-none-do = A scheme sends its file by the dankun program, or by HTTP with its key.
page-batch = Sending
page-batch-state-receiving = arriving
page-batch-state-held = held
page-batch-state-releasing = being released
page-batch-state-released = in force
page-batch-state-discarded = discarded
page-batch-state-abandoned = never finished
page-batch-snapshot = whole register
page-batch-accepted = Accepted
page-batch-new = New
page-batch-changed = Changed
page-batch-unchanged = Unchanged
page-batch-refused = Refused
page-batch-warnings = Warnings
page-batch-corrected = Read with a correction
page-batch-absent = No longer in the register
page-batch-share = Accepted share, in per cent
page-batch-broke-off = The file broke off: what came before counts, the rest is to be sent again.
page-batch-held-about = Nothing of this sending counts until a person has released it.
page-batch-release = Release
page-batch-discard = Discard
page-batch-download = Download the refusals, in the scheme's format
page-batch-dropped = Dropped on entry
page-batch-dropped-about = Neither law nor purpose needs them: these values are not kept.
page-hold-refused = Too many refused records
page-hold-absent = Too many records no longer in the register

page-defects = What is wrong
page-defects-none = Nothing.
page-defects-none-about = Every record of this sending was accepted.
page-defect = Defect
page-defect-done = Nothing waits here any more
page-defect-warning = warning
page-defect-there = There was
page-defect-expected = Expected
page-defect-correct = Put all these records right at once
page-defect-correct-about = Write the right value beside each wrong one; what you leave empty waits on. The correction holds for the next files too, until the scheme changes the value itself.
page-defect-sent = Value sent
page-defect-how-many = How many
page-defect-write = To be read as
page-defect-more = The first { $count } are dealt with at a time; the rest follows.
page-defect-correct-do = Correct and submit
page-defect-first = The first records
page-defect-accepted = { $count ->
        [0] No record became valid.
        [one] { $count } record is accepted now.
       *[other] { $count } records are accepted now.
    }
page-defect-still = These wait on:
page-defect-back = Back to the sending

page-refusals = Refused records
page-refusals-about = What waits for a correction, in order of arrival. One defect of many records is put right at once from its sending.
page-refusals-none = Nothing waits.
page-refusals-none-about = Every record received was accepted, put right or dismissed.
page-refusals-why = Why
page-refusal = Refused record
page-refusal-open = Open this record
page-refusal-wrong = What is wrong
page-refusal-sent = What was sent
page-refusal-correct = Put right
page-refusal-correct-do = Submit the correction
page-refusal-again = The record is not valid yet: this is what is left.
page-refusal-whole = Write the whole record anew
page-refusal-raw = The record in the scheme's format
page-refusal-too-long = This record is too long, or holds bytes that are no text: correct it field by field, or in the scheme’s own file.
page-refusal-dismiss = Dismiss this record
page-refusal-dismiss-about = It waits no more, and does not count.
page-refusal-state-open = waits
page-refusal-state-corrected = put right
page-refusal-state-dismissed = dismissed
page-refusal-state-superseded = sent again by its scheme
page-refusal-state-staged = arriving

page-done-batch-released = The sending is released.
page-done-batch-discarded = The sending is discarded.
page-done-record-corrected = The record is put right and accepted.
page-done-record-dismissed = The record is dismissed.

page-send = Send a file
page-send-about = In the scheme’s own format, as its programs would send it. Nothing is lost: what is refused waits to be put right.
page-send-what = What does this file hold?
page-send-delta = What has changed
page-send-snapshot = The whole register: what is no longer in it will be closed, after a check
page-send-dry = Only try: say what this file would change, and keep nothing
page-send-file = File
page-send-do = Send
page-send-no-file = Choose a file.
page-send-tried = The trial is over and nothing was kept. This is what the sending would do.
page-running = The work goes on; you may leave this page and come back to it.
page-running-again = Look again
page-corrections = Corrections
page-corrections-about = What was put right here and is still sent by the scheme: to be mended in its own data. A correction holds until the scheme itself changes the value.
page-corrections-none = No corrections.
page-corrections-none-about = Put a refused record right, and the correction will stand here.
page-correction-active = In force
page-correction-lapsed = Overtaken by the scheme
page-correction-whole = whole record

# A file looked through before it is sent.
page-look = Look a file through
page-look-about = What the hub would say of a file, and what its records become: in the hub’s own form, or in that of another scheme. Nothing is sent and nothing is kept.
page-look-first = Look it through first, without sending it
page-look-from = Whose format it has
page-look-to = What its records are to become
page-look-canonical = The hub’s own form
page-look-file = The file
page-look-file-hint = At most 4 MB. References to records that are not in the file are not looked up.
page-look-do = Look it through
page-look-no-format = Choose whose format the file has.
page-look-found = What the hub would say
page-look-received = Records
page-look-taken = Would be taken
page-look-refused = Would be refused
page-look-good = Nothing is wrong with it.
page-look-send = Send it
page-look-refused-first = Records that would be refused
page-look-becomes = What records become
page-look-unsaid = The other format cannot say this record:
page-look-some = The first ones, at most { $count }.

# The list of records
page-section-register = Records
page-register = Records
page-register-about = What the hub keeps, the last changed first. People are looked for by name under “People”: names are not looked for here.
page-register-number = Number
page-register-kind = Sort of scheme
page-register-kind-covers = that insures
page-register-kind-lists = that lists members
page-register-state-live = in force
page-register-state-absent = absent from the register
page-register-any = All
page-register-since = Changed since
page-register-until = Until
page-register-find = Search
page-register-changed = Changed
page-register-of-batch = As a sending brought them
page-register-all = All records
page-register-none = No record fits.
page-register-none-do = Widen the dates, or take a choice away.
page-register-empty = No records are kept.
page-record-person = The person
page-record-unlinked = not linked yet
page-record-unlinked-about = This record waits to be linked: the person it is about is not known yet.
page-record-revision = { $count ->
        [one] first version
       *[other] version { $count }
    }
page-batch-records = The records of this sending
page-person-bonds = What holds these records together
page-person-bits = { $bits } bits
