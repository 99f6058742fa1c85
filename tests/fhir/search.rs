//! Searches of Patient and Coverage, and the pages of a scheme's own list.

use serde_json::{Value, json};

use crate::asked::{Asked, codes, described, judged, nina, utm_number};
use crate::cluster;
use crate::invented::{Invented, utm};
use crate::server::expect;

/// Ids of what a search found, without what was told beside it.
fn ids(bundle: &Value) -> Vec<&str> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    let found = entries.filter(|entry| entry["search"]["mode"] == "match");
    found.map(|entry| entry["resource"]["id"].as_str().unwrap()).collect()
}

fn token(identifier: &Value) -> String {
    let (system, value) =
        (identifier["system"].as_str().unwrap(), identifier["value"].as_str().unwrap());
    format!("{system}%7C{}", value.replace('/', "%2F"))
}

fn link<'b>(bundle: &'b Value, relation: &str) -> Option<&'b str> {
    let links = bundle["link"].as_array().unwrap();
    links.iter().find(|link| link["relation"] == relation)?["url"].as_str()
}

/// The query of a description.
fn query(number: u32) -> String {
    let one = described(number);
    let name = &one["name"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    format!(
        "family={}&given={}&birthdate={}",
        text(&name["family"]),
        text(&name["given"][0]),
        text(&one["birthDate"])
    )
}

cluster::both! {
    async fn numbers_and_descriptions_find_people(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let id = asked.person(1, &key).await["id"].as_str().unwrap().to_owned();
        let (nina, number) = (token(&nina(1)), token(&utm_number(1)));
        let bare = Invented::new(1).nina();
        for query in [
            format!("identifier={nina}"),
            format!("identifier={bare}"),
            format!("identifier={nina}&identifier={number}"),
            format!("identifier=urn:dankun:id:ml-nina%7Cnobody,{nina}"),
            format!("_id={id}"),
            format!("identifier={nina}&{}", query(1)),
            query(1),
            format!("{}&gender=male&active=true", query(1)),
        ] {
            let bundle = asked.get(&format!("/Patient?{query}"), &key, 200).await;
            assert_eq!((ids(&bundle), &bundle["total"]), (vec![id.as_str()], &json!(1)), "{query}");
        }
        for query in [
            format!("identifier={nina}&identifier={}", token(&utm_number(2))),
            format!("identifier={nina}&{}", query(2)),
            format!("identifier={nina}&active=false"),
            "identifier=urn:oid:9.9.9%7C1".to_owned(),
            "identifier=%25".to_owned(),
            "_id=joe-doe".to_owned(),
            query(999),
            format!("{}&family:exact=Nobody", query(1)),
        ] {
            let bundle = asked.get(&format!("/Patient?{query}"), &key, 200).await;
            assert_eq!((ids(&bundle).len(), &bundle["total"]), (0, &json!(0)), "{query}");
        }
        // The same in a body, where numbers stay out of addresses.
        let form = asked.server.post("/fhir/R4/Patient/_search", &key)
            .header("content-type", "application/x-www-form-urlencoded").body(format!("identifier={nina}"));
        assert_eq!(ids(&judged(form, 200).await), [id.as_str()]);
    }

    async fn too_little_finds_nobody_and_says_so(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let family = described(1)["name"][0]["family"].as_str().unwrap().to_owned();
        for query in [format!("family={family}"), format!("family={family}&gender=male"), "family=%25&given=%25&gender=male".to_owned(), "address-city=Fana".to_owned()] {
            for key in [&key, &asked.utm] {
                let bundle = asked.get(&format!("/Patient?{query}"), key, 200).await;
                assert_eq!(bundle["total"], 0, "{query}");
                let entry = &bundle["entry"][0];
                assert_eq!((&entry["search"]["mode"], codes(&entry["resource"])), (&json!("outcome"), vec!["insufficient_identification"]));
            }
        }
        // A partner has no list of people, however it asks.
        for query in ["", "?_count=10", "?_lastUpdated=ge2020-01-01"] {
            let bundle = asked.get(&format!("/Patient{query}"), &key, 200).await;
            assert_eq!((&bundle["total"], bundle["entry"].is_null()), (&json!(0), true));
        }
    }

    async fn systems_asked_for_are_the_only_ones_shown(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let path = format!("/Patient?identifier={}&identifier=urn:dankun:id:ml-amo-number%7C", token(&nina(1)));
        let bundle = asked.get(&path, &key, 200).await;
        let numbers = bundle["entry"][0]["resource"]["identifier"].as_array().unwrap();
        assert!(numbers.iter().all(|number| number["system"] == "urn:dankun:id:ml-amo-number"), "{numbers:?}");
        let path = format!("/Patient?identifier={}&identifier=urn:oid:9.9.9%7C", token(&nina(1)));
        let bundle = asked.get(&path, &key, 200).await;
        let told = &bundle["entry"][1]["resource"]["issue"][0];
        assert_eq!((&told["code"], &told["diagnostics"]), (&json!("not-found"), &json!("targetSystem not found")));
    }

    async fn a_scheme_reads_its_own_list_page_by_page(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        asked.server.wait(std::time::Duration::from_secs(86_400));
        let more: Vec<Invented> = (10..15).map(Invented::new).collect();
        let send = asked.server.post("/v1/schemes/ml-utm/records", &asked.utm).body(utm(&more));
        expect(send, 200).await;
        let mut seen = Vec::new();
        let mut path = "/Patient?_count=3".to_owned();
        loop {
            let bundle = asked.get(&path, &asked.utm, 200).await;
            assert_eq!(bundle["total"], 7);
            seen.extend(ids(&bundle).into_iter().map(str::to_owned));
            let Some(next) = link(&bundle, "next") else { break };
            path = next.split("/fhir/R4").nth(1).unwrap().to_owned();
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7);
        assert!(seen.iter().all(|id| id.starts_with("rec-")));
        for (span, total) in [("ge2026-01-02", 5), ("lt2026-01-02", 2), ("2026-01-02", 5), ("ge2026-02-01", 0)] {
            let bundle = asked.get(&format!("/Patient?_lastUpdated={span}"), &asked.utm, 200).await;
            assert_eq!((&bundle["total"], ids(&bundle).len()), (&json!(total), total), "{span}");
        }
        let count = asked.get("/Patient?_summary=count", &asked.utm, 200).await;
        assert_eq!((&count["total"], count["entry"].is_null()), (&json!(7), true));
        assert!(link(&count, "next").is_none());
    }

    async fn what_is_not_known_is_left_aside_or_refused(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let path = format!("/Patient?identifier={}&organization=x", token(&nina(1)));
        let bundle = asked.get(&path, &key, 200).await;
        assert_eq!(bundle["total"], 1);
        assert_eq!(codes(&bundle["entry"][1]["resource"]), ["not_supported"]);
        let strict = asked.server.get(&format!("/fhir/R4{path}"), &key).header("prefer", "handling=strict");
        assert_eq!(codes(&judged(strict, 400).await), ["invalid_parameter"]);
        for bad in ["_count=-1", "_lastUpdated=ge", "birthdate=ge1985-01-01", "_count=x"] {
            assert_eq!(codes(&asked.get(&format!("/Patient?{bad}"), &key, 400).await), ["invalid_parameter"], "{bad}");
        }
    }

    async fn coverages_are_found_by_whom_they_cover(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let person = asked.person(1, &key).await;
        let id = person["id"].as_str().unwrap();
        for query in [format!("beneficiary=Patient/{id}"), format!("patient={id}"), format!("beneficiary.identifier={}", token(&nina(1)))] {
            let bundle = asked.get(&format!("/Coverage?{query}"), &key, 200).await;
            assert_eq!((&bundle["total"], ids(&bundle).len()), (&json!(2), 2), "{query}");
            let payors: std::collections::BTreeSet<&str> = bundle["entry"].as_array().unwrap().iter()
                .map(|entry| entry["resource"]["payor"][0]["identifier"]["value"].as_str().unwrap()).collect();
            assert_eq!(payors, ["ml-canam", "ml-utm"].into());
        }
        let record = person["link"][0]["other"]["reference"].as_str().unwrap().replace("Patient/rec-", "cov-");
        assert_eq!(ids(&asked.get(&format!("/Coverage?_id={record}"), &key, 200).await), [record.as_str()]);
        for query in ["", "?patient=joe-doe", "?beneficiary.identifier=%25", "?identifier=x%7C1"] {
            assert_eq!(asked.get(&format!("/Coverage{query}"), &key, 200).await["total"], 0, "{query}");
        }
    }
}
