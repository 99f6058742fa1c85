//! Who may do what with which file, and when it takes two people.

use crate::eligibility::registry::Approval;
use crate::model::{Caller, Holder, SchemeId, Scope};
use crate::operations::library::{FileId, Kind, Library};
use crate::store::versions::Version;

use super::LifeError;

/// The right, on this file: a scheme has it on its own mapping, schemas and code tables, an operator on all, a partner
/// on none.
pub(super) fn granted(
    library: &Library,
    caller: &Caller,
    scope: Scope,
    file: &FileId,
) -> Result<(), LifeError> {
    let own = match &caller.holder {
        Holder::Operator(_) => true,
        Holder::Scheme(scheme) => is_of(library, file, scheme),
        Holder::Partner(_) => false,
    };
    if own && caller.may(scope) {
        Ok(())
    } else {
        Err(LifeError::NotPermitted { scope, file: file.clone() })
    }
}

/// Whether a caller has a right on a file; every step asks again.
#[must_use]
pub fn may(library: &Library, caller: &Caller, scope: Scope, file: &FileId) -> bool {
    granted(library, caller, scope, file).is_ok()
}

/// Whether a caller sees what is not yet published of a file.
#[must_use]
pub fn sees_drafts(library: &Library, caller: &Caller, file: &FileId) -> bool {
    may(library, caller, Scope::MappingsRead, file)
}

/// Whether a file is a scheme's own to draft. What the scheme promises (its registry file), agreements and the match
/// model concern others too.
fn is_of(library: &Library, file: &FileId, scheme: &SchemeId) -> bool {
    let scheme = scheme.as_str();
    match file.kind {
        Kind::Mapping => file.name == scheme,
        Kind::Schema => file.name.split_once('/').is_some_and(|(name, _)| name == scheme),
        Kind::Codes => code_owner(library, &file.name) == Some(scheme),
        Kind::Scheme | Kind::Agreement | Kind::Identity => false,
    }
}

/// The scheme whose id a table's name begins with, such as `ml-utm` of `ml-utm-packages`; of several the longest.
fn code_owner<'l>(library: &'l Library, name: &str) -> Option<&'l str> {
    let begins = |id: &&str| name.strip_prefix(id).is_some_and(|rest| rest.starts_with('-'));
    let ids = library.registry().schemes().map(|scheme| scheme.id.as_str());
    ids.filter(begins).max_by_key(|id| id.len())
}

/// Whether a second person must approve a version of this file: its scheme says so; of a file that several schemes
/// share, any scheme does.
#[must_use]
pub fn needs_two(library: &Library, file: &FileId) -> bool {
    let of = match file.kind {
        Kind::Mapping | Kind::Scheme => Some(file.name.as_str()),
        Kind::Schema => file.name.split_once('/').map(|(name, _)| name),
        Kind::Codes | Kind::Agreement | Kind::Identity => None,
    };
    let registry = library.registry();
    let scheme = of.and_then(|of| registry.scheme(&of.parse().ok()?));
    match scheme {
        Some(scheme) => scheme.approval == Approval::TwoPersons,
        None => registry.schemes().any(|scheme| scheme.approval == Approval::TwoPersons),
    }
}

/// Whether the caller wrote the version. Two keys of one operator are one person; two keys of a scheme are two of its
/// people; whoever works on the hub's own machine is one person.
#[must_use]
pub fn is_author(caller: &Caller, version: &Version) -> bool {
    let same_holder = caller.holder.to_string() == version.written_by;
    match &caller.holder {
        Holder::Operator(_) => same_holder,
        Holder::Scheme(_) | Holder::Partner(_) => same_holder && caller.key == version.written_key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        Library::load(None, None).expect("the shipped files compile")
    }

    fn scheme(id: &str) -> Caller {
        Caller {
            key: None,
            holder: Holder::Scheme(id.parse().expect("a scheme id")),
            scopes: vec![Scope::MappingsWrite],
            purposes: Vec::new(),
            account: None,
        }
    }

    fn may(caller: &Caller, kind: Kind, name: &str) -> bool {
        let file = FileId { kind, name: name.to_owned() };
        granted(&library(), caller, Scope::MappingsWrite, &file).is_ok()
    }

    #[test]
    fn a_scheme_drafts_its_own_files_and_no_others() {
        let utm = scheme("ml-utm");
        assert!(may(&utm, Kind::Mapping, "ml-utm"));
        assert!(may(&utm, Kind::Schema, "ml-utm/2"));
        assert!(may(&utm, Kind::Codes, "ml-utm-packages"));
        for (kind, name) in [
            (Kind::Mapping, "ml-canam"),
            (Kind::Schema, "ml-canam/1"),
            (Kind::Codes, "ml-regions"),
            (Kind::Scheme, "ml-utm"),
            (Kind::Identity, "identity"),
        ] {
            assert!(!may(&utm, kind, name), "{} {name}", kind.name());
        }
    }

    #[test]
    fn a_right_on_the_file_is_not_enough_without_the_scope() {
        let reader = Caller { scopes: vec![Scope::MappingsRead], ..scheme("ml-utm") };
        assert!(!may(&reader, Kind::Mapping, "ml-utm"));
    }

    #[test]
    fn two_keys_of_an_operator_are_one_author() {
        let version = Version {
            kind: "mapping".to_owned(),
            name: "ml-utm".to_owned(),
            hash: String::new(),
            label: None,
            text: String::new(),
            stage: crate::store::versions::Stage::Draft,
            written_by: "operator:local".to_owned(),
            written_key: Some(crate::model::KeyId::from_bytes([7; 16])),
            written_at: crate::model::Instant::from_millis(0),
        };
        assert!(is_author(&Caller::local_operator(), &version));
        let of_scheme = Version { written_by: "scheme:ml-utm".to_owned(), ..version };
        assert!(!is_author(&scheme("ml-utm"), &of_scheme));
    }
}
