//! Events over HTTP, and the pairs that wait for a steward.

use dankun::model::{Holder, ReviewId, Scope};
use dankun::store::reviews::{NewReview, ReviewKind};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Server, expect};

fn death(id: &str, source: &str, record: &str) -> Value {
    json!({
        "event_id": id, "type": "DEATH", "source": source, "source_record_id": record,
        "date_effet": "2026-01-01", "date_envoi": "2026-01-01", "payload": { "date_deces": "2026-01-01" }
    })
}

fn send(server: &Server, key: &str, events: &[Value]) -> RequestBuilder {
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    server.post("/v1/events", key).header("content-type", "application/x-ndjson").body(lines)
}

/// Sends somebody to UTM and to CANAM.
async fn enrol(server: &Server, one: &Invented) -> (String, String) {
    let (utm_key, canam_key) =
        (server.scheme_key("ml-utm").await, server.scheme_key("ml-canam").await);
    let request = server.post("/v1/schemes/ml-utm/records", &utm_key).body(utm([one]));
    assert_eq!(expect(request, 200).await["new"], 1);
    let request = server.post("/v1/schemes/ml-canam/records", &canam_key).body(canam([one]));
    assert_eq!(expect(request, 200).await["new"], 1);
    (utm_key, canam_key)
}

async fn record(server: &Server, key: &str) -> Value {
    expect(server.get("/v1/records", key), 200).await["items"][0].clone()
}

