//! Who calls, and what they may do. Everything that is not granted is denied.

use std::fmt;

use super::named::named;
use super::{AccountName, KeyId, SchemeId};

/// To whom a key belongs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Holder {
    /// A scheme: it writes and reads its own records.
    Scheme(SchemeId),
    /// A partner that asks questions under agreements, by its id in them.
    Partner(String),
    /// Somebody who runs the hub.
    Operator(String),
}

impl Holder {
    /// `scheme`, `partner` or `operator`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Scheme(_) => "scheme",
            Self::Partner(_) => "partner",
            Self::Operator(_) => "operator",
        }
    }

    /// The id under which agreements and the audit log know the holder.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Scheme(scheme) => scheme.as_str(),
            Self::Partner(id) | Self::Operator(id) => id,
        }
    }

    /// The holder of a stored kind and id.
    #[must_use]
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "scheme" => id.parse().ok().map(Self::Scheme),
            "partner" if is_name(id) => Some(Self::Partner(id.to_owned())),
            "operator" if is_name(id) => Some(Self::Operator(id.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.kind(), self.id())
    }
}

fn is_name(id: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=80).contains(&id.len()) && id.chars().all(known)
}

named! {
    /// One right that a key can have.
    pub enum Scope;

    /// Send files, records and events.
    RecordsWrite = "records:write";
    /// Read batches, refusals and records.
    RecordsRead = "records:read";
    /// Correct and dismiss refused records, release held files.
    QuarantineWrite = "quarantine:write";
    /// Ask whether a person is covered.
    EligibilityAsk = "eligibility:ask";
    /// Read a person in a format.
    PeopleRead = "people:read";
    /// Claim and decide reviews, merge and split people, undo decisions.
    ReviewsDecide = "reviews:decide";
    /// Read households, conflicts, the quality of links, and what another match model would change.
    IdentityRead = "identity:read";
    /// Subscribe, list deliveries and retry them.
    DeliveriesManage = "deliveries:manage";
    /// Read counts of people.
    IndicatorsRead = "indicators:read";
    /// Use mappings on data that is not kept: translate and validate.
    MappingsRead = "mappings:read";
    /// Draft, check and test mappings and what belongs to them; a scheme its own.
    MappingsWrite = "mappings:write";
    /// Approve what others drafted, publish it and go back to earlier versions.
    MappingsPublish = "mappings:publish";
    /// Read who did what in the whole hub.
    AuditRead = "audit:read";
    /// Everything, for every scheme, and the keys themselves.
    Admin = "admin";
}

/// Somebody whose key was recognised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The key that was shown, or the account that signed in; `None` for the command line on the hub's own machine.
    pub key: Option<KeyId>,
    /// Whose it is.
    pub holder: Holder,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// For which purposes it may ask; empty means: those that the agreements allow.
    pub purposes: Vec<String>,
    /// The account, when somebody works at the page.
    pub account: Option<AccountName>,
}

impl Caller {
    /// The command line on the hub's own machine, which may do everything.
    #[must_use]
    pub fn local_operator() -> Self {
        Self {
            key: None,
            holder: Holder::Operator("local".to_owned()),
            scopes: vec![Scope::Admin],
            purposes: Vec::new(),
            account: None,
        }
    }

    /// Who it is in the audit log: the holder, and of a scheme's accounts which.
    #[must_use]
    pub fn actor(&self) -> String {
        match (&self.holder, &self.account) {
            (Holder::Scheme(scheme), Some(account)) => format!("{scheme}/{account}"),
            (holder, _) => holder.id().to_owned(),
        }
    }

    /// Whether the caller has a right, by name or as an administrator.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }

    /// Whether the caller runs the hub, and so sees what belongs to all.
    #[must_use]
    pub const fn runs_the_hub(&self) -> bool {
        matches!(self.holder, Holder::Operator(_))
    }

    /// Whether the caller may see what belongs to a scheme: the scheme itself, and operators.
    #[must_use]
    pub fn sees(&self, scheme: &SchemeId) -> bool {
        self.sees_what_is_of(scheme.as_str())
    }

    /// The same of whoever is known by this id: messages go to partners, too.
    #[must_use]
    pub fn sees_what_is_of(&self, id: &str) -> bool {
        match &self.holder {
            Holder::Scheme(own) => own.as_str() == id,
            Holder::Partner(_) => false,
            Holder::Operator(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(holder: Holder, scopes: &[Scope]) -> Caller {
        Caller { key: None, holder, scopes: scopes.to_vec(), purposes: Vec::new(), account: None }
    }

    fn scheme(text: &str) -> SchemeId {
        text.parse().expect("a scheme id")
    }

    #[test]
    fn what_is_not_granted_is_denied() {
        let sender = caller(Holder::Scheme(scheme("ml-utm")), &[Scope::RecordsWrite]);
        assert!(sender.may(Scope::RecordsWrite));
        for &other in Scope::ALL.iter().filter(|&&scope| scope != Scope::RecordsWrite) {
            assert!(!sender.may(other), "{}", other.name());
        }
    }

    #[test]
    fn a_scheme_sees_its_own_and_a_partner_sees_nobodys() {
        let utm = caller(Holder::Scheme(scheme("ml-utm")), &[]);
        assert!(utm.sees(&scheme("ml-utm")));
        assert!(!utm.sees(&scheme("ml-canam")));
        let partner = caller(Holder::Partner("ci-cnam".to_owned()), &[]);
        assert!(!partner.sees(&scheme("ml-utm")));
    }

    #[test]
    fn holders_and_scopes_survive_their_text() {
        for holder in [
            Holder::Scheme(scheme("ml-utm")),
            Holder::Partner("ng-nhia".to_owned()),
            Holder::Operator("bamako".to_owned()),
        ] {
            assert_eq!(Holder::parse(holder.kind(), holder.id()), Some(holder));
        }
        for &scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Some(scope));
        }
        assert_eq!(Holder::parse("operator", ""), None);
    }
}
