//! Accounts: the people who work at the page, and what each of them may do there.
//!
//! A role is a set of rights under a name that people know. It decides nothing by itself: an account becomes a
//! [`Caller`], and the same operations ask the same rights as they do of a key.

use std::fmt;
use std::str::FromStr;

use super::access::{Caller, Holder, Scope};
use super::named::named;
use super::{AccountId, KeyId, SchemeId};

named! {
    /// What an account is for.
    pub enum Role;

    /// Everything, in the whole hub or in one scheme.
    Administrator = "administrator";
    /// Describes formats: mappings, codes, schemas, and what is refused because of them.
    Mapper = "mapper";
    /// Looks after records and decides who is whom.
    Steward = "steward";
    /// Reads who did what, and counts; no people.
    Auditor = "auditor";
    /// Reads counts; no people.
    Viewer = "viewer";
}

impl Role {
    /// The rights of the role: in the whole hub, or in one scheme only.
    #[must_use]
    pub const fn scopes(self, whole_hub: bool) -> &'static [Scope] {
        use Scope::{
            Admin, AuditRead, DeliveriesManage, EligibilityAsk, IdentityRead, IndicatorsRead,
            MappingsPublish, MappingsRead, MappingsWrite, PeopleRead, QuarantineWrite, RecordsRead,
            RecordsWrite, ReviewsDecide,
        };
        match self {
            Self::Administrator if whole_hub => &[Admin],
            // Everything of one scheme but the audit log, which is of all.
            Self::Administrator => &[
                RecordsWrite,
                RecordsRead,
                QuarantineWrite,
                EligibilityAsk,
                PeopleRead,
                ReviewsDecide,
                IdentityRead,
                DeliveriesManage,
                IndicatorsRead,
                MappingsRead,
                MappingsWrite,
                MappingsPublish,
            ],
            Self::Mapper => &[
                RecordsRead,
                QuarantineWrite,
                IndicatorsRead,
                MappingsRead,
                MappingsWrite,
                MappingsPublish,
            ],
            Self::Steward => &[
                RecordsRead,
                QuarantineWrite,
                EligibilityAsk,
                PeopleRead,
                ReviewsDecide,
                IdentityRead,
                IndicatorsRead,
                MappingsRead,
            ],
            Self::Auditor if whole_hub => &[AuditRead, IndicatorsRead, MappingsRead],
            Self::Auditor | Self::Viewer => &[IndicatorsRead, MappingsRead],
        }
    }
}

/// The name with which somebody signs in: lower case letters, digits, hyphens, dots and underscores. It stands in the
/// audit log, so it is not the place for a civil name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountName(String);

/// Why a text is no account name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "an account name has 2 to 40 letters, digits, hyphens, dots and underscores, and starts with a letter"
)]
pub struct AccountNameError;

impl AccountName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    /// Blanks around it and capitals are forgiven: phones add both.
    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let folded = text.trim().to_ascii_lowercase();
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let sound = (2..=40).contains(&folded.len())
            && folded.chars().all(known)
            && folded.starts_with(|c: char| c.is_ascii_alphabetic());
        if sound { Ok(Self(folded)) } else { Err(AccountNameError) }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An account as the caller that operations know. Of the whole hub, it is an operator of its name; of a scheme, it is
/// that scheme, and stands to other accounts of the scheme as one key does to another.
#[must_use]
pub fn caller(id: AccountId, name: &AccountName, role: Role, scheme: Option<&SchemeId>) -> Caller {
    Caller {
        key: Some(KeyId::from_bytes(*id.as_bytes())),
        holder: match scheme {
            Some(scheme) => Holder::Scheme(scheme.clone()),
            None => Holder::Operator(name.as_str().to_owned()),
        },
        scopes: role.scopes(scheme.is_none()).to_vec(),
        purposes: Vec::new(),
        account: Some(name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Instant;

    fn of(role: Role, scheme: Option<&str>) -> Caller {
        let id = AccountId::new(Instant::from_millis(1), [1; 10]);
        let scheme = scheme.map(|text| text.parse().expect("a scheme id"));
        caller(id, &"Awa.Traore ".parse().expect("a name"), role, scheme.as_ref())
    }

    #[test]
    fn nobody_of_a_scheme_runs_the_hub_or_reads_the_log_of_all() {
        for &role in Role::ALL {
            let bound = of(role, Some("ml-utm"));
            assert!(!bound.may(Scope::Admin), "{}", role.name());
            assert!(!bound.may(Scope::AuditRead), "{}", role.name());
            assert!(!bound.sees(&"ml-canam".parse().expect("a scheme id")));
        }
    }

    #[test]
    fn auditors_and_viewers_see_no_people() {
        for role in [Role::Auditor, Role::Viewer] {
            for scope in [Scope::PeopleRead, Scope::RecordsRead, Scope::ReviewsDecide] {
                assert!(!of(role, None).may(scope), "{} {}", role.name(), scope.name());
            }
        }
    }

    #[test]
    fn the_log_names_the_person_and_not_the_scheme_alone() {
        assert_eq!(of(Role::Steward, Some("ml-utm")).actor(), "ml-utm/awa.traore");
        assert_eq!(of(Role::Steward, None).actor(), "awa.traore");
    }

    #[test]
    fn names_are_folded_and_odd_ones_refused() {
        assert_eq!(
            "Awa.Traore".parse::<AccountName>().map(|n| n.to_string()).as_deref(),
            Ok("awa.traore")
        );
        for odd in ["", "a", "awa traoré", "1awa", "awa@x", &"a".repeat(41)] {
            assert!(odd.parse::<AccountName>().is_err(), "{odd:?}");
        }
    }
}