cluster::both! {
    async fn an_event_changes_its_record_once(place: cluster::Place) {
        let server = Server::start(&place).await;
        let one = Invented::new(1);
        let (key, _) = enrol(&server, &one).await;
        let event = death("E1", "ML-UTM", &one.utm_id());
        let push = || send(&server, &key, &[event.clone(), event.clone()]).header("idempotency-key", "n");
        let receipt = expect(push(), 200).await;
        assert_eq!((&receipt["new"], &receipt["unchanged"]), (&json!(1), &json!(1)), "{receipt:#}");
        assert_eq!(receipt["scheme"], "ml-utm");
        assert_eq!(expect(push(), 200).await["replayed"], true);
        assert_eq!(record(&server, &key).await["record"]["person"]["death_date"], "2026-01-01");
        let path = format!("/v1/batches/{}", receipt["batch"].as_str().unwrap());
        expect(server.get(&path, &key), 200).await;
    }

    async fn a_scheme_speaks_of_its_own_records_only(place: cluster::Place) {
        let server = Server::start(&place).await;
        let one = Invented::new(1);
        let (utm_key, canam_key) = enrol(&server, &one).await;
        let foreign = death("E1", "ML-UTM", &one.utm_id());
        let problem = expect(send(&server, &canam_key, std::slice::from_ref(&foreign)), 422).await;
        assert_eq!(problem["violations"][0]["code"], "not_permitted", "{problem:#}");
        assert!(record(&server, &utm_key).await["record"]["person"]["death_date"].is_null());
        let own = canam_event(&server, &canam_key).await;
        let receipt = expect(send(&server, &canam_key, &[foreign.clone(), own]), 200).await;
        assert_eq!((&receipt["new"], &receipt["refused"]), (&json!(1), &json!(1)), "{receipt:#}");
        let partner = Holder::Partner("ng-nhia".to_owned());
        let partner = server.key(partner, &[Scope::RecordsWrite]).await;
        expect(send(&server, &partner, std::slice::from_ref(&foreign)), 403).await;
        let admin = server.admin_key().await;
        assert_eq!(expect(send(&server, &admin, &[foreign]), 200).await["new"], 1);
        assert_eq!(record(&server, &utm_key).await["record"]["person"]["death_date"], "2026-01-01");
    }

    async fn a_move_continues_only_records_of_the_scheme_that_speaks(place: cluster::Place) {
        let server = Server::start(&place).await;
        let one = Invented::new(1);
        let (utm_key, canam_key) = enrol(&server, &one).await;
        let theirs = record(&server, &canam_key).await["record"]["source"]["record_id"].clone();
        let moved = |precedent: Value| json!({
            "event_id": "E1", "type": "SCHEME_MOVE", "source": "ML-UTM", "source_record_id": one.utm_id(),
            "date_effet": "2026-01-01", "date_envoi": "2026-01-01",
            "payload": {
                "de": "ML-UTM", "vers": "ML-CANAM", "motif": "PASSAGE_FORMEL", "portee": "famille",
                "cloture": "2026-01-01", "nouveaux": [{
                    "source": "ML-CANAM", "source_record_id": "9995576023597", "lien": "ASS",
                    "scolarise": false, "handicap": false,
                    "identite": { "nom": "Zeta", "prenoms": "Yo", "sexe": "M", "naissance": "1962-04-17" },
                    "droits": {
                        "etat": "O", "immatriculation": "2026-01-01", "ouverture": "2026-01-01", "fin": "2026-12-31"
                    },
                    "precedent": precedent
                }]
            }
        });
        let foreign = moved(json!({ "source": "ML-CANAM", "source_record_id": theirs }));
        let problem = expect(send(&server, &utm_key, &[foreign]), 422).await;
        assert_eq!(problem["violations"][0]["code"], "not_permitted");
        let own = moved(json!({ "source": "ML-UTM", "source_record_id": one.utm_id() }));
        assert_eq!(expect(send(&server, &utm_key, &[own]), 200).await["new"], 1);
    }

    async fn a_review_shows_each_scheme_its_own_record(place: cluster::Place) {
        let server = Server::start(&place).await;
        let one = Invented::new(1);
        let (utm_key, canam_key) = enrol(&server, &one).await;
        let mut ids = Vec::new();
        for key in [&utm_key, &canam_key] {
            ids.push(record(&server, key).await["id"].as_str().unwrap().to_owned());
        }
        let pair: Vec<_> = ids.iter().map(|id| id.parse().unwrap()).collect();
        let review = NewReview {
            id: ReviewId::new(server.hub.now(), [7; 10]),
            a: pair[0],
            b: pair[1],
            kind: ReviewKind::Pair,
            reason: "between_thresholds",
            probability: 0.75,
            weight: 1.5,
            model: "1".to_owned(),
            detail: "{}".to_owned(),
            joined: None,
            alike: "between_thresholds".to_owned(),
            gain: 0,
        };
        let mut tx = server.hub.store().begin().await.unwrap();
        tx.add_reviews(&[review], 1, server.hub.now()).await.unwrap();
        tx.commit().await.unwrap();
        let admin = server.admin_key().await;
        let all = expect(server.get("/v1/reviews", &admin), 200).await;
        let item = &all["items"][0];
        assert_eq!((&item["state"], &item["probability"]), (&json!("open"), &json!(0.75)), "{all:#}");
        assert_eq!(item["records"].as_array().unwrap().len(), 2);
        let own = expect(server.get("/v1/reviews?state=all", &canam_key), 200).await;
        let seen = own["items"][0]["records"].as_array().unwrap();
        assert_eq!(seen.len(), 1, "{own:#}");
        assert_eq!((&seen[0]["id"], &seen[0]["scheme"]), (&json!(ids[1]), &json!("ml-canam")));
        expect(server.get("/v1/reviews?scheme=ml-utm", &canam_key), 403).await;
        let stranger = server.scheme_key("ci-cnam").await;
        for path in ["/v1/reviews", "/v1/reviews?state=same"] {
            assert_eq!(expect(server.get(path, &stranger), 200).await["items"], json!([]));
        }
        assert_eq!(expect(server.get("/v1/reviews?state=same", &admin), 200).await["items"], json!([]));
        expect(server.get("/v1/reviews?state=nonsense", &admin), 400).await;
    }
}

/// The death of CANAM's only record.
async fn canam_event(server: &Server, key: &str) -> Value {
    let id = record(server, key).await["record"]["source"]["record_id"].clone();
    death("E2", "ML-CANAM", id.as_str().unwrap())
}
