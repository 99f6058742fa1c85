//! The workshop: who may see, write, approve and publish a file, and what a version goes through.

use dankun::model::{Caller, Role};
use dankun::operations::library::{FileId, Kind};
use dankun::operations::link::link_pending;
use dankun::operations::versions::{self, Chosen, Named, Seen};
use dankun::operations::what_if;

use crate::browser::Browser;
use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::Server;

const UTM: &str = include_str!("../../mappings/ml-utm.yaml");
const UTM_SCHEME: &str = include_str!("../../mappings/schemes/ml-utm.yaml");
const IDENTITY: &str = include_str!("../../mappings/identity.yaml");
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
            awa.get(&format!("/ui/mappings/{other}")).await.says("in force").says(&format!("/ui/mappings/{other}/edit"));
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

cluster::both! {
    async fn a_text_is_checked_mended_and_saved_without_a_script(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Mapper, Some("ml-utm")).await;
        let edit = format!("{PAGE}/edit");
        let opened = awa.get(&edit).await;
        opened.says("No problem").says("name=\"seen\"").says("the last records received");
        let nonce = opened.between("data-nonce=\"", "\"");
        assert!(opened.policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")), "{}", opened.policy);
        assert_ne!(awa.get(&edit).await.between("data-nonce=\"", "\""), nonce, "each page has its own");

        let seen = opened.between("name=\"seen\" value=\"", "\"");
        let wrong = edited("1.1.0").replace("from: Sexe,", "from: Sexee,").replace('\n', "\r\n");
        let sample = SAMPLE.join("\n");
        let fields = |text: &str, more: (&str, &str)| -> Vec<(String, String)> {
            [("seen", seen.as_str()), ("source", "own"), ("sample", &sample), ("text", text), more]
                .map(|(key, value)| (key.to_owned(), value.to_owned())).into()
        };
        let told = submit(&mut awa, &edit, fields(&wrong, ("do", "check"))).await;
        told.says("1 error").says("B201").says("data-line=\"30\"").says("are mended");
        let fix = told.between("name=\"fix\" value=\"", "\"");
        let mended = submit(&mut awa, &edit, fields(&wrong, ("fix", &fix))).await;
        mended.says("from: Sexe,").says("No problem").lacks("Sexee");
        // The sample went through the text, with the ways of its values and what is wrong with it.
        mended.says("UTM-014-0000001/00").says("BAKODOU").says("D203").says("refused");
        let right = edited("1.1.0");
        submit(&mut awa, &edit, fields(&right, ("do", "save"))).await.says("The draft is saved").says("1.1.0");

        let late = submit(&mut awa, &edit, fields(&edited("1.2.0"), ("do", "save"))).await;
        assert_eq!(late.status, 422);
        late.says("Somebody else saved this file").says("version: 1.2.0");
        let other = "mapping: ml-canam\nversion: 1.0.0\n";
        submit(&mut awa, &edit, fields(other, ("do", "save"))).await.says("it is another file");
        submit(&mut awa, &edit, fields("fields: {}\n", ("do", "save"))).await.says("first key");
    }

    async fn an_editor_is_told_places_and_helped_and_nobody_else_is(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Mapper, None).await;
        // A letter beyond the first plane before the mistake: scripts count it twice.
        let text = edited("1.1.0").replace("mapping: ml-utm\n", "mapping: ml-utm\n# 𝄞\n").replace("from: Sexe,", "from: Sexee,");
        let look = ask(&mut awa, "look", &[("text", &text)]).await;
        let found: serde_json::Value = serde_json::from_str(&look).unwrap();
        let at = text.split_once("Sexee").unwrap().0.encode_utf16().count();
        let problem = &found["problems"][0];
        assert_eq!((problem["from"].as_u64(), problem["to"].as_u64()), (Some(at as u64), Some(at as u64 + 5)), "{look}");
        assert_eq!(problem["fixes"][0]["edits"][0]["insert"], "Sexe");
        assert!(found["html"].as_str().unwrap().contains("B201"));

        let place = text.split_once("from: Sexee").unwrap().0.encode_utf16().count() + 6;
        let place = place.to_string();
        let help = ask(&mut awa, "help", &[("text", &text), ("at", &place), ("what", "complete")]).await;
        assert!(help.contains("\"Sexe\"") && help.contains("\"source\""), "{help}");
        let at_verb = text.split_once("squeeze").unwrap().0.encode_utf16().count().to_string();
        let hover = ask(&mut awa, "help", &[("text", &text), ("at", &at_verb), ("what", "hover")]).await;
        assert!(hover.contains("**squeeze**"), "{hover}");

        for (name, role, scheme) in [("of.viewer", Role::Viewer, None), ("of.canam", Role::Mapper, Some("ml-canam"))] {
            let mut other = Browser::of(&server, name, role, scheme).await;
            assert_eq!(other.get(PAGE_EDIT).await.status, 403, "{name}");
            for path in ["look", "help", "edit"] {
                let token = other.get("/ui").await.between("name=\"form\" value=\"", "\"");
                let answer = other.post(&format!("{PAGE}/{path}"), &[("form", &token), ("text", &text)]).await;
                assert_eq!(answer.status, 403, "{name} {path}");
            }
        }
        assert_eq!(awa.post(&format!("{PAGE}/look"), &[("text", &text)]).await.status, 403, "without a form of ours");
    }
}

