//! With whom somebody shares a contract.

use super::face;
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem};
use crate::model::record::Relationship;
use crate::model::{BeneficiaryRecord, PersonId, RecordId};
use crate::operations::{households, people};

/// Somebody of the same household.
pub struct Mate {
    /// Their id, once the hub knows who they are.
    pub person: Option<String>,
    /// As one of their records calls them.
    pub name: String,
    /// In which schemes, and what they are there.
    pub seen: String,
}

/// The household of somebody, as far as the member may see it; the look is written down.
pub async fn mates(app: &App, member: &Member, person: PersonId) -> Result<Vec<Mate>, Problem> {
    let words = member.visit.words;
    let household = households::household(app.hub(), &member.caller, person).await?;
    let members = household.map(|household| household.members).unwrap_or_default();
    let first = |one: &households::Member| one.seen.first().map(|(_, record, _)| *record);
    let records: Vec<RecordId> = members.iter().filter_map(first).collect();
    let shown = people::several(app.hub(), &member.caller, &records).await?;
    let called = |one: &households::Member| {
        let record = shown.iter().find(|record| Some(record.id) == first(one))?;
        Some(face::called(words, &BeneficiaryRecord::from_json(&record.canonical).ok()?))
    };
    let named = members.into_iter().map(|one| (called(&one), one));
    Ok(named.map(|(name, one)| mate(words, name, one)).collect())
}

fn mate(words: Words, name: Option<String>, member: households::Member) -> Mate {
    let seen = member.seen.into_iter().map(|(scheme, _, relationship)| {
        relationship.map_or_else(
            || scheme.to_string(),
            |relationship| format!("{scheme} {}", related(words, relationship)),
        )
    });
    let person = member.person.map(|person| person.to_string());
    Mate {
        name: name.or_else(|| person.clone()).unwrap_or_default(),
        person,
        seen: seen.collect::<Vec<_>>().join(" · "),
    }
}

/// What somebody is in a contract.
pub fn related(words: Words, relationship: Relationship) -> String {
    words.named("page-relationship", format!("{relationship:?}").to_lowercase())
}
