### What is wrong with files that describe schemes and agreements.

document-yaml = this is not YAML: { $said }
document-missing = "{ $field }" is a required property
document-unknown = there is no such field here: { $fields }
document-type = this must be { $type ->
        [string] a text
        [number] a number
        [integer] a whole number
        [boolean] true or false
        [array] a list
        [object] a group of fields
       *[other] of type { $type }
    }
document-options = `{ $value }` is none of: { $options }
document-pattern = `{ $value }` does not have the form `{ $pattern }`
document-format = `{ $value }` is not { $format ->
        [date] a date as YYYY-MM-DD
        [uri] an address as https://…
        [email] an e-mail address
        [regex] a regular expression
       *[other] of the form { $format }
    }
document-minimum = the least that may stand here is { $limit }
document-maximum = the most that may stand here is { $limit }
document-empty = something must stand here
document-other = { $said }

registry-no-scheme = no scheme `{ $scheme }`
registry-excludes-itself = a scheme does not exclude itself
registry-inverted = it ends before it begins
registry-scheme-twice = another file is also scheme `{ $scheme }`
registry-form = this is not a regular expression: { $said }
registry-example = `{ $example }` does not have the form
registry-needs-package = a scheme that covers needs a package
registry-grants-none = a membership list grants no package
registry-terms-overlap = terms follow each other: these begin before the ones above end
registry-percentage = { $value } is no percentage from 0 to 100 with at most two decimals
registry-test-package = no package `{ $package }` on { $day }
registry-test-rate = { $expected }% was to be left for { $care ->
        [hospital] care with a stay
       *[other] care without a stay
    }, it comes to { $found }%
agreement-partner-twice = agreement `{ $agreement }` says already how it exchanges
agreement-twice = another file is also agreement `{ $agreement }`
agreement-test = expected `{ $expected }`, comes to `{ $found }`