cluster::both! {
    async fn what_is_wrong_with_a_scheme_is_said_in_the_readers_language(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let path = "/ui/mappings/scheme/ml-utm";
        let text = UTM_SCHEME.replace("kind: mutual", "kind: mutuelle").replace("country: ML", "pays: ML");
        for (language, said) in [
            ("fr", ["il manque « country »", "ce champ n’existe pas ici : pays", "« mutuelle » n’est pas une de ces valeurs"]),
            ("en", ["\"country\" is a required", "there is no such field here: pays", "`mutuelle` is none of"]),
        ] {
            awa.language = language;
            let token = awa.get(&format!("{path}/edit")).await.between("name=\"form\" value=\"", "\"");
            let found = awa.post(&format!("{path}/look"), &[("form", &token), ("text", &text)]).await.html;
            let found: serde_json::Value = serde_json::from_str(&found).unwrap();
            let told = found["problems"].to_string().replace("\\\"", "\"").replace('\u{a0}', " ");
            assert!(said.iter().all(|said| told.contains(said)), "{told}");
        }
    }

    async fn a_new_scheme_begins_with_a_sample_and_its_first_push_is_accepted(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        awa.get("/ui/mappings").await.says("href=\"/ui/mappings/new\"");
        let new = "/ui/mappings/new";
        let fields = [("scheme", "ML Kayes"), ("title", "Mutuelle de Kayes"), ("country", "ML")];
        let refused = awa.send_file(new, &fields, b"").await;
        assert_eq!(refused.status, 422);
        refused.says("small letters without accents").says("Choose a file").says("Mutuelle de Kayes");
        let fields = [("scheme", "ml-kayes"), ("title", "Mutuelle de Kayes"), ("country", "ML")];
        awa.send_file(new, &fields, b"\x00\x01\x02").await.says("aria-invalid=\"true\"");
        let known = [("scheme", "ml-utm"), ("title", ""), ("country", "ML")];
        awa.send_file(new, &known, KAYES.as_bytes()).await.says("There are files of this name already");

        let begun = awa.send_file(new, &fields, KAYES.as_bytes()).await;
        assert_eq!(begun.status, 200, "{}", begun.html);
        begun.says("Drafted from the sample").says("mapping: ml-kayes").says("schema: ml-kayes/1").says("accepted").says("K-0001");
        let page = "/ui/mappings/mapping/ml-kayes";
        let file = awa.get(page).await;
        file.says("nothing published yet").says("value=\"scheme:ml-kayes:").says("value=\"schema:ml-kayes/1:");
        let hash = file.between("name=\"hash\" value=\"", "\"");
        let with = |kind: &str| {
            let start = format!("value=\"{kind}:");
            format!("{kind}:{}", file.between(&start, "\""))
        };
        let (scheme, schema) = (with("scheme"), with("schema"));
        let steps = format!("{page}/steps");
        awa.submit(page, &steps, &[("do", "publish"), ("hash", &hash)]).await.says("to be mended first");
        let chosen = [("do", "publish"), ("hash", &hash), ("with", &scheme), ("with", &schema)];
        awa.submit(page, &steps, &chosen).await.says("counts from now on").says("in force");
        let key = server.scheme_key("ml-kayes").await;
        let push = server.post("/v1/schemes/ml-kayes/records", &key);
        let push = push.header("content-type", "text/csv").body(KAYES);
        let receipt = crate::server::expect(push, 200).await;
        assert_eq!((receipt["received"].as_u64(), receipt["accepted"].as_u64()), (Some(3), Some(3)), "{receipt}");
        awa.get(&format!("{page}/edit")).await.says("K-0003");
    }

    async fn rows_are_changed_in_a_table_and_the_rest_of_the_text_stays(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let table = "/ui/mappings/codes/ml-regions";
        let rows = format!("{table}/rows");
        let shown = awa.get(&rows).await;
        shown.says("value=\"ML-BKO\"").says("{ fr: Bamako, en: Bamako }");
        let mut fields = shown.inputs();
        set(&mut fields, "to-1", "ML-11");
        fields.push(("drop-19".to_owned(), "1".to_owned()));
        set(&mut fields, "key-20", "77");
        set(&mut fields, "to-20", "ML-7");
        fields.push(("pasted".to_owned(), "78\tML-8\tAilleurs\tElsewhere\n03\tML-33\n".to_owned()));
        submit_all(&mut awa, &rows, &fields).await.says("The draft is saved");
        let draft = draft_of(&server, &file(Kind::Codes, "ml-regions")).await;
        let before = std::fs::read_to_string("mappings/codes/ml-regions.yaml").unwrap();
        let expected = before
            .replace("\"01\": { to: ML-1,", "\"01\": { to: ML-11,")
            .replace("\"03\": { to: ML-3,", "\"03\": { to: ML-33,");
        let last = expected.lines().find(|line| line.contains("\"19\":")).unwrap().to_owned();
        let added = "  \"77\": ML-7\n  \"78\": { to: ML-8, label: { fr: Ailleurs, en: Elsewhere } }";
        assert_eq!(draft, expected.replace(&last, added));

        let rows = format!("{PAGE}/rows");
        let shown = awa.get(&rows).await;
        shown.says("value=\"person.names[official].family\"").says("value=\"[squeeze]\"");
        let fields = shown.inputs();
        let family = fields.iter().find(|(_, value)| value == "person.names[official].family").unwrap().0.replace("key-", "do-");
        let mut wrong = fields.clone();
        set(&mut wrong, &family, "[squeeze, uper]");
        let refused = submit_all(&mut awa, &rows, &wrong).await;
        assert_eq!(refused.status, 422);
        refused.says("A106").says("[squeeze, uper]");
        let mut right = fields;
        set(&mut right, &family, "[squeeze, upper]");
        submit_all(&mut awa, &rows, &right).await.says("The draft is saved");
        let draft = draft_of(&server, &file(Kind::Mapping, "ml-utm")).await;
        assert_eq!(draft, edited("1.0.0"));
        assert_eq!(awa.get("/ui/mappings/agreement/ml/rows").await.status, 404);
    }
}

