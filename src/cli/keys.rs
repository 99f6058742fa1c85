//! `dankun keys`: who may call this hub.

use serde_json::json;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::screen::Screen;
use crate::model::access::{Caller, Holder, Scope};
use crate::model::{Instant, KeyId, SchemeId};
use crate::operations::keys::{self, KeyRow, NewKey};

/// Create, list and revoke the keys with which schemes and partners call.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create a key; its secret is shown once
    Create(Create),
    /// List every key, without secrets
    List,
    /// Withdraw a key from now on
    Revoke {
        /// Id of the key, such as key_…
        id: KeyId,
    },
}

#[derive(Debug, clap::Args)]
#[group(id = "holder", required = true, multiple = false)]
struct Whose {
    /// The scheme that will hold it: it writes and reads its own records
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<SchemeId>,
    /// The partner that will hold it, by its id in the agreements: it asks questions
    #[arg(long, value_name = "PARTNER")]
    partner: Option<String>,
    /// The person who will run the hub with it
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Create {
    #[command(flatten)]
    whose: Whose,
    /// A right; several are given one after the other [default: what such a holder needs]
    #[arg(long = "scope", value_name = "RIGHT", value_parser = Scope::among_known)]
    scopes: Vec<Scope>,
    /// A purpose for which it may ask [default: those of its agreements]
    #[arg(long = "purpose", value_name = "PURPOSE")]
    purposes: Vec<String>,
    /// What it is for, in words
    #[arg(long, default_value = "", value_name = "TEXT")]
    title: String,
    /// Days until it ends by itself [default: never]
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
}

/// Does one of the three.
///
/// # Errors
/// When the hub does not open or the store fails.
pub async fn run(args: Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let hub = args.connection.open(common).await?;
    let by = Caller::local_operator();
    match args.verb {
        Verb::Create(create) => {
            let new = create.key()?;
            let (row, secret) = keys::create(&hub, &by, new).await.map_err(Failure::operation)?;
            if screen.json() {
                screen.value(&json!({ "id": row.id, "key": secret.as_str() }))?;
            } else {
                screen.say("keys-created", &[("id", row.id.to_string().into())])?;
                screen.say("keys-secret", &[("secret", secret.as_str().into())])?;
            }
        }
        Verb::List => {
            let rows = keys::list(&hub).await.map_err(Failure::operation)?;
            if rows.is_empty() && !screen.json() {
                screen.say("keys-none", &[])?;
            }
            for row in &rows {
                print(row, hub.now(), screen)?;
            }
        }
        Verb::Revoke { id } => {
            let name = id.to_string();
            if !keys::revoke(&hub, &by, id).await.map_err(Failure::operation)? {
                return Err(Failure::usage("keys-unknown", &[("id", &name)]));
            }
            if screen.json() {
                screen.value(&json!({ "id": id, "revoked": true }))?;
            } else {
                screen.say("keys-now-revoked", &[("id", name.into())])?;
            }
        }
    }
    Ok(Outcome::Done)
}

impl Create {
    fn key(self) -> Result<NewKey, Failure> {
        use Scope::{
            DeliveriesManage, EligibilityAsk, IndicatorsRead, MappingsRead, PeopleRead,
            QuarantineWrite, RecordsRead, RecordsWrite,
        };
        let whose = || Failure::usage("keys-whose", &[]);
        let Whose { scheme, partner, operator } = self.whose;
        let (holder, usual): (_, &[Scope]) = match (scheme, partner, operator) {
            (Some(scheme), None, None) => (
                Holder::Scheme(scheme),
                &[
                    RecordsWrite,
                    RecordsRead,
                    QuarantineWrite,
                    DeliveriesManage,
                    IndicatorsRead,
                    MappingsRead,
                ],
            ),
            (None, Some(name), None) => (
                Holder::parse("partner", &name).ok_or_else(whose)?,
                &[EligibilityAsk, PeopleRead, IndicatorsRead, MappingsRead],
            ),
            (None, None, Some(name)) => {
                (Holder::parse("operator", &name).ok_or_else(whose)?, &[Scope::Admin])
            }
            _ => return Err(whose()),
        };
        let scopes = if self.scopes.is_empty() { usual.to_vec() } else { self.scopes };
        Ok(NewKey {
            title: self.title,
            holder,
            scopes,
            purposes: self.purposes,
            valid_days: self.days,
        })
    }
}

fn print(row: &KeyRow, now: Instant, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({
            "id": row.id,
            "holder": row.holder.to_string(),
            "title": row.title,
            "scopes": row.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>(),
            "purposes": row.purposes,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "revoked_at": row.revoked_at,
            "last_used_at": row.last_used_at,
        }));
    }
    let on = |at: Instant| at.date().to_string();
    let state = match (row.revoked_at, row.expires_at) {
        (Some(at), _) => screen.text("keys-revoked", &[("date", on(at).into())]),
        (None, Some(at)) if at <= now => screen.text("keys-expired", &[("date", on(at).into())]),
        (None, _) => screen.text("keys-active", &[]),
    };
    screen.say(
        "keys-line",
        &[
            ("id", row.id.to_string().into()),
            ("owner", row.holder.to_string().into()),
            ("title", row.title.as_str().into()),
            ("state", state.into()),
        ],
    )
}
