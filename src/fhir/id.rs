//! Ids as FHIR allows them: letters, digits, hyphens and points, at most 64. Ours have an underscore.

use crate::model::{PersonId, RecordId};

/// What a `Patient/…` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatientId {
    /// A person, `per-…`: everything that the caller may see of them.
    Person(PersonId),
    /// One record of theirs, `rec-…`: the patient as one scheme knows them.
    Record(RecordId),
}

impl PatientId {
    /// The id of a text such as `per-0192…`; none for another server's.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.replacen('-', "_", 1);
        let person = ours.parse().ok().map(Self::Person);
        person.or_else(|| ours.parse().ok().map(Self::Record))
    }

    /// The id of a reference: `Patient/per-…`, also at the end of an address.
    #[must_use]
    pub fn of_reference(reference: &str) -> Option<Self> {
        let (head, id) = reference.rsplit_once('/')?;
        (head == "Patient" || head.ends_with("/Patient")).then(|| Self::parse(id)).flatten()
    }
}

impl std::fmt::Display for PatientId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match self {
            Self::Person(id) => id.to_string(),
            Self::Record(id) => id.to_string(),
        };
        out.write_str(&text.replacen('_', "-", 1))
    }
}

/// The id of the coverage that a record grants.
#[must_use]
pub fn coverage_id(record: RecordId) -> String {
    record.to_string().replacen("rec_", "cov-", 1)
}

/// The record of a coverage's id.
#[must_use]
pub fn record_of_coverage(id: &str) -> Option<RecordId> {
    id.strip_prefix("cov-").and_then(|hex| format!("rec_{hex}").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_their_text_and_other_servers_ids_are_none_of_ours() {
        let record = RecordId::from_bytes([7; 16]);
        let ids = [PatientId::Person(PersonId::from_bytes([7; 16])), PatientId::Record(record)];
        for id in ids {
            assert_eq!(PatientId::parse(&id.to_string()), Some(id));
            let reference = format!("https://hub.example/fhir/R4/Patient/{id}");
            assert_eq!(PatientId::of_reference(&reference), Some(id));
        }
        assert_eq!(record_of_coverage(&coverage_id(record)), Some(record));
        for other in ["joe-doe", "per-1", "", "-"] {
            assert_eq!(PatientId::parse(other), None, "{other}");
        }
    }
}
