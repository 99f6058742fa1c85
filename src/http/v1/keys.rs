//! Access keys: given, listed, withdrawn. Only for those who run the hub.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Document, Known, Named};
use crate::http::problem::{Code, Problem};
use crate::model::{Holder, KeyId, Scope};
use crate::operations::keys::{self, KeyRow, NewKey};

/// A key to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// What it is for, in words.
    title: String,
    /// `scheme`, `partner` or `operator`.
    holder_kind: String,
    /// The scheme's id, or the partner's or operator's name.
    holder: String,
    /// Rights, such as `records:write`.
    scopes: Vec<String>,
    /// Purposes for which it may ask; none means those that the agreements allow.
    #[serde(default)]
    purposes: Vec<String>,
    /// Days until it ends by itself; none means that it does not.
    #[serde(default)]
    valid_days: Option<u32>,
}

/// A key as listed. Its secret is never shown again.
#[derive(Serialize, ToSchema)]
pub struct KeyBody {
    #[schema(value_type = String)]
    id: KeyId,
    title: String,
    holder_kind: &'static str,
    holder: String,
    scopes: Vec<&'static str>,
    purposes: Vec<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

/// A key just given.
#[derive(Serialize, ToSchema)]
pub struct KeyCreated {
    #[serde(flatten)]
    key: KeyBody,
    /// The secret, shown this once.
    secret: String,
}

impl From<KeyRow> for KeyBody {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            holder_kind: row.holder.kind(),
            holder: row.holder.id().to_owned(),
            scopes: row.scopes.iter().map(|scope| scope.name()).collect(),
            purposes: row.purposes,
            created_at: row.created_at.to_string(),
            expires_at: row.expires_at.map(|at| at.to_string()),
            revoked_at: row.revoked_at.map(|at| at.to_string()),
            last_used_at: row.last_used_at.map(|at| at.to_string()),
        }
    }
}

impl KeyRequest {
    fn read(self, app: &App) -> Result<NewKey, Problem> {
        let holder = Holder::parse(&self.holder_kind, &self.holder)
            .ok_or_else(|| Problem::parameter("holder", "scheme | partner | operator"))?;
        if let Holder::Scheme(scheme) = &holder {
            super::super::extract::known_scheme(app, scheme.as_str())?;
        }
        let scopes = self
            .scopes
            .iter()
            .map(|name| {
                Scope::parse(name).ok_or_else(|| {
                    Problem::parameter("scopes", "?").known(Scope::ALL.iter().map(|s| s.name()))
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(NewKey {
            title: self.title.chars().take(200).collect(),
            holder,
            scopes,
            purposes: self.purposes,
            valid_days: self.valid_days,
        })
    }
}

/// Lists the keys that were given.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", responses(
    (status = 200, description = "Every key, also those withdrawn", body = Vec<KeyBody>),
    (status = "4XX", response = crate::http::openapi::Refused)))]
pub async fn list(known: Known, State(app): State<App>) -> Result<Json<Vec<KeyBody>>, Problem> {
    known.granted(Scope::Admin)?;
    let rows = keys::list(&app.hub).await?;
    Ok(Json(rows.into_iter().map(KeyBody::from).collect()))
}

/// Gives a key. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = KeyRequest, responses(
    (status = 201, description = "The key with its secret", body = KeyCreated),
    (status = "4XX", response = crate::http::openapi::Refused)))]
pub async fn create(
    known: Known,
    State(app): State<App>,
    Document(request): Document<KeyRequest>,
) -> Result<(StatusCode, Json<KeyCreated>), Problem> {
    let caller = known.granted(Scope::Admin)?;
    let new = request.read(&app)?;
    let (row, secret) = keys::create(&app.hub, &caller, new).await?;
    let created = KeyCreated { key: row.into(), secret: secret.to_string() };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Withdraws a key, from now on.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "keys",
    params(("id" = String, Path, description = "`key_…`")), responses(
    (status = 204, description = "Withdrawn"),
    (status = "4XX", response = crate::http::openapi::Refused)))]
pub async fn revoke(
    known: Known,
    Named(id): Named<KeyId>,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let caller = known.granted(Scope::Admin)?;
    if keys::revoke(&app.hub, &caller, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::NotFound))
    }
}
