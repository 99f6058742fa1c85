//! Stewards over HTTP: the queue, decisions, people merged and split, and everything taken back.

use std::time::Duration;

use dankun::model::{Holder, Scope};
use dankun::operations::link::link_pending;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Document, Server, expect, read};
use crate::told::Scene;

/// A hub where UTM and CANAM know people alike in all but sex: one name, one day, one phone, a man and a woman.
struct Desk {
    server: Server,
    bamako: String,
    kayes: String,
    utm: String,
}

/// A file without national numbers, and with women in place of men when it is CANAM's.
fn unnumbered(file: Vec<u8>, people: &[Invented]) -> Vec<u8> {
    let text: String = file.into_iter().map(char::from).collect();
    let mut text = text.replace("<sexe>1</sexe>", "<sexe>2</sexe>");
    for one in people {
        text = text.replace(&format!("<nina>{}</nina>", one.nina()), "").replace(&one.nina(), "");
    }
    text.chars().map(|c| c as u8).collect()
}

impl Desk {
    async fn new(place: &cluster::Place) -> Self {
        let server = Server::start(place).await;
        let steward = async |name: &str| {
            let scopes = [Scope::PeopleRead, Scope::ReviewsDecide];
            server.key(Holder::Operator(name.to_owned()), &scopes).await
        };
        let (bamako, kayes) = (steward("bamako").await, steward("kayes").await);
        let utm = server.scheme_key("ml-utm").await;
        Self { server, bamako, kayes, utm }
    }

    async fn with_doubles(place: &cluster::Place, count: u32) -> Self {
        let desk = Self::new(place).await;
        let ones: Vec<Invented> = (1..=count).map(Invented::new).collect();
        let file = unnumbered(utm(&ones), &ones);
        expect(desk.server.post("/v1/schemes/ml-utm/records", &desk.utm).body(file), 200).await;
        let key = desk.server.scheme_key("ml-canam").await;
        let file = unnumbered(canam(&ones), &ones);
        expect(desk.server.post("/v1/schemes/ml-canam/records", &key).body(file), 200).await;
        desk.link().await;
        desk
    }

    async fn link(&self) {
        link_pending(&self.server.hub).await.unwrap();
    }

    async fn get(&self, path: &str) -> Value {
        expect(self.server.get(path, &self.bamako), 200).await
    }

    async fn queue(&self, query: &str) -> Vec<Value> {
        self.get(&format!("/v1/reviews{query}")).await["items"].as_array().unwrap().clone()
    }

    /// Posts a decision and lets the linker act on it.
    async fn decide(&self, path: &str, body: Value) -> Value {
        self.server.wait(Duration::from_secs(1));
        let request = self.server.post(path, &self.bamako).header("if-match", "*").document(&body);
        let decided = expect(request, 202).await;
        self.link().await;
        decided
    }

    async fn refused(&self, path: &str, body: Value, status: u16) -> Value {
        let request = self.server.post(path, &self.bamako).header("if-match", "*").document(&body);
        expect(request.header("accept-language", "en"), status).await
    }

