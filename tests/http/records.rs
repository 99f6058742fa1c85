//! Files over HTTP: sent, answered, repeated, refused with reasons, read back in other formats.

use std::io::Write as _;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::cluster;
use crate::server::{Document, Server, expect, read};

const CMU: &str = "/v1/schemes/ci-cnam/records";
const UTM: &str = "/v1/schemes/ml-utm/records";

/// The first lines of an export of the demo.
fn lines(file: &str, count: usize) -> Vec<u8> {
    let path = format!("{}/demo/{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    bytes.split_inclusive(|byte| *byte == b'\n').take(count).collect::<Vec<_>>().concat()
}

/// A record of CMU with an impossible birth date.
fn broken(number: &str) -> String {
    let text = String::from_utf8(lines("ci_cmu.ndjson", 1)).unwrap();
    let mut record: Value = serde_json::from_str(&text).unwrap();
    record["num_secu"] = json!(number);
    record["qualite"] = json!("OD");
    record["date_naiss"] = json!("19900231");
    format!("{record}\n")
}

fn send(server: &Server, path: &str, key: &str, kind: &str, body: Vec<u8>) -> RequestBuilder {
    server.post(path, key).header("content-type", kind).body(body)
}

/// The same counts, of the report that `dankun translate` writes.
fn told_by_the_command_line(body: &str) -> Value {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    std::fs::write(path("sent"), body).unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_dankun"))
        .args(["translate", "--from", "ci-cnam", "--to", "ml-utm", "--today", "2026-01-01"])
        .args([path("sent"), "--output".into(), path("made"), "--loss".into(), path("loss")])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(path("loss")).unwrap()).unwrap();
    let mut counts = std::collections::BTreeMap::<&str, u64>::new();
    for field in report["fields"].as_array().unwrap() {
        *counts.entry(field["class"].as_str().unwrap()).or_default() +=
            field["records"].as_u64().unwrap();
    }
    json!(counts)
}

async fn text(request: RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.unwrap()
}

