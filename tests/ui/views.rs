//! Every view: for whom it is, in which language, and that nothing in it comes from elsewhere.

use dankun::messages;
use dankun::model::{
    AccountId, BatchId, DecisionId, DeliveryId, Instant, KeyId, Language, PersonId, QuarantineId,
    ReplayId, ReviewId, Role, SubscriptionId, WhatIfId,
};

use crate::browser::Browser;
use crate::cluster;
use crate::server::Server;

/// Views without an id in their address, with those of whom they are not.
const VIEWS: &[(&str, &[Role])] = {
    use Role::{Auditor, Mapper, Steward, Viewer};
    &[
        ("/ui", &[]),
        ("/ui/account", &[]),
        ("/ui/account/second-factor", &[]),
        ("/ui/batches", &[Auditor, Viewer]),
        ("/ui/records", &[Auditor, Viewer]),
        ("/ui/refusals", &[Auditor, Viewer]),
        ("/ui/reviews", &[Mapper, Auditor, Viewer]),
        ("/ui/reviews/alike", &[Mapper, Auditor, Viewer]),
        ("/ui/corrections", &[Auditor, Viewer]),
        ("/ui/conflicts", &[Mapper, Auditor, Viewer]),
        ("/ui/quality", &[Mapper, Auditor, Viewer]),
        ("/ui/figures", &[]),
        ("/ui/replays", &[]),
        ("/ui/look-through", &[]),
        ("/ui/send", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/decisions", &[Mapper, Auditor, Viewer]),
        ("/ui/people", &[Mapper, Auditor, Viewer]),
        ("/ui/ask", &[Mapper, Auditor, Viewer]),
        ("/ui/schemes", &[]),
        ("/ui/mappings", &[]),
        ("/ui/mappings?kind=codes", &[]),
        ("/ui/mappings/blank", &[Steward, Auditor, Viewer]),
        ("/ui/mappings/new", &[Steward, Auditor, Viewer]),
        ("/ui/mappings/mapping/ml-utm", &[]),
        ("/ui/deliveries", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/keys", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/accounts", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/audit", &[Mapper, Steward, Viewer]),
    ]
};

/// What forms do, with those who may not. The things they name do not exist: whoever may is told so.
fn forms() -> Vec<(String, &'static [Role])> {
    use Role::{Auditor, Mapper, Steward, Viewer};
    let (at, random) = (Instant::from_millis(1), [7; 10]);
    let records: &[Role] = &[Auditor, Viewer];
    let people: &[Role] = &[Mapper, Auditor, Viewer];
    let hub: &[Role] = &[Mapper, Steward, Auditor, Viewer];
    let batch = format!("/ui/batches/{}", BatchId::new(at, random));
    let refusal = format!("/ui/refusals/{}", QuarantineId::new(at, random));
    let person = format!("/ui/people/{}", PersonId::new(at, random));
    let account = format!("/ui/accounts/{}", AccountId::new(at, random));
    vec![
        (format!("{batch}/release"), records),
        (format!("{batch}/defects/0123456789abcdef"), records),
        (refusal.clone(), records),
        (format!("{refusal}/dismiss"), records),
        ("/ui/reviews/next".to_owned(), people),
        ("/ui/reviews/alike".to_owned(), people),
        (format!("/ui/reviews/{}/release", ReviewId::new(at, random)), people),
        ("/ui/figures".to_owned(), &[]),
        ("/ui/quality/draw".to_owned(), hub),
        ("/ui/quality/measure".to_owned(), hub),
        ("/ui/replays".to_owned(), &[Steward, Auditor, Viewer]),
        (format!("/ui/replays/{}/stop", ReplayId::new(at, random)), &[Steward, Auditor, Viewer]),
        ("/ui/mappings/blank".to_owned(), &[Steward, Auditor, Viewer]),
        ("/ui/trials".to_owned(), hub),
        (format!("/ui/trials/{}/stop", WhatIfId::new(at, random)), hub),
        ("/ui/subscriptions".to_owned(), hub),
        (format!("/ui/subscriptions/{}/end", SubscriptionId::new(at, random)), hub),
        (format!("/ui/reviews/{}", ReviewId::new(at, random)), people),
        (format!("/ui/decisions/{}/undo", DecisionId::new(at, random)), people),
        ("/ui/people".to_owned(), people),
        (format!("{person}/merge"), people),
        (format!("{person}/split"), people),
        ("/ui/ask".to_owned(), people),
        (format!("/ui/deliveries/{}/retry", DeliveryId::new(at, random)), hub),
        ("/ui/keys".to_owned(), hub),
        (format!("/ui/keys/{}/revoke", KeyId::new(at, random)), hub),
        (format!("{account}/reset"), hub),
        (format!("{account}/open"), hub),
    ]
}

cluster::both! {
    async fn what_a_role_may_not_do_a_form_does_not_do_either(place: cluster::Place) {
        let server = Server::start(&place).await;
        for &role in Role::ALL {
            let mut browser = Browser::of(&server, &format!("of.{}", role.name()), role, None).await;
            let token = browser.get("/ui/account").await.between("name=\"form\" value=\"", "\"");
            for (action, others) in forms() {
                let told = browser.post(&action, &[("form", &token), ("open", "no")]).await;
                let denied = others.contains(&role);
                assert_eq!(told.status == 403, denied, "{} {action}: {} {}", role.name(), told.status, told.html);
            }
        }
    }

    async fn what_a_role_may_not_do_is_absent_and_refused(place: cluster::Place) {
        let server = Server::start(&place).await;
        for &role in Role::ALL {
            let mut browser = Browser::of(&server, &format!("of.{}", role.name()), role, None).await;
            let home = browser.get("/ui").await;
            for (path, others) in VIEWS {
                let page = browser.get(path).await;
                let link = format!("<a href=\"{path}\"");
                if others.contains(&role) {
                    assert_eq!(page.status, 403, "{} {path}", role.name());
                    page.says("Your role does not allow this").says("<nav class=\"sections\"");
                    home.lacks(&link);
                } else {
                    assert_eq!(page.status, 200, "{} {path}: {}", role.name(), page.html);
                }
            }
        }
        let mut bound = Browser::of(&server, "of.a.scheme", Role::Administrator, Some("ml-utm")).await;
        for path in ["/ui/accounts", "/ui/audit"] {
            assert_eq!(bound.get(path).await.status, 403, "{path}");
        }
    }

    async fn every_view_is_whole_in_both_languages_and_asks_nobody_else(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        for language in ["fr", "en"] {
            browser.get(&format!("/ui/language/{language}?to=/ui")).await.says(&format!("<html lang=\"{language}\">"));
            for (path, _) in VIEWS.iter().chain([("/ui/nowhere", [].as_slice())].iter()) {
                let page = browser.get(path).await;
                page.says(&format!("<html lang=\"{language}\">")).says("<h1>").says("id=\"content\"");
                for foreign in ["http://", "https://", "//cdn", "<script>", "style=\"", "onclick"] {
                    let html = page.html.replace("http://www.w3.org", "");
                    assert!(!html.contains(foreign), "`{foreign}` in {path}");
                }
                assert!(page.policy.starts_with("default-src 'none'; script-src 'self'"), "{path}: {}", page.policy);
                assert!(!page.html.contains(">page-"), "a key without words in {path}: {}", page.html);
            }
        }
    }

    async fn whoever_did_not_sign_in_is_led_to_the_door_and_back(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::new(&server);
        for (path, _) in VIEWS {
            let to: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
            assert_eq!(browser.get(path).await.path, format!("/ui/sign-in?to={to}"));
        }
        browser.language = "fr-ML, en;q=0.5";
        browser.get("/ui/sign-in").await.says("Se connecter").says("lang=\"en\"");
    }
}

#[test]
fn every_key_that_a_view_names_has_words() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut files = vec![root];
    let (mut checked, mut missing) = (0, Vec::new());
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for rest in text.split("\"page-").skip(1) {
            let key = format!("page-{}", rest.split('"').next().unwrap());
            // A family of keys, such as `page-role`, or a key in the making.
            if key.contains(['{', '.']) || text.contains(&format!("named(\"{key}\"")) {
                continue;
            }
            checked += 1;
            if !messages::has(Language::French, &key) {
                missing.push(format!("{} in {}", key, path.display()));
            }
        }
    }
    assert!(checked > 80, "only {checked} keys found");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn everything_that_the_log_tells_has_words() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operations");
    let mut files = vec![root];
    let mut told = std::collections::BTreeSet::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for call in [
            "action: \"",
            "note(hub, caller, \"",
            "note(hub, view, \"",
            "entry(hub, batch, \"",
            "BatchState::Releasing, \"",
            "BatchState::Discarded, \"",
            "&by.actor(), \"",
            "(\"key.",
        ] {
            for rest in text.split(call).skip(1) {
                let name = rest.split('"').next().unwrap();
                told.insert(if call == "(\"key." {
                    format!("key.{name}")
                } else {
                    name.to_owned()
                });
            }
        }
    }
    let steps = [
        "drafted",
        "checked",
        "tested",
        "previewed",
        "approved",
        "published",
        "rolled_back",
        "withdrawn",
    ];
    told.extend(steps.map(|step| format!("version.{step}")));
    for known in
        ["ask", "decide", "release", "discard", "account.created", "key.revoked", "list_conflicts"]
    {
        assert!(told.contains(known), "{known} is not found any more: {told:?}");
    }
    let key = |action: &String| format!("page-action-{}", action.replace('.', "-"));
    let silent: Vec<_> =
        told.iter().filter(|action| !messages::has(Language::French, &key(action))).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
