//! Answers that turn within their time: cancelled, listed, and told to who was given them.

use dankun::model::{Holder, Scope};
use dankun::operations::answers::watch;
use dankun::operations::deliver;
use dankun::operations::link::link_pending;
use reqwest::Method;
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::kept::{Kept, answer};
use crate::receiver::Receiver;
use crate::server::{Document, expect};

/// UTM tells that somebody died.
async fn dies(asked: &Asked, number: u32, on: &str) {
    let event = json!({
        "event_id": format!("E{number}"), "type": "DEATH", "source": "ML-UTM",
        "source_record_id": Invented::new(number).utm_id(), "date_effet": on, "date_envoi": on,
        "payload": { "date_deces": on },
    });
    let request =
        asked.server.post("/v1/events", &asked.utm).header("content-type", "application/x-ndjson");
    expect(request.body(format!("{event}\n")), 200).await;
    link_pending(&asked.server.hub).await.unwrap();
}

/// Looks at the whole log; answers how many answers were cancelled.
async fn watch_all(asked: &Asked) -> u64 {
    let mut cancelled = 0;
    loop {
        let step = watch::step(&asked.server.hub).await.unwrap();
        cancelled += step.cancelled;
        if step.entries == 0 {
            return cancelled;
        }
    }
}

cluster::both! {
    async fn a_death_cancels_the_answer_and_the_asker_is_told(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let (receiver, url) = Receiver::listen(204).await;
        let holder = Holder::Partner("ci-cnam".to_owned());
        let key = asked.server.key(holder, &[Scope::DeliveriesManage]).await;
        let wish = json!({ "scheme": "ci-cnam", "url": url, "kinds": ["answer.changed"] });
        expect(asked.server.post("/v1/subscriptions", &key).document(&wish), 201).await;
        let (first, other) = (answer(&asked, 1).await, answer(&asked, 2).await);
        assert_eq!(watch_all(&asked).await, 0, "nothing has changed");
        dies(&asked, 1, "2026-01-01").await;
        assert_eq!(watch_all(&asked).await, 1);
        assert_eq!(watch_all(&asked).await, 0, "once is enough");
        kept.save_published(&asked.server).await;
        for (one, code) in [(&first, Some("cancelled")), (&other, None)] {
            kept.save("answer", one["signed"]["card"].as_str().unwrap());
            match code {
                Some(code) => assert_eq!(kept.refusal(&["--cancelled", "cancelled.jwt"]), code),
                None => kept.verify(&["--cancelled", "cancelled.jwt"]).ends_with_code(0),
            }
        }
        deliver::step(&asked.server.hub, &asked.server.client, "worker-1").await.unwrap();
        let got = receiver.got();
        let [(_, body)] = got.as_slice() else { panic!("one message, not {}", got.len()) };
        let message: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(message["type"], "answer.changed");
        assert_eq!(message["data"]["answers"][0]["id"], first["signed"]["id"]);
        assert_eq!(message["data"]["answers"][0]["now"]["reason"], "deceased");
        for secret in Invented::new(1).secrets() {
            assert!(!message.to_string().contains(&secret), "the message names {secret}");
        }
    }

    async fn what_changes_without_changing_the_answer_cancels_nothing(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        answer(&asked, 2).await;
        // The death is after the day that was asked about.
        dies(&asked, 2, "2026-01-20").await;
        assert_eq!(watch_all(&asked).await, 0);
        dies(&asked, 1, "2026-01-01").await;
        assert_eq!(watch_all(&asked).await, 0, "nobody was told of this person");
    }

    async fn an_answer_that_was_overtaken_is_looked_at_again(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        dies(&asked, 1, "2026-01-01").await;
        // As if it had been derived before the death, and written after it was looked at.
        let told = answer(&asked, 1).await;
        assert_eq!(told["reason"], "deceased");
        watch_all(&asked).await;
        let undo = "update answers set told = 'x', log_seq = 0";
        execute(&place, undo).await;
        // Whatever happens next makes it look.
        dies(&asked, 2, "2026-01-01").await;
        assert_eq!(watch_all(&asked).await, 1);
    }

    async fn an_operator_cancels_by_hand(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let given = answer(&asked, 1).await;
        let (key_file, id) = (place.key_file().display().to_string(), given["signed"]["id"].as_str().unwrap());
        let cancel = || {
            let hub = ["--database", &place.url, "--key-file", &key_file];
            kept.program.run(&[&["--lang", "en", "answer", "cancel", id][..], &hub[..]].concat())
        };
        let run = cancel();
        run.ends_with_code(0);
        assert!(run.output.contains(id));
        cancel().ends_with_code(2);
        kept.save_published(&asked.server).await;
        kept.save("answer", given["signed"]["token"].as_str().unwrap());
        assert_eq!(kept.refusal(&["--cancelled", "cancelled.jwt"]), "cancelled");
        // A list of the asker's own making is not believed.
        kept.save("cancelled.jwt", given["signed"]["token"].as_str().unwrap());
        assert_eq!(kept.refusal(&["--cancelled", "cancelled.jwt"]), "bad_list");
    }

    async fn a_partner_hears_of_its_own_answers_and_of_nothing_else(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let holder = Holder::Partner("ci-cnam".to_owned());
        let key = asked.server.key(holder, &[Scope::DeliveriesManage]).await;
        let wish = |scheme: &str, kinds: Value| json!({ "scheme": scheme, "url": "https://example.org/h", "kinds": kinds });
        let ask = |wish: Value, status| expect(asked.server.post("/v1/subscriptions", &key).document(&wish), status);
        for (scheme, kinds) in [
            ("ci-cnam", json!([])),
            ("ci-cnam", json!(["record.changed"])),
            ("ci-cnam", json!(["answer.changed", "person.died"])),
            ("ml-utm", json!(["answer.changed"])),
        ] {
            assert_eq!(ask(wish(scheme, kinds), 403).await["code"], "not_permitted");
        }
        let made = ask(wish("ci-cnam", json!(["answer.changed"])), 201).await;
        let listed = expect(asked.server.get("/v1/subscriptions", &key), 200).await;
        assert_eq!(listed[0]["id"], made["id"]);
        let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
        let ended = asked.server.request(Method::DELETE, &path, &key).send().await.unwrap();
        assert_eq!(ended.status(), 204);
    }
}

/// Does to the database what no operation does.
async fn execute(place: &cluster::Place, text: &'static str) {
    use sqlx::Connection as _;
    if place.url.starts_with("sqlite") {
        let mut connection = sqlx::SqliteConnection::connect(&place.url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(&place.url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.unwrap();
    }
}
