### What can be missing or wrong in a file that we received. For each code: what is wrong, the short
### title (.title), and how to mend it (.mend), said to the IT officer of a scheme.
### $given is yes when the value received is known; $value is that value as it was.

## F: the bytes of the file

issue-empty_file = the file holds nothing
    .title = Empty file
    .mend = Run the export again: it probably stopped before writing. Check the size of the file before sending.
issue-wrong_format = the content is not of the declared format
    .title = Wrong format
    .mend = Check that you send the right file to the right scheme, in the format of its mapping (CSV, XML, JSON…), and not a workbook, a PDF or an error page.
issue-truncated_file = the file ends in the middle of its structure
    .title = Truncated file
    .mend = Repeat the export or the transfer and send the whole file. Records already read are kept: sending again does not double them.
issue-truncated_line = the line ends in the middle of the record
    .title = Truncated line
    .mend = Export this record again: each line must hold one complete JSON object.
issue-broken_encoding = { $given ->
    [yes] “{ $value }” contains bytes that are illegal in the encoding of the file
   *[no] some bytes are illegal in the encoding of the file
}
    .title = Unreadable encoding
    .mend = Save the whole file in one encoding, UTF-8 if you can. A row pasted from other software is the usual cause.
issue-column_count = { $given ->
    [yes] the row has { $value } columns, which is not the number of the header
   *[no] the row does not have as many columns as the header
}
    .title = Number of columns
    .mend = Look in the row for a delimiter too many or too few. A value that contains the delimiter goes between quotes.
issue-missing_header = { $given ->
    [yes] the header does not have the expected column: { $value }
   *[no] the header row is absent or incomplete
}
    .title = Missing header
    .mend = Export with the header row, without renaming or removing columns. If your layout has changed, have a new version of the mapping published.
issue-record_too_long = the record is longer than allowed
    .title = Record too long
    .mend = Look for a missing line break or an unclosed quote before this record: several records are probably glued into one.
issue-too_deep = elements are nested too deeply
    .title = Nested too deeply
    .mend = Check the export program: a correct record has only a few levels.
issue-too_many_fields = the record has more fields than allowed
    .title = Too many fields
    .mend = Check the export program: a record must describe one person, or one family.
issue-forbidden_entity = the XML declares a document type or entities, which is forbidden
    .title = Forbidden entity
    .mend = Remove the declaration <!DOCTYPE …> from the file. It enables attacks and no export needs it.
issue-bad_syntax = { $given ->
    [yes] the record does not follow the grammar of its format near “{ $value }”
   *[no] the record does not follow the grammar of its format
}
    .title = Bad syntax
    .mend = Open the file at this line and correct quotes, commas or tags; or export the record again.
issue-bad_compression = the compressed file cannot be expanded to its end
    .title = Damaged compression
    .mend = Compress the file again (gzip or zstd) and send it again; the transfer may have been cut.
issue-file_too_large = the file, once expanded, is larger than allowed
    .title = File too large
    .mend = Send it in several parts, or with “dankun push”, which cuts it between two records.
issue-unclosed_quote = an opening quote is never closed
    .title = Unclosed quote
    .mend = Close the quote of this cell, or double it ("") if it belongs to the value.
issue-nul_character = the text contains a NUL character
    .title = NUL character
    .mend = Export as text, UTF-8 if you can. A NUL character betrays a binary file, or UTF-16 that was not declared.
issue-not_a_bundle = the FHIR document is not a Bundle
    .title = Not a Bundle
    .mend = Send a Bundle (resourceType "Bundle") that holds the Patient and Coverage resources.
issue-duplicate_key = { $given ->
    [yes] the key “{ $value }” stands twice in the same object
   *[no] the same key stands twice in the same object
}
    .title = Duplicate key
    .mend = Keep only one of the two values: we cannot guess which one is right.

## S: the sender's schema

issue-missing_mandatory = the mandatory value is empty or absent
    .title = Mandatory value missing
    .mend = Fill this field in your system, then send the record again.
