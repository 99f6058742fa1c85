//! With whom somebody shares a contract.

use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem};
use crate::model::PersonId;
use crate::model::record::Relationship;
use crate::operations::households;

/// Somebody of the same household.
pub struct Mate {
    /// Their id, once the hub knows who they are.
    pub person: Option<String>,
    /// In which schemes, and what they are there.
    pub seen: String,
}

/// The household of somebody, as far as the member may see it; the look is written down.
pub async fn mates(app: &App, member: &Member, person: PersonId) -> Result<Vec<Mate>, Problem> {
    let words = member.visit.words;
    let household = households::household(app.hub(), &member.caller, person).await?;
    let members = household.map(|household| household.members).unwrap_or_default();
    Ok(members.into_iter().map(|one| mate(words, one)).collect())
}

fn mate(words: Words, member: households::Member) -> Mate {
    let seen = member.seen.into_iter().map(|(scheme, _, relationship)| {
        relationship.map_or_else(
            || scheme.to_string(),
            |relationship| format!("{scheme} {}", related(words, relationship)),
        )
    });
    Mate {
        person: member.person.map(|person| person.to_string()),
        seen: seen.collect::<Vec<_>>().join(" · "),
    }
}

/// What somebody is in a contract.
pub fn related(words: Words, relationship: Relationship) -> String {
    words.named("page-relationship", format!("{relationship:?}").to_lowercase())
}
