# The page: the workshop, where files are changed, tried, approved and published.

page-section-workshop = Workshop
page-workshop = Workshop
page-workshop-about = The files that say how each scheme's records are read, which codes they use, who insures whom and who may ask. Nothing changes for anybody until a version is published.
page-workshop-open = Being changed
page-workshop-none = No file of this sort.
page-workshop-show-all = Show all files
page-kind-filter = Which files
page-kind-all = All
page-kind-mapping = Mapping
page-kind-codes = Code table
page-kind-schema = Format
page-kind-scheme = Scheme
page-kind-agreement = Agreement
page-kind-identity = Match rules
page-kinds-mapping = Mappings
page-kinds-codes = Code tables
page-kinds-schema = Formats
page-kinds-scheme = Schemes
page-kinds-agreement = Agreements
page-kinds-identity = Match rules

page-file = File
page-file-kind = Sort
page-file-counts = What counts
page-file-draft = Draft
page-file-since = since { $day }
page-file-nothing-counts = nothing published yet
page-file-two = a second person approves
page-file-edit = Change it
page-file-go-on = Go on with the draft
page-file-back = Back to the file
page-file-text = Text
page-file-too-long = This text is too long to be shown here.
page-file-history = Who did what

page-version = Version
page-versions = Versions
page-version-by = Written by
page-version-look = look
page-version-compare = compare with what counts
page-version-compare-draft = What the draft changes
page-version-return = Go back to it
page-version-test = Run checks and examples
page-version-preview = Preview on received records
page-version-approve = Approve
page-version-withdraw = Give up
page-version-with = Publish together with it
page-version-at = From when on (UTC; empty: at once)
page-version-publish = Publish
page-version-waits = You wrote this version: somebody else has to approve it before it can be published. Ask a colleague to open this page.

page-step = Step
page-step-drafted = Draft saved
page-step-checked = Checked
page-step-tested = Examples hold
page-step-previewed = Previewed
page-step-approved = Approved
page-step-published = Published
page-step-shipped = Came with the program
page-step-rolled_back = Gone back to
page-step-withdrawn = Given up

page-difference-added = added
page-difference-removed = removed
page-difference-changed = changed
page-compare = What is different
page-compare-from = Older
page-compare-to = Newer
page-compare-same = The two texts are the same.
page-compare-entries = Entry by entry
page-compare-entry = Entry
page-compare-before = Before
page-compare-after = After
page-compare-lines = Line by line

page-preview = What the draft would change
page-preview-about = The last records received went through the draft; nothing was changed. Below stands what would come out otherwise.
page-preview-last = How many of the last records (at most { $most })
page-preview-again = Preview again
page-preview-done = Back to the file
page-preview-nothing = No record of this scheme has been received yet.
page-preview-same = No record would come out otherwise.
page-preview-no-values = Your role shows counts and fields, not the records' values.

page-finding-error = error
page-hindered-stale = Somebody else saved this file since you opened it. Your text is not lost: compare it with theirs, then save again.
page-hindered-withdrawn = This version was given up. Save the text again to take it up.
page-hindered-counted = This version has counted: publish another one, or go back to an earlier one.
page-hindered-not-approved = A second person has to approve this version before it can be published.
page-hindered-own-text = You wrote this version: somebody else has to approve it.
page-hindered-past = This moment has gone, or cannot be read. Choose one to come, or leave it empty to publish at once.
page-hindered-nothing-earlier = There is no earlier version to go back to.
page-hindered-busy = Others are publishing just now. Try again in a moment.
page-hindered-no-file = The first key of the text must say what it is: mapping, codes, scheme, agreement or identity.
page-hindered-other-file = The text says that it is another file: { $found }.
page-hindered-same-label = Version { $label } was published before with another text: raise the number behind "version:".
page-hindered-wrong = { $count ->
        [one] One problem has to be mended first.
       *[other] { $count } problems have to be mended first.
    }

page-done-version-tested = Checks and examples are fine.
page-done-version-approved = The version is approved.
page-done-version-withdrawn = The version is given up.
page-done-version-returned = The earlier version counts again.
page-done-version-published = The version is published and counts from now on.
page-done-version-planned = The version is published for later.
page-action-version-drafted = Draft saved
page-action-version-checked = Version checked
page-action-version-tested = Version tested
page-action-version-previewed = Version previewed
page-action-version-approved = Version approved
page-action-version-published = Version published
page-action-version-rolled_back = Gone back to a version
page-action-version-withdrawn = Version given up

page-done-draft-saved = The draft is saved. It counts for nobody yet.
page-edit-check = Check
page-edit-save = Save the draft
page-edit-theirs = Look at what the other person saved (opens beside)
page-source = Tried on
page-source-received = the last records received
page-source-own = a sample of mine
page-source-none = nothing
page-sample = Some lines of the file, with its header (at most 64 kB)
page-sample-file = or a file:
page-no-problem = No problem
page-errors = { $count ->
        [one] { $count } error
       *[other] { $count } errors
    }
page-warnings = { $count ->
        [one] { $count } warning
       *[other] { $count } warnings
    }
page-examples = { $count ->
        [one] { $count } example ran
       *[other] { $count } examples ran
    }
