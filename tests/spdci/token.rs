//! A key shown once, a token for an hour.

use std::time::Duration;

use dankun::model::Caller;
use dankun::operations::keys;
use serde_json::Value;

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::message::{by_number, send};
use crate::server::expect;

async fn lend(asked: &Asked, id: &str, secret: &str, status: u16) -> Value {
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let request = asked.server.post("/spdci/oauth2/client/token", "");
    expect(request.header("content-type", "application/x-www-form-urlencoded").body(form), status)
        .await
}

cluster::both! {
    async fn a_token_does_what_its_key_does_for_an_hour(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let secret = asked.partner("tt-wide").await;
        let all = keys::list(&asked.server.hub).await.unwrap();
        let id = all.iter().find(|row| row.holder.id() == "tt-wide").unwrap().id;
        let lent = lend(&asked, &id.to_string(), &secret, 200).await;
        assert_eq!((lent["token_type"].as_str(), lent["expires_in"].as_i64()), (Some("Bearer"), Some(3_600)));
        let token = lent["access_token"].as_str().unwrap();
        let body = by_number("NINA", &Invented::new(1).nina());
        send(&asked, "sync/search", token, &body, 200, "SearchResponse").await;
        // It lends no further token, and nothing else does.
        for (id, secret) in [(id.to_string(), token), (id.to_string(), "dk_wrong"), ("key_wrong".to_owned(), secret.as_str())] {
            let refused = lend(&asked, &id, secret, 401).await;
            assert_eq!(refused["errors"][0]["code"], "err.request.unauthorized");
        }
        asked.server.wait(Duration::from_secs(3_600));
        send(&asked, "sync/search", token, &body, 401, "").await;
        let lent = lend(&asked, &id.to_string(), &secret, 200).await;
        let token = lent["access_token"].as_str().unwrap();
        keys::revoke(&asked.server.hub, &Caller::local_operator(), id).await.unwrap();
        send(&asked, "sync/search", token, &body, 401, "").await;
    }
}
