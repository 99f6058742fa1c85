//! Corrections in every format of the shipped schemes: rows under a header, nested elements, Bundles.

use std::io::Cursor;

use dankun::operations::batches::{Filter, page};
use dankun::operations::body::Body;
use dankun::operations::intake::{Receipt, Submission};
use dankun::operations::quarantine::{CorrectOutcome, Correction, correct};
use serde_json::{Value, json};

use crate::cluster;
use crate::world::World;

cluster::both! {
    async fn a_row_is_corrected_under_the_header_and_after_the_rows_of_its_own_file(place: cluster::Place) {
        // The last row says `idem`: what that means stands in the row above.
        let rows = demo_lines("utm_mutuelles.csv", 3);
        let bad = replaced(&rows, b"27/11/1995", b"31/11/1995");
        let fixed = &[("Date de naissance", "27/11/1995")];
        holds(&place, "ml-utm", bad, fixed).await;
    }

    async fn a_row_with_a_missing_cell_is_replaced_by_another_text(place: cluster::Place) {
        let rows = demo_lines("utm_mutuelles.csv", 3);
        let short = replaced(&rows, b";27/11/1995", b"");
        let world = World::new(&place).await;
        assert_eq!(send(&world, "ml-utm", short.clone()).await.counts.refused, 1);
        let (id, raw) = only(&world).await;
        let text = replaced(&raw, ";F;".as_bytes(), b";F;27/11/1995;");
        let text = Correction::Raw(String::from_utf8_lossy(&text).into_owned());
        accepted(correct(&world.hub, "operator:awa", id, text).await.unwrap());
        again(&world, "ml-utm", short).await;
    }

    async fn a_member_of_a_family_is_corrected_within_its_element(place: cluster::Place) {
        let file = String::from_utf8(demo("canam_amo.xml")).unwrap();
        let (first, _) = file.split_once("</assure>").unwrap();
        let family = format!("{first}</assure>\n</exportAMO>\n");
        let born = family.split("<dateNaissance precision=\"jour\">").nth(1).unwrap();
        let born = born.split('<').next().unwrap().to_owned();
        let bad = family.replacen(&format!(">{born}<"), ">2005-02-31<", 1);
        let fixed = &[("identite/dateNaissance", "2005-02-28")];
        holds(&place, "ml-canam", bad.into_bytes(), fixed).await;
    }

    async fn a_missing_attribute_of_a_nested_element_is_filled(place: cluster::Place) {
        let file = String::from_utf8(demo("canam_amo.xml")).unwrap();
        let (first, _) = file.split_once("</assure>").unwrap();
        let family = format!("{first}</assure>\n</exportAMO>\n");
        let (insured, others) = family.split_once("<ayantsDroit>").unwrap();
        let others = others.replacen(" etat=\"O\"", "", 1);
        let bad = format!("{insured}<ayantsDroit>{others}");
        holds(&place, "ml-canam", bad.into_bytes(), &[("droits/@etat", "O")]).await;
    }

    async fn a_resource_of_a_bundle_is_corrected(place: cluster::Place) {
        let mut bundle: Value = serde_json::from_slice(&demo("fhir_bundle.json")).unwrap();
        let entries = bundle["entry"].as_array().unwrap().clone();
        let patient = entries.iter().find(|e| e["resource"]["resourceType"] == "Patient").unwrap();
        let id = patient["resource"]["id"].as_str().unwrap();
        let own = |e: &&Value| {
            e["resource"]["resourceType"] == "Coverage"
                && e["resource"]["beneficiary"].to_string().contains(id)
        };
        let mut patient = patient.clone();
        patient["resource"]["birthDate"] = json!("1990-02-31");
        let mut kept = vec![patient];
        kept.extend(entries.iter().filter(own).cloned());
        bundle["entry"] = json!(kept);
        let file = bundle.to_string().into_bytes();
        holds(&place, "ml-openimis", file, &[("Patient.birthDate", "1990-02-28")]).await;
    }
}

/// One record of the file is refused; corrected, it is kept, and the same file brings nothing new.
async fn holds(place: &cluster::Place, scheme: &str, file: Vec<u8>, fixed: &[(&str, &str)]) {
    let world = World::new(place).await;
    let first = send(&world, scheme, file.clone()).await;
    assert_eq!(first.counts.refused, 1, "{:?}", first.counts);
    let (id, _) = only(&world).await;
    let fields = fixed.iter().map(|(field, value)| ((*field).into(), (*value).into())).collect();
    accepted(correct(&world.hub, "operator:awa", id, Correction::Fields(fields)).await.unwrap());
    again(&world, scheme, file).await;
}

async fn again(world: &World, scheme: &str, file: Vec<u8>) {
    world.turn_to("2026-03-02");
    let counts = send(world, scheme, file).await.counts;
    assert_eq!((counts.refused, counts.corrected), (0, 1));
    assert_eq!(counts.unchanged, counts.received, "{counts:?}");
}

async fn send(world: &World, scheme: &str, file: Vec<u8>) -> Receipt {
    let body = Body::from_reader(Cursor::new(file));
    let receipt = world.try_send(Submission::new(scheme.parse().unwrap(), body)).await.unwrap();
    if receipt.state == "held" {
        let hub = &world.hub;
        return dankun::operations::intake::release_held(hub, receipt.batch, "x").await.unwrap();
    }
    receipt
}

async fn only(world: &World) -> (dankun::model::QuarantineId, Vec<u8>) {
    let waiting = page(&world.hub, &Filter::default(), None, 10).await.unwrap();
    let [one] = &waiting[..] else { panic!("{} wait", waiting.len()) };
    (one.id, one.kept.raw.clone())
}

fn accepted(outcome: CorrectOutcome) {
    if let CorrectOutcome::StillRefused { issues } = outcome {
        panic!("still refused: {issues:?}");
    }
}

fn demo(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/demo/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn demo_lines(file: &str, count: usize) -> Vec<u8> {
    demo(file).split_inclusive(|byte| *byte == b'\n').take(count).collect::<Vec<_>>().concat()
}

/// With the first occurrence of some bytes replaced.
fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = text.windows(from.len()).position(|window| window == from).unwrap();
    [&text[..at], to, &text[at + from.len()..]].concat()
}
