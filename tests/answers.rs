//! The questions of the population's generator, put to a hub that was given its exports over HTTP: every field of every
//! answer, in REST, FHIR and SPDCI, against what the generator knows.
//!
//! Small here; `make proof` asks about 20,000 people of three seeds (`DANKUN_PROOF_PERSONS`, `DANKUN_PROOF_SEEDS`).

#![allow(clippy::unwrap_used)]

mod cluster;
#[path = "answers/expected.rs"]
mod expected;
#[path = "answers/fhir.rs"]
mod fhir;
#[path = "answers/population.rs"]
mod population;
#[path = "http/server.rs"]
mod server;
#[path = "answers/spdci.rs"]
mod spdci;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use expected::Query;
use population::Population;
use server::{Document, read};

/// What came of the questions of one kind.
#[derive(Default, Debug)]
struct Tally {
    asked: usize,
    right: usize,
    /// Wrong because two records of the person were not recognised as one person's.
    unlinked: usize,
    wrong: Vec<Wrong>,
}

/// A wrong answer.
#[derive(Debug)]
struct Wrong {
    class: &'static str,
    says: String,
}

impl Tally {
    fn share(&self) -> f64 {
        self.right as f64 / self.asked.max(1) as f64
    }
}

/// Puts every question as its asker, in all three standards, which must agree, and counts what is right.
async fn ask(population: &Population) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for query in population.queries() {
        let key = population.key(&query.asked_by).await;
        let mut question = query.question.clone();
        question.as_object_mut().unwrap().remove("asked_by");
        let request = population.server.post("/v1/eligibility", &key).document(&question);
        let (status, answer) = read(request).await;
        assert_eq!(status, 200, "{}: {answer}", query.id);
        let told = fhir::ask(population, &query, &key).await;
        fhir::agree(&told, &answer, &query.id);
        spdci::agree(&spdci::ask(population, &query, &key).await, &answer, &query.id);
        let tally = tallies.entry(query.kind.clone()).or_default();
        tally.asked += 1;
        let wrong = query.differences(&answer);
        if wrong.is_empty() && population.is_person(&query, &answer) {
            tally.right += 1;
        } else if population.lacks_a_link(&query) {
            tally.unlinked += 1;
        } else {
            tally.wrong.push(wrong_answer(population, &query, &answer));
        }
    }
    tallies
}

/// Puts every question that no agreement allows; answers how many there were.
async fn ask_what_is_not_allowed(population: &Population) -> usize {
    let queries = population.refusals();
    for query in &queries {
        let key = population.key(&query.asked_by).await;
        let mut question = query.question.clone();
        question.as_object_mut().unwrap().remove("asked_by");
        let request = population.server.post("/v1/eligibility", &key).document(&question);
        let (status, answer) = read(request).await;
        assert_eq!((status.as_u16(), &answer["code"]), (403, &json!("refused_by_agreement")));
        assert_eq!(answer["violations"][0]["code"], query.expected["reason"], "{}", query.id);
        let outcome = fhir::ask(population, query, &key).await;
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{}", query.id);
        let (status, refused) = spdci::ask(population, query, &key).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (403, &json!("err.request.forbidden")));
    }
    queries.len()
}

/// What came instead of what was meant. Somebody else's answer is far worse than none.
fn wrong_answer(population: &Population, query: &Query, answer: &Value) -> Wrong {
    let class = match (answer["reason"].as_str(), population.is_person(query, answer)) {
        (Some("not_found"), _) => "not found",
        (Some("ambiguous"), _) => "ambiguous",
        (Some("insufficient_identification"), _) => "too little given",
        (_, true) => "the right person, another answer",
        (_, false) => "another person",
    };
    Wrong { class, says: format!("{} {:?}", query.id, query.differences(answer)) }
}

fn judge(tallies: &BTreeMap<String, Tally>) {
    let (mut described, mut right) = (0, 0);
    for (kind, tally) in tallies {
        println!(
            "  {kind}: {} asked, {} right ({:.2} %), {} for want of a link",
            tally.asked,
            tally.right,
            100.0 * tally.share(),
            tally.unlinked
        );
        let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for wrong in &tally.wrong {
            classes.entry(wrong.class).or_default().push(&wrong.says);
        }
        for (class, wrong) in &classes {
            println!("    {class}: {}, such as {}", wrong.len(), wrong[0]);
        }
        match kind.as_str() {
            "demographics" | "demographics_unregistered" => {
                described += tally.asked;
                right += tally.right;
            }
            _ => assert!(tally.wrong.is_empty(), "{kind}: {:#?}", tally.wrong),
        }
    }
    let share = right as f64 / described.max(1) as f64;
    let strangers = |tally: &&Wrong| tally.class == "another person";
    let strangers = tallies.values().flat_map(|tally| &tally.wrong).filter(strangers).count();
    println!("  answers about another person than the one meant: {strangers}");
    println!("  by description: {described} asked, {:.2} % right", 100.0 * share);
    assert!(share >= 0.97, "only {right} of {described} questions by description are right");
}

async fn prove(place: cluster::Place, seed: u32) {
    let Some(population) = Population::load(&place, seed).await else { return };
    println!("{} people, seed {seed}", population::persons());
    judge(&ask(&population).await);
    let refused = ask_what_is_not_allowed(&population).await;
    println!("  {refused} questions that no agreement allows, each refused for its reason");
    assert!(refused > 0);
}

cluster::both! {
    async fn every_answer_is_what_the_generator_expects(place: cluster::Place) {
        for seed in population::seeds() {
            prove(place.another().await, seed).await;
        }
    }
}

/// The text of a value, or nothing.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
