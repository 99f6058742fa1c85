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

demo-corrected = 3. What a correction does
demo-corrected-intro = A person at the scheme looks the value up in the papers and writes what is right. Here the demonstration plays that person:
demo-corrected-none = No record of this data was refused for one value alone that the demonstration could put right.
demo-corrected-lasting = This database stays after the story, so nothing is corrected in it. Without --database the story shows a correction.
demo-corrected-record = Record { $number } of { $scheme }, field “{ $field }”
demo-corrected-bad = there stood: “{ $value }”
demo-corrected-good = now it says: “{ $value }”
demo-corrected-linked = { $records ->
    [one] The record is accepted, and linked: it is the only record of person { $person }.
   *[other] The record is accepted, and linked: it is one of { $records } records of person { $person }.
}
demo-corrected-waiting = The record is accepted and waits to be linked.
demo-corrected-tomorrow = On { $day } the scheme sends { $file } again, not a letter changed:
demo-corrected-refusals = refusals: { $before } the first time, { $after } now
demo-corrected-count = { $count ->
    [one] one record held by its correction, { $unchanged } unchanged
   *[other] { $count } records held by their corrections, { $unchanged } unchanged
}
demo-corrected-until = The correction holds until the scheme changes that value itself; it can fetch the list of corrections to mend its own data.

demo-people = 4. Who stands behind the records
demo-people-count = { $records } records are { $people } people; { $reviews } doubtful pairs wait for a human eye.
demo-people-several = { $count } people are known to several schemes. Here are { $shown } of them (numbers masked):
demo-person-known = { $name }, { $born }
demo-person-record = { $scheme }: { $name }, no. { $number }
demo-born = born in { $year }
demo-born-unknown = birth unknown

demo-double = 5. Two covers that exclude each other
demo-double-count = { $count ->
    [0] Nobody is both in an assistance scheme and in an insurance of the same country.
    [one] One person is both in an assistance scheme and in an insurance of the same country:
   *[other] { $count } people are both in an assistance scheme and in an insurance of the same country. For example:
}
demo-double-person = { $name }: { $first } and { $second }

demo-questions = 6. “Is this person covered?”
demo-question = { $asker } asks, for { $purpose }, on { $day }: no. { $number } of { $scheme }
demo-question-none = This data has no example of: { $reason }

demo-formats = 7. One person in two other formats
demo-formats-person = Record { $number } of { $scheme }, translated to { $format }:
demo-formats-none = No record of this data can be translated to { $format }.

demo-next = 8. Where to look next
demo-next-validate = check a file without sending anything
demo-next-ask = ask a question
demo-next-export = know which record is which person
demo-next-mapping = read how a scheme is described, without a line of code
demo-next-ui = the page where people work; the link of its first account follows
demo-next-page = the interface of the hub, described by itself
