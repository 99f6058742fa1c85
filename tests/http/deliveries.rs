//! Changes on their way to subscribers: signed, retried, given up, listed.

use std::time::Duration;

use dankun::delivery::plan::Kind;
use dankun::delivery::schedule::ATTEMPTS;
use dankun::delivery::signature::{Received, Secret, verify};
use dankun::model::{DeliveryId, Instant, PersonId, RecordId, SubscriptionId};
use dankun::operations::deliver::{self, Step};
use dankun::store::outbox::NewDelivery;
use reqwest::Method;
use serde_json::json;

use crate::cluster;
use crate::receiver::Receiver;
use crate::server::{Document, Server, expect};

const DONE: Step = Step { done: 1, retried: 0, abandoned: 0 };
const RETRIED: Step = Step { done: 0, retried: 1, abandoned: 0 };
const ABANDONED: Step = Step { done: 0, retried: 0, abandoned: 1 };

/// Subscribes UTM to everything; answers the subscription and its secret.
async fn subscribe(server: &Server, key: &str, url: &str) -> (SubscriptionId, Secret) {
    let request = json!({ "scheme": "ml-utm", "url": url });
    let made = expect(server.post("/v1/subscriptions", key).document(&request), 201).await;
    let secret = Secret::parse(made["secret"].as_str().unwrap()).unwrap();
    (made["id"].as_str().unwrap().parse().unwrap(), secret)
}

/// Puts a message for a subscription into the outbox, as planning does.
async fn enqueue(server: &Server, subscription: SubscriptionId, seq: u64) -> DeliveryId {
    let hub = &server.hub;
    let new = NewDelivery {
        id: DeliveryId::new(hub.now(), hub.random()),
        subscription,
        scheme: "ml-utm".parse().unwrap(),
        record: RecordId::new(Instant::from_millis(1), [1; 10]),
        person: PersonId::new(Instant::from_millis(1), [2; 10]),
        log_seq: seq,
        kind: Kind::PersonDied,
        body: br#"{"type":"person.died"}"#.to_vec(),
    };
    let mut tx = hub.store().begin().await.unwrap();
    assert!(tx.insert_delivery(hub.store().keys(), &new, hub.now()).await.unwrap());
    tx.commit().await.unwrap();
    new.id
}

async fn step(server: &Server) -> Step {
    deliver::step(&server.hub, &server.client, "worker-1").await.unwrap()
}

