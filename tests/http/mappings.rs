//! The life of data files over HTTP.

use std::time::Duration;

use dankun::model::{Holder, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::cluster;
use crate::server::{Document, Server, expect};

const UTM: &str = include_str!("../../mappings/ml-utm.yaml");
const UTM_SCHEME: &str = include_str!("../../mappings/schemes/ml-utm.yaml");

/// The shipped mapping of the UTM under another `version:`.
fn utm(version: &str) -> String {
    let text = UTM.replacen("\nversion: ", &format!("\nversion: {version} # "), 1);
    assert!(text != UTM, "the edit changes something");
    text
}

/// The ETag that an edit starts from.
async fn etag(server: &Server, key: &str, path: &str) -> String {
    let response = server.get(path, key).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.headers()["etag"].to_str().unwrap().to_owned()
}

async fn save(server: &Server, key: &str, tag: &str, text: String) -> Value {
    let request = server.request(Method::PUT, "/v1/mappings/ml-utm/draft", key);
    expect(request.header("if-match", tag).body(text), 200).await
}

async fn publish(server: &Server, key: &str, hash: &Value, status: u16) -> Value {
    let body = json!({ "versions": [{ "name": "ml-utm", "hash": hash }] });
    expect(server.post("/v1/mappings/publications", key).document(&body), status).await
}

const IN_FORCE: &str = "/v1/mappings/ml-utm/versions/in_force";

cluster::both! {
    async fn a_mapping_goes_from_draft_to_publication_and_back(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.admin_key().await;
        let tag = etag(&server, &key, IN_FORCE).await;
        server.wait(Duration::from_secs(1));
        let saved = save(&server, &key, &tag, utm("9.0.0")).await;
        assert_eq!((&saved["state"], &saved["version"]), (&json!("draft"), &json!("9.0.0")));
        let hash = saved["hash"].as_str().unwrap();
        let step = |name: &str| server.post(&format!("/v1/mappings/ml-utm/versions/{hash}/{name}"), &key);
        assert_eq!(expect(step("check"), 200).await["state"], "checked");
        let tested = expect(step("test"), 200).await;
        assert_eq!((&tested["state"], &tested["passed"]), (&json!("tested"), &json!(true)));
        assert!(tested["examples"].as_u64().unwrap() > 0);
        let listed = expect(server.get("/v1/mappings?kind=mapping&draft=true", &key), 200).await;
        assert_eq!(listed["items"][0]["draft"]["hash"], hash);
        let diff = expect(server.get("/v1/mappings/ml-utm/diff", &key), 200).await;
        assert_eq!(diff["changes"][0]["path"], "version");
        assert!(diff["unified"].as_str().unwrap().contains("+version: 9.0.0"));
        let dry = json!({ "versions": [{ "name": "ml-utm", "hash": hash }], "dry_run": true });
        let plan = expect(server.post("/v1/mappings/publications", &key).document(&dry), 200).await;
        assert_eq!((&plan["published"], &plan["changes"][0]["hash"]), (&json!(false), &json!(hash)));
        assert_eq!(etag(&server, &key, IN_FORCE).await, tag);
        publish(&server, &key, &saved["hash"], 200).await;
        assert_eq!(etag(&server, &key, IN_FORCE).await, format!("\"{hash}\""));
        expect(server.post("/v1/mappings/ml-utm/rollback", &key).document(&json!({})), 200).await;
        assert_eq!(etag(&server, &key, IN_FORCE).await, tag);
        let versions = expect(server.get("/v1/mappings/ml-utm/versions?limit=1", &key), 200).await;
        assert_eq!(versions["items"][0]["state"], "superseded");
        let rest = format!("/v1/mappings/ml-utm/versions?after={}", versions["next"].as_str().unwrap());
        let rest = expect(server.get(&rest, &key), 200).await;
        assert_eq!(rest["items"][0]["state"], "in_force");
        let history = expect(server.get("/v1/mappings/ml-utm/history", &key), 200).await;
        let steps: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| &one["step"]).collect();
        assert_eq!(steps, ["rolled_back", "published", "tested", "checked", "drafted"]);
        assert!(history["items"].as_array().unwrap().iter().all(|one| one["by"] == "operator:bamako"));
    }

    async fn a_draft_must_say_what_it_was_made_from(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.admin_key().await;
        let put = |text: String| server.request(Method::PUT, "/v1/mappings/ml-utm/draft", &key).body(text);
        assert_eq!(expect(put(utm("9.0.0")), 428).await["code"], "precondition_required");
        let problem = expect(put(utm("9.0.0")).header("if-none-match", "*"), 412).await;
        assert_eq!(problem["code"], "stale");
        let tag = etag(&server, &key, IN_FORCE).await;
        let saved = save(&server, &key, &tag, utm("9.0.0")).await;
        let late = expect(put(utm("9.1.0")).header("if-match", &tag).header("accept-language", "en"), 412).await;
        assert!(late["detail"].as_str().unwrap().contains(saved["hash"].as_str().unwrap()));
        let other = put("mapping: ml-canam\nversion: 1\n".to_owned()).header("if-match", &tag);
        assert_eq!(expect(other, 400).await["code"], "invalid_parameter");
    }

    async fn a_published_version_is_raised_and_not_changed(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.admin_key().await;
        let tag = etag(&server, &key, IN_FORCE).await;
        let saved = save(&server, &key, &tag, format!("# changed\n{UTM}")).await;
        let body = json!({ "versions": [{ "name": "ml-utm", "hash": saved["hash"] }] });
        let ask = |language: &str| {
            server.post("/v1/mappings/publications", &key).document(&body).header("accept-language", language)
        };
        let (french, english) = (expect(ask("fr"), 409).await, expect(ask("en"), 409).await);
        assert_eq!(french["code"], "version_published");
        assert!(french["detail"].as_str().unwrap().contains("Augmentez"), "{french}");
        assert!(english["detail"].as_str().unwrap().contains("Raise"), "{english}");
        assert_eq!(etag(&server, &key, IN_FORCE).await, tag);
    }

    async fn an_editor_is_told_place_and_correction_without_saving(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.key(Holder::Scheme("ml-utm".parse().unwrap()), &[Scope::MappingsRead]).await;
        let wrong = UTM.replacen("from: Sexe", "from: Sex", 1);
        assert!(wrong != UTM, "the edit changes something");
        let found = expect(server.post("/v1/mappings/check", &key).body(wrong.clone()), 200).await;
        assert_eq!(found["passed"], false);
        let told = found["diagnostics"].as_array().unwrap();
        let unknown = told.iter().find(|one| one["code"] == "B201").expect("an unknown column");
        let (start, end) = (unknown["start"].as_u64().unwrap(), unknown["end"].as_u64().unwrap());
        let marked = wrong.get(start as usize..end as usize).unwrap();
        assert!(marked.contains("Sex"), "{marked}");
        assert!(unknown["message"]["fr"].is_string() && unknown.to_string().contains("Sexe"));
        let fine = expect(server.post("/v1/mappings/check", &key).body(UTM), 200).await;
        assert_eq!(fine["passed"], true, "{fine:#}");
        let schema = server.post("/v1/mappings/check?kind=schema&name=ml-utm%2F1", &key).body("{");
        assert_eq!(expect(schema, 200).await["passed"], false);
    }

    async fn two_people_change_a_scheme_that_asks_for_two(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (awa, scheme) = (server.admin_key().await, Holder::Scheme("ml-utm".parse().unwrap()));
        let strict = UTM_SCHEME.replace("version: 1.0.0", "version: 1.1.0\napproval: two_persons");
        let tag = etag(&server, &awa, "/v1/mappings/ml-utm/versions/in_force?kind=scheme").await;
        let put = server.request(Method::PUT, "/v1/mappings/ml-utm/draft?kind=scheme", &awa);
        let saved = expect(put.header("if-match", &tag).body(strict), 200).await;
        let body = json!({ "versions": [{ "kind": "scheme", "name": "ml-utm", "hash": saved["hash"] }] });
        expect(server.post("/v1/mappings/publications", &awa).document(&body), 200).await;
        let mapper = server.key(scheme.clone(), &[Scope::MappingsRead, Scope::MappingsWrite]).await;
        let tag = etag(&server, &mapper, IN_FORCE).await;
        let version = save(&server, &mapper, &tag, utm("9.0.0")).await;
        assert_eq!(publish(&server, &mapper, &version["hash"], 403).await["code"], "not_permitted");
        let problem = publish(&server, &awa, &version["hash"], 409).await;
        assert_eq!(problem["code"], "approval_missing");
        let path = format!("/v1/mappings/ml-utm/versions/{}/approve", version["hash"].as_str().unwrap());
        let approved = expect(server.post(&path, &awa), 200).await;
        assert_eq!(approved["state"], "approved");
        let both = server.key(scheme, &[Scope::MappingsWrite, Scope::MappingsPublish]).await;
        publish(&server, &both, &version["hash"], 200).await;
        let tag = format!("\"{}\"", version["hash"].as_str().unwrap());
        let own = save(&server, &both, &tag, utm("9.1.0")).await;
        let path = format!("/v1/mappings/ml-utm/versions/{}/approve", own["hash"].as_str().unwrap());
        assert_eq!(expect(server.post(&path, &both), 403).await["code"], "own_text");
    }

    async fn drafts_of_others_are_not_shown_to_a_scheme(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (admin, canam) = (server.admin_key().await, server.scheme_key("ml-canam").await);
        let tag = etag(&server, &admin, IN_FORCE).await;
        let saved = save(&server, &admin, &tag, utm("9.0.0")).await;
        let path = format!("/v1/mappings/ml-utm/versions/{}", saved["hash"].as_str().unwrap());
        expect(server.get(&path, &canam), 404).await;
        expect(server.get("/v1/mappings/ml-utm/history", &canam), 403).await;
        expect(server.get(IN_FORCE, &canam), 200).await;
        let listed = expect(server.get("/v1/mappings?name=ml-utm", &canam), 200).await;
        assert!(!listed.to_string().contains(saved["hash"].as_str().unwrap()));
        let put = server.request(Method::PUT, "/v1/mappings/ml-utm/draft", &canam);
        expect(put.header("if-match", &tag).body(utm("9.1.0")), 403).await;
    }
}
