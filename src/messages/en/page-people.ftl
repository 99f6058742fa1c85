# The page: questions to stewards, people, their rights.

page-reviews = Possible duplicates
page-reviews-waiting = { $count ->
        [0] No question waits.
        [one] { $count } question waits.
       *[other] { $count } questions wait.
    }
page-reviews-held-back = { $count } more are held back until these are judged.
page-reviews-take = Take the next one
page-reviews-take-about = The most urgent one that nobody looks at; it is yours for half an hour.
page-reviews-filter = Choose by reason
page-reviews-any = All reasons
page-reviews-none = Nothing waits.
page-reviews-none-about = The hub asks only what it is not sure of.
page-reviews-why = Why it is asked
page-reviews-likely = One person
page-reviews-since = Since
page-reviews-by = Looked at by
page-review = Question
page-review-question = One person, or two?
page-review-likely = { $share } likely to be one person, by the evidence
page-review-last = Your answer is kept; here is the next question.
page-review-last-undo = Take the answer before back
page-review-claimed = { $by } looks at this question until { $until }.
page-review-blind = Drawn by chance, to measure how right the linking is: judge by the two records alone.
page-review-side-by-side = The two records side by side
page-review-differs = differs
page-review-other-hidden = The other record is another scheme's: those who run the hub have to judge.
page-review-answer = Your answer
page-review-same = One person
page-review-different = Two people
page-review-unsure = Cannot be told
page-review-reason = Why
page-review-usual-1 = Both cards were seen
page-review-usual-2 = The scheme confirmed by telephone
page-review-usual-3 = Judged by the records
page-review-do = Answer and go on
page-review-no-answer = Choose an answer.
page-review-no-reason = Say why, in a few words.
page-review-stale = The question has changed meanwhile: read it again and answer once more.
page-review-evidence = What weighs for and against
page-review-evidence-about = In bits: one bit doubles the odds. Each bar begins where the one before ended; on the right against a stranger, against somebody of the household, against a twin.
page-review-field = Field
page-review-level = Agreement
page-review-drawing = Bar
page-review-strangers = Stranger
page-review-household = Household
page-review-twin = Twin
page-review-total = In all
page-evidence-given = Given name
page-evidence-family = Family name
page-evidence-birth = Birth
page-evidence-sex = Sex
page-evidence-phone = Phone
page-evidence-place = Place
page-evidence-identifier = Number
page-evidence-company = Company
page-evidence-prior = To begin with
page-level-equal = equal
page-level-different = different
page-level-similar = similar
page-level-equivalent = equivalent
page-level-phonetic = same sound
page-level-related = related
page-level-day = same day
page-level-year = same year
page-level-near = near
page-level-apart = apart
page-level-swapped = day and month swapped
page-level-year_slip = a year off
page-level-one_part = one part differs
page-level-conflict = at odds
page-level-two_schemes = two schemes
page-level-one_scheme = one scheme
page-level-country = same country
page-level-region = same region
page-level-commune = same commune
page-level-locality = same locality
page-level-elsewhere = elsewhere
page-level-default_day = default day
page-level-default_reduced = same year, default day
page-level-year_reduced = same year, day unknown
page-level-place = same place
page-level-several = several relatives in common
page-level-one = one relative in common
page-level-nobody = no relative in common
page-level-nobody_of_few = no relative in common, of few

page-decisions = Decisions
page-decisions-about = What people decided, and why. Each decision holds until it is taken back.
page-decisions-none = Nobody has decided anything yet.
page-decision-undone = taken back
page-decision-undo = Take back
page-decision-undo-usual = Taken back at the page