cluster::both! {
    async fn a_message_arrives_once_and_its_signature_holds(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (receiver, url) = Receiver::listen(204).await;
        let (subscription, secret) = subscribe(&server, &key, &url).await;
        let id = enqueue(&server, subscription, 1).await;
        assert_eq!(step(&server).await, DONE);
        assert_eq!(step(&server).await, Step::default());
        let got = receiver.got();
        let [(headers, body)] = got.as_slice() else { panic!("one message, not {}", got.len()) };
        let header = |name: &str| headers[name].to_str().unwrap();
        let received = Received {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        assert_eq!(received.id, id.to_string());
        let now = server.hub.now().as_millis() / 1000;
        verify(&secret, received, body, now).unwrap();
        assert!(verify(&secret, received, b"{}", now).is_err());
        let listed = expect(server.get("/v1/deliveries?state=done", &key), 200).await;
        assert_eq!(listed["items"][0]["http_status"], 204);
    }

    async fn a_failed_message_is_tried_again_under_the_same_id(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (receiver, url) = Receiver::listen(503).await;
        let (subscription, _) = subscribe(&server, &key, &url).await;
        enqueue(&server, subscription, 1).await;
        assert_eq!(step(&server).await, RETRIED);
        assert_eq!(step(&server).await, Step::default(), "not before its pause is over");
        let listed = expect(server.get("/v1/deliveries", &key), 200).await;
        assert_eq!(listed["items"][0]["state"], "waiting");
        assert_eq!(listed["items"][0]["failure"], "status_503");
        receiver.answers(200);
        server.wait(Duration::from_secs(6));
        assert_eq!(step(&server).await, DONE);
        let ids: Vec<_> = receiver.got().iter().map(|(h, _)| h["webhook-id"].clone()).collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[0], ids[1]);
    }

    async fn what_fails_to_the_end_is_given_up_and_can_be_tried_again(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (receiver, url) = Receiver::listen(500).await;
        let (subscription, _) = subscribe(&server, &key, &url).await;
        let id = enqueue(&server, subscription, 1).await;
        for _ in 1..ATTEMPTS {
            assert_eq!(step(&server).await, RETRIED);
            server.wait(Duration::from_secs(2 * 24 * 60 * 60));
        }
        assert_eq!(step(&server).await, ABANDONED);
        server.wait(Duration::from_secs(30 * 24 * 60 * 60 - 1));
        assert_eq!(step(&server).await, Step::default());
        let key = server.scheme_key("ml-utm").await;
        let listed = expect(server.get("/v1/deliveries?state=abandoned", &key), 200).await;
        assert_eq!(listed["items"][0]["reason"], "exhausted");
        receiver.answers(200);
        let canam = server.scheme_key("ml-canam").await;
        let path = format!("/v1/deliveries/{id}/retry");
        expect(server.post(&path, &canam), 404).await;
        expect(server.post(&path, &key), 202).await;
        assert_eq!(step(&server).await, DONE);
        expect(server.post(&path, &key), 409).await;
    }

    async fn a_subscriber_that_is_gone_is_not_asked_again(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (_receiver, url) = Receiver::listen(410).await;
        let (subscription, _) = subscribe(&server, &key, &url).await;
        enqueue(&server, subscription, 1).await;
        assert_eq!(step(&server).await, ABANDONED);
    }

    async fn a_dead_workers_message_is_taken_over_and_its_late_outcome_does_not_count(
        place: cluster::Place
    ) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (_receiver, url) = Receiver::listen(200).await;
        let (subscription, _) = subscribe(&server, &key, &url).await;
        enqueue(&server, subscription, 1).await;
        let (store, now) = (server.hub.store(), server.hub.now());
        let mut tx = store.begin().await.unwrap();
        let until = now.plus_millis(60_000);
        let leased = tx.lease_deliveries(store.keys(), "dead", now, until, 10).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(leased.len(), 1);
        assert_eq!(step(&server).await, Step::default(), "leased to somebody else");
        server.wait(Duration::from_secs(61));
        assert_eq!(step(&server).await, DONE);
        let outcome = dankun::store::outbox::Outcome {
            state: dankun::delivery::State::Waiting { due: now },
            http_status: None,
            failure: None,
        };
        let mut tx = store.begin().await.unwrap();
        assert!(!tx.settle_delivery(&leased[0].row, "dead", &outcome, now).await.unwrap());
    }

    async fn what_waits_for_an_ended_subscription_is_given_up(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (receiver, url) = Receiver::listen(200).await;
        let (subscription, _) = subscribe(&server, &key, &url).await;
        enqueue(&server, subscription, 1).await;
        let path = format!("/v1/subscriptions/{subscription}");
        expect(server.request(Method::DELETE, &path, &key), 204).await;
        assert_eq!(step(&server).await, Step::default());
        assert!(receiver.got().is_empty());
        let listed = expect(server.get("/v1/deliveries", &key), 200).await;
        assert_eq!(listed["items"][0]["reason"], "unsubscribed");
    }

    async fn the_same_change_planned_twice_is_one_message(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let (subscription, _) = subscribe(&server, &key, "http://127.0.0.1:9/").await;
        enqueue(&server, subscription, 1).await;
        let (store, now) = (server.hub.store(), server.hub.now());
        let again = NewDelivery {
            id: DeliveryId::new(now, server.hub.random()),
            subscription,
            scheme: "ml-utm".parse().unwrap(),
            record: RecordId::new(now, [1; 10]),
            person: PersonId::new(now, [2; 10]),
            log_seq: 1,
            kind: Kind::PersonDied,
            body: Vec::new(),
        };
        let mut tx = store.begin().await.unwrap();
        assert!(!tx.insert_delivery(store.keys(), &again, now).await.unwrap());
    }

    async fn an_address_that_may_not_be_called_is_refused_at_once(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        for url in ["ftp://utm.example/", "nonsense", "https://a:b@utm.example/"] {
            let request = json!({ "scheme": "ml-utm", "url": url });
            let problem = expect(server.post("/v1/subscriptions", &key).document(&request), 422).await;
            assert_eq!(problem["code"], "forbidden_address", "{url}");
        }
    }
}
