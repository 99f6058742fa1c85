### The story of the demonstration.

demo-opening = dankun, the crossroads: { $schemes } schemes, { $records } records, one story.
demo-invented = All data is invented: no name, number or place stands for a real person.

demo-arrived = 1. What came in
demo-head-scheme = scheme
demo-head-received = received
demo-head-accepted = accepted
demo-head-refused = refused
demo-head-warnings = warnings
demo-events = events (deaths, moves, suspensions…)
demo-held = { $scheme }: the file is held, too many of its records are refused; a person must release it
demo-empty = { $file }: empty file, nothing to read
demo-missing = { $scheme }: no file in this directory
demo-day = Data of { $day }, read, translated, stored and linked in { $seconds } s.

demo-refused = 2. What was refused, and why
demo-refused-intro = Each refusal says where, what, and how to mend it. The other records of the file are not lost. For example:
demo-refused-none = Nothing was refused.

demo-people = 3. Who stands behind the records
demo-people-count = { $records } records are { $people } people; { $reviews } doubtful pairs wait for a human eye.
demo-people-several = { $count } people are known to several schemes. Here are { $shown } of them (numbers masked):
demo-person-known = { $name }, { $born }
demo-person-record = { $scheme }: { $name }, no. { $number }
demo-born = born in { $year }
demo-born-unknown = birth unknown

demo-double = 4. Two covers that exclude each other
demo-double-count = { $count ->
    [0] Nobody is both in an assistance scheme and in an insurance of the same country.
    [one] One person is both in an assistance scheme and in an insurance of the same country:
   *[other] { $count } people are both in an assistance scheme and in an insurance of the same country. For example:
}
demo-double-person = { $name }: { $first } and { $second }

demo-questions = 5. “Is this person covered?”
demo-question = { $asker } asks, for { $purpose }, on { $day }: no. { $number } of { $scheme }
demo-question-none = This data has no example of: { $reason }

demo-formats = 6. One person in two other formats
demo-formats-person = Record { $number } of { $scheme }, translated to { $format }:
demo-formats-none = No record of this data can be translated to { $format }.

demo-next = 7. Where to look next
demo-next-validate = check a file without sending anything
demo-next-ask = ask a question
demo-next-export = know which record is which person
demo-next-mapping = read how a scheme is described, without a line of code
demo-next-page = the interface of the hub, described by itself