    /// The people of the two records of a review.
    async fn people(&self, review: &str) -> Vec<String> {
        let shown = self.get(&format!("/v1/reviews/{review}")).await;
        let records = shown["records"].as_array().unwrap().clone();
        records.iter().map(|one| one["person_id"].as_str().unwrap().to_owned()).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value:#}")).to_owned()
}

cluster::both! {
    async fn a_review_is_claimed_read_and_decided(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 1).await;
        let queue = desk.queue("").await;
        assert_eq!(queue.len(), 1, "{queue:#?}");
        assert_eq!((&queue[0]["reason"], &queue[0]["kind"]), (&json!("opposite_sex"), &json!("pair")));
        let id = text(&queue[0]["id"]);
        let (claim, decide) = (format!("/v1/reviews/{id}/claim"), format!("/v1/reviews/{id}/decide"));
        let post = |path: &str, key: &str, body: Value| desk.server.post(path, key).document(&body);
        expect(post(&claim, &desk.kayes, json!({ "minutes": 10 })), 200).await;
        let problem = expect(post(&claim, &desk.bamako, json!({})), 409).await;
        assert_eq!(problem["code"], "claimed", "{problem:#}");
        assert!(desk.queue("?claimed=nobody").await.is_empty());
        assert_eq!(desk.queue("?claimed=operator:kayes").await.len(), 1);
        // An answer of somebody else is refused while the claim holds, and not any more when it has run out.
        let answer = json!({ "answer": "different", "reason": "Two birth certificates" });
        let problem = desk.refused(&decide, answer.clone(), 409).await;
        assert_eq!(problem["code"], "claimed");
        desk.server.wait(Duration::from_secs(601));
        let shown = desk.get(&format!("/v1/reviews/{id}")).await;
        assert_eq!(shown["records"].as_array().unwrap().len(), 2, "{shown:#}");
        assert!(shown["records"][0]["record"]["person"].is_object(), "{shown:#}");
        assert!(shown["evidence"]["bars"].as_array().unwrap().len() > 3, "{shown:#}");
        // What was not looked at is not decided.
        let bare = expect(post(&decide, &desk.bamako, answer.clone()), 428).await;
        assert_eq!(bare["code"], "precondition_required");
        let old = post(&decide, &desk.bamako, answer.clone()).header("if-match", "\"0-open\"");
        assert_eq!(expect(old, 412).await["code"], "stale");
        let version = format!("\"{}\"", text(&shown["version"]));
        let nameless = json!({ "answer": "different", "reason": "  " });
        let without = post(&decide, &desk.bamako, nameless).header("if-match", &version);
        assert_eq!(expect(without, 400).await["code"], "reason_missing");
        let sent = || {
            let request = post(&decide, &desk.bamako, answer.clone()).header("if-match", &version);
            request.header("idempotency-key", "k1")
        };
        let first = expect(sent(), 202).await;
        assert_eq!((&first["kind"], &first["by"]), (&json!("different"), &json!("operator:bamako")));
        desk.link().await;
        let again = expect(sent(), 200).await;
        assert_eq!((&again["id"], &again["settled"]), (&first["id"], &json!(true)), "one decision");
        let other = post(&decide, &desk.bamako, json!({ "answer": "same", "reason": "r" }));
        let other = other.header("if-match", &version).header("idempotency-key", "k1");
        assert_eq!(expect(other, 409).await["code"], "idempotency_key_reused");
        let late = desk.refused(&decide, json!({ "answer": "same", "reason": "r" }), 409).await;
        assert_eq!(late["code"], "already_decided");
        assert!(desk.queue("").await.is_empty(), "it does not come back");
        let decided = desk.queue("?state=different").await;
        assert_eq!(decided[0]["decision"], first["id"]);
    }

    async fn same_makes_one_person_and_undo_two_again_with_their_ids(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 1).await;
        let id = text(&desk.queue("").await[0]["id"]);
        let before = desk.people(&id).await;
        assert_ne!(before[0], before[1]);
        let answer = json!({ "answer": "same", "reason": "One certificate, two first names" });
        let decided = desk.decide(&format!("/v1/reviews/{id}/decide"), answer).await;
        let one = desk.people(&id).await;
        assert_eq!(one[0], one[1]);
        let (kept, given_up) = (before.iter().min().unwrap(), before.iter().max().unwrap());
        assert_eq!(one[0], *kept, "the oldest id stays");
        let moved = desk.server.get(&format!("/v1/people/{given_up}"), &desk.bamako);
        let (status, history) = (
            read_status(moved).await,
            desk.get(&format!("/v1/people/{given_up}/history")).await,
        );
        // The client followed the redirection.
        assert_eq!(status, StatusCode::OK);
        assert_eq!(history["chain"][0]["to"], json!(kept), "{history:#}");
        let event = &history["events"][0];
        assert_eq!((&event["kind"], &event["cause"]), (&json!("merged"), &json!("person")));
        assert_eq!(event["reason"], "One certificate, two first names");
        assert_eq!(event["before"].as_object().unwrap().len(), 2);
        assert_eq!(event["after"][kept].as_array().unwrap().len(), 2);
        let evidence = desk.get(&format!("/v1/people/{kept}/evidence")).await;
        let bars = evidence["pairs"][0]["evidence"]["bars"].as_array().unwrap().clone();
        assert!(bars.iter().any(|bar| bar["field"] == "given" && bar["share"].is_number()), "{bars:#?}");
        let undo = format!("/v1/identity/decisions/{}/undo", text(&decided["id"]));
        let undone = desk.decide(&undo, json!({ "reason": "They are two after all" })).await;
        assert_eq!(desk.people(&id).await, before, "both ids mean again whom they meant");
        let history = desk.get(&format!("/v1/people/{given_up}/history")).await;
        assert_eq!((&history["chain"], &history["state"]), (&json!([]), &json!("lives")));
        assert_eq!(history["events"][0]["kind"], "split");
        assert_eq!(desk.queue("").await.len(), 1, "the question stands again");
        assert_eq!(desk.refused(&undo, json!({ "reason": "r" }), 409).await["code"], "already_undone");
        // Taking that back too makes them one again.
        let redo = format!("/v1/identity/decisions/{}/undo", text(&undone["id"]));
        desk.decide(&redo, json!({ "reason": "No, one" })).await;
        let one = desk.people(&id).await;
        assert_eq!(one, [kept.clone(), kept.clone()]);
        let all = desk.get("/v1/identity/decisions").await;
        let kinds: Vec<_> = all["items"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
        assert_eq!(kinds, ["undo", "undo", "same"]);
    }

