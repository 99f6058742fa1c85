# What `dankun link` says.

link-stage-retrieval = looking for candidates
link-stage-training = learning what pairs are
link-stage-comparison = comparing
link-stage-clustering = grouping
link-inferred = no model given: { $fields ->
    [one] one field was inferred from the columns
   *[other] { $fields } fields were inferred from the columns
} (see them with --infer)
link-empty = the file “{ $path }” holds no records
link-no-header = the first line of “{ $path }” must name the columns, but “{ $value }” looks like a value: put a line of names above the records
link-broken = the file “{ $path }” cannot be read as CSV at line { $line }: { $detail }
link-no-fields = no column tells what it holds; write a model file, starting from --infer
link-bad-truth = the file “{ $path }” must have the columns record_id and entity_id
link-done = { $records ->
    [one] one record
   *[other] { $records } records
}, { $clusters ->
    [one] one person
   *[other] { $clusters } persons
} (at most { $largest } records each); { $pairs } pairs compared
link-estimate = estimated from the weights: { $precision } % of the joined pairs are right, { $recall } % of the right ones among the candidates are joined
link-measured = measured on { $records } records: precision { $precision } %, recall { $recall } %, F1 { $f } %; B-cubed F1 { $b } %
link-ragged = { $count ->
    [one] one row has
   *[other] { $count } rows have
} more or fewer cells than the header, the first in { $file } at line { $line }; missing cells were read as empty
link-repeated = { $count ->
    [one] one record has
   *[other] { $count } records have
} an id that came before in the same source, the first in { $file } at line { $line }; every one of them is a record of its own
link-foreign = { $count ->
    [one] one cell is
   *[other] { $count } cells are
} not UTF-8 and { $count ->
    [one] was
   *[other] were
} read as Windows-1252
link-unreadable = field “{ $field }”: { $count ->
    [one] one value
   *[other] { $count } values
} could not be read and { $count ->
    [one] counts
   *[other] count
} as missing
link-overfull = { $count ->
    [one] one combination of three values is
   *[other] { $count } combinations of three values are
} shared by too many records to compare them all; pairs that share nothing rarer were not compared
link-reason-name = told by the name of the column
link-reason-values = told by the values
link-reason-unique = told by the name; every record has another
link-reason-constant = left out: all records say the same
link-reason-empty = left out: hardly any values
link-reason-repeated = left out: another column says the same better
link-reason-unclear = left out: nothing tells what it holds
link-reason-no-room = left out: a model has at most 16 fields
link-page-title = Linkage: { $name }
link-page-personal = This page shows values of persons in its examples. It was written because you asked for it; keep it as carefully as the files.
link-page-summary = { $records } records, { $clusters } persons, at most { $largest } records each; { $pairs } pairs compared.
link-page-estimate = Estimated from the weights, pair by pair: { $precision } % of the joined pairs are right; { $recall } % of the right ones among the candidates are joined. What was no candidate is not in it.
link-page-measured = Measured against the truth: precision { $precision } %, recall { $recall } %, F1 { $f } %; B-cubed F1 { $b } %.
link-page-weights = Weights
link-page-weights-about = How often each level of agreement occurs among pairs of one person and among the other candidates, and what it weighs: each bit doubles the odds, so that ten bits make one person a thousand times likelier, and a negative weight speaks against it. Rare values weigh more, common ones less, than stands here.
link-page-distribution = Distribution of weights
link-page-distribution-about = Pairs by weight in bits; heights are logarithms, so that the few doubtful pairs can be seen beside the many clear ones. Green is above the threshold. Pairs below -6 bits are not kept.
link-page-threshold = Choice of a threshold
link-page-threshold-about = The heavier two records must weigh to be joined, the fewer of the joins are wrong, and the more are missed. Move the threshold to see what the weights say of themselves, then link again with --threshold. At 0 bits a pair is as likely one person as two.
link-page-calibration = Calibration
link-page-calibration-about = Of the pairs that were given a probability, how many are one person by the truth. Where both shares are alike, probabilities can be believed.
link-page-examples = Examples
link-page-examples-about = Pairs from clear to doubtful: what the records say, how each field agrees, and how the weight grows from field to field. It begins with what a candidate weighs of which nothing is known yet.
link-page-prior = a candidate
link-page-field = Field
link-page-level = Level
link-page-same = One person, %
link-page-other = Others, %
link-page-bits = Bits
link-page-band = Probability
link-page-pairs = Pairs
link-page-expected = Expected, %
link-page-found = Found, %
link-page-precision = Precision (estimated)
link-page-recall = Recall (estimated)
link-page-first = First record
link-page-second = Second record
link-page-number = { $number }
link-page-sizes = Records of a person
link-page-records = Records
link-page-people = Persons
link-page-joined = Pairs above it
link-page-sum = Sum
link-page-bin = { $bits } bits: { $count ->
    [one] one pair
   *[other] { $count } pairs
}
link-page-pair = { $first } and { $second }: { $bits } bits, { $probability } %
link-page-level-missing = missing
link-page-level-equal = equal
link-page-level-near = a slip, or the same sound
link-page-level-similar = similar
link-page-level-partial = partly
link-page-level-swapped = given and family name exchanged
link-page-level-initial = the same initial
link-page-level-different = different
link-page-level-equal-vague = equal, the day unknown
link-page-level-slip = a slip, or day and month exchanged
link-page-level-two-parts = two of year, month, day
link-page-level-year-vague = the same year, a day unknown
link-page-level-year = the same year
link-page-level-near-vague = years close, a day unknown
link-page-level-one-apart = one year apart
link-page-level-few-apart = two or three years apart
