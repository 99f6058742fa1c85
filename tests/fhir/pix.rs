//! `Patient/$ihe-pix` (ITI-83), with the patients of IHE's own examples.

use std::collections::BTreeSet;
use std::fs;

use dankun::operations::link::link_pending;
use serde_json::{Value, json};

use crate::asked::{Asked, codes, judged, nina, utm_number};
use crate::cluster;
use crate::invented::Invented;
use crate::r4;
use crate::server::Server;

const NINA: &str = "urn:dankun:id:ml-nina";
const UTM: &str = "urn:dankun:id:ml-utm-number";
const CANAM: &str = "urn:dankun:id:ml-amo-number";

fn source(system: &str, value: &str) -> String {
    format!("/Patient/$ihe-pix?sourceIdentifier={system}%7C{}", value.replace('/', "%2F"))
}

/// Numbers and patients of an answer, as sets.
fn sets(answer: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut numbers, mut patients) = (BTreeSet::new(), BTreeSet::new());
    for parameter in answer["parameter"].as_array().into_iter().flatten() {
        let (number, patient) =
            (&parameter["valueIdentifier"], &parameter["valueReference"]["reference"]);
        match parameter["name"].as_str().unwrap() {
            "targetIdentifier" => {
                let (system, value) =
                    (number["system"].as_str().unwrap(), number["value"].as_str().unwrap());
                assert!(numbers.insert(format!("{system}|{value}")), "twice: {answer:#}")
            }
            "targetId" => {
                assert!(patients.insert(patient.as_str().unwrap().to_owned()), "twice: {answer:#}")
            }
            other => panic!("{other}"),
        };
    }
    (numbers, patients)
}