    async fn a_decision_that_contradicts_others_is_refused_with_the_chain(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 2).await;
        let queue = desk.queue("").await;
        let (a, b) = (text(&queue[0]["id"]), text(&queue[1]["id"]));
        let (first, second) = (desk.people(&a).await, desk.people(&b).await);
        let merge = |one: &str, other: &str| {
            (format!("/v1/people/{one}/merge"), json!({ "with": other, "reason": "Seen together" }))
        };
        // 1 = 2, 2 = 3; the first of them and the third are then not two.
        let (path, body) = merge(&first[0], &second[0]);
        desk.decide(&path, body).await;
        let joined = desk.people(&b).await;
        let (path, body) = merge(&joined[0], &joined[1]);
        desk.decide(&path, body).await;
        let review = desk.queue("").await;
        let id = review.iter().find(|one| text(&one["id"]) == a).map(|one| text(&one["id"]));
        assert_eq!(id, Some(a.clone()), "{review:#?}");
        let answer = json!({ "answer": "different", "reason": "No" });
        desk.decide(&format!("/v1/reviews/{a}/decide"), answer).await;
        let (one, other) = (desk.people(&a).await[0].clone(), desk.people(&a).await[1].clone());
        let (path, body) = merge(&one, &other);
        let problem = desk.refused(&path, body, 409).await;
        assert_eq!(problem["code"], "contradiction");
        let chain = problem["diagnostics"].as_array().unwrap();
        assert!(chain.len() >= 2, "{problem:#}");
        let parts = chain.last().unwrap();
        assert_eq!((&parts["same"], &parts["by"]), (&json!(false), &json!("operator:bamako")));
        assert!(text(&problem["detail"]).contains("≠"), "{problem:#}");
        // Two records that are bound through a third are not parted either.
        let history = desk.get(&format!("/v1/people/{one}/history")).await;
        let records: Vec<String> =
            history["records"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
        assert_eq!(records.len(), 3, "{history:#}");
        let split = json!({ "records": [records[2]], "reason": "Not them" });
        let problem = desk.refused(&format!("/v1/people/{one}/split"), split, 409).await;
        assert_eq!(problem["code"], "contradiction");
    }

    async fn a_record_is_split_off_and_nothing_that_arrives_brings_it_back(place: cluster::Place) {
        let desk = Desk::new(&place).await;
        let one = Invented::new(1);
        let key = desk.server.scheme_key("ml-canam").await;
        let send = async |file: Vec<u8>, scheme: &str, key: &str| {
            let path = format!("/v1/schemes/{scheme}/records");
            expect(desk.server.post(&path, key).body(file), 200).await;
            desk.link().await;
        };
        send(utm([&one]), "ml-utm", &desk.utm).await;
        send(canam([&one]), "ml-canam", &key).await;
        let record = async |key: &str| {
            expect(desk.server.get("/v1/records", key), 200).await["items"][0].clone()
        };
        let (ours, theirs) = (record(&desk.utm).await, record(&key).await);
        assert_eq!(ours["person_id"], theirs["person_id"]);
        let person = text(&ours["person_id"]);
        let split = format!("/v1/people/{person}/split");
        let body = json!({ "records": [theirs["id"]], "reason": "Another card was shown" });
        desk.decide(&split, body).await;
        let people = async || {
            [text(&record(&desk.utm).await["person_id"]), text(&record(&key).await["person_id"])]
        };
        let apart = people().await;
        assert!(apart[0] != apart[1] && apart.contains(&person), "{apart:?}");
        // The same number, name, day and phone again, and again.
        for phone in ["76123456", "76123457"] {
            let moved = Invented { phone: phone.to_owned(), ..one.clone() };
            send(utm([&moved]), "ml-utm", &desk.utm).await;
            send(canam([&moved]), "ml-canam", &key).await;
            assert_eq!(people().await, apart, "a decision stands");
        }
        let doubts = desk.queue("?kind=questioned").await;
        assert_eq!(doubts.len(), 0, "the evidence is no stronger than it was");
        let other = apart.iter().find(|one| **one != person).unwrap().clone();
        let all = json!({ "records": [ours["id"], theirs["id"]], "reason": "r" });
        assert_eq!(desk.refused(&split, all, 422).await["code"], "not_a_part");
        let merged = json!({ "with": person, "reason": "r" });
        let path = format!("/v1/people/{person}/merge");
        assert_eq!(desk.refused(&path, merged, 422).await["code"], "one_person");
        let path = format!("/v1/people/{other}/history");
        let history = desk.get(&path).await;
        assert_eq!((&history["events"][0]["kind"], &history["events"][0]["by"]), (&json!("split"), &json!("operator:bamako")));
    }

