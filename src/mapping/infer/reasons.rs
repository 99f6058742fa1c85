//! Why a line of a draft stands there, said in the language of whoever asked.

use fluent_bundle::FluentValue;

use crate::messages;
use crate::model::Language;

/// One reason.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    /// The field's name looks like a word of the dictionary.
    Name { field: String, word: &'static str },
    /// The values look like it, not the name.
    Content,
    /// How dates are written.
    Dates { layouts: Vec<String>, share: f64 },
    /// No value says which of day and month comes first.
    DayAndMonth,
    /// No dates in the sample.
    NoDates,
    /// Phones of a country.
    Phones { country: String, share: f64 },
    /// The check digit of nearly all values holds.
    CheckDigit(&'static str),
    /// Share of different values.
    Unique(f64),
    /// A number of the family and a rank.
    Ranked,
    /// Nothing tells records apart for sure.
    NoIdentity,
    /// Codes whose meaning was guessed from their letters.
    Guessed(Vec<String>),
    /// Codes whose meaning is not known.
    Open(Vec<String>),
    /// A shared table has rows for the values.
    SharedTable(String),
    /// Titles such as El Hadj are set apart.
    Titles,
    /// In which order one column has the names.
    NameOrder(&'static str),
    /// The whole name stays beside its parts.
    WholeName,
    /// The country of the sender.
    Country(String),
    /// Several rows make one record: they share this column.
    RowsOfOne(String),
    /// Year, month and day stand in fields of their own.
    DateParts,
    /// The header stands under titles.
    HeaderRow(u64),
    /// Nested elements are people.
    People(String),
    /// Rows of totals.
    Totals(Vec<String>),
    /// Written once for a block.
    OnceABlock,
    /// Cells that say "as above".
    AsAbove,
    /// Share of values that are ids of other records.
    Refers(f64),
    /// The head's record.
    Head,
    /// Who names no other is a head.
    HeadOrOther,
    /// The status is derived from the end of rights.
    StatusFromEnd,
    /// The contract is the household's.
    Contract,
    /// The policy is the person's.
    Policy,
    /// The decimal mark.
    Numbers(&'static str),
    /// A constant that the column's name or the country says.
    OfTheColumn,
    /// The target needs more than this field.
    NeedsMore,
    /// The check of the draft refused the rule.
    Refused(String),
}

impl Reason {
    /// Says it.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let (key, args) = self.message();
        let args: Vec<(&str, FluentValue<'_>)> =
            args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        messages::text(language, key, &args)
    }

    fn message(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let list = |items: &[String]| items.join(", ");
        match self {
            Self::Name { field, word } => {
                let field = field.rsplit("].").next().unwrap_or(field).to_owned();
                ("infer-why-name", vec![("field", field), ("word", (*word).to_owned())])
            }
            Self::Content => ("infer-why-content", vec![]),
            Self::Dates { layouts, share } => {
                ("infer-why-dates", vec![("layouts", list(layouts)), ("share", percent(*share))])
            }
            Self::DayAndMonth => ("infer-why-day-and-month", vec![]),
            Self::NoDates => ("infer-why-no-dates", vec![]),
            Self::Phones { country, share } => {
                ("infer-why-phones", vec![("country", country.clone()), ("share", percent(*share))])
            }
            Self::CheckDigit(name) => ("infer-why-check-digit", vec![("name", (*name).to_owned())]),
            Self::Unique(share) => ("infer-why-unique", vec![("share", percent(*share))]),
            Self::Ranked => ("infer-why-ranked", vec![]),
            Self::NoIdentity => ("infer-why-no-identity", vec![]),
            Self::Guessed(codes) => ("infer-why-guessed", vec![("codes", list(codes))]),
            Self::Open(codes) => ("infer-why-open", vec![("codes", list(codes))]),
            Self::SharedTable(name) => ("infer-why-shared-table", vec![("name", name.clone())]),
            Self::Titles => ("infer-why-titles", vec![]),
            Self::NameOrder(order) => {
                ("infer-why-name-order", vec![("order", (*order).to_owned())])
            }
            Self::WholeName => ("infer-why-whole-name", vec![]),
            Self::Country(country) => ("infer-why-country", vec![("country", country.clone())]),
            Self::RowsOfOne(by) => ("infer-why-rows", vec![("by", by.clone())]),
            Self::DateParts => ("infer-why-date-parts", vec![]),
            Self::HeaderRow(row) => ("infer-why-header-row", vec![("row", row.to_string())]),
            Self::People(path) => ("infer-why-people", vec![("path", path.clone())]),
            Self::Totals(words) => ("infer-why-totals", vec![("words", list(words))]),
            Self::OnceABlock => ("infer-why-once-a-block", vec![]),
            Self::AsAbove => ("infer-why-as-above", vec![]),
            Self::Refers(share) => ("infer-why-refers", vec![("share", percent(*share))]),
            Self::Head => ("infer-why-head", vec![]),
            Self::HeadOrOther => ("infer-why-head-or-other", vec![]),
            Self::StatusFromEnd => ("infer-why-status-from-end", vec![]),
            Self::Contract => ("infer-why-contract", vec![]),
            Self::Policy => ("infer-why-policy", vec![]),
            Self::Numbers(mark) => ("infer-why-numbers", vec![("mark", (*mark).to_owned())]),
            Self::OfTheColumn => ("infer-why-of-the-column", vec![]),
            Self::NeedsMore => ("infer-why-needs-more", vec![]),
            Self::Refused(code) => ("infer-why-refused", vec![("code", code.clone())]),
        }
    }
}

/// A share as people say it.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.0}", (share * 100.0).floor())
}