cluster::both! {
    async fn a_number_leads_to_the_other_numbers_and_never_to_itself(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let who = Invented::new(1);
        let (numbers, patients) = sets(&asked.get(&source(UTM, &who.utm_id()), &key, 200).await);
        assert_eq!(numbers.len(), 2, "{numbers:?}");
        assert!(numbers.contains(&format!("{NINA}|{}", who.nina())));
        assert!(numbers.iter().any(|number| number.starts_with(CANAM)));
        assert_eq!(patients.len(), 1, "the record of CANAM: {patients:?}");
        let (numbers, patients) = sets(&asked.get(&source(NINA, &who.nina()), &key, 200).await);
        assert_eq!((numbers.len(), patients.len()), (2, 2));
        let one = format!("{}&targetSystem={CANAM}", source(UTM, &who.utm_id()));
        let (numbers, patients) = sets(&asked.get(&one, &key, 200).await);
        assert_eq!((numbers.len(), patients.len()), (1, 1));
        // By the hub's own ids, and in a body.
        let person = asked.person(1, &key).await;
        let id = person["id"].as_str().unwrap();
        let body = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "sourceIdentifier", "valueString": format!("http://hub.example/fhir/R4|Patient/{id}") },
            { "name": "targetSystem", "valueUri": UTM },
        ] });
        let (numbers, _) = sets(&asked.post("/Patient/$ihe-pix", &key, &body, 200).await);
        assert_eq!(numbers, BTreeSet::from([format!("{UTM}|{}", who.utm_id())]));
        let none = format!("{}&targetSystem={CANAM}", source(UTM, &Invented::new(2).utm_id()));
        assert_eq!(asked.get(&none, &key, 200).await, json!({ "resourceType": "Parameters" }));
    }

    async fn each_fault_has_the_status_and_the_words_of_the_profile(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let known = source(UTM, &Invented::new(1).utm_id());
        let cases = [
            (source(NINA, "00000000000000X"), 404, "not-found", "sourceIdentifier Patient Identifier not found"),
            (source(NINA, "%25"), 404, "not-found", "sourceIdentifier Patient Identifier not found"),
            (source("urn:oid:9.9.9", "1"), 400, "code-invalid", "sourceIdentifier Assigning Authority not found"),
            (format!("{known}&targetSystem=urn:oid:9.9.9"), 403, "code-invalid", "targetSystem not found"),
        ];
        for (path, status, kind, words) in cases {
            let outcome = asked.get(&path, &key, status).await;
            let issue = &outcome["issue"][0];
            assert_eq!((&issue["code"], &issue["diagnostics"]), (&json!(kind), &json!(words)), "{path}");
        }
        let outcome = asked.get("/Patient/$ihe-pix", &key, 400).await;
        assert_eq!(codes(&outcome), ["invalid_parameter"]);
        let twice = format!("{known}&sourceIdentifier={NINA}%7C1");
        assert_eq!(codes(&asked.get(&twice, &key, 400).await), ["invalid_parameter"]);
    }

    async fn who_may_not_see_a_person_is_told_what_is_told_of_nobody(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        // A person of UTM only, and nobody, for CANAM's narrow partner.
        let key = asked.partner("tt-narrow").await;
        let mut answers = Vec::new();
        for number in [2, 999] {
            let path = format!("/fhir/R4{}", source(NINA, &Invented::new(number).nina()));
            let request = asked.server.get(&path, &key).header("x-purpose-of-use", "CARE_AUTHORISATION");
            answers.push(judged(request, 404).await);
        }
        assert_eq!(answers[0], answers[1]);
        // A partner that may not see numbers is given the patients only.
        let cnam = asked.partner("ci-cnam").await;
        let (numbers, patients) = sets(&asked.get(&source(NINA, nina(1)["value"].as_str().unwrap()), &cnam, 200).await);
        assert_eq!((numbers.len(), patients.len()), (0, 2));
        // A scheme finds its own number from a national one.
        let (numbers, _) = sets(&asked.get(&source(NINA, nina(1)["value"].as_str().unwrap()), &asked.utm, 200).await);
        assert_eq!(numbers, BTreeSet::from([format!("{UTM}|{}", utm_number(1)["value"].as_str().unwrap())]));
    }

    async fn the_patients_of_ihe_fed_in_as_ihe_does_give_the_answers_of_ihe(place: cluster::Place) {
        let folder = r4::artefacts().join("ihe-pixm/examples");
        if !folder.is_dir() {
            eprintln!("skipped: there is no {}", folder.display());
            return;
        }
        let server = domains(&place).await;
        // Red knows her by another name first, then by her own, and under a second number, which it resolves.
        for (file, number, status) in [
            ("MohrAlissa-Red", "IHERED-994", 201),
            ("MohrAlice-Red", "IHERED-994", 200),
            ("MaidenAlice-Red", "IHERED-m94", 201),
            ("MohrAlice-Green", "IHEGREEN-994", 201),
            ("MohrAlice-Blue", "IHEBLUE-994", 201),
            ("MohrMaidenResolvedByMohrMalice-Red", "IHERED-m94", 200),
        ] {
            let (domain, oid) = DOMAINS.into_iter().find(|(domain, _)| file.ends_with(domain)).unwrap();
            let key = server.scheme_key(&format!("ihe-{}", domain.to_lowercase())).await;
            let patient = fs::read_to_string(folder.join(format!("Patient-{file}.json"))).unwrap();
            let path = format!("/fhir/R4/Patient?identifier={oid}%7C{number}");
            let request = server.request(reqwest::Method::PUT, &path, &key);
            let request = request.header("content-type", "application/fhir+json").body(patient);
            let fed = judged(request, status).await;
            assert_eq!(fed["identifier"][0]["system"], oid, "{fed:#}");
        }
        link_pending(&server.hub).await.unwrap();
        let key = server.key(dankun::model::Holder::Partner("tt-pix".to_owned()), &crate::asked::ASKS).await;
        for (file, targets) in [("pixm-response-mohralice-red-all.xml", ""), ("pixm-response-mohralice-red-to-blue.xml", BLUE)] {
            let mut path = format!("/fhir/R4{}", source("urn:oid:1.3.6.1.4.1.21367.13.20.1000", "IHERED-994"));
            if !targets.is_empty() {
                path = format!("{path}&targetSystem={targets}");
            }
            let (numbers, patients) = sets(&judged(server.get(&path, &key), 200).await);
            // Our ids of patients are not IHE's: each is known by the number of its domain.
            let mut domains = BTreeSet::new();
            for patient in patients {
                let patient = judged(server.get(&format!("/fhir/R4/{patient}"), &key), 200).await;
                let number = patient["identifier"][0]["value"].as_str().unwrap().to_owned();
                domains.insert(number);
            }
            let expected = fs::read_to_string(folder.join(file)).unwrap();
            let (told_numbers, told_patients) = expected_sets(&expected);
            assert_eq!(domains, told_patients, "{file}");
            // The example with one target names the patient only; the profile wants its number too.
            if !told_numbers.is_empty() {
                assert_eq!(numbers, told_numbers, "{file}");
            }
        }
        let subsumed = format!("/fhir/R4{}", source("urn:oid:1.3.6.1.4.1.21367.13.20.1000", "IHERED-m94"));
        assert_eq!(codes(&judged(server.get(&subsumed, &key), 404).await), ["unknown_source_identifier"]);
    }
}

