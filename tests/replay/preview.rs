//! What a candidate would change, told before it is published.

use dankun::operations::preview::preview;
use dankun::operations::quarantine::{CorrectOutcome, Correction, correct};
use dankun::operations::replay::ReplayError;
use dankun::operations::replay::report::{Change, Counts};
use dankun::store::quarantine::{Filter, QuarantineState};
use serde_json::json;

use crate::cluster;
use crate::trial::{
    MAPPING, bad_date, counts, edited, group, groups, man, population, strict, trial, tried,
};
use crate::world::{World, lines};

cluster::both! {
    async fn a_preview_tells_what_would_differ_by_kind(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let preview = tried(&world, &strict(), None).await;
        let expected = Counts {
            changed: 901,
            newly_refused: 300,
            newly_accepted: 2,
            still_refused: 1,
            ..Counts::default()
        };
        assert_eq!(preview.report.counts, counts(1_204, expected));
        let found = groups(&preview.report);
        let expected = [
            ("refused sex S203", 300),
            ("accepted born D203", 2),
            ("changed coverages[].status", 901),
        ];
        assert_eq!(found, expected.map(|(name, records)| (name.to_owned(), records)));
        let example = &group(&preview.report, Change::Changed).examples[0];
        assert_eq!((&example.before, &example.after), (&Some(json!("active")), &Some(json!("suspended"))));
        assert!(example.record.starts_with("rec_") && example.record_id.is_some());
        let bare = preview.report.without_values();
        let example = &group(&bare, Change::Changed).examples[0];
        assert_eq!((&example.before, &example.record_id), (&None, &None));
    }

    async fn a_preview_changes_nothing(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let (before, inbox) = (world.records().await, world.inbox_length().await);
        tried(&world, &strict(), None).await;
        assert!(before == world.records().await);
        assert_eq!(world.inbox_length().await, inbox);
    }

    async fn the_mapping_in_force_changes_nothing_of_what_it_made(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let preview = tried(&world, MAPPING, None).await;
        let same = Counts { unchanged: 1_201, still_refused: 3, ..Counts::default() };
        assert_eq!(preview.report.counts, counts(1_204, same));
        assert_eq!((preview.report.groups.len(), preview.report.made_by_older), (0, 0));
    }

    async fn the_last_records_are_those_received_last(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), man("B"), bad_date("X")])).await;
        world.turn_to("2026-03-02");
        world.send(&lines(&[man("C"), man("D"), man("E"), bad_date("Y")])).await;
        let preview = tried(&world, &strict(), Some(2)).await;
        let expected = Counts { changed: 2, newly_accepted: 1, ..Counts::default() };
        assert_eq!(preview.report.counts, counts(3, expected));
        let changed = group(&preview.report, Change::Changed);
        let ids: Vec<_> = changed.examples.iter().map(|example| example.record_id.as_deref()).collect();
        assert_eq!(ids, [Some("E"), Some("D")]);
        let accepted = group(&preview.report, Change::Accepted);
        assert_eq!(accepted.examples[0].record_id.as_deref(), Some("Y"));
    }

    async fn other_warnings_are_told_of_records_that_stay_the_same(place: cluster::Place) {
        let world = World::new(&place).await;
        let mut odd = man("A");
        odd["phone"] = json!("12");
        world.send(&lines(&[odd, man("B")])).await;
        let silent = edited(&[("  person.phones[]: { from: phone, do: [{ phone: ML }], on_error: warning }\n", "")]);
        let silent = silent.replace("  record_id:", "  ignore: [phone]\n  record_id:");
        let preview = tried(&world, &silent, None).await;
        assert_eq!((preview.report.counts.unchanged, preview.report.other_warnings), (2, 1));
        assert_eq!(groups(&preview.report), [("unwarned phone D206".to_owned(), 1)]);
    }

    async fn a_corrected_record_is_read_with_its_correction(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), bad_date("B")])).await;
        let filter = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
        let id = world.hub.store().read().await.unwrap().quarantine_page(&filter, None, 2).await.unwrap()[0].id;
        let fields = Correction::Fields(vec![("born".into(), "1990-02-28".into())]);
        let outcome = correct(&world.hub, "operator:awa", id, fields).await.unwrap();
        assert!(matches!(outcome, CorrectOutcome::Accepted { .. }));
        let preview = tried(&world, MAPPING, None).await;
        assert_eq!(preview.report.counts, counts(2, Counts { unchanged: 2, ..Counts::default() }));
    }

    async fn another_id_for_the_same_record_is_told_and_would_not_be_written(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), man("B")])).await;
        let renamed = edited(&[("record_id: \"{id}\"", "record_id: \"N-{id}\""), ("refers: [{ field: head, code: orphan_dependent }]", "refers: [{ field: head, code: orphan_dependent, id: \"N-{head}\" }]")]);
        let preview = tried(&world, &renamed, None).await;
        assert_eq!(preview.report.counts.renamed, 2);
        assert_eq!(group(&preview.report, Change::Renamed).examples[0].after, Some(json!("N-B")));
    }

    async fn a_record_twice_in_a_file_stays_refused_whatever_the_mapping(place: cluster::Place) {
        let world = World::new(&place).await;
        let counts = world.send(&lines(&[man("A"), man("A"), man("B")])).await.counts;
        assert_eq!(counts.refused, 1);
        let preview = tried(&world, &strict(), None).await;
        assert_eq!((preview.report.counts.newly_accepted, preview.report.counts.still_refused), (0, 1));
    }

    async fn a_candidate_that_does_not_compile_is_answered_with_its_problems(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A")])).await;
        let typo = edited(&[("from: born", "from: bron")]);
        match preview(&world.hub, trial(&typo, None), |_, _| {}).await {
            Err(ReplayError::Invalid { problems }) => {
                assert!(problems.iter().any(|problem| problem.to_string().contains("B201")));
            }
            _ => panic!("a typo was tried"),
        }
        let other = MAPPING.replace("mapping: tt-club", "mapping: tt-other");
        let refused = preview(&world.hub, trial(&other, None), |_, _| {}).await.err();
        assert!(matches!(refused, Some(ReplayError::OtherMapping { .. })));
    }
}
