//! Signing in with an institution's own account, against a provider that listens on a port of this machine.

use std::time::Duration;

use dankun::model::{AccountId, Caller, Role};
use dankun::oidc::settings;
use dankun::operations::accounts::providers::Providers;
use dankun::operations::accounts::{self, NewAccount, second_factor, totp};
use serde_json::json;

use crate::browser::{Browser, PASSWORD, Page};
use crate::cluster;
use crate::institution::{Institution, SECRET};
use crate::server::Server;

const OUT: &str = "/ui/sign-in/with/anam?to=%2Fui%2Fbatches";

fn providers(institution: &Institution, second_factor: &str) -> Providers {
    let file = format!(
        "origin: https://hub.example
providers:
  anam:
    title: {{ fr: Compte de l’ANAM, en: ANAM account }}
    issuer: {}
    client_id: dankun
    client_secret_env: ANAM_SECRET
    second_factor: {second_factor}
    accounts:
      - {{ subject: \"248289\", account: awa.traore }}
      - {{ email: ben@anam.example, account: ben.keita }}
",
        institution.issuer
    );
    let settings = settings::read(&file).unwrap();
    Providers::new(settings, |_| Some(SECRET.to_owned().into())).unwrap()
}

/// An account whose holder never chose a password.
async fn account(server: &Server, name: &str, role: Role) -> AccountId {
    let new = NewAccount { name: name.parse().unwrap(), role, scheme: None };
    accounts::create(&server.hub, &Caller::local_operator(), new).await.unwrap().0.id
}

/// Goes out and comes back.
async fn there_and_back(browser: &mut Browser, institution: &Institution) -> Page {
    let address = browser.leads_to(OUT).await;
    browser.get(&institution.lets_in(&address)).await
}

cluster::both! {
    async fn whom_an_institution_knows_is_let_in_with_the_rights_of_their_account(place: cluster::Place) {
        let institution = Institution::open().await;
        let server = Server::start_among(&place, providers(&institution, "own")).await;
        account(&server, "awa.traore", Role::Steward).await;
        let mut awa = Browser::new(&server);
        awa.get("/ui/sign-in?to=/ui/batches").await.says("Sign in with: ANAM account").says(OUT).says("id=\"password\"");
        let back = there_and_back(&mut awa, &institution).await;
        assert_eq!(back.status, 200, "{}", back.html);
        back.says("You are signed in").says("content=\"0;url=/ui/batches\"").says("href=\"/ui/batches\"");
        assert!(awa.cookie("dankun_way").is_none());
        awa.get("/ui/batches").await.says("awa.traore").lacks("/ui/accounts");
        assert_eq!(awa.get("/ui/keys").await.status, 403, "nobody gets a right by it");

        let mut admin = Browser::of(&server, "an.admin", Role::Administrator, None).await;
        admin.get("/ui/audit").await.says("<td>awa.traore</td><td>Sign-in</td><td>let in</td>");
        // Once here, and once there.
        let out = awa.submit("/ui", "/ui/sign-out", &[]).await;
        out.says("still signed in at: ANAM account").says("/ui/sign-in/with/anam/leave");
        let leave = awa.leads_to("/ui/sign-in/with/anam/leave").await;
        assert!(leave.starts_with(&format!("{}/leave?client_id=dankun&post_logout_redirect_uri=https%3A%2F%2Fhub.example", institution.issuer)), "{leave}");
        assert_eq!(awa.get("/ui/batches").await.path, "/ui/sign-in?to=%2Fui%2Fbatches");

        account(&server, "ben.keita", Role::Viewer).await;
        institution.says(json!({ "sub": "7", "email": "Ben@anam.example", "email_verified": true }));
        let mut ben = Browser::new(&server);
        there_and_back(&mut ben, &institution).await.says("You are signed in");
        ben.get("/ui").await.says("Hello, ben.keita");
        // A key that the hub has not seen yet is asked for.
        server.wait(Duration::from_secs(20));
        institution.takes_another_key("second");
        there_and_back(&mut Browser::new(&server), &institution).await.says("You are signed in");
    }

    async fn what_is_not_to_be_believed_lets_nobody_in(place: cluster::Place) {
        let institution = Institution::open().await;
        let server = Server::start_among(&place, providers(&institution, "own")).await;
        let id = account(&server, "awa.traore", Role::Steward).await;
        for (claims, said) in [
            (json!({ "nonce": "another" }), "made for another sign-in"),
            (json!({ "aud": "another" }), "made for another program"),
            (json!({ "iss": "https://another.example" }), "comes from another provider"),
            (json!({ "exp": 1_767_225_000 }), "its time is over"),
            (json!({ "sub": "nobody" }), "no open account for you"),
            (json!({ "sub": "nobody", "email": "ben@anam.example", "email_verified": true }), "they need this: nobody"),
            (json!({ "sub": "x", "email": "awa.traore" }), "no open account for you"),
        ] {
            institution.says(claims.clone());
            let mut browser = Browser::new(&server);
            let refused = there_and_back(&mut browser, &institution).await;
            assert_eq!(refused.status, 403, "{claims}");
            refused.says(said).says("id=\"password\"");
            assert_eq!(browser.get("/ui").await.path, "/ui/sign-in?to=%2Fui", "{claims}");
        }
        institution.says(json!({}));
        accounts::set_open(&server.hub, &Caller::local_operator(), id, false).await.unwrap();
        there_and_back(&mut Browser::new(&server), &institution).await.says("no open account for you");
        accounts::set_open(&server.hub, &Caller::local_operator(), id, true).await.unwrap();
        let mut awa = Browser::new(&server);
        let address = awa.leads_to(OUT).await;
        let back = institution.lets_in(&address);
        let fits = "does not fit the way out";
        Browser::new(&server).get(&back).await.says(fits);
        let way = awa.cookie("dankun_way").unwrap().to_owned();
        let (state, rest) = back.split_once("&code=").unwrap();
        awa.get(&format!("{state}0&code={rest}")).await.says(fits);
        assert!(awa.cookie("dankun_way").is_none(), "it is used, whatever came of it");
        awa.get(&back).await.says(fits);
        awa.show("dankun_way", &way);
        awa.get(&back).await.says("You are signed in");
        // The same once more, by somebody who kept what the browser forgot: the code is used.
        let mut thief = Browser::new(&server);
        thief.show("dankun_way", &way);
        thief.get(&back).await.says("did not let you in");
        thief.show("dankun_way", &way.replace(".17", ".18"));
        thief.get(&back).await.says(fits);

        let mut late = Browser::new(&server);
        let address = late.leads_to(OUT).await;
        let back = institution.lets_in(&address);
        server.wait(Duration::from_secs(601));
        late.get(&back).await.says(fits);
        let address = late.leads_to(OUT).await;
        let denied = institution.lets_in(&address).replace("code=", "error=access_denied&was=");
        late.get(&denied).await.says("did not let you in");
        assert_eq!(late.get("/ui/sign-in/with/other").await.status, 404);

    }

    async fn a_second_factor_is_asked_for_where_the_institution_did_not(place: cluster::Place) {
        let institution = Institution::open().await;
        let server = Server::start_among(&place, providers(&institution, "required")).await;
        let hub = &server.hub;
        let new = NewAccount { name: "awa.traore".parse().unwrap(), role: Role::Viewer, scheme: None };
        let (awa, link) = accounts::create(hub, &Caller::local_operator(), new).await.unwrap();
        let mut browser = Browser::new(&server);
        institution.says(json!({ "exp": 1_767_299_999 }));
        let refused = there_and_back(&mut browser, &institution).await;
        assert_eq!(refused.status, 403);
        refused.says("asks for a second factor");
        institution.says(json!({ "exp": 1_767_299_999, "amr": ["pwd", "mfa"] }));
        there_and_back(&mut browser, &institution).await.says("content=\"0;url=/ui/batches\"");
        assert_eq!(browser.get("/ui").await.path, "/ui");

        accounts::accept(hub, &link, &awa.name, PASSWORD).await.unwrap();
        let secret = second_factor::offer(hub);
        let code = || format!("{:06}", totp::code(&secret, totp::step(hub.now())));
        second_factor::confirm(hub, &awa, &secret, (&code(), PASSWORD)).await.unwrap();
        server.wait(Duration::from_secs(60));
        let mut browser = Browser::new(&server);
        there_and_back(&mut browser, &institution).await.says("You are signed in");
        assert_eq!(browser.get("/ui").await.path, "/ui", "the institution asked for several");
        institution.says(json!({ "exp": 1_767_299_999, "amr": ["pwd"] }));
        let mut browser = Browser::new(&server);
        let asked = there_and_back(&mut browser, &institution).await;
        asked.says("content=\"0;url=/ui/sign-in/code?to=%2Fui%2Fbatches\"");
        assert_eq!(browser.get("/ui").await.path, "/ui/sign-in?to=%2Fui");
        let page = "/ui/sign-in/code?to=%2Fui%2Fbatches";
        let entered = browser.submit(page, "/ui/sign-in/code", &[("code", &code()), ("to", "/ui/account")]).await;
        assert_eq!(entered.path, "/ui/account");
        // Where nobody answers, the hub's own door is open.
        institution.close();
        server.wait(Duration::from_secs(4000));
        let mut browser = Browser::new(&server);
        let silent = browser.get(OUT).await;
        assert_eq!(silent.status, 502);
        silent.says("does not answer at the moment");
        assert!(browser.sign_in("awa.traore", PASSWORD).await.path.starts_with("/ui/sign-in/code"));
    }
}
