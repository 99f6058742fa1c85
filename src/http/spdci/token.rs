//! `POST /oauth2/client/token`: a key shown once, a token for an hour.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::problem::{Code, Problem};
use crate::http::{App, upload};
use crate::operations::tokens;

#[derive(Deserialize)]
struct Form {
    grant_type: String,
    client_id: String,
    client_secret: String,
}

/// Lends a token for a key (RFC 6749, client credentials): `client_id` is the key's id, `client_secret` the key itself.
#[utoipa::path(post, path = "/spdci/oauth2/client/token", tag = "spdci", security(()), request_body(content = String,
    content_type = "application/x-www-form-urlencoded", description = "`grant_type=client_credentials&client_id=key_…&client_secret=dk_…`"), responses(
    (status = 200, description = "`access_token`, `token_type`, `expires_in` in seconds", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn lend(State(app): State<App>, request: Request) -> Result<Json<Value>, Problem> {
    let bytes = upload::whole(request.into_body(), app.limits.document).await?;
    let form = read(&bytes)?;
    if form.grant_type != "client_credentials" {
        return Err(Problem::parameter("grant_type", "client_credentials"));
    }
    let token = tokens::lend(&app.hub, &form.client_id, &form.client_secret).await?;
    Ok(Json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": tokens::LASTS,
    })))
}

/// A form is written as the query of an address is.
fn read(bytes: &[u8]) -> Result<Form, Problem> {
    let wrong = || Problem::new(Code::InvalidBody).with("reason", "x-www-form-urlencoded");
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    let uri: Uri = format!("/?{}", text.trim()).parse().map_err(|_| wrong())?;
    Query::try_from_uri(&uri).map(|Query(form)| form).map_err(|_| wrong())
}
