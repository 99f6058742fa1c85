//! `dankun review`: what the hub asks of people, and what they answer.

pub(super) mod show;

use reqwest::Method;
use serde_json::{Value, json};

use super::arguments::Common;
use super::door::{Ask, Door, Seen, Which};
use super::failure::{Failure, Outcome};
use super::screen::Screen;

/// Look after pairs of records that may be one person: list, claim, decide, take back.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List what waits, the most urgent first
    List(List),
    /// Count what waits, by groups of like reviews
    Groups,
    /// Show a review with both records and the evidence
    Show {
        /// Id of the review, such as rev_…
        id: String,
    },
    /// Keep others from reviews: one by its id, or the next of the queue
    Claim(Claim),
    /// Give a review back
    Release {
        /// Id of the review, such as rev_…
        id: String,
    },
    /// Answer a review
    Decide(Decide),
    /// Answer like reviews alike
    DecideAlike(DecideAlike),
    /// List decisions, the newest first
    Decisions(Decisions),
    /// Take a decision back
    Undo {
        /// Id of the decision, such as dec_…
        id: String,
        /// Why, for those who look at it later
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
struct Filter {
    /// Only those in which this scheme has a record
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<String>,
    /// open, same, different, unsure, obsolete or all [default: open]
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// pair, questioned or sample
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Why a person is asked, such as perhaps_twins
    #[arg(long = "because", value_name = "REASON")]
    because: Option<String>,
    /// At least so likely, from 0 to 1
    #[arg(long, value_name = "P")]
    least: Option<f64>,
    /// At most so likely, from 0 to 1
    #[arg(long, value_name = "P")]
    most: Option<f64>,
    /// me, nobody, or a holder such as operator:bamako
    #[arg(long, value_name = "HOLDER")]
    claimed: Option<String>,
    /// A group of like reviews, as `groups` names it
    #[arg(long, value_name = "GROUP")]
    alike: Option<String>,
}

impl Filter {
    fn query(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("scheme", self.scheme.clone()),
            ("state", self.state.clone()),
            ("kind", self.kind.clone()),
            ("reason", self.because.clone()),
            ("least", self.least.map(|p| p.to_string())),
            ("most", self.most.map(|p| p.to_string())),
            ("claimed", self.claimed.clone()),
            ("alike", self.alike.clone()),
        ]
    }
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    filter: Filter,
    /// How many at most, 1 to 500
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// The place after which to go on, as the last line of the page before says it
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Claim {
    #[command(flatten)]
    filter: Filter,
    /// Id of the review, such as rev_… [default: the next ones of the queue]
    id: Option<String>,
    /// How many of the next ones
    #[arg(long, default_value_t = 1, value_name = "N")]
    count: u32,
    /// Minutes until others may have it
    #[arg(long, default_value_t = 30, value_name = "N")]
    minutes: i64,
}

#[derive(Debug, clap::Args)]
struct Decide {
    /// Id of the review, such as rev_…
    id: String,
    /// same, different or unsure
    answer: String,
    /// Why, for those who look at it later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The version that was looked at, as `show` says it [default: the present one]
    #[arg(long, value_name = "VERSION")]
    seen: Option<String>,
}

#[derive(Debug, clap::Args)]
struct DecideAlike {
    /// The group, as `groups` names it
    group: String,
    /// same, different or unsure
    answer: String,
    /// Why, for those who look at it later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// How many at most, 1 to 500
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: u32,
}

#[derive(Debug, clap::Args)]
struct Decisions {
    /// me, or a holder such as operator:bamako
    #[arg(long, value_name = "HOLDER")]
    by: Option<String>,
    /// same, different, unsure, merge, split or undo
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only about records that are now this person's
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// How many at most, 1 to 500
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// The decision after which to go on
    #[arg(long, value_name = "DECISION")]
    after: Option<String>,
}

/// Does one of them.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let door = args.which.open(common, screen).await?;
    match &args.verb {
        Verb::List(list) => {
            let mut query = list.filter.query();
            query.push(("limit", Some(list.limit.to_string())));
            query.push(("after", list.after.clone()));
            let found = door.ask(Ask::get("reviews").query(query)).await?;
            show::list(&found, screen)?;
        }
        Verb::Groups => show::groups(&door.ask(Ask::get("reviews/groups")).await?, screen)?,
        Verb::Show { id } => {
            show::review(&door.ask(Ask::get(&format!("reviews/{id}"))).await?, screen)?;
        }
        Verb::Claim(claim) => show::list(&self::claim(&door, claim).await?, screen)?,
        Verb::Release { id } => {
            let path = format!("reviews/{id}/claim");
            door.ask(Ask { method: Method::DELETE, ..Ask::get(&path) }).await?;
            said("review-released", id, &json!({ "id": id, "released": true }), screen)?;
        }
        Verb::Decide(decide) => {
            let path = format!("reviews/{}", decide.id);
            let seen = match &decide.seen {
                Some(seen) => seen.clone(),
                None => {
                    let shown = door.ask(Ask::get(&path)).await?;
                    shown["version"].as_str().unwrap_or_default().to_owned()
                }
            };
            let path = format!("{path}/decide");
            let body = json!({ "answer": decide.answer, "reason": decide.reason });
            let ask = Ask { seen: Seen::Version(&seen), ..Ask::post(&path, body) };
            decided(&door, ask, screen).await?;
        }
        Verb::DecideAlike(decide) => {
            let body = json!({
                "alike": decide.group, "answer": decide.answer, "reason": decide.reason, "limit": decide.limit,
            });
            let made = door.ask(Ask::post("reviews/groups/decide", body)).await?;
            door.settle().await?;
            if screen.json() {
                screen.value(&made)?;
            } else {
                let count = made["decisions"].as_array().map_or(0, Vec::len);
                let left = made["left"].as_u64().unwrap_or(0);
                screen.say(
                    "review-decided-alike",
                    &[("count", count.into()), ("left", left.into())],
                )?;
            }
        }
        Verb::Decisions(wanted) => {
            let query = vec![
                ("by", wanted.by.clone()),
                ("kind", wanted.kind.clone()),
                ("person", wanted.person.clone()),
                ("limit", Some(wanted.limit.to_string())),
                ("after", wanted.after.clone()),
            ];
            let found = door.ask(Ask::get("identity/decisions").query(query)).await?;
            show::decisions(&found, screen)?;
        }
        Verb::Undo { id, reason } => {
            let path = format!("identity/decisions/{id}/undo");
            decided(&door, Ask::post(&path, json!({ "reason": reason })), screen).await?;
        }
    }
    Ok(Outcome::Done)
}

async fn claim(door: &Door, claim: &Claim) -> Result<Value, Failure> {
    match &claim.id {
        Some(id) => {
            let path = format!("reviews/{id}/claim");
            let body = json!({ "minutes": claim.minutes });
            let taken = door.ask(Ask::post(&path, body)).await?;
            Ok(json!({ "items": [taken] }))
        }
        None => {
            let body = json!({ "minutes": claim.minutes, "count": claim.count });
            door.ask(Ask::post("reviews/claim", body).query(claim.filter.query())).await
        }
    }
}

/// Sends a decision, lets it take effect, and says what was decided.
///
/// # Errors
/// When the hub refuses it.
pub(super) async fn decided(door: &Door, ask: Ask<'_>, screen: &Screen) -> Result<(), Failure> {
    let mut made = door.ask(ask).await?;
    door.settle().await?;
    if door.hub().is_some() {
        made["settled"] = json!(true);
    }
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    let key = if made["settled"] == true { "review-decided" } else { "review-decided-later" };
    said(key, &id, &made, screen)
}

fn said(key: &'static str, id: &str, value: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() { screen.value(value) } else { screen.say(key, &[("id", id.into())]) }
}