    async fn unsure_leaves_the_question_to_others(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 1).await;
        let id = text(&desk.queue("").await[0]["id"]);
        let answer = json!({ "answer": "unsure", "reason": "No certificate at hand" });
        let request = desk.server.post(&format!("/v1/reviews/{id}/decide"), &desk.bamako);
        let decided = expect(request.header("if-match", "*").document(&answer), 200).await;
        assert!(desk.queue("").await.is_empty());
        assert_eq!(desk.queue("?state=unsure").await.len(), 1);
        let undo = format!("/v1/identity/decisions/{}/undo", text(&decided["id"]));
        let reason = json!({ "reason": "The certificate came" });
        expect(desk.server.post(&undo, &desk.bamako).document(&reason), 200).await;
        assert_eq!(desk.queue("").await.len(), 1, "it waits again");
    }

    async fn like_reviews_are_counted_and_answered_together(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 6).await;
        let summary = desk.get("/v1/reviews/groups").await;
        let groups = summary["groups"].as_array().unwrap();
        assert_eq!(groups.iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>(), 6, "{summary:#}");
        let first = text(&desk.queue("").await[0]["id"]);
        let claim = desk.server.post(&format!("/v1/reviews/{first}/claim"), &desk.kayes);
        expect(claim.document(&json!({})), 200).await;
        let (mut answered, mut left) = (0, 0);
        for group in groups {
            let body = json!({ "alike": group["alike"], "answer": "different", "reason": "Brothers and sisters" });
            let request = desk.server.post("/v1/reviews/groups/decide", &desk.bamako).document(&body);
            let made = expect(request, 200).await;
            answered += made["decisions"].as_array().unwrap().len();
            left += made["left"].as_u64().unwrap();
        }
        assert_eq!((answered, left), (5, 1), "what somebody else looks at is left");
        desk.link().await;
        assert_eq!(desk.queue("").await.len(), 1);
    }

    async fn the_next_ones_are_claimed_and_pages_follow_the_order(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 5).await;
        let all = desk.queue("").await;
        let mut paged = Vec::new();
        let mut after = String::new();
        loop {
            let page = desk.get(&format!("/v1/reviews?limit=2{after}")).await;
            paged.extend(page["items"].as_array().unwrap().iter().map(|one| text(&one["id"])));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(paged, all.iter().map(|one| text(&one["id"])).collect::<Vec<_>>());
        let claim = |count: u32| {
            let request = desk.server.post("/v1/reviews/claim", &desk.kayes);
            request.document(&json!({ "count": count }))
        };
        let taken = expect(claim(2), 200).await;
        assert_eq!(taken["items"].as_array().unwrap().len(), 2);
        assert_eq!(taken["items"][0]["id"], all[0]["id"], "the most urgent first");
        let rest = expect(claim(50), 200).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 3);
        let none = expect(claim(1), 200).await;
        assert_eq!(none["items"], json!([]));
        let id = text(&all[0]["id"]);
        let path = format!("/v1/reviews/{id}/claim");
        let others = desk.server.request(Method::DELETE, &path, &desk.bamako);
        expect(others, 404).await;
        expect(desk.server.request(Method::DELETE, &path, &desk.kayes), 204).await;
        assert_eq!(expect(claim(1), 200).await["items"][0]["id"], all[0]["id"]);
        for (query, count) in [
            ("?reason=opposite_sex", 5),
            ("?reason=rival", 0),
            ("?least=0.9", 0),
            ("?most=0.9&kind=pair", 5),
            ("?kind=questioned", 0),
            ("?scheme=ml-utm", 5),
            ("?scheme=ci-cnam", 0),
        ] {
            assert_eq!(desk.queue(query).await.len(), count, "{query}");
        }
        for bad in ["?least=2", "?kind=x", "?state=x", "?after=x"] {
            let request = desk.server.get(&format!("/v1/reviews{bad}"), &desk.bamako);
            assert_eq!(expect(request, 400).await["code"], "invalid_parameter", "{bad}");
        }
    }

    async fn a_scheme_decides_nothing_about_records_of_others(place: cluster::Place) {
        let desk = Desk::with_doubles(&place, 1).await;
        let queue = expect(desk.server.get("/v1/reviews", &desk.utm), 200).await;
        let id = text(&queue["items"][0]["id"]);
        let body = json!({ "answer": "same", "reason": "Ours" });
        let request = desk.server.post(&format!("/v1/reviews/{id}/decide"), &desk.utm);
        let problem = expect(request.header("if-match", "*").document(&body), 403).await;
        assert_eq!(problem["code"], "not_permitted");
        let people = desk.people(&id).await;
        let stranger = desk.server.scheme_key("ci-cnam").await;
        for person in &people {
            for door in ["history", "evidence"] {
                let path = format!("/v1/people/{person}/{door}");
                expect(desk.server.get(&path, &stranger), 404).await;
            }
            let merge = json!({ "with": "per_0192f0c100007000800000000000000b", "reason": "r" });
            let request = desk.server.post(&format!("/v1/people/{person}/merge"), &stranger);
            expect(request.document(&merge), 404).await;
        }
        expect(desk.server.get(&format!("/v1/reviews/{id}"), &stranger), 404).await;
        let decided = expect(desk.server.get("/v1/identity/decisions", &desk.utm), 200).await;
        assert_eq!(decided["items"], json!([]));
    }

    async fn who_subscribed_hears_of_a_merge_without_anybodys_data(place: cluster::Place) {
        let scene = Scene::new(&place).await;
        scene.send_canam(&[Invented::new(1)]).await;
        scene.send_utm(&[Invented::new(2)]).await;
        scene.told().await;
        let key = scene.server.admin_key().await;
        let ours = text(&scene.record(&scene.canam).await["person_id"]);
        let theirs = text(&scene.record(&scene.utm).await["person_id"]);
        let body = json!({ "with": theirs, "reason": "Both cards were shown" });
        let path = format!("/v1/people/{ours}/merge");
        let decided = expect(scene.server.post(&path, &key).document(&body), 202).await;
        let told = scene.told().await;
        let merged = told.iter().find(|one| one["type"] == "person.merged").unwrap();
        let data = merged["data"].as_object().unwrap();
        let known = ["cause", "former_person_ids", "person_id", "your_record_id"];
        assert_eq!(data.keys().map(String::as_str).collect::<Vec<_>>(), known, "{data:#?}");
        assert_eq!((&data["cause"], &data["former_person_ids"]), (&json!("person"), &json!([ours])));
        let undo = format!("/v1/identity/decisions/{}/undo", text(&decided["id"]));
        let request = scene.server.post(&undo, &key).document(&json!({ "reason": "The wrong card" }));
        expect(request, 202).await;
        let told = scene.told().await;
        assert_eq!(told.iter().map(|one| text(&one["type"])).collect::<Vec<_>>(), ["person.split"]);
        assert_eq!(told[0]["data"]["person_id"], json!(ours), "the id from before");
        // The audit log knows who decided and what followed.
        let mut session = scene.server.hub.store().read().await.unwrap();
        let log = session.audit(scene.server.hub.store().keys(), None, None, 100).await.unwrap();
        let said = |action: &str, outcome: &str| {
            log.iter().filter(|one| one.action == action && one.outcome == outcome).count()
        };
        assert_eq!((said("decide", "merge"), said("decide", "undo")), (1, 1));
        assert_eq!(said("link", "merged"), 1);
        assert!(said("link", "split") >= 1);
    }
}

async fn read_status(request: reqwest::RequestBuilder) -> StatusCode {
    // A redirection drops no header on the same host.
    read(request).await.0
}
