//! Mappings tried on stored records and history made again, over HTTP; what refusals of a file share.

use dankun::model::{Holder, Scope};
use dankun::operations::replay::step;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, utm};
use crate::server::{Document as _, Server, expect};

const RECORDS: &str = "/v1/schemes/ml-utm/records";
const PREVIEW: &str = "/v1/mappings/ml-utm/preview";
const REPLAYS: &str = "/v1/mappings/ml-utm/replays";

/// Twenty people of whom three have an impossible date.
async fn received(server: &Server, key: &str) -> Value {
    let people: Vec<Invented> = (0..20)
        .map(|number| Invented {
            status_on: if number < 3 { "31/02/2022" } else { "27/01/2022" },
            ..Invented::new(number)
        })
        .collect();
    let receipt = expect(server.post(RECORDS, key).body(utm(&people)), 200).await;
    assert_eq!((&receipt["accepted"], &receipt["refused"]), (&json!(17), &json!(3)), "{receipt:#}");
    receipt
}

/// The shipped mapping, with everybody in another country.
fn abroad() -> Value {
    let path = format!("{}/mappings/ml-utm.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("{ value: ML }"));
    json!({ "text": text.replace("{ value: ML }", "{ value: CI }") })
}

cluster::both! {
    async fn a_preview_shows_values_only_to_who_may_read_the_records(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        received(&server, &key).await;
        let seen = expect(server.post(PREVIEW, &key).document(&abroad()), 200).await;
        let counts = &seen["report"]["counts"];
        assert_eq!((&counts["changed"], &counts["still_refused"]), (&json!(17), &json!(3)), "{seen:#}");
        let group = &seen["report"]["groups"][0];
        assert_eq!((&group["change"], &group["records"]), (&json!("changed"), &json!(17)));
        assert_eq!(group["examples"][0]["after"], "CI");
        let holder = Holder::Scheme("ml-utm".parse().unwrap());
        let blind = server.key(holder, &[Scope::MappingsRead]).await;
        let seen = expect(server.post(PREVIEW, &blind).document(&abroad()), 200).await;
        let example = &seen["report"]["groups"][0]["examples"][0];
        assert_eq!((&example["after"], &example["record_id"]), (&Value::Null, &Value::Null));
        let other = server.scheme_key("ml-canam").await;
        expect(server.post(PREVIEW, &other).document(&abroad()), 403).await;
    }

    async fn a_candidate_with_a_typo_is_answered_with_its_problems(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let text = json!({ "text": "mapping: ml-utm\nversion: 1.0.0\nfieldz: {}\n" });
        let told = expect(server.post(PREVIEW, &key).document(&text), 422).await;
        assert!(told["diagnostics"].as_array().unwrap().iter().any(|one| one["code"] == "A102"), "{told:#}");
    }

    async fn a_replay_is_begun_followed_and_can_not_be_begun_twice(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        received(&server, &key).await;
        let admin = server.admin_key().await;
        let dry = expect(server.post(REPLAYS, &key).document(&json!({ "dry_run": true })), 200).await;
        let begun = expect(server.post(REPLAYS, &admin).document(&json!({})), 202).await;
        assert_eq!((&begun["state"], &begun["total"]), (&json!("running"), &json!(20)));
        expect(server.post(REPLAYS, &admin).document(&json!({})), 409).await;
        step(&server.hub).await.unwrap();
        let path = format!("/v1/replays/{}", begun["id"].as_str().unwrap());
        let ended = expect(server.get(&path, &key), 200).await;
        assert_eq!(ended["state"], "done");
        assert_eq!(ended["report"]["counts"], dry["report"]["counts"]);
        assert_eq!(ended["report"]["counts"]["unchanged"], 17);
        expect(server.post(&format!("{path}/cancel"), &admin), 409).await;
        let listed = expect(server.get(REPLAYS, &key), 200).await;
        assert_eq!(listed["items"][0]["id"], begun["id"]);
        let other = server.scheme_key("ml-canam").await;
        expect(server.get(&path, &other), 404).await;
    }

    async fn refusals_say_how_many_others_share_their_defect(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let batch = received(&server, &key).await["batch"].as_str().unwrap().to_owned();
        let defects = expect(server.get(&format!("/v1/batches/{batch}/defects"), &key), 200).await;
        let defect = &defects[0];
        assert_eq!((&defect["code"], &defect["records"]), (&json!("bad_date"), &json!(3)), "{defects:#}");
        assert!(defect["rule"]["line"].as_u64().unwrap() > 0 && defect["expected"].is_string());
        let lines: Vec<_> = defect["first"].as_array().unwrap().iter().map(|one| one["line"].clone()).collect();
        assert_eq!(lines, [2, 3, 4]);
        let refusals = expect(server.get(&format!("/v1/batches/{batch}/refusals"), &key), 200).await;
        assert_eq!(refusals[0]["violations"][0]["others"], 2);
        let waiting = expect(server.get("/v1/quarantine", &key), 200).await;
        assert_eq!(waiting["items"][0]["violations"][0]["others"], 2);
        let other = server.scheme_key("ml-canam").await;
        expect(server.get(&format!("/v1/batches/{batch}/defects"), &other), 404).await;
    }
}