cluster::both! {
    async fn a_new_file_begins_with_its_shape_and_asks_for_what_it_lacks(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let blank = "/ui/mappings/blank";
        awa.get("/ui/mappings?kind=agreement").await.says(&format!("href=\"{blank}?kind=agreement\""));
        awa.get(&format!("{blank}?kind=identity")).await.says("always one set of match rules").says("/ui/mappings/identity/identity\"");
        for (kind, name, said) in [("agreement", "Mali & Sénégal", "Letters without accents"), ("schema", "ml-new", "version behind a slash"),
            ("agreement", "own-insured", "of this name already"), ("identity", "other", "Letters without accents")] {
            let refused = awa.submit(blank, blank, &[("kind", kind), ("name", name)]).await;
            assert_eq!(refused.status, 422, "{name}");
            refused.says(said);
        }
        for (kind, name) in [("codes", "ml-trades"), ("mapping", "ml-new"), ("scheme", "ml-new"), ("schema", "ml-new/1")] {
            let opened = awa.submit(blank, blank, &[("kind", kind), ("name", name)]).await;
            assert_eq!(opened.status, 200, "{kind}: {}", opened.html);
            opened.says("not saved yet").says("name=\"seen\" value=\"\"").says(name).lacks("/rows\"");
        }
        let opened = awa.submit(blank, blank, &[("kind", "agreement"), ("name", "ml-sn")]).await;
        opened.says("agreement: ml-sn").says("ci-cnam").says("something must stand here");
        let edit = "/ui/mappings/agreement/ml-sn/edit";
        let text = opened.between("spellcheck=\"false\" autocomplete=\"off\" autocapitalize=\"off\" wrap=\"off\">\n", "</textarea>");
        let text = text.replace("&#34;", "\"").replace("text: { fr: \"\", en: \"\" }", "text: { fr: \"Convention\", en: \"Convention\" }");
        let text = text.replace("askers: []", "askers: [ci-cnam]").replace("insured: []", "insured: [ml-utm]");
        let save = vec![("seen".to_owned(), String::new()), ("text".to_owned(), text), ("do".to_owned(), "save".to_owned())];
        let saved = submit(&mut awa, edit, save).await;
        saved.says("The draft is saved").says("nothing published yet");
        let hash = saved.between("name=\"hash\" value=\"", "\"");
        let page = "/ui/mappings/agreement/ml-sn";
        awa.submit(page, &format!("{page}/steps"), &[("do", "publish"), ("hash", &hash)]).await.says("counts from now on");

        let mut utm = Browser::of(&server, "of.utm", Role::Mapper, Some("ml-utm")).await;
        utm.get(blank).await.lacks("value=\"agreement\"").says("value=\"codes\"");
        let refused = utm.submit(blank, blank, &[("kind", "codes"), ("name", "trades")]).await;
        assert_eq!(refused.status, 422);
        refused.says("begins with ml-utm-");
        utm.submit(blank, blank, &[("kind", "codes"), ("name", "ml-utm-trades")]).await.says("codes: ml-utm-trades").says("No problem");
        assert_eq!(utm.get("/ui/mappings/agreement/other/edit").await.status, 403);
    }

    async fn match_rules_are_tried_on_everybody_before_they_are_published(place: cluster::Place) {
        let server = Server::start(&place).await;
        let people: Vec<Invented> = (1..=3).map(Invented::new).collect();
        for (scheme, file) in [("ml-utm", utm(&people)), ("ml-canam", canam(&people))] {
            let key = server.scheme_key(scheme).await;
            let push = server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file);
            crate::server::expect(push, 200).await;
        }
        link_pending(&server.hub).await.unwrap();
        let strict = IDENTITY.lines().map(|line| match line.trim_start() {
            kept if kept.starts_with("join:") => "  join: 200.0".to_owned(),
            kept if kept.starts_with("ceiling:") => "  ceiling: 300.0".to_owned(),
            kept if kept.starts_with("identity:") => "identity: \"strict\"".to_owned(),
            _ => line.to_owned(),
        });
        let strict = strict.collect::<Vec<_>>().join("\n") + "\n";
        let rules = file(Kind::Identity, "identity");
        let hash = draft(&server, &Caller::local_operator(), &rules, strict).await;
        let page = "/ui/mappings/identity/identity";

        let mut awa = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        awa.get(page).await.says("Try them on everybody").lacks("value=\"publish\"");
        let running = awa.submit(page, "/ui/trials", &[("hash", &hash)]).await;
        running.says("The work goes on").says("data-live-from=\"/ui/trials/wif_").says("/ 6");
        awa.submit(page, "/ui/trials", &[("hash", &hash)]).await.says("Another trial is running");
        awa.get(page).await.lacks("value=\"publish\"").says(&running.path);
        awa.submit(&running.path, &format!("{}/stop", running.path), &[]).await.says("The trial is stopped");
        let running = awa.submit(page, "/ui/trials", &[("hash", &hash)]).await;
        what_if::step(&server.hub).await.unwrap();
        let told = awa.get(&format!("{}/progress", running.path)).await;
        assert!(told.html.contains("event: ended"), "{}", told.html);
        let came_to = awa.get(&running.path).await;
        came_to.lacks("The work goes on").says("Rules strict").says("Who would come apart").says("into 2 groups of records").says("/ui/people/per_");
        awa.get(page).await.says("nobody would be joined, 3 people would come apart").says("value=\"publish\"");
        let mut ben = Browser::of(&server, "ben.keita", Role::Mapper, None).await;
        assert_eq!(ben.get(&running.path).await.status, 403);
        ben.get(page).await.lacks("Try them on everybody").says("value=\"publish\"");
    }
}