const BLUE: &str = "urn:oid:1.3.6.1.4.1.21367.13.20.3000";
const DOMAINS: [(&str, &str); 3] = [
    ("Red", "urn:oid:1.3.6.1.4.1.21367.13.20.1000"),
    ("Green", "urn:oid:1.3.6.1.4.1.21367.13.20.2000"),
    ("Blue", BLUE),
];

/// What an XML answer of IHE says: numbers, and patients by the number of their domain.
fn expected_sets(xml: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let values = |element: &str| -> Vec<String> {
        let pattern = regex::Regex::new(&format!("<{element} value=\"([^\"]*)\"")).unwrap();
        pattern.captures_iter(xml).map(|found| found[1].to_owned()).collect()
    };
    let numbers = values("system").into_iter().zip(values("value"));
    let numbers = numbers.map(|(system, value)| format!("{system}|{value}")).collect();
    let patients = values("reference").into_iter().map(|reference| {
        let domain = reference.rsplit('-').next().unwrap().to_uppercase();
        format!("IHE{domain}-994")
    });
    (numbers, patients.collect())
}

/// A hub with the three domains of the examples as schemes: each one file, which registers the system of its numbers.
async fn domains(place: &cluster::Place) -> Server {
    let mappings = place.folder().join("m");
    for folder in ["schemes", "agreements"] {
        fs::create_dir_all(mappings.join(folder)).unwrap();
    }
    for (domain, oid) in DOMAINS {
        let scheme = format!("ihe-{}", domain.to_lowercase());
        let described = format!(
            "scheme: {scheme}\nversion: 1.0.0\ntitle: {{ fr: a, en: a }}\ndescription: {{ fr: a, en: a }}\n\
             country: ML\nkind: membership\ninstitution: {{ code: {domain}, name: {{ fr: a, en: a }} }}\n\
             currency: XOF\npriority: 90\nrecord_number: {{ system: {scheme}-number, code: {domain}, uri: \"{oid}\" }}\n\
             identifiers: []\nterms: [{{ waiting_months: 0, packages: {{}} }}]\n"
        );
        fs::write(mappings.join(format!("schemes/{scheme}.yaml")), described).unwrap();
    }
    let agreement = "agreement: pix\nversion: 1.0.0\ntitle: { fr: a, en: a }\nbasis: { text: { fr: a, en: a } }\n\
        from: 2025-01-01\ngrants:\n  - { askers: [tt-pix], insured: [ihe-red, ihe-green, ihe-blue], \
        purposes: [CARE_AUTHORISATION], fields: [person_id, identifiers] }\n";
    fs::write(mappings.join("agreements/pix.yaml"), agreement).unwrap();
    Server::start_with(place, Some(mappings), None).await
}
