//! Every view: for whom it is, in which language, and that nothing in it comes from elsewhere.

use dankun::messages;
use dankun::model::{Language, Role};

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
        ("/ui/refusals", &[Auditor, Viewer]),
        ("/ui/reviews", &[Mapper, Auditor, Viewer]),
        ("/ui/decisions", &[Mapper, Auditor, Viewer]),
        ("/ui/people", &[Mapper, Auditor, Viewer]),
        ("/ui/ask", &[Mapper, Auditor, Viewer]),
        ("/ui/schemes", &[]),
        ("/ui/mappings", &[]),
        ("/ui/mappings?kind=codes", &[]),
        ("/ui/mappings/mapping/ml-utm", &[]),
        ("/ui/deliveries", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/keys", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/accounts", &[Mapper, Steward, Auditor, Viewer]),
        ("/ui/audit", &[Mapper, Steward, Viewer]),
    ]
};

cluster::both! {
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
