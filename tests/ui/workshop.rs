//! The workshop: who may see, write, approve and publish a file, and what a version goes through.

use dankun::model::{Caller, Role};
use dankun::operations::library::{FileId, Kind};
use dankun::operations::versions::{self, Chosen, Named, Seen};

use crate::browser::Browser;
use crate::cluster;
use crate::server::Server;

const UTM: &str = include_str!("../../mappings/ml-utm.yaml");
const UTM_SCHEME: &str = include_str!("../../mappings/schemes/ml-utm.yaml");
const PAGE: &str = "/ui/mappings/mapping/ml-utm";

fn file(kind: Kind, name: &str) -> FileId {
    FileId { kind, name: name.to_owned() }
}

/// The mapping of UTM under another version, with family names in capitals.
fn edited(version: &str) -> String {
    let text = UTM.replace("version: 1.0.0", &format!("version: {version}"));
    text.replacen("{ from: Nom, do: [squeeze] }", "{ from: Nom, do: [squeeze, upper] }", 1)
}

/// Publishes that a second person approves UTM's files.
async fn demand_two(server: &Server) {
    let text = UTM_SCHEME.replace("version: 1.0.0", "version: 1.1.0\napproval: two_persons");
    publish(server, &file(Kind::Scheme, "ml-utm"), text).await;
}

async fn publish(server: &Server, file: &FileId, text: String) {
    let by = Caller::local_operator();
    let draft = draft(server, &by, file, text).await;
    let chosen = [Chosen { file: file.clone(), hash: draft }];
    versions::publish(&server.hub, &by, &chosen, None).await.unwrap();
}

/// Saves a draft, and answers its hash.
async fn draft(server: &Server, by: &Caller, file: &FileId, text: String) -> String {
    let found = versions::version(&server.hub, by, file, Named::Draft).await.unwrap();
    let found = match found {
        Some(draft) => Some(draft),
        None => versions::version(&server.hub, by, file, Named::InForce).await.unwrap(),
    };
    let seen = found.as_ref().map_or(Seen::Nothing, |seen| Seen::Version(&seen.hash));
    let text = versions::file(file, text).unwrap();
    versions::draft(&server.hub, by, &text, seen).await.unwrap().hash
}

cluster::both! {
    async fn only_another_person_approves_and_then_it_is_published(place: cluster::Place) {
        let server = Server::start(&place).await;
        demand_two(&server).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Mapper, None).await;
        let mut ben = Browser::of(&server, "ben.keita", Role::Mapper, None).await;
        let by = Caller { holder: dankun::model::Holder::Operator("awa.traore".to_owned()), ..Caller::local_operator() };
        let hash = draft(&server, &by, &file(Kind::Mapping, "ml-utm"), edited("1.1.0")).await;
        let steps = format!("{PAGE}/steps");

        for other in ["schema/ml-utm%2F1", "identity/identity", "codes/ml-regions", "scheme/ml-utm", "agreement/own-insured"] {
            awa.get(&format!("/ui/mappings/{other}")).await.says("in force");
        }
        awa.get("/ui/mappings?draft=1").await.says("ml-utm").says("awa.traore").says("a second person approves").lacks("ml-canam");
        awa.get(PAGE).await.says("somebody else has to approve it").lacks("value=\"approve\"").lacks("value=\"publish\"");
        let refused = awa.submit(PAGE, &steps, &[("do", "approve"), ("hash", &hash)]).await;
        assert_eq!(refused.status, 422);
        refused.says("You wrote this version");
        awa.submit(PAGE, &steps, &[("do", "publish"), ("hash", &hash)]).await.says("A second person has to approve");

        ben.get(&format!("{PAGE}/compare")).await.says("fields.person.names[official].family").says("upper").says("class=\"added\"");
        ben.submit(PAGE, &steps, &[("do", "approve"), ("hash", &hash)]).await.says("The version is approved");
        awa.submit(PAGE, &steps, &[("do", "publish"), ("hash", &hash), ("at", "2020-01-01T00:00")]).await.says("This moment has gone");
        awa.submit(PAGE, &steps, &[("do", "publish"), ("hash", &hash)]).await.says("counts from now on").says("1.1.0");
        let before = awa.get(PAGE).await.between("value=\"return\"", "</tr>");
        assert!(before.contains("Go back"), "{before}");
        let old = hex(UTM);
        awa.submit(PAGE, &steps, &[("do", "return"), ("hash", &old)]).await.says("counts again").says("Gone back to");
    }

    async fn whoever_may_not_write_sees_what_counts_and_can_change_nothing(place: cluster::Place) {
        let server = Server::start(&place).await;
        let hash = draft(&server, &Caller::local_operator(), &file(Kind::Mapping, "ml-utm"), edited("1.1.0")).await;
        let steps = format!("{PAGE}/steps");
        for (name, role, scheme) in [
            ("of.auditor", Role::Auditor, None),
            ("of.viewer", Role::Viewer, None),
            ("of.steward", Role::Steward, None),
            ("of.canam", Role::Mapper, Some("ml-canam")),
        ] {
            let mut browser = Browser::of(&server, name, role, scheme).await;
            let page = browser.get(PAGE).await;
            assert_eq!(page.status, 200, "{name}");
            page.says("in force").lacks("name=\"do\"").lacks(&format!("{PAGE}/edit"));
            for step in ["test", "approve", "publish", "withdraw", "return"] {
                let answer = browser.submit(PAGE, &steps, &[("do", step), ("hash", &hash)]).await;
                assert_eq!(answer.status, 403, "{name} {step}: {}", answer.html);
            }
            let preview = browser.submit(PAGE, &format!("{PAGE}/preview"), &[("hash", &hash)]).await;
            assert!([403, 404].contains(&preview.status), "{name}: {}", preview.status);
        }
        let mut canam = Browser::of(&server, "of.other", Role::Mapper, Some("ml-canam")).await;
        canam.get(PAGE).await.lacks("1.1.0");
        assert_eq!(canam.get(&format!("{PAGE}?version={hash}")).await.status, 404, "a draft of another scheme");
    }

    async fn a_draft_with_mistakes_is_told_with_its_lines_and_goes_no_further(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let text = edited("1.1.0").replace("from: Nom,", "from: Nim,");
        let hash = draft(&server, &Caller::local_operator(), &file(Kind::Mapping, "ml-utm"), text).await;
        let steps = format!("{PAGE}/steps");
        for step in ["test", "approve", "publish"] {
            let answer = awa.submit(PAGE, &steps, &[("do", step), ("hash", &hash)]).await;
            assert_eq!(answer.status, 422, "{step}");
            answer.says("B201").says("href=\"#L27\"").says("Nim");
        }
        awa.submit(PAGE, &steps, &[("do", "withdraw"), ("hash", &hash)]).await.says("The version is given up");
    }
}

fn hex(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
