//! The rest of what people in an office do: files sent, figures read, questions answered by groups, history read again.

use dankun::model::Role;
use dankun::operations::link::link_pending;
use dankun::operations::replay;

use crate::browser::{Browser, Page};
use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Server, expect};
use crate::work::{link, send, unnumbered, with_bad_dates};

fn people() -> Vec<Invented> {
    (1..=12).map(Invented::new).collect()
}

/// A hub that asks whether the women of CANAM are the men of UTM.
async fn asking(place: &cluster::Place) -> Server {
    let server = Server::start(place).await;
    send(&server, "ml-utm", unnumbered(utm(&people()), &people())).await;
    send(&server, "ml-canam", unnumbered(canam(&people()), &people())).await;
    link_pending(&server.hub).await.unwrap();
    server
}

/// The figure that stands after a word in a list of facts.
fn fact(page: &Page, name: &str) -> String {
    let after = page.html.split(&format!("<dt>{name}</dt><dd")).nth(1);
    let after = after.unwrap_or_else(|| panic!("no {name}: {}", page.html));
    after.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

cluster::both! {
    async fn a_file_is_tried_then_sent_from_the_page(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (_, file) = with_bad_dates(4, 1);
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, Some("ml-utm")).await;
        let form = browser.get("/ui/send").await;
        form.says("<option>ml-utm</option>").lacks("ml-canam");
        let fields = [("scheme", "ml-utm"), ("mode", "delta"), ("dry", "yes")];
        let tried = browser.upload("/ui/send", &fields, Some(("a.csv", &file))).await;
        tried.says("nothing was kept");
        assert_eq!((fact(&tried, "New").as_str(), fact(&tried, "Refused").as_str()), ("3", "1"));
        browser.get("/ui/batches").await.says("No sendings");
        let sent = browser.upload("/ui/send", &fields[..2], Some(("a.csv", &file))).await;
        assert!(sent.path.starts_with("/ui/batches/bat_"), "{}", sent.path);
        assert_eq!(fact(&sent, "New"), "3");
        let told = browser.get(&format!("{}/progress", sent.path)).await;
        assert!(told.html.contains("event: ended"), "{}", told.html);
        let none = browser.upload("/ui/send", &fields[..2], None).await;
        assert_eq!(none.status, 422);
        none.says("Choose a file");
        let other = [("scheme", "ml-canam"), ("mode", "delta")];
        assert_eq!(browser.upload("/ui/send", &other, Some(("a.csv", &file))).await.status, 403);
        let forged = [("form", "0"), fields[0], fields[1]];
        assert_eq!(browser.upload("", &forged, Some(("a.csv", &file))).await.status, 403);
    }

    async fn a_file_is_looked_through_and_nothing_of_it_is_kept(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut awa = Browser::of(&server, "awa.traore", Role::Steward, Some("ml-utm")).await;
        let page = "/ui/look-through";
        awa.get(page).await.says("<option>ml-utm</option>").lacks("<option>ml-canam</option>").says("value=\"ml-canam\"");
        let people = people();
        let ansi = encoding_rs::WINDOWS_1252;
        let text = ansi.decode(&utm(&people)).0.into_owned();
        let file = text.replacen(&people[0].birth(), "31/02/1990", 1);
        let file = ansi.encode(&file).0;
        let asked = [("scheme", "ml-utm"), ("to", "ml-canam")];
        let empty = awa.send_file(page, &asked, b"").await;
        assert_eq!(empty.status, 422);
        empty.says("Choose a file, or paste some lines");
        let seen = awa.send_file(page, &asked, &file).await;
        assert_eq!(seen.status, 200, "{}", seen.html);
        assert_eq!((fact(&seen, "Records"), fact(&seen, "Would be refused")), ("12".to_owned(), "1".to_owned()));
        seen.says("1 record · Date de naissance").says("<mark>31/02/1990</mark>").says("Records that would be refused");
        // Another scheme's form, and the hub's own below it.
        seen.says("exportAMO").says("&#34;source&#34;");
        let pasted = [("scheme", "ml-utm"), ("to", "canonical"), ("pasted", text.as_str())];
        let seen = awa.send_file(page, &pasted, b"").await;
        seen.says("Nothing is wrong with it").lacks("exportAMO");
        let foreign = [("scheme", "ml-canam"), ("to", "canonical"), ("pasted", "a")];
        awa.send_file(page, &foreign, b"").await.says("Choose whose format");
        awa.get("/ui/batches").await.says("href=\"/ui/look-through\"").says("No sendings");
    }

    async fn like_questions_are_answered_at_once_and_each_is_taken_back_alone(place: cluster::Place) {
        let server = asking(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, None).await;
        let groups = browser.get("/ui/reviews/alike").await;
        let group = groups.between("name=\"alike\" value=\"", "\"").replace("&#38;", "&").replace("&#61;", "=");
        browser.get(&link(&groups, "/ui/reviews?alike=").replace("&#38;", "&")).await.says("/ui/reviews/rev_");
        let silent = [("alike", group.as_str()), ("answer", "different")];
        let here = "/ui/reviews/alike";
        browser.submit(here, here, &silent).await.says("Say why");
        let answer = [silent[0], silent[1], ("reason", "the files hold two households")];
        let told = browser.submit(here, here, &answer).await;
        told.says("given this answer").lacks("No question");
        let decisions = browser.get("/ui/decisions").await;
        decisions.says("the files hold two households").says("/undo");
    }

    async fn a_question_is_taken_and_given_back_and_its_households_are_shown(place: cluster::Place) {
        let server = asking(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, None).await;
        let one = browser.submit("/ui/reviews", "/ui/reviews/next", &[]).await;
        one.says("The households around").says("Give this question back");
        browser.submit(&one.path, &format!("{}/release", one.path), &[]).await.says("is given back");
        browser.get(&one.path).await.lacks("Give this question back");
    }

    async fn what_cannot_be_right_is_shown_with_the_records_that_say_so(place: cluster::Place) {
        let server = asking(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, None).await;
        browser.get("/ui/conflicts").await.says("No conflicts");
        let list = browser.get("/ui/reviews").await;
        let one = link(&list, "/ui/reviews/rev_");
        let version = browser.get(&one).await.between("name=\"version\" value=\"", "\"");
        let same = [("version", version.as_str()), ("answer", "same"), ("reason", "the card was misread")];
        browser.submit(&one, &one, &same).await.says("Answer kept");
        link_pending(&server.hub).await.unwrap();
        let conflicts = browser.get("/ui/conflicts?kind=two_sexes").await;
        conflicts.says("Of two sexes").says("<strong>ml-canam</strong>").says("/ui/people/per_");
        browser.get("/ui/conflicts?kind=twice_in_scheme").await.says("No conflicts");
        let mut bound = Browser::of(&server, "ben.keita", Role::Steward, Some("ml-utm")).await;
        bound.get("/ui/conflicts").await.says("and 1 record of another scheme").lacks("ml-canam");
    }

    async fn figures_and_accuracy_are_read_and_small_counts_are_for_those_who_run_the_hub(place: cluster::Place) {
        let server = asking(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        browser.get("/ui/figures?on=2026-01-02").await.says("not counted yet").lacks("<tbody>");
        let day = [("on", "2026-01-02")];
        browser.submit("/ui/figures", "/ui/figures", &day).await.says("Everybody is counted");
        let counted = browser.get("/ui/figures?on=2026-01-02").await;
        counted.says("On 2 January 2026").says("Counted on").says("ml-canam").says("<td class=\"number\">12</td>");
        browser.get("/ui/quality").await.says("Nothing was measured yet");
        let measured = browser.submit("/ui/quality", "/ui/quality/measure", &[]).await;
        measured.says("Measured on").says("Stranger joined").says("95 times in 100");
        browser.submit("/ui/quality", "/ui/quality/draw", &[]).await.says("drawn by chance");
        let mut viewer = Browser::of(&server, "ben.keita", Role::Viewer, Some("ml-utm")).await;
        viewer.get("/ui/figures?on=2026-01-02").await.says("is not shown");
    }

    async fn no_account_is_called_like_a_scheme(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let new = [("name", "ML-UTM"), ("role", "viewer"), ("scheme", "")];
        browser.submit("/ui/accounts", "/ui/accounts", &new).await.says("the name of a scheme");
    }

    async fn records_are_looked_through_and_found_by_their_number(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (people, file) = with_bad_dates(40, 0);
        let batch = send(&server, "ml-utm", file).await;
        link_pending(&server.hub).await.unwrap();
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, None).await;
        browser.get("/ui/records?number=UTM-0").await.says("No record fits");
        browser.get("/ui/records?until=2020-01-01").await.says("No record fits");
        browser.get("/ui/records?state=absent").await.says("No record fits");
        for list in ["scheme=ml-utm&kind=covers".to_owned(), format!("batch={batch}")] {
            let first = browser.get(&format!("/ui/records?{list}")).await;
            let next = first.between("rel=\"next\" href=\"", "\"").replace("&#38;", "&");
            let rest = browser.get(&format!("/ui/records{next}")).await;
            let shown = |id: &str| u32::from(first.html.contains(id)) + u32::from(rest.html.contains(id));
            assert!(people.iter().all(|one| shown(&format!(">{}<", one.utm_id())) == 1), "{list}");
        }
        let number = people[3].utm_id();
        let found = browser.get(&format!("/ui/records?number={number}")).await;
        let record = link(&found, "/ui/records/rec_");
        let record = browser.get(&record).await;
        record.says(&number).says("first version");
        let person = link(&record, "/ui/people/per_");
        browser.get(&person).await.says(&number);
        let mut other = Browser::of(&server, "ben.keita", Role::Steward, Some("ml-canam")).await;
        other.get("/ui/records").await.says("No records are kept");
        other.get(&format!("/ui/records?batch={batch}")).await.says("No record fits");
    }

    async fn corrections_stand_in_a_list_for_the_scheme_to_mend(place: cluster::Place) {
        let server = Server::start(&place).await;
        let (people, file) = with_bad_dates(2, 1);
        send(&server, "ml-utm", file).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Steward, None).await;
        browser.get("/ui/corrections").await.says("No corrections");
        let one = link(&browser.get("/ui/refusals").await, "/ui/refusals/qua_");
        let right = [("field-0", "Date de naissance"), ("to-0", "01/03/1990")];
        browser.submit(&one, &one, &right).await;
        let list = browser.get("/ui/corrections?scheme=ml-utm").await;
        list.says("<mark>31/02/1990</mark>").says("01/03/1990").says(&people[0].utm_id()).says("awa.traore");
        browser.get("/ui/corrections?state=lapsed").await.says("No corrections");
    }

    async fn records_are_read_again_and_watched_to_the_end(place: cluster::Place) {
        let server = Server::start(&place).await;
        send(&server, "ml-utm", utm(&people())).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        browser.get("/ui/replays?scheme=ml-utm").await.says("Nothing was read again");
        let running = browser.submit("/ui/replays?scheme=ml-utm", "/ui/replays", &[("scheme", "ml-utm")]).await;
        running.says("The work goes on").says("data-live-from=\"/ui/replays/rpl_").says("/ 12");
        replay::step(&server.hub).await.unwrap();
        let done = browser.get(&running.path).await;
        done.lacks("The work goes on").says("<strong data-live=\"done\">12</strong>");
        assert_eq!(fact(&done, "Unchanged"), "12");
        let told = browser.get(&format!("{}/progress", running.path)).await;
        assert!(told.html.contains("event: ended"), "{}", told.html);
        browser.get("/ui/replays?scheme=ml-utm").await.says("12 / 12");
    }

    async fn a_subscription_is_made_and_ended(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut browser = Browser::of(&server, "awa.traore", Role::Administrator, None).await;
        let (page, action) = ("/ui/deliveries", "/ui/subscriptions");
        let wrong = browser.submit(page, action, &[("scheme", "ml-utm"), ("url", "ftp://x")]).await;
        assert_eq!(wrong.status, 422);
        wrong.says("cannot be called").says("value=\"ftp://x\"");
        let wanted = [("scheme", "ml-utm"), ("url", "https://utm.example/hook"), ("kind", "record.changed")];
        let made = browser.submit(page, action, &wanted).await;
        let secret = made.between("<code class=\"secret\">", "</code>");
        assert!(secret.starts_with("whsec_"), "{secret}");
        let list = browser.get(page).await;
        list.says("https://utm.example/hook").lacks(&secret);
        let key = server.scheme_key("ml-utm").await;
        let told = expect(server.get("/v1/subscriptions", &key), 200).await;
        assert_eq!(told[0]["kinds"][0], "record.changed", "{told}");
        let end = list.between("action=\"/ui/subscriptions/", "\"");
        browser.submit(page, &format!("/ui/subscriptions/{end}"), &[]).await.says("has ended");
    }
}