const KAYES: &str = "numero;nom;prenom;sexe;date_naissance;telephone\n\
    K-0001;TRAORE;Awa;F;1985-06-14;+22370123456\n\
    K-0002;KEITA;Moussa;M;1979-01-02;+22370123457\n\
    K-0003;COULIBALY;Fatoumata;F;1990-12-30;+22370123458\n";

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let found = fields.iter_mut().find(|(key, _)| key == name);
    value.clone_into(&mut found.unwrap_or_else(|| panic!("no {name}")).1);
}

async fn submit_all(
    browser: &mut Browser,
    page: &str,
    fields: &[(String, String)],
) -> crate::browser::Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    browser.post(page, &fields).await
}

async fn draft_of(server: &Server, file: &FileId) -> String {
    let by = Caller::local_operator();
    versions::version(&server.hub, &by, file, Named::Draft).await.unwrap().unwrap().text
}

const PAGE_EDIT: &str = "/ui/mappings/mapping/ml-utm/edit";

/// Two lines of UTM's file: a good one, and one born on a day that does not exist.
const SAMPLE: [&str; 3] = [
    "N° adhérent;Rang;Lien;Nom;Prénoms;Sexe;Date de naissance;Né(e) vers;Localité;Commune;Région;Téléphone;NINA;Code mutuelle;Garantie;Date d'adhésion;Ouverture des droits;Fin des droits;Statut;Date du statut;Cotisation mensuelle (FCFA)",
    "UTM-014-0000001;00;ADH;Bakodou;Fangori;M;14/03/1971;N;Fana;Fana;02;71020304;;014;CP;27/01/2022;27/04/2022;17/07/2026;AJ;27/01/2022;3 850",
    "UTM-014-0000002;00;ADH;Tiwoya;Louzesa;M;31/02/1988;N;Fana;Fana;02;72131415;;014;CP;27/01/2022;27/04/2022;17/07/2026;AJ;27/01/2022;3 850",
];

async fn submit(
    browser: &mut Browser,
    edit: &str,
    fields: Vec<(String, String)>,
) -> crate::browser::Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    browser.submit(edit, edit, &fields).await
}

/// Asks as the editor does.
async fn ask(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.submit(PAGE_EDIT, &format!("{PAGE}/{path}"), fields).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    answer.html
}

fn hex(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
