//! What an asker keeps of the hub: an answer, the keys and the list of cancelled ones; and the program that checks them.

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::invented::Invented;
use crate::program::{Program, Run};
use crate::server::{Document, Server, expect};

/// A moment at which answers of these tests hold.
pub const THEN: &str = "2026-01-02T00:00:00Z";

/// A folder with what was saved.
pub struct Kept {
    pub program: Program,
}

impl Kept {
    pub fn new() -> Self {
        Self { program: Program::new() }
    }

    /// Saves a text.
    pub fn save(&self, name: &str, text: &str) {
        std::fs::write(self.program.path(name), text).unwrap();
    }

    /// Saves what the hub publishes.
    pub async fn save_published(&self, server: &Server) {
        for (name, path) in [
            ("keys.json", "/.well-known/jwks.json"),
            ("cancelled.jwt", "/.well-known/dankun-cancelled.jwt"),
        ] {
            let response = server.get(path, "").send().await.unwrap();
            assert_eq!(response.status(), 200);
            self.save(name, &response.text().await.unwrap());
        }
    }

    /// Checks the file `answer` for ci-cnam, at a moment at which it holds.
    pub fn verify(&self, more: &[&str]) -> Run {
        let usual = ["--keys", "keys.json", "--for", "ci-cnam", "--at", THEN];
        self.verify_with(&[&usual[..], more].concat())
    }

    /// Checks the file `answer` with these arguments only.
    pub fn verify_with(&self, arguments: &[&str]) -> Run {
        let verb = ["--json", "answer", "verify", "answer"];
        self.program.run(&[&verb[..], arguments].concat())
    }

    /// The code with which an answer is refused.
    #[track_caller]
    pub fn refusal(&self, more: &[&str]) -> String {
        let run = self.verify(more);
        run.ends_with_code(1);
        let said = run.values().remove(0);
        assert_eq!(said["verified"], false);
        said["code"].as_str().unwrap().to_owned()
    }
}

/// The question of a partner about somebody of UTM.
pub fn question(number: u32) -> Value {
    json!({
        "purpose": "CARE_AUTHORISATION", "as_of": "2026-01-05", "country_of_care": "ML", "signed": "card",
        "subject": { "identifiers": [{ "type": "NINA", "value": Invented::new(number).nina() }] },
    })
}

/// A signed answer to ci-cnam.
pub async fn answer(asked: &Asked, number: u32) -> Value {
    let key = asked.partner("ci-cnam").await;
    expect(asked.server.post("/v1/eligibility", &key).document(&question(number)), 200).await
}