page-people = People
page-people-about = Somebody is looked for by a number, or by names with a date of birth (the year is enough with the sex).
page-people-by-number = By a number
page-people-by-name = By name
page-people-system = Of which system
page-people-number = Number
page-people-given = Given name
page-people-family = Family name
page-people-born = Birth (YYYY-MM-DD or YYYY)
page-people-find = Look
page-people-found = Found
page-people-sure = How sure
page-people-none = Nobody fits.
page-people-none-about = Check the number, or look by the whole name and the date of birth.
page-people-too-little = A number is needed, or the whole name and the date of birth (the year is enough with the sex).
page-sure-certain = certain
page-sure-probable = probable
page-sure-possible = possible
page-person = Person
page-person-ask = Ask about the rights
page-person-contracts = Contracts
page-person-no-contracts = No contract in the records that you may see.
page-person-timeline = The contracts on a line of time; they are listed below
page-person-records = Records
page-person-absent = not in the register since { $day }
page-person-updated = Changed { $at }
page-person-household = Household
page-person-alone = Nobody else in the contracts that you may see.
page-person-past = Past
page-person-no-past = Neither merges nor splits.
page-person-looks = Who looked or asked
page-person-split = Split
page-person-split-which = These records are somebody else's:
page-person-split-do = Split
page-person-merge = Merge
page-person-other = Id of the other person
page-person-merge-do = Merge
page-row-name = Name
page-row-sex = Sex
page-row-born = Born
page-row-birth-place = Place of birth
page-row-died = Died
page-row-numbers = Numbers
page-row-phones = Phones
page-row-addresses = Addresses
page-row-household = Household
page-row-contracts = Contracts
page-row-record-id = Number in the scheme
page-name-maiden = { $name } (maiden name)
page-name-alias = { $name } (also)
page-sex-female = female
page-sex-male = male
page-sex-unknown = unknown
page-relationship-head = head
page-relationship-spouse = spouse
page-relationship-child = child
page-relationship-parent = parent
page-relationship-sibling = sibling
page-relationship-other = other
page-coverage-active = active
page-coverage-suspended = suspended
page-coverage-ended = ended
page-coverage-pending = pending

page-ask = Is she covered?
page-ask-about = Ask as a partner or a scheme would, under the same agreements. The question stands in the audit log, with your name.
page-ask-as = As whom, and for what
page-ask-day = On which day
page-ask-country = Country of care
page-ask-person = Id of the person, when it is known
page-ask-do = Ask
page-ask-too-little = A day is needed, and enough to know the person by: an id, a number, or the whole name and the date of birth.
page-ask-none = No agreement in force lets you ask.
page-ask-none-about = Agreements are published by the hub's administrators.
page-ask-grounds = What was looked at
page-ask-qr = QR code of the signed answer
page-ask-expires = Not to be relied on after { $at }
page-purpose-CARE_AUTHORISATION = to authorise care
page-answer-scheme = Scheme
page-answer-package = Package
page-answer-coverage_rate = The scheme pays
page-answer-copay_rate = Left for the insured
page-answer-rights_start = First covered day
page-answer-rights_end = Last covered day
page-answer-responsible_institution = Responsible institution
page-answer-eligible_schemes = Covered by
page-answer-holds_until = Holds until
page-answer-data_as_of = Data of
page-answer-agreements = Agreement
page-answer-person_id = Person

page-done-reviews-none = Nothing waits that somebody else does not look at already.
page-done-decided = Answer kept.
page-done-decided-last = Answer kept; nothing else waits.
page-done-undone = The decision is taken back.
page-done-merged = The two people are one, as soon as the linker has acted on it.
page-done-split = The split is decided; it holds as soon as the linker has acted on it.

page-review-around = The households around
page-review-give-back = Give this question back
page-alike = By groups
page-alike-about = Questions that are alike: the same reason, the same schemes, the same agreement between fields. Judge a few of them first; if all point the same way, answer the group. Each answer can be taken back alone.
page-alike-choose = Choose
page-alike-pattern = Agreement
page-alike-count = How many
page-alike-agreed = { $field }: { $level }
page-alike-most = The { $most } most urgent at most; those that somebody looks at are left.
page-alike-do = Answer the group
page-alike-no-group = Choose a group.
page-alike-told = { $count ->
        [0] No question was answered.
        [one] { $count } question was given this answer.
       *[other] { $count } questions were given this answer.
    }
page-alike-left = { $count ->
        [one] { $count } still waits: somebody looks at it, or a decision contradicts it.
       *[other] { $count } still wait: somebody looks at them, or a decision contradicts them.
    }

page-section-conflicts = Conflicts
page-conflicts = Conflicts
page-conflicts-about = What cannot be right about a person whom several records describe. Nothing is changed here: the schemes concerned settle it.
page-conflicts-none = No conflicts.
page-conflicts-examined = { $count ->
        [one] { $count } person of several records was looked at.
       *[other] { $count } people of several records were looked at.
    }
page-conflict-kind = What
page-conflict-says = What the records say
page-conflict-others = { $count ->
        [one] and { $count } record of another scheme
       *[other] and { $count } records of other schemes
    }
page-conflict-double_coverage = Covered by two schemes that exclude each other
page-conflict-child_in_two_families = A child in two families
page-conflict-twice_in_scheme = Two records of one scheme
page-conflict-two_sexes = Of two sexes
page-done-given-back = The question is given back; somebody else may take it.
page-done-drawn = Questions drawn by chance wait with the others.