issue-wrong_type = { $given ->
    [yes] “{ $value }” is not of the expected type
   *[no] the value is not of the expected type
}
    .title = Wrong type
    .mend = Correct the value, or the export program if it writes text where a number is expected, or the reverse.
issue-unknown_code = { $given ->
    [yes] the code “{ $value }” is not in the list
   *[no] the code is not in the list
}
    .title = Unknown code
    .mend = Replace it with a code of the list. If this code is new in your system, have it added to the mapping table.
issue-bad_format = { $given ->
    [yes] “{ $value }” does not have the expected form
   *[no] the value does not have the expected form
}
    .title = Bad form
    .mend = Compare with the expected form: a digit, a hyphen or a prefix is probably missing.
issue-out_of_range = { $given ->
    [yes] “{ $value }” is out of bounds
   *[no] the value is out of bounds
}
    .title = Out of range
    .mend = Check the value at its source: it is too small, too large, too short or too long.
issue-unknown_field = the schema does not know this field
    .title = Unknown field
    .mend = Check the spelling of the field name. If it is new, have it added to the schema of your scheme.
issue-schema_violation = { $given ->
    [yes] “{ $value }” breaks the schema of the scheme
   *[no] the record breaks the schema of the scheme
}
    .title = Against the schema
    .mend = Compare the record with the published schema of your scheme, then correct it.

## D: the meaning of a value

issue-bad_date = { $given ->
    [yes] “{ $value }” is not a possible date
   *[no] the date is impossible or unreadable
}
    .title = Impossible date
    .mend = Correct the date from the civil status document. If only the year is known, say so the way your format provides, without inventing the day.
issue-future_date = { $given ->
    [yes] the date “{ $value }” lies in the future
   *[no] the date lies in the future
}
    .title = Future date
    .mend = Correct the year: a birth or a past event cannot come after the date of the export.
issue-bad_check_digit = { $given ->
    [yes] the check digit of “{ $value }” does not hold
   *[no] the check digit of the number does not hold
}
    .title = Wrong check digit
    .mend = Read the number on the card again: one digit is wrong, or two have changed places.
issue-bad_phone = { $given ->
    [yes] “{ $value }” cannot be a phone number
   *[no] the phone number is impossible
}
    .title = Impossible phone number
    .mend = Give the whole number as it is dialled in the country; a number of another country needs + and its country code in front.
issue-period_inverted = { $given ->
    [yes] the period ends before it begins: { $value }
   *[no] the period ends before it begins
}
    .title = Inverted period
    .mend = Check the opening and the end of rights: the two dates have probably changed places, or a year is wrong.
issue-bad_number = { $given ->
    [yes] “{ $value }” is not a readable number
   *[no] the number is unreadable
}
    .title = Unreadable number
    .mend = Write the number in digits, without unit or text.
issue-foreigner_in_ram = { $given ->
    [yes] the medical assistance scheme (RAM) is given to a person of nationality “{ $value }”
   *[no] the medical assistance scheme (RAM) is given to a person who is not Ivorian
}
    .title = RAM for a foreigner
    .mend = Correct the nationality, or enrol the person in the general scheme (RGB): RAM is for Ivorians only.
issue-check_failed = { $given ->
    [yes] “{ $value }” breaks a rule of the mapping
   *[no] a rule of the mapping does not hold
}
    .title = Rule broken
    .mend = Read the rule named here, then correct the value; if the rule is wrong, tell the administrator of the hub.
issue-bad_value = { $given ->
    [yes] “{ $value }” cannot be translated
   *[no] the value cannot be translated
}
    .title = Untranslatable value
    .mend = Compare with the expected form and correct the value at its source.
issue-invalid_target = { $given ->
    [yes] the translated record is not a valid document of the target format at “{ $value }”: what is asked there is missing or of another form
   *[no] the translated record is not a valid document of the target format
}
    .title = Invalid translation
    .mend = This is not a fault of your file: report it to the administrator of the hub, with the rule named here.

