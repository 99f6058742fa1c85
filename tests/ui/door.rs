//! Signing in and out, and what keeps others out.

use std::time::Duration;

use dankun::model::{Caller, Role};
use dankun::operations::accounts::{self, totp};

use crate::browser::{Browser, PASSWORD};
use crate::cluster;
use crate::server::Server;

const MINUTE: Duration = Duration::from_secs(60);

cluster::both! {
    async fn the_first_link_makes_the_first_administrator_and_nobody_else(place: cluster::Place) {
        let server = Server::start(&place).await;
        let early = accounts::first_link(&server.hub).await.unwrap().unwrap();
        let secret = accounts::first_link(&server.hub).await.unwrap().unwrap();
        let link = format!("/ui/welcome/{}", secret.as_str());
        let mut browser = Browser::new(&server);
        assert_eq!(browser.get(&format!("/ui/welcome/{}", early.as_str())).await.status, 404, "a later start prints another link");
        browser.get(&link).await.says("The first account");
        let short = [("name", "awa.traore"), ("password", "short"), ("again", "short")];
        let refused = browser.submit(&link, &link, &short).await;
        assert_eq!(refused.status, 422);
        refused.says("at least 12 characters").says("value=\"awa.traore\"").lacks("short\"");
        let chosen = [("name", "Awa.Traore"), ("password", PASSWORD), ("again", PASSWORD)];
        browser.submit(&link, &link, &chosen).await.says("Password saved");
        assert_eq!(browser.get(&link).await.status, 404, "a link works once");
        let home = browser.sign_in("awa.traore", PASSWORD).await;
        assert_eq!(home.path, "/ui");
        home.says("Hello, awa.traore").says("/ui/accounts").says("/ui/audit");
        assert!(accounts::first_link(&server.hub).await.unwrap().is_none());
    }

    async fn a_name_that_nobody_has_is_answered_like_one_that_somebody_has(place: cluster::Place) {
        let server = Server::start(&place).await;
        Browser::of(&server, "awa.traore", Role::Viewer, None).await;
        let mut browser = Browser::new(&server);
        let tried = |page: crate::browser::Page, name: &str| {
            let html = page.html.replace(name, "NAME");
            let token = page.between("name=\"form\" value=\"", "\"");
            (page.status, html.replace(&token, "TOKEN"))
        };
        for attempt in 0..7 {
            let known = browser.sign_in("awa.traore", "a wrong password").await;
            let unknown = browser.sign_in("nobody.here", "a wrong password").await;
            let expected = if attempt < 5 { 422 } else { 429 };
            assert_eq!(known.status, expected, "attempt {attempt}");
            assert_eq!(tried(known, "awa.traore"), tried(unknown, "nobody.here"));
        }
        assert_eq!(browser.sign_in("awa.traore", PASSWORD).await.status, 429, "the right one has to wait too");
        server.wait(MINUTE / 2);
        assert_eq!(browser.sign_in("awa.traore", PASSWORD).await.path, "/ui");
    }

    async fn a_second_factor_is_asked_for_and_a_code_works_once(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, Some("ml-utm")).await;
        let page = "/ui/account/second-factor";
        let offered = browser.get(page).await;
        let spelled: String = offered.between("<code>", "</code>").split_whitespace().collect();
        let secret = decoded(&spelled);
        let code = || format!("{:06}", totp::code(&secret, totp::step(server.hub.now())));
        let written = offered.between("name=\"secret\" value=\"", "\"");
        let present = ("present", PASSWORD);
        let wrong = browser.submit(page, page, &[("secret", &written), ("code", "12345"), present]).await;
        assert_eq!(wrong.status, 422);
        let found_open = [("secret", written.as_str()), ("code", &code()), ("present", "a guess at it")];
        let found_open = browser.submit(page, page, &found_open).await;
        assert_eq!(found_open.status, 422, "a browser left open is not enough to shut its owner out");
        found_open.says("not the present password");
        browser.submit(page, page, &[("secret", &written), ("code", &code()), present]).await.says("in use");

        let mut other = Browser::new(&server);
        let asked = other.sign_in("awa.traore", PASSWORD).await;
        assert_eq!(asked.path, "/ui/sign-in/code?to=%2Fui");
        assert_eq!(other.get("/ui/account").await.path, "/ui/sign-in?to=%2Fui%2Faccount", "the password alone opens nothing");
        let half = other.cookie("dankun").unwrap().to_owned();
        let asked = "/ui/sign-in/code";
        let used = other.submit(asked, asked, &[("code", &code())]).await;
        assert_eq!(used.status, 422, "the code that began the factor was shown already");
        server.wait(MINUTE);
        assert_eq!(other.submit(asked, asked, &[("code", &code())]).await.path, "/ui");
        assert_ne!(other.cookie("dankun").unwrap(), half, "what was shown before the code lets nobody in after it");

        let mut thief = Browser::new(&server);
        thief.sign_in("awa.traore", PASSWORD).await;
        assert_eq!(thief.submit(asked, asked, &[("code", &code())]).await.status, 422);
    }

    async fn a_form_is_taken_only_from_our_own_page_in_the_same_browser(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let mut eve = Browser::of(&server, "eve.adams", Role::Viewer, None).await;
        let token = eve.get("/ui").await.between("name=\"form\" value=\"", "\"");
        for forged in [vec![], vec![("form", "")], vec![("form", token.as_str())]] {
            let refused = awa.post("/ui/sign-out", &forged).await;
            assert_eq!(refused.status, 403, "{forged:?}");
            refused.says("no longer valid");
        }
        assert_eq!(awa.get("/ui").await.status, 200);
        // What came before signing in is worth nothing after it.
        let mut door = Browser::new(&server);
        let before = door.get("/ui/sign-in").await.between("name=\"form\" value=\"", "\"");
        door.sign_in("awa.traore", PASSWORD).await;
        assert_eq!(door.post("/ui/sign-out", &[("form", &before)]).await.status, 403);
    }

    async fn a_session_ends_by_rest_by_the_day_by_hand_and_with_its_account(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let is_in = |page: crate::browser::Page| page.path == "/ui";
        server.wait(59 * MINUTE);
        assert!(is_in(awa.get("/ui").await));
        server.wait(61 * MINUTE);
        assert!(!is_in(awa.get("/ui").await), "after an hour of rest");
        awa.sign_in("awa.traore", PASSWORD).await;
        for _ in 0..13 {
            server.wait(54 * MINUTE);
            assert!(is_in(awa.get("/ui").await));
        }
        server.wait(20 * MINUTE);
        assert!(!is_in(awa.get("/ui").await), "after twelve hours of work");

        awa.sign_in("awa.traore", PASSWORD).await;
        let mut phone = Browser::new(&server);
        phone.sign_in("awa.traore", PASSWORD).await;
        let own = awa.get("/ui/account").await;
        let end = own.between("action=\"/ui/account/sessions/", "\"");
        let end = format!("/ui/account/sessions/{end}");
        awa.submit("/ui/account", &end, &[]).await.says("is signed out");
        assert!(!is_in(phone.get("/ui").await));

        let mut ben = Browser::of(&server, "ben.keita", Role::Viewer, None).await;
        let by = Caller::local_operator();
        let all = accounts::list(&server.hub, &by).await.unwrap();
        let id = all.iter().find(|account| account.name.as_str() == "ben.keita").unwrap().id;
        let page = format!("/ui/accounts/{id}");
        awa.submit(&page, &format!("{page}/open"), &[("open", "no")]).await.says("is closed");
        assert!(!is_in(ben.get("/ui").await));
        assert_eq!(ben.sign_in("ben.keita", PASSWORD).await.status, 422);
    }

    async fn who_leaves_is_out_and_all_of_it_stands_in_the_log(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let kept = awa.cookie("dankun").unwrap().to_owned();
        awa.sign_in("awa.traore", "a wrong password").await;
        awa.submit("/ui", "/ui/sign-out", &[]).await.says("You are signed out");
        assert!(awa.cookie("dankun") != Some(kept.as_str()));
        let mut thief = Browser::new(&server);
        thief.show("dankun", &kept);
        assert_eq!(thief.get("/ui/account").await.path, "/ui/sign-in?to=%2Fui%2Faccount", "what was shown before is worth nothing");
        awa.sign_in("awa.traore", "a wrong password").await;
        awa.sign_in("awa.traore", PASSWORD).await;
        let log = awa.get("/ui/audit?actor=awa.traore").await;
        log.says("Sign-out").says("let in").says("refused").says("Password chosen").lacks("wrong password");
        thief.sign_in("nobody.here", "a wrong password").await;
        awa.get("/ui/audit?actor=nobody").await.says("Sign-in").says("refused").lacks("nobody.here");
    }

    async fn the_other_language_is_one_click_away_from_a_form_that_was_refused(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let refused = awa.submit("/ui/account", "/ui/account/password", &[("present", "x"), ("password", "y"), ("again", "z")]).await;
        assert_eq!(refused.status, 422);
        let other = refused.between("<a href=\"/ui/language/", "\"");
        let french = awa.get(&format!("/ui/language/{other}")).await;
        assert_eq!((french.status, french.path.as_str()), (200, "/ui/account"));
        french.says("<html lang=\"fr\">");
        // Whoever was signed out meanwhile comes back to where the form stood.
        let mut late = Browser::new(&server);
        let door = late.post("/ui/account/password", &[("present", "x")]).await;
        assert_eq!(door.path, "/ui/sign-in?to=%2Fui");
    }
}

/// RFC 4648, the other way round.
fn decoded(text: &str) -> Vec<u8> {
    let bits: String = text
        .bytes()
        .map(|letter| {
            let at = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|&l| l == letter).unwrap();
            format!("{at:05b}")
        })
        .collect();
    let bytes = bits.as_bytes().chunks_exact(8);
    bytes.map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}
