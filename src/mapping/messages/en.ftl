# What is wrong with a mapping. The attribute "label" stands under the place.
weight-error = error
weight-warning = warning
help = help
did-you-mean = did you mean "{ $name }"?
correction-replace = replace by "{ $text }"
correction-add = add "{ $text }"
correction-remove = remove "{ $text }"

diagnostic-not-yaml = this file is not YAML: { $reason }
    .label = here
diagnostic-unknown-key = there is no key "{ $key }" here; known keys: { $known }
    .label = unknown key
diagnostic-duplicate-key = "{ $key }" is already there
    .label = a second time
diagnostic-wrong-type = a value of another type is expected: { $expected }
    .label = expected: { $expected }
diagnostic-missing-key = the key "{ $key }" is missing
    .label = to be added here
diagnostic-unknown-verb = there is no verb "{ $verb }"
    .label = unknown verb
diagnostic-bad-value = "{ $value }" is not possible here; expected: { $expected }
    .label = impossible value
diagnostic-too-large = the file exceeds a limit ({ $limit })
    .label = beyond the limit

diagnostic-unknown-field = there is no field "{ $field }" in { $schema }
    .label = unknown field
diagnostic-unused-field = the field "{ $field }" of { $schema } is neither used nor in "ignore" nor in "drop"
    .label = schema that has it
diagnostic-bad-path = the path "{ $path }" cannot be read from character { $at } on
    .label = unreadable path
diagnostic-unknown-name = there is no "{ $name }"
    .label = unknown name

diagnostic-wrong-input = "{ $verb }" takes: { $expected }; it gets: { $found }
    .label = gets: { $found }
diagnostic-can-fail = "{ $verb }" can fail ({ $code }); say what follows: on_error: error or on_error: warning
    .label = can fail
diagnostic-bad-condition = unreadable condition "{ $condition }": { $reason }
    .label = unreadable condition
diagnostic-unreachable = this branch is never reached: it comes after "else"
    .label = never reached
diagnostic-bad-argument = "{ $verb }" does not take "{ $value }"; expected: { $expected }
    .label = impossible argument

diagnostic-unknown-target = there is no field "{ $field }" in beneficiary/1, or the hub itself fills it
    .label = unknown field
diagnostic-not-filled = no rule fills the required field "{ $field }"
    .label = its group is filled here
diagnostic-filled-twice = "{ $field }" is filled twice
    .label = a second time
diagnostic-one-against-many = "{ $field }": a list needs a name in brackets or [], a single field has neither
    .label = list or single value
diagnostic-not-allowed = "{ $value }" is no code of this field; codes: { $expected }
    .label = unknown code

diagnostic-unknown-table = there is no table "{ $table }"
    .label = unknown table
diagnostic-missing-row = the code "{ $code }" of the field "{ $field }" has no row in the table
    .label = missing row
diagnostic-unused-row = the row "{ $code }" is useless: "{ $field }" has no such code
    .label = useless row
diagnostic-unused-table = the table "{ $table }" is used nowhere
    .label = unused table


diagnostic-failing-test = the example "{ $name }" fails: { $differences }
    .label = failing example
diagnostic-untested = no example touches "{ $field }"
    .label = without example
diagnostic-no-tests = this mapping has no examples (tests)
    .label = add examples

condition-character = "{ $detail }" means nothing here
condition-open-quote = the quote does not end
condition-escape = there is no escape "\{ $detail }"
condition-unexpected = "{ $detail }" is not expected here
condition-function = there is no function "{ $detail }"
condition-types = these two kinds cannot be compared: { $detail }
condition-no-order = this has no order ({ $detail })
condition-not-a-test = this is neither true nor false ({ $detail })
condition-pattern = not a regular expression that can be used: { $detail }
condition-too-deep = more than { $detail } levels of brackets
