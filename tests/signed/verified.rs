//! What the program says of a signed answer when the hub is gone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dankun::model::Caller;
use dankun::operations::answers::signer;
use serde_json::{Value, json};

use crate::asked::{Asked, nina};
use crate::cluster;
use crate::invented::Invented;
use crate::kept::{Kept, answer};
use crate::server::{Document, expect};

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

cluster::both! {
    async fn an_answer_and_its_card_are_proved_without_the_hub(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let whole = answer(&asked, 1).await;
        kept.save_published(&asked.server).await;
        drop(asked);
        let (token, card) = (whole["signed"]["token"].as_str().unwrap(), whole["signed"]["card"].as_str().unwrap());
        assert!(card.len() < 750, "a card of {} characters is hard to scan", card.len());
        assert!(whole["signed"]["card_svg"].as_str().unwrap().contains("<svg"));
        let number = format!("NINA={}", Invented::new(1).nina());
        for text in [token, card, &whole.to_string(), &format!("{card}\n")] {
            kept.save("answer", text);
            let run = kept.verify(&["--cancelled", "cancelled.jwt", "--number", &number]);
            run.ends_with_code(0);
            let said = run.values().remove(0);
            assert_eq!(said["verified"], true);
            assert_eq!(said["claims"]["answer"]["answer"], "eligible");
            assert_eq!(said["claims"]["jti"], whole["signed"]["id"]);
        }
        // From standard input, and for a person to read.
        let file = kept.program.path("answer");
        for (language, word) in [("fr", "authentique"), ("en", "Authentic")] {
            let run = kept.program.run_with_input(
                &["--lang", language, "answer", "verify", "--keys", "keys.json", "--for", "ci-cnam", "--at", crate::kept::THEN],
                &file,
            );
            run.ends_with_code(0);
            assert!(run.output.contains(word), "{}", run.output);
        }
        // What is signed is the answer that was given, and names nobody.
        let signed = claims(token);
        assert_eq!(signed["answer"]["reason"], whole["reason"]);
        assert_eq!(signed["answer"]["rights_end"], whole["rights_end"]);
        for secret in Invented::new(1).secrets() {
            assert!(!signed.to_string().contains(&secret), "the answer names {secret}");
        }
        // A card becomes a drawing.
        kept.save("card.txt", card);
        kept.program.run(&["answer", "card", "card.txt", "--out", "card.svg"]).ends_with_code(0);
        assert!(std::fs::read_to_string(kept.program.path("card.svg")).unwrap().contains("<svg"));
    }

    async fn what_is_not_as_it_was_given_is_not_believed(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let whole = answer(&asked, 1).await;
        kept.save_published(&asked.server).await;
        let token = whole["signed"]["token"].as_str().unwrap().to_owned();
        kept.save("answer", &token);
        let with = |arguments: &[&str]| {
            let run = kept.verify_with(&[&["--keys", "keys.json"][..], arguments].concat());
            run.ends_with_code(1);
            run.values().remove(0)["code"].as_str().unwrap().to_owned()
        };
        assert_eq!(with(&["--for", "ng-nhia", "--at", crate::kept::THEN]), "other_audience");
        assert_eq!(with(&["--for", "ci-cnam"]), "expired", "a week later");
        assert_eq!(with(&["--for", "ci-cnam", "--at", "2025-12-31T00:00:00Z"]), "not_yet");
        let other = format!("NINA={}", Invented::new(2).nina());
        assert_eq!(kept.refusal(&["--number", &other]), "other_person");
        assert_eq!(kept.refusal(&["--family", "Keita", "--given", "Awa"]), "other_person");
        // Another verdict, well written, under the same signature.
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let forged = claims(&token).to_string().replace("\"eligible\"", "\"not_eligible\"");
        parts[1] = URL_SAFE_NO_PAD.encode(forged);
        kept.save("answer", &parts.join("."));
        assert_eq!(kept.refusal(&[]), "changed");
        kept.save("answer", "eligible, on my word");
        assert_eq!(kept.refusal(&[]), "not_signed");
        // Another hub's keys.
        let stranger = signer_of_another_hub();
        kept.save("keys.json", &stranger);
        kept.save("answer", &token);
        assert_eq!(kept.refusal(&[]), "unknown_key");
        kept.save("keys.json", "{}");
        kept.verify(&[]).ends_with_code(2);
    }

    async fn a_replaced_key_still_proves_and_a_revoked_one_does_not(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let before = answer(&asked, 1).await;
        let by = Caller::local_operator();
        let row = signer::rotate(&asked.server.hub, &by).await.unwrap();
        let after = answer(&asked, 1).await;
        kept.save_published(&asked.server).await;
        for one in [&before, &after] {
            kept.save("answer", one["signed"]["token"].as_str().unwrap());
            kept.verify(&[]).ends_with_code(0);
        }
        assert_eq!(row.generation, 2);
        assert!(signer::revoke(&asked.server.hub, &by, &row.public.id).await.unwrap());
        assert!(!signer::revoke(&asked.server.hub, &by, &row.public.id).await.unwrap());
        kept.save_published(&asked.server).await;
        assert_eq!(kept.refusal(&[]), "unknown_key");
        kept.save("answer", before["signed"]["token"].as_str().unwrap());
        kept.verify(&[]).ends_with_code(0);
        // Old keys are replaced by themselves.
        asked.server.wait(std::time::Duration::from_secs(91 * 24 * 60 * 60));
        answer(&asked, 1).await;
        assert_eq!(signer::list(&asked.server.hub).await.unwrap().len(), 3);
    }

    async fn the_same_answer_is_signed_in_fhir(place: cluster::Place) {
        let kept = Kept::new();
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        let request = json!({
            "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["benefits"],
            "patient": { "identifier": nina(1) }, "servicedDate": "2026-01-05", "created": "2026-01-01",
            "insurer": { "identifier": { "system": "urn:dankun:scheme", "value": "dankun" } },
            "extension": [{ "url": "urn:dankun:signed", "valueBoolean": true }],
        });
        let response = asked.post("/CoverageEligibilityRequest/$submit", &key, &request, 200).await;
        kept.save_published(&asked.server).await;
        for name in ["signed-answer", "signed-card"] {
            let url = format!("urn:dankun:{name}");
            let all = response["extension"].as_array().unwrap();
            let found = all.iter().find(|one| one["url"] == url.as_str()).unwrap();
            kept.save("answer", found["valueString"].as_str().unwrap());
            kept.verify(&["--number", &format!("NINA={}", Invented::new(1).nina())]).ends_with_code(0);
        }
    }

    async fn the_command_line_asks_signs_and_proves(place: cluster::Place) {
        let kept = Kept::new();
        let _people = Asked::new(&place).await;
        let (key_file, nina) = (place.key_file().display().to_string(), Invented::new(1).nina());
        let hub = ["--database", &place.url, "--key-file", &key_file];
        let run = |arguments: &[&str]| kept.program.run(&[arguments, &hub[..]].concat()).ends_with_code(0);
        run(&[
            "ask", "--as", "ci-cnam", "--type", "NINA", "--identifier", &nina, "--on", "2026-01-05",
            "--signed", "answer", "--card", "card.svg",
        ]);
        run(&["answer", "keys", "--out", "keys.json", "--cancelled", "cancelled.jwt"]);
        let number = format!("NINA={nina}");
        let usual = ["--keys", "keys.json", "--cancelled", "cancelled.jwt", "--for", "ci-cnam"];
        kept.verify_with(&[&usual[..], &["--number", &number][..]].concat()).ends_with_code(0);
        assert!(std::fs::read_to_string(kept.program.path("card.svg")).unwrap().contains("<svg"));
        // Another key signs from now on; the answer stays proved.
        run(&["answer", "rotate"]);
        run(&["answer", "keys", "--out", "keys.json"]);
        kept.verify_with(&usual).ends_with_code(0);
    }

    async fn a_refusal_and_a_plain_answer_are_not_signed(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        let mut plain = crate::kept::question(1);
        plain["signed"] = json!("no");
        let answer = expect(asked.server.post("/v1/eligibility", &key).document(&plain), 200).await;
        assert!(answer["signed"].is_null());
        let mut refused = crate::kept::question(1);
        refused["purpose"] = json!("MARKETING");
        let problem = expect(asked.server.post("/v1/eligibility", &key).document(&refused), 403).await;
        assert_eq!(problem["code"], "refused_by_agreement");
    }
}

/// A key set with a key that this hub never had.
fn signer_of_another_hub() -> String {
    use dankun::proof::{KeySet, SigningKey};
    KeySet::new(vec![SigningKey::from_seed(&[9; 32]).public().clone()]).document().to_string()
}