## R: references between records

issue-orphan_dependent = { $given ->
    [yes] the principal “{ $value }” is neither in the file nor in the hub
   *[no] the principal is neither in the file nor in the hub
}
    .title = Dependant without principal
    .mend = Send the record of the principal too, or correct its number.
issue-dangling_reference = { $given ->
    [yes] the reference “{ $value }” leads to no record
   *[no] the reference leads to no record
}
    .title = Dangling reference
    .mend = Send the record it names too, or correct the reference.
issue-duplicate_record_id = this record number already stands higher up in the file
    .title = Duplicate record
    .mend = Keep one record a number. If these are two people, give each a number of their own.
issue-unknown_record = { $given ->
    [yes] the event is about “{ $value }”, a record that nobody sent
   *[no] the event is about a record that nobody sent
}
    .title = Unknown record
    .mend = Send the record first, or correct its number in the event.
issue-older_than_known = the file is older than what we already know of this record
    .title = Older than known
    .mend = There is nothing to correct: the newer version is kept. Send files from the oldest to the newest.
issue-scattered_rows = rows of this record already stand higher up in the file, with other records in between
    .title = Scattered rows
    .mend = Sort the file by the number of the record, so that its rows follow one another.

## P: rights and agreements

issue-unknown_partner = { $given ->
    [yes] “{ $value }” is not a known partner
   *[no] the asker is not a known partner
}
    .title = Unknown partner
    .mend = Ask the administrator of the hub to register your organisation and its agreement.
issue-purpose_not_allowed = { $given ->
    [yes] no agreement in force allows the purpose “{ $value }”
   *[no] no agreement in force allows this purpose
}
    .title = Purpose not allowed
    .mend = Ask for a purpose of the agreement, or have the agreement extended.
issue-no_agreement = no agreement in force binds this asker to the scheme of this insured person
    .title = No agreement
    .mend = Have an agreement between the two organisations registered, with its legal basis and its dates.
issue-not_permitted = the sender may not write here
    .title = Not permitted
    .mend = Send with the key of the scheme concerned, or ask the administrator of the hub for this right.
issue-held = the file is received but held until a person releases it
    .title = Held
    .mend = Too many records are refused or closed at once. Check the file; if it is right, ask the administrator to release it.
issue-repeated_message = a message with this id was received before
    .title = Repeated message
    .mend = Give each message an id of its own. To learn what became of the first one, ask for the status of its transaction.
issue-bad_signature = the signature is not of this message by a key registered for the sender
    .title = Wrong signature
    .mend = Sign header and message with the registered key and name it by its id; have a new key entered in the agreement before using it.

## Where: what places a record

place-line = line { $line }
place-column = position { $column }
place-record = beneficiary { $record }
place-path = element { $path }
place-field = field { $field }
place-row = the whole row
place-bytes = bytes of the row
place-file = whole file
place-detail = { $place }: { $detail }
severity-error = refused
severity-warning = accepted, field left out

## What was expected

expected = expected: { $expected }
expected-form = { $form }
expected-pattern = the form { $form }
expected-one-of = one of { $codes }
expected-one-of-more = one of { $codes }… ({ $count } codes in all)
expected-type = { $type }
expected-columns = { $count ->
    [one] { $count } column
   *[other] { $count } columns
}
expected-between = from { $min } to { $max }
expected-at-least = at least { $min }
expected-at-most = at most { $max }
expected-limit = at most { $count }
expected-check = a number whose { $check } check digit holds
expected-condition = { $condition }
expected-rule = that this rule holds: { $condition }
expected-until = { $date } at the latest
expected-digits = { $count ->
    [one] { $count } digit
   *[other] { $count } digits
}

type-string = a text
type-number = a number
type-integer = a whole number
type-boolean = true or false
type-object = an object
type-array = a list
type-null = nothing

condition-not-future = a date that is not in the future