page-without-errors = What the records become is shown when the errors are mended.
page-without-nothing = No record to try it on: none has been received, or the sample holds none.
page-record-accepted = accepted
page-record-refused = refused
page-record-as-sent = As it was sent
page-record-whole = The whole record of the hub
page-way-field = Field of the hub
page-way-from = From
page-way-sent = As sent
page-way-value = What comes of it
page-loss = What the way back cannot give whole
page-loss-about = When a record is written in this scheme's format again, these fields come back otherwise than they were, or not at all.
page-loss-class = How much comes back
page-editor-checking = Checking …
page-editor-failed = The hub does not answer. Your text is still here.
page-editor-find = Find
page-editor-replace = Replace with
page-editor-next = next
page-editor-previous = previous
page-editor-all = all
page-editor-case = match case
page-editor-regexp = pattern
page-editor-word = whole words
page-editor-replace-one = replace
page-editor-replace-all = replace all
page-editor-close = close
page-editor-line = Go to line
page-editor-go = go
page-editor-completions = Proposals
page-editor-diagnostics = Problems
page-editor-no-diagnostics = No problem
page-editor-current = current match
page-step-by-shipped = with the program

page-start = A new scheme
page-start-about = Give a sample of the scheme's file. What can be told from it becomes a first format, a first mapping with reasons, and an entry of the registry: drafts, for you to correct. The sample itself is not kept.
page-start-file = A sample of its file
page-start-file-hint = CSV, JSON, XML or FHIR, at most 4 MB; some hundred records are enough.
page-start-paste = Or paste some lines of it, with the header
page-start-title = Name of the scheme
page-start-id = Short id
page-start-id-hint = Small letters, digits and hyphens, the country first, such as ml-kayes. It stands in addresses and cannot change later.
page-start-do = Draft its files
page-start-bad-id = 2 to 40 small letters without accents, digits and hyphens; a letter first.
page-start-no-file = Choose a file, or paste some lines.
page-start-known = There are files of this name already: choose another id, or open them in the workshop.
page-start-new = A new scheme from a sample
page-start-begun = Drafted from the sample. The right side shows what its first records become; comments in the text say why. Correct what is wrong, save, then publish the mapping together with its format and its entry.

page-rows = As a table
page-rows-as-text = As a text
page-rows-about = Every row is one entry of the file. Saving writes the changed rows into the text and leaves the rest, comments too, as it is.
page-rows-drop = Take away
page-rows-fixed = Made of several parts: change it in the text.
page-rows-paste = Rows from a spreadsheet
page-rows-paste-hint = Copy the cells there and paste them here: the key first, then its columns. A key that is there already gets the new cells. In the grid, too, cells may be pasted.
page-rows-too-many = Only the first rows are shown. Change the others in the text, or make the table from a CSV file with dankun mapping codes import.
page-rows-wrong = Not saved: with these rows the file would be wrong.
page-column-key-codes = Text of the sender
page-column-key-mapping = Field of the hub
page-column-to = Code
page-column-match = Match
page-column-label = Names
page-column-from = From
page-column-do = Verbs
page-column-table = Table
page-column-value = Fixed value
page-column-on_error = When it fails

page-blank = A new file
page-blank-about = A new agreement, code table, scheme, format or mapping: its shape is written for you to fill in. Nothing counts until it is saved, checked and published.
page-blank-kind = What it is
page-blank-name = Its name
page-blank-name-hint = Letters without accents, digits and hyphens, such as ml-sn for an agreement or ml-packages for a code table; a format with its version, such as ml-kayes/1. It cannot change later.
page-blank-do = Write its shape
page-blank-bad-name = Letters without accents, digits, hyphens and points, at most 100; a format has its version behind a slash, such as ml-kayes/1.
page-blank-known = There is a file of this name already.
page-blank-open = Open it
page-blank-not-yours = Your scheme writes its own mapping, its formats, and code tables whose name begins with { $scheme }-.
page-blank-sample = Is there a sample of the scheme’s file? Then begin with it: more is drafted.
page-blank-rules = There is always one set of match rules: change that one.
page-blank-begun = A new file, not saved yet. What the right side asks for has to be filled in before it can be published; a draft can be saved at any time.

# Match rules tried on everybody.
page-trial = What these rules would change
page-trial-first = Before match rules are published, they are tried on every record: who would become one person, who would come apart, and whose coverage that decides. Nothing is changed by it.
page-trial-begin = Try them on everybody
page-trial-look = Look at it
page-trial-came-to = Tried on everybody: { $joined ->
    [0] nobody would be joined
    [one] one person would be joined
   *[other] { $joined } people would be joined
  }, { $parted ->
    [0] nobody would come apart
    [one] one person would come apart
   *[other] { $parted } people would come apart
  }.
page-trial-versions = Rules { $model }, tried against { $force }, coverage on { $day }
page-trial-examined = Records looked at
page-trial-stop = Stop
page-trial-again = Try again
page-trial-file = Back to the rules
page-trial-running = in progress
page-trial-done = finished
page-trial-cancelled = stopped
page-trial-count-records = Records
page-trial-count-before = People now
page-trial-count-after = People then
page-trial-count-joined = Would be joined
page-trial-count-parted = Would come apart
page-trial-count-gained = Records that would gain cover
page-trial-count-lost = Records that would lose cover
page-trial-count-other = Records covered by another scheme
page-trial-nothing = With these rules everybody stays who they are.
page-trial-joins = Who would become one person
page-trial-parts = Who would come apart
page-trial-parts-into = { $count ->
    [one] into one group of records
   *[other] into { $count } groups of records
  }
page-trial-flips = Whose coverage would change
page-trial-some = Some of them, at most { $count }.
page-done-trial-stopped = The trial is stopped; nothing was changed.
page-done-trial-busy = Another trial is running: this one. One runs at a time.
page-file-send = Records can be sent: send a file
