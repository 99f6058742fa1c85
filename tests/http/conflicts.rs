//! What cannot be right about people whom several schemes know, and who lives with whom, over HTTP.

use dankun::operations::link::link_pending;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Server, expect};

/// Somebody as RAMED knows them, covered through 2027.
fn anam(one: &Invented) -> String {
    let birth = one.birth().replace('/', "-");
    let record = json!([{
        "numRamed": format!("RMD-02-2024-{:07}", one.number),
        "typeBeneficiaire": "INDIGENT",
        "categorieAdmis": null,
        "identite": { "nom": one.family, "prenoms": one.given, "sexe": "masculin", "naissance": { "date": birth } },
        "nina": one.nina(),
        "telephone": one.phone,
        "residence": { "region": "ML-2", "commune": "Fana", "village": "Fana" },
        "lien": "CHEF",
        "numChef": format!("RMD-02-2024-{:07}", one.number),
        "scolarise": false,
        "handicap": false,
        "certificatIndigence": { "numero": "CI-2024-00001", "delivreLe": "01-10-2024", "mairie": "Fana" },
        "carte": { "delivreeLe": "14-10-2024", "expireLe": "13-10-2027" },
        "etat": "ACTIF",
        "etatDepuis": "14-10-2024"
    }]);
    record.to_string()
}

/// A row of UTM with somebody in another contract, as a child.
fn as_child_of(child: &Invented, head: &Invented) -> Vec<u8> {
    let text: String = utm([head, child]).into_iter().map(char::from).collect();
    let own = format!("UTM-014-{:07};00;ADH;{}", child.number, child.family);
    let there = format!("UTM-014-{:07};01;EN;{}", head.number, child.family);
    assert!(text.contains(&own), "{text}");
    text.replace(&own, &there).chars().map(|c| c as u8).collect()
}

async fn send(server: &Server, scheme: &str, file: Vec<u8>) -> String {
    let key = server.scheme_key(scheme).await;
    let receipt =
        expect(server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file), 200).await;
    assert_eq!(receipt["refused"], 0, "{receipt:#}");
    key
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value:#}")).to_owned()
}

cluster::both! {
    async fn who_has_amo_and_ramed_at_once_is_told_with_the_records(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (one, two) = (Invented::new(1), Invented::new(2));
        let canam_key = send(&server, "ml-canam", canam([&one, &two])).await;
        send(&server, "ml-anam", anam(&one).into_bytes()).await;
        let utm_key = send(&server, "ml-utm", utm([&one, &two])).await;
        link_pending(&server.hub).await.unwrap();
        let key = server.admin_key().await;
        let found = expect(server.get("/v1/identity/double-coverage?on=2026-01-31", &key), 200).await;
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "a mutuelle excludes nobody: {found:#}");
        let evidence = items[0]["evidence"].as_array().unwrap();
        let mut schemes: Vec<String> = evidence.iter().map(|one| text(&one["scheme"])).collect();
        schemes.sort();
        assert_eq!(schemes, ["ml-anam", "ml-canam"]);
        assert!(evidence.iter().all(|one| one["from"].is_string() && one["record_id"].is_string()));
        // Before both were open there was nothing to tell.
        let before = expect(server.get("/v1/identity/double-coverage?on=2023-01-31", &key), 200).await;
        assert_eq!(before["items"], json!([]));
        let table = server.get("/v1/identity/conflicts?kind=double_coverage&format=csv", &key).send().await.unwrap();
        assert_eq!(table.headers()["content-type"], "text/csv; charset=utf-8");
        let table = table.text().await.unwrap();
        assert!(table.starts_with("person_id,kind,scheme,record_id,"), "{table}");
        assert_eq!(table.lines().count(), 3, "{table}");
        // A scheme sees its own record and that there is another, not whose.
        let own = expect(server.get("/v1/identity/double-coverage", &canam_key), 200).await;
        let own = &own["items"][0];
        assert_eq!((own["evidence"].as_array().unwrap().len(), &own["others"]), (1, &json!(1)), "{own:#}");
        let none = expect(server.get("/v1/identity/double-coverage", &utm_key), 200).await;
        assert_eq!(none["items"], json!([]));
        for bad in ["?kind=x", "?format=xml", "?on=yesterday", "?limit=0"] {
            let problem = expect(server.get(&format!("/v1/identity/conflicts{bad}"), &key), 400).await;
            assert_eq!(problem["code"], "invalid_parameter", "{bad}");
        }
    }

    async fn a_child_in_two_families_is_told_and_the_household_shows_who_lives_with_whom(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (father, other, child) = (Invented::new(1), Invented::new(2), Invented::new(3));
        send(&server, "ml-utm", as_child_of(&child, &father)).await;
        send(&server, "ml-utm", as_child_of(&child, &other)).await;
        link_pending(&server.hub).await.unwrap();
        let key = server.admin_key().await;
        let found = expect(server.get("/v1/identity/conflicts?kind=child_in_two_families", &key), 200).await;
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{found:#}");
        let heads: Vec<String> = items[0]["evidence"].as_array().unwrap().iter().map(|one| text(&one["heads"][0])).collect();
        assert_eq!(heads.len(), 2);
        assert_ne!(heads[0], heads[1]);
        let person = text(&items[0]["person_id"]);
        let household = expect(server.get(&format!("/v1/people/{person}/household"), &key), 200).await;
        assert_eq!(household["contracts"].as_array().unwrap().len(), 2, "{household:#}");
        let mut members: Vec<String> =
            household["members"].as_array().unwrap().iter().map(|one| text(&one["person_id"])).collect();
        members.sort();
        let mut expected = heads.clone();
        expected.sort();
        assert_eq!(members, expected);
        assert_eq!(household["members"][0]["evidence"][0]["relationship"], "head");
        let twice = expect(server.get("/v1/identity/conflicts?kind=twice_in_scheme", &key), 200).await;
        assert_eq!(twice["items"][0]["person_id"], json!(person), "UTM wrote the child down twice");
        let paged = expect(server.get("/v1/identity/conflicts?limit=1", &key), 200).await;
        let next = text(&paged["next"]);
        let rest = expect(server.get(&format!("/v1/identity/conflicts?limit=1&after={next}"), &key), 200).await;
        assert_eq!((&rest["items"], &rest["next"]), (&json!([]), &Value::Null), "{rest:#}");
        let stranger = server.scheme_key("ci-cnam").await;
        expect(server.get(&format!("/v1/people/{person}/household"), &stranger), 404).await;
    }
}