cluster::both! {
    async fn two_schemes_send_in_their_own_formats(place: cluster::Place) {
        let server = Server::start(&place).await;
        let cmu = server.scheme_key("ci-cnam").await;
        let utm = server.scheme_key("ml-utm").await;
        let body = lines("ci_cmu.ndjson", 20);
        let receipt = expect(send(&server, CMU, &cmu, "application/x-ndjson", body), 200).await;
        assert_eq!(receipt["received"], 20, "{receipt:#}");
        let body = lines("utm_mutuelles.csv", 21);
        let receipt = expect(send(&server, UTM, &utm, "text/csv", body), 200).await;
        assert_eq!(receipt["received"], 20, "{receipt:#}");
        let path = format!("/v1/batches/{}", receipt["batch"].as_str().unwrap());
        assert_eq!(expect(server.get(&path, &utm), 200).await["accepted"], receipt["accepted"]);
        expect(server.get(&path, &cmu), 404).await;
        let records = expect(server.get("/v1/records?limit=5", &utm), 200).await;
        let items = records["items"].as_array().unwrap();
        assert_eq!(items.len(), 5);
        assert!(items.iter().all(|item| item["scheme"] == "ml-utm"));
        expect(server.get("/v1/records?scheme=ci-cnam", &utm), 403).await;
    }

    async fn a_repeated_sending_gets_the_first_answer_and_another_content_does_not(
        place: cluster::Place
    ) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let push = |count| {
            let body = lines("ci_cmu.ndjson", count);
            send(&server, CMU, &key, "application/x-ndjson", body).header("idempotency-key", "night-1")
        };
        let first = expect(push(5), 200).await;
        let again = expect(push(5), 200).await;
        assert_eq!(again["replayed"], true);
        assert_eq!(first["batch"], again["batch"]);
        let problem = expect(push(6), 409).await;
        assert_eq!(problem["code"], "idempotency_key_reused");
    }

    async fn refusals_are_told_in_every_form_and_both_languages(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let mut body = lines("ci_cmu.ndjson", 5);
        body.extend(broken("3849000000019").into_bytes());
        let receipt = read(send(&server, CMU, &key, "application/x-ndjson", body)).await.1;
        assert!(receipt["refused"].as_u64().unwrap() >= 1, "{receipt:#}");
        let path = receipt["refusals"].as_str().unwrap().to_owned();
        let form = |form: &str, language: &str| {
            let path = format!("{path}?format={form}");
            server.get(&path, &key).header("accept-language", language.to_owned())
        };
        let listed: Value = serde_json::from_str(&text(form("json", "en")).await).unwrap();
        let violation = &listed[0]["violations"][0];
        assert!(violation["field"].as_str().is_some(), "{listed:#}");
        assert!(!violation["mend"].as_str().unwrap().is_empty());
        for name in ["json", "ndjson", "csv", "source"] {
            let english = text(form(name, "en")).await;
            let french = text(form(name, "fr")).await;
            assert_ne!(english, french, "{name}");
            assert!(english.contains("3849000000019"), "{name}: {english}");
        }
        let source = text(form("source", "en")).await;
        let line: Value = serde_json::from_str(source.lines().next().unwrap()).unwrap();
        assert!(line["dankun_reason"].is_string(), "the sender's own object: {source}");
    }

    async fn what_waits_in_quarantine_is_listed_and_dismissed_by_its_own_scheme(
        place: cluster::Place
    ) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let mut body = lines("ci_cmu.ndjson", 5);
        body.extend(broken("3849000000019").into_bytes());
        read(send(&server, CMU, &key, "application/x-ndjson", body)).await;
        let path = "/v1/quarantine?code=bad_date";
        let listed = expect(server.get(path, &key), 200).await;
        let id = listed["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed:#}"));
        let dismiss = format!("/v1/quarantine/{id}/dismiss");
        let other = server.scheme_key("ml-utm").await;
        expect(server.post(&dismiss, &other), 404).await;
        expect(server.post(&dismiss, &key), 204).await;
        expect(server.post(&dismiss, &key), 409).await;
        let left = expect(server.get(path, &key), 200).await;
        assert!(left["items"].as_array().unwrap().iter().all(|item| item["id"] != id));
    }

    async fn a_refused_record_is_corrected_by_its_own_scheme(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let mut body = lines("ci_cmu.ndjson", 5);
        body.extend(broken("3849000000019").into_bytes());
        read(send(&server, CMU, &key, "application/x-ndjson", body.clone())).await;
        let listed = expect(server.get("/v1/quarantine?code=bad_date", &key), 200).await;
        let path = format!("/v1/quarantine/{}/correct", listed["items"][0]["id"].as_str().unwrap());
        let correct = |key: &str, value: &str| {
            let fields = json!({ "fields": [{ "field": "date_naiss", "value": value }] });
            let body = fields.to_string().into_bytes();
            send(&server, &path, key, "application/json", body).header("accept-language", "fr")
        };
        expect(correct(&server.scheme_key("ml-utm").await, "19900228"), 404).await;
        let problem = expect(correct(&key, "19901331"), 422).await;
        assert_eq!(problem["code"], "invalid_record");
        assert_eq!(problem["violations"][0]["field"], "date_naiss", "{problem:#}");
        assert!(problem["violations"][0]["message"].as_str().unwrap().contains("date"));
        expect(send(&server, &path, &key, "application/json", b"{\"born\": 1}".to_vec()), 400).await;
        let corrected = expect(correct(&key, "19900228"), 200).await;
        let record = format!("/v1/records/{}", corrected["record"].as_str().unwrap());
        let record = expect(server.get(&record, &key), 200).await;
        assert_eq!(record["record"]["person"]["birth_date"], "1990-02-28", "{record:#}");
        expect(correct(&key, "19900228"), 409).await;
        let told = expect(server.get("/v1/corrections", &key), 200).await;
        let told = &told["items"][0];
        assert_eq!((&told["sent"], &told["read_as"]), (&json!("19900231"), &json!("19900228")));
        let again = expect(send(&server, CMU, &key, "application/x-ndjson", body), 200).await;
        assert_eq!(again["corrected"], 1, "{again:#}");
        let other = server.scheme_key("ml-utm").await;
        assert_eq!(expect(server.get("/v1/corrections", &other), 200).await["items"], json!([]));
    }

    async fn a_person_is_read_in_other_formats_by_those_who_may(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let body = lines("ci_cmu.ndjson", 5);
        expect(send(&server, CMU, &key, "application/x-ndjson", body), 200).await;
        dankun::operations::link::link_pending(&server.hub).await.unwrap();
        let records = expect(server.get("/v1/records", &key), 200).await;
        let person = records["items"][0]["person_id"].as_str().unwrap().to_owned();
        let read_as = |format: &str| server.get(&format!("/v1/people/{person}?as={format}"), &key);
        let canonical: Value = serde_json::from_str(&text(read_as("canonical")).await).unwrap();
        assert_eq!(canonical["source"]["scheme"], "ci-cnam");
        let fhir: Value = serde_json::from_str(&text(read_as("fhir")).await).unwrap();
        assert_eq!(fhir["resourceType"], "Bundle");
        let own: Value = serde_json::from_str(&text(read_as("ci-cnam")).await).unwrap();
        assert_eq!(own["num_secu"], canonical["source"]["record_id"]);
        let problem = expect(read_as("nowhere"), 400).await;
        assert!(problem["known"].as_array().unwrap().contains(&json!("canonical")));
        let other = server.scheme_key("ml-utm").await;
        expect(server.get(&format!("/v1/people/{person}"), &other), 404).await;
    }

    async fn a_file_is_translated_and_validated_without_being_kept(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let body = lines("ci_cmu.ndjson", 5);
        let path = "/v1/translate?from=ci-cnam&to=ml-utm";
        let request = send(&server, path, &key, "application/x-ndjson", body.clone());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
        let records: usize =
            response.headers()["dankun-records"].to_str().unwrap().parse().unwrap();
        let bytes = response.bytes().await.unwrap();
        let rows = bytes.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()).count();
        assert_eq!(rows, records + 1, "a header and the records");
        let mut body = body;
        body.extend(broken("3849000000019").into_bytes());
        let path = "/v1/validate?scheme=ci-cnam";
        let report = expect(send(&server, path, &key, "application/x-ndjson", body), 200).await;
        assert_eq!(report["received"], 6);
        assert!(report["refused"].as_u64().unwrap() >= 1);
        let kept = expect(server.get("/v1/records", &key), 200).await;
        assert_eq!(kept["items"], json!([]));
    }

    async fn a_translation_counts_what_was_lost_and_what_is_missing(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let body = broken("3849000000019").replace("19900231", "19900228");
        let path = "/v1/translate?from=ci-cnam&to=ml-utm";
        let request = send(&server, path, &key, "application/x-ndjson", body.clone().into_bytes());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let loss: Value = serde_json::from_str(&header("dankun-loss")).unwrap();
        for how in ["lost", "missing"] {
            assert!(loss[how].as_u64() > Some(0), "{how}: {loss}");
        }
        assert_eq!(header("dankun-lost-fields"), loss["lost"].to_string());
        assert_eq!(loss, told_by_the_command_line(&body));
    }

    async fn what_cannot_be_a_file_of_the_scheme_is_refused_without_harm(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let ndjson = "application/x-ndjson";
        let good = lines("ci_cmu.ndjson", 5);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&good).unwrap();
        let mut gzip = gzip.finish().unwrap();
        gzip.truncate(gzip.len() / 2);
        let bodies = [
            ("nothing", Vec::new()),
            ("no JSON", b"<html>error</html>\n".to_vec()),
            ("NUL", b"{\"num_secu\":\"\0\"}\n".to_vec()),
            ("half a gzip", gzip),
            ("deep", [b"[".repeat(10_000), b"\n".to_vec()].concat()),
        ];
        for (name, body) in bodies {
            let (status, answer) = read(send(&server, CMU, &key, ndjson, body)).await;
            assert!(!status.is_server_error(), "{name}: {answer:#}");
            assert!(status.is_client_error() || answer["batch"].is_string(), "{name}: {answer:#}");
        }
        let problem = expect(send(&server, CMU, &key, "text/csv", good.clone()), 415).await;
        assert_eq!(problem["code"], "unsupported_format");
        let large = vec![b' '; 9 << 20];
        let problem = expect(send(&server, CMU, &key, ndjson, large), 413).await;
        assert_eq!(problem["code"], "body_too_large");
        let problem =
            expect(send(&server, "/v1/schemes/ml-nowhere/records", &key, ndjson, good), 404).await;
        assert!(problem["known"].as_array().unwrap().contains(&json!("ml-utm")));
    }

    async fn a_sender_who_falls_silent_is_given_up(place: cluster::Place) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST {CMU} HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {key}\r\n\
             content-type: application/x-ndjson\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }

    async fn a_question_is_answered_within_agreements(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ci-cnam").await;
        let ask = |purpose: &str| {
            let question = json!({
                "query_id": "q-1", "purpose": purpose, "as_of": "2026-01-01",
                "subject": { "identifiers": [{ "type": "NINA", "value": "199999999999999A" }] }
            });
            server.post("/v1/eligibility", &key).document(&question)
        };
        let answer = expect(ask("CARE_AUTHORISATION"), 200).await;
        assert_eq!(answer["answer"], "unknown");
        assert_eq!(answer["query_id"], "q-1");
        let problem = expect(ask("MARKETING"), 403).await;
        assert_eq!(problem["code"], "refused_by_agreement");
        assert_eq!(problem["violations"][0]["code"], "purpose_not_allowed");
    }
}
