//! Whole tasks, done with nothing but the page and without a script.

use dankun::model::Role;
use dankun::operations::link::link_pending;

use crate::browser::{Browser, Page};
use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Server, expect};

const STEWARD: Role = Role::Steward;

/// A file of UTM in which the first `bad` of `all` people were born on a day that does not exist.
pub fn with_bad_dates(all: u32, bad: u32) -> (Vec<Invented>, Vec<u8>) {
    let people: Vec<Invented> = (1..=all).map(Invented::new).collect();
    let mut text: String = utm(&people).into_iter().map(char::from).collect();
    for one in people.iter().take(bad as usize) {
        text = text.replace(&format!(";{};", one.birth()), ";31/02/1990;");
    }
    (people, text.chars().map(|c| c as u8).collect())
}

pub async fn send(server: &Server, scheme: &str, file: Vec<u8>) -> String {
    let key = server.scheme_key(scheme).await;
    let request = server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file);
    let receipt = expect(request, 200).await;
    receipt["batch"].as_str().unwrap().to_owned()
}

/// The first address in a page that begins so.
pub fn link(page: &Page, start: &str) -> String {
    format!("{start}{}", page.between(&format!("href=\"{start}"), "\""))
}

cluster::both! {
    async fn seventeen_refusals_of_one_kind_are_put_right_at_once(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (_, file) = with_bad_dates(20, 17);
        let batch = send(&server, "ml-utm", file).await;
        let mut browser = Browser::of(&server, "awa.traore", STEWARD, Some("ml-utm")).await;
        browser.get("/ui").await.says("17").says("refused records to put right");
        let shown = browser.get(&format!("/ui/batches/{batch}")).await;
        shown.says("17 records · Date de naissance").says("<mark>31/02/1990</mark>");
        let defect = link(&shown, &format!("/ui/batches/{batch}/defects/"));
        let told = browser.get(&defect).await;
        told.says("Put all these records right at once").says("<tr class=\"wrong\"");
        let still = [("from-0", "31/02/1990"), ("to-0", "30/02/1990")];
        let left = browser.submit(&defect, &defect, &still).await;
        left.says("No record became valid").says("30/02/1990");
        let right = [("from-0", "31/02/1990"), ("to-0", "28/02/1990")];
        let done = browser.submit(&defect, &defect, &right).await;
        done.says("17 records are accepted now");
        browser.get("/ui/refusals").await.says("Nothing waits");
        let mut other = Browser::of(&server, "ben.keita", STEWARD, Some("ml-canam")).await;
        for path in [format!("/ui/batches/{batch}"), defect, format!("/ui/batches/{batch}/refused")] {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }
    }

    async fn one_refused_record_is_corrected_dismissed_and_downloaded(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (_, file) = with_bad_dates(3, 2);
        let batch = send(&server, "ml-utm", file).await;
        let mut browser = Browser::of(&server, "awa.traore", STEWARD, None).await;
        let list = browser.get("/ui/refusals?scheme=ml-utm").await;
        let one = link(&list, "/ui/refusals/qua_");
        browser.get(&one).await.says("<mark>31/02/1990</mark>").says("aria-invalid=\"true\"");
        let wrong = [("field-0", "Date de naissance"), ("to-0", "99/99/1990")];
        let refused = browser.submit(&one, &one, &wrong).await;
        assert_eq!(refused.status, 422);
        refused.says("not valid yet").says("value=\"99/99/1990\"");
        let right = [("field-0", "Date de naissance"), ("to-0", "01/03/1990")];
        browser.submit(&one, &one, &right).await.says("put right and accepted");
        let file = browser.get(&format!("/ui/batches/{batch}/refused")).await;
        file.says("reason of refusal").says("31/02/1990");
        let list = browser.get("/ui/refusals").await;
        let other = link(&list, "/ui/refusals/qua_");
        assert_ne!(other, one);
        browser.submit(&other, &format!("{other}/dismiss"), &[]).await.says("is dismissed");
        browser.get("/ui/refusals").await.says("Nothing waits");
    }

    async fn what_was_typed_stays_under_its_own_name_while_a_record_is_not_valid(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (_, file) = with_bad_dates(2, 1);
        let text: String = file.iter().copied().map(char::from).collect();
        let raw = text.lines().nth(1).unwrap().to_owned();
        send(&server, "ml-utm", file).await;
        let mut browser = Browser::of(&server, "awa.traore", STEWARD, None).await;
        let list = browser.get("/ui/refusals").await;
        let one = link(&list, "/ui/refusals/qua_");
        let shown = browser.get(&one).await;
        let value = |page: &Page, field: &str| page.between(&format!("value=\"{field}\"><label"), "autocomplete").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(value(&shown, "Date de naissance"), "31/02/1990");
        // Another order than that of the form, and a field that nothing is wrong with.
        let typed = [("field-0", "Commune"), ("to-0", "Kayes"), ("field-1", "Date de naissance"), ("to-1", "30/02/1990")];
        let again = browser.submit(&one, &one, &typed).await;
        assert_eq!(again.status, 422);
        assert_eq!(value(&again, "Date de naissance"), "30/02/1990");
        assert_eq!(value(&again, "Commune"), "Kayes");
        let rewritten = raw.replace("31/02/1990", "31/04/1990");
        let again = browser.submit(&one, &one, &[("whole", "yes"), ("raw", &rewritten)]).await;
        assert_eq!(again.status, 422);
        again.says("31/04/1990").says("<details class=\"card\" open>");
        assert_eq!(value(&again, "Date de naissance"), "31/02/1990");
    }

    async fn a_record_that_is_too_long_to_be_shown_is_not_rewritten_by_what_is_shown_of_it(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (_, file) = with_bad_dates(2, 1);
        let text: String = file.into_iter().map(char::from).collect();
        let long = text.replacen(";Fana;", &format!(";{};", "Fana ".repeat(5_000)), 1);
        send(&server, "ml-utm", long.chars().map(|c| c as u8).collect()).await;
        let mut browser = Browser::of(&server, "awa.traore", STEWARD, None).await;
        let list = browser.get("/ui/refusals").await;
        let one = link(&list, "/ui/refusals/qua_");
        browser.get(&one).await.says("too long").lacks("<textarea");
    }

    async fn a_review_is_decided_and_taken_back(place: cluster::Place) {
        let server = Server::start(&place).await;
        let people: Vec<Invented> = (1..=12).map(Invented::new).collect();
        send(&server, "ml-utm", unnumbered(utm(&people), &people)).await;
        send(&server, "ml-canam", unnumbered(canam(&people), &people)).await;
        link_pending(&server.hub).await.unwrap();
        let mut browser = Browser::of(&server, "awa.traore", STEWARD, None).await;
        let list = browser.get("/ui/reviews").await;
        let waiting = list.between("<p class=\"lead\">", "</p>");
        assert!(waiting.contains("questions wait"), "{waiting}");
        let one = link(&list, "/ui/reviews/rev_");
        let shown = browser.get(&one).await;
        shown.says("<tr class=\"differs\">").says("class=\"for\"").says("In all");
        let version = shown.between("name=\"version\" value=\"", "\"");
        let silent = browser.submit(&one, &one, &[("version", &version), ("answer", "same")]).await;
        silent.says("Say why");
        let answer = [("version", version.as_str()), ("answer", "different"), ("reason", "two cards")];
        let next = browser.submit(&one, &one, &answer).await;
        next.says("Answer kept").says("Take the answer before back");
        link_pending(&server.hub).await.unwrap();
        let undo = next.between("action=\"/ui/decisions/", "\"");
        browser.submit("/ui/decisions", &format!("/ui/decisions/{undo}"), &[]).await.says("taken back");
        link_pending(&server.hub).await.unwrap();
        browser.get("/ui/reviews").await.says(&waiting);
        // A scheme that has one of the two records cannot judge alone, and does not see the other.
        let mut bound = Browser::of(&server, "ben.keita", STEWARD, Some("ml-utm")).await;
        bound.get(&one).await.says("another scheme").lacks("name=\"answer\"").lacks("ml-canam");
    }

    async fn somebody_is_found_looked_at_and_asked_about(place: cluster::Place) {
        let server = Server::start(&place).await;
        let people: Vec<Invented> = (1..=3).map(Invented::new).collect();
        send(&server, "ml-utm", utm(&people)).await;
        link_pending(&server.hub).await.unwrap();
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let number = people[0].utm_id();
        let by_number = [("system", "ML-UTM"), ("number", number.as_str())];
        let found = browser.submit("/ui/people", "/ui/people", &by_number).await;
        let person = link(&found, "/ui/people/per_");
        let shown = browser.get(&person).await;
        shown.says(&number).says("class=\"span").says("Who looked or asked").says("awa.traore");
        browser.submit("/ui/people", "/ui/people", &[("family", "Keita")]).await.says("number is needed");
        let ask = [("right", "ci-cnam CARE_AUTHORISATION"), ("day", "2026-01-02"), ("country", "CI"), by_number[0], by_number[1]];
        let told = browser.submit("/ui/ask", "/ui/ask", &ask).await;
        told.says("class=\"verdict").says("ci-cnam").says("<svg");
        browser.get("/ui/audit").await.says("Question");
        let mut bound = Browser::of(&server, "ben.keita", STEWARD, Some("ml-canam")).await;
        assert_eq!(bound.get(&person).await.status, 404);
        bound.submit("/ui/people", "/ui/people", &by_number).await.says("Nobody fits");
    }

    async fn a_key_is_made_shown_once_and_revoked(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let wrong = [("kind", "scheme"), ("holder", "no-such-scheme")];
        let refused = browser.submit("/ui/keys", "/ui/keys", &wrong).await;
        refused.says("A scheme of the registry").says("Choose at least one right");
        let wanted = [("kind", "scheme"), ("holder", "ml-utm"), ("scope", "records:read"), ("title", "nightly")];
        let made = browser.submit("/ui/keys", "/ui/keys", &wanted).await;
        let secret = made.between("<code class=\"secret\">", "</code>");
        expect(server.get("/v1/batches", &secret), 200).await;
        let list = browser.get("/ui/keys").await;
        list.says("nightly").lacks(&secret);
        let revoke = list.between("action=\"/ui/keys/", "\"");
        browser.submit("/ui/keys", &format!("/ui/keys/{revoke}"), &[]).await.says("is revoked");
        expect(server.get("/v1/batches", &secret), 401).await;
    }
}

/// A file without national numbers, and with women in place of men when it is CANAM's.
pub fn unnumbered(file: Vec<u8>, people: &[Invented]) -> Vec<u8> {
    let text: String = file.into_iter().map(char::from).collect();
    let mut text = text.replace("<sexe>1</sexe>", "<sexe>2</sexe>");
    for one in people {
        text = text.replace(&format!("<nina>{}</nina>", one.nina()), "").replace(&one.nina(), "");
    }
    text.chars().map(|c| c as u8).collect()
}
