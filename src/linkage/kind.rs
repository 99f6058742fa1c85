//! What a field holds, and how two values of it can agree.

use super::text::Manner;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A whole name, in any order.
    Name,
    /// Given names.
    GivenName,
    /// Family names.
    FamilyName,
    /// A date, in whichever layout.
    Date,
    /// A year.
    Year,
    /// One of a few values, as sex is.
    Category,
    /// A town, a village, a region.
    Place,
    /// A postcode.
    Postcode,
    /// A street, a line of an address.
    Address,
    /// Any other text.
    Text,
    /// What somebody does.
    Occupation,
    /// A number or code that is one person's.
    Number,
    /// A phone number.
    Phone,
    /// An address of electronic mail.
    Email,
}

/// How values of a kind are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// Given and family names: as texts, and exchanged with each other.
    PartOfName,
    /// Texts, letter by letter and word by word.
    Text,
    /// Dates.
    Date,
    /// Years.
    Year,
    /// Equal or not.
    Code,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Date,
        Self::Year,
        Self::Category,
        Self::Place,
        Self::Postcode,
        Self::Address,
        Self::Text,
        Self::Occupation,
        Self::Number,
        Self::Phone,
        Self::Email,
    ];

    /// Its name in a model file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Date => "date",
            Self::Year => "year",
            Self::Category => "category",
            Self::Place => "place",
            Self::Postcode => "postcode",
            Self::Address => "address",
            Self::Text => "text",
            Self::Occupation => "occupation",
            Self::Number => "number",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// The kind of a name in a model file.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "full_name" => Some(Self::Name),
            "sex" => Some(Self::Category),
            _ => Self::ALL.into_iter().find(|kind| kind.name() == name),
        }
    }

    /// How its values are compared.
    #[must_use]
    pub const fn comparison(self) -> Comparison {
        match self {
            Self::GivenName | Self::FamilyName => Comparison::PartOfName,
            Self::Date => Comparison::Date,
            Self::Year => Comparison::Year,
            Self::Category => Comparison::Code,
            Self::Name
            | Self::Place
            | Self::Postcode
            | Self::Address
            | Self::Text
            | Self::Occupation
            | Self::Number
            | Self::Phone
            | Self::Email => Comparison::Text,
        }
    }

    /// How freely its texts are compared.
    #[must_use]
    pub const fn manner(self) -> Manner {
        match self {
            Self::Name => Manner::WholeName,
            Self::GivenName | Self::FamilyName => Manner::Name,
            Self::Place | Self::Address | Self::Text | Self::Occupation | Self::Email => {
                Manner::Words
            }
            Self::Date
            | Self::Year
            | Self::Category
            | Self::Postcode
            | Self::Number
            | Self::Phone => Manner::Code,
        }
    }

    /// Whether people of one household usually share it.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(
            self,
            Self::FamilyName | Self::Place | Self::Postcode | Self::Address | Self::Phone
        )
    }
}
