//! What is refused in the life of a version, and what is written down.

use std::collections::BTreeSet;

use dankun::model::{Caller, Holder, KeyId, Scope};
use dankun::operations::library::{DataFile, FileId, Kind};
use dankun::operations::versions::{self, LifeError, Named, Seen, Stage};

use crate::cluster;
use crate::hubs::{chosen, club, club_with, draft, open, operator, publish, used};

const UTM: &str = include_str!("../../mappings/schemes/ml-utm.yaml");
const UTM_MAPPING: &str = include_str!("../../mappings/ml-utm.yaml");

/// The registry file of the UTM, asking for two people.
fn strict_utm() -> DataFile {
    let text = UTM.replace("version: 1.0.0", "version: 1.1.0\napproval: two_persons");
    DataFile::yaml("ml-utm.yaml", text).unwrap()
}

fn utm() -> FileId {
    FileId { kind: Kind::Mapping, name: "ml-utm".to_owned() }
}

fn utm_with(version: &str) -> DataFile {
    let text = UTM_MAPPING.replacen("\nversion: ", &format!("\nversion: {version} # "), 1);
    DataFile::yaml("ml-utm.yaml", text).unwrap()
}

fn of_scheme(key: u8, scopes: &[Scope]) -> Caller {
    Caller {
        key: Some(KeyId::from_bytes([key; 16])),
        holder: Holder::Scheme("ml-utm".parse().unwrap()),
        scopes: scopes.to_vec(),
        purposes: Vec::new(),
        account: None,
    }
}

cluster::both! {
    async fn a_published_version_never_changes(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        publish(&hub, &by, &club_with("1.1.0", "A ")).await.unwrap();
        let refused = publish(&hub, &by, &club_with("1.1.0", "B ")).await;
        assert!(matches!(refused, Err(LifeError::SameLabel { ref label, .. }) if label == "1.1.0"), "{refused:?}");
        assert_eq!(used(&hub), club_with("1.1.0", "A ").hash().to_hex().as_str());
        publish(&hub, &by, &club_with("1.2.0", "B ")).await.unwrap();
    }

    async fn nobody_writes_over_a_draft_that_they_have_not_seen(place: cluster::Place) {
        let hub = open(&place).await;
        let (awa, ben) = (operator("awa"), operator("benjamin"));
        let base = used(&hub);
        let first = versions::draft(&hub, &awa, &club_with("1.1.0", "A "), Seen::Version(&base)).await.unwrap();
        let late = versions::draft(&hub, &ben, &club_with("1.1.0", "B "), Seen::Version(&base)).await;
        assert!(
            matches!(late, Err(LifeError::Stale { current: Some(ref hash), .. }) if *hash == first.hash),
            "{late:?}"
        );
        let blind = versions::draft(&hub, &ben, &club_with("1.1.0", "B "), Seen::Nothing).await;
        assert!(matches!(blind, Err(LifeError::Stale { .. })), "{blind:?}");
        let seen = Seen::Version(&first.hash);
        let second = versions::draft(&hub, &ben, &club_with("1.1.0", "B "), seen).await.unwrap();
        let open = versions::version(&hub, &awa, &club(), Named::Draft).await.unwrap().unwrap();
        assert_eq!(open.hash, second.hash);
        let before = versions::version(&hub, &awa, &club(), Named::Hash(&first.hash)).await.unwrap().unwrap();
        assert_eq!(before.stage, Stage::Withdrawn, "what was replaced stays readable");
    }

    async fn of_two_who_save_at_once_one_is_told(place: cluster::Place) {
        let hub = open(&place).await;
        let (awa, ben) = (operator("awa"), operator("benjamin"));
        let base = used(&hub);
        let (a, b) = (club_with("1.1.0", "A "), club_with("1.1.0", "B "));
        let (one, two) = tokio::join!(
            versions::draft(&hub, &awa, &a, Seen::Version(&base)),
            versions::draft(&hub, &ben, &b, Seen::Version(&base)),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }

    async fn where_two_people_are_asked_for_the_author_cannot_be_both(place: cluster::Place) {
        let hub = open(&place).await;
        let (awa, ben) = (operator("awa"), operator("benjamin"));
        publish(&hub, &awa, &strict_utm()).await.unwrap();
        let version = draft(&hub, &awa, &utm_with("9.0.0")).await;
        let alone = versions::publish(&hub, &awa, &[chosen(&version)], None).await;
        assert!(matches!(alone, Err(LifeError::NotApproved { ref hash, .. }) if *hash == version.hash), "{alone:?}");
        let own = versions::approve(&hub, &awa, &utm(), &version.hash).await;
        assert!(matches!(own, Err(LifeError::OwnText(_))), "{own:?}");
        let other_key = Caller { key: None, ..awa.clone() };
        let own = versions::approve(&hub, &other_key, &utm(), &version.hash).await;
        assert!(matches!(own, Err(LifeError::OwnText(_))), "another key of the same person: {own:?}");
        let approved = versions::approve(&hub, &ben, &utm(), &version.hash).await.unwrap();
        assert_eq!(approved.stage, Stage::Approved);
        // What changed after the approval is another version.
        let changed = draft(&hub, &awa, &utm_with("9.0.1")).await;
        let refused = versions::publish(&hub, &awa, &[chosen(&changed)], None).await;
        assert!(matches!(refused, Err(LifeError::NotApproved { .. })), "{refused:?}");
        let again = draft(&hub, &awa, &utm_with("9.0.0")).await;
        assert_eq!(again.stage, Stage::Draft, "who takes a text up again needs a new approval");
        versions::approve(&hub, &ben, &utm(), &again.hash).await.unwrap();
        versions::publish(&hub, &awa, &[chosen(&again)], None).await.unwrap();
        assert_eq!(hex::encode(hub.library().mapping("ml-utm").unwrap().hash()), again.hash);
    }

    async fn a_scheme_drafts_its_own_mapping_and_publishes_nothing(place: cluster::Place) {
        let hub = open(&place).await;
        let mapper = of_scheme(1, &[Scope::MappingsRead, Scope::MappingsWrite]);
        let version = draft(&hub, &mapper, &utm_with("9.0.0")).await;
        let refused = versions::publish(&hub, &mapper, &[chosen(&version)], None).await;
        assert!(
            matches!(refused, Err(LifeError::NotPermitted { scope: Scope::MappingsPublish, .. })),
            "{refused:?}"
        );
        let file = club_with("1.1.0", "A ");
        let foreign = versions::draft(&hub, &mapper, &file, Seen::Nothing).await;
        assert!(matches!(foreign, Err(LifeError::NotPermitted { .. })), "{foreign:?}");
        draft(&hub, &operator("awa"), &file).await;
        let hidden = versions::version(&hub, &mapper, &club(), Named::Draft).await.unwrap();
        assert!(hidden.is_none(), "drafts of others are not shown");
        let approver = of_scheme(2, &[Scope::MappingsPublish]);
        versions::approve(&hub, &approver, &utm(), &version.hash).await.unwrap();
        versions::publish(&hub, &approver, &[chosen(&version)], None).await.unwrap();
    }

    async fn a_wrong_version_is_kept_as_a_draft_and_never_published(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let mut wrong = club_with("1.1.0", "A ");
        wrong.text = wrong.text.replace("from: born", "from: bron");
        let version = draft(&hub, &by, &wrong).await;
        let checked = versions::check(&hub, &by, &club(), &version.hash).await.unwrap();
        assert!(!checked.passed());
        assert_eq!(checked.stage, Stage::Draft);
        let said: Vec<_> = checked.problems.iter().map(|problem| problem.to_json().to_string()).collect();
        assert!(said.iter().any(|said| said.contains("born")), "{said:?}");
        for refused in [
            versions::publish(&hub, &by, &[chosen(&version)], None).await.err(),
            versions::approve(&hub, &operator("benjamin"), &club(), &version.hash).await.err(),
        ] {
            assert!(matches!(refused, Some(LifeError::Wrong(_))), "{refused:?}");
        }
        let mut failing = club_with("1.1.0", "A ");
        failing.text = failing.text.replace("sex: female }", "sex: male }");
        let version = draft(&hub, &by, &failing).await;
        let checked = versions::check(&hub, &by, &club(), &version.hash).await.unwrap();
        assert!(checked.passed(), "{:?}", checked.problems);
        let tested = versions::test(&hub, &by, &club(), &version.hash).await.unwrap();
        assert!(!tested.passed() && tested.stage == Stage::Checked, "{:?}", tested.stage);
        let refused = versions::publish(&hub, &by, &[chosen(&version)], None).await;
        assert!(matches!(refused, Err(LifeError::Wrong(_))), "{refused:?}");
    }

    async fn a_file_that_would_break_another_one_is_not_published(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let schema = FileId { kind: Kind::Schema, name: "tt-club/1".to_owned() };
        let kept = versions::version(&hub, &by, &schema, Named::InForce).await.unwrap().unwrap();
        let text = kept.text.replace("\"born\"", "\"birth\"");
        let file = DataFile { kind: Kind::Schema, name: schema.name.clone(), path: String::new(), text };
        let version = draft(&hub, &by, &file).await;
        let refused = versions::publish(&hub, &by, &[chosen(&version)], None).await;
        assert!(matches!(refused, Err(LifeError::Wrong(_))), "{refused:?}");
        // Together with the mapping that reads it, it is.
        let mut mapping = club_with("1.1.0", "A ");
        mapping.text = mapping.text.replace("from: born", "from: birth").replace("born:", "birth:");
        let mapping = draft(&hub, &by, &mapping).await;
        assert!(versions::check(&hub, &by, &club(), &mapping.hash).await.unwrap().passed(), "beside its schema");
        versions::publish(&hub, &by, &[chosen(&version), chosen(&mapping)], None).await.unwrap();
        assert_eq!(used(&hub), mapping.hash);
    }

    async fn every_step_is_in_the_audit_log_with_who_took_it(place: cluster::Place) {
        let hub = open(&place).await;
        let (awa, ben) = (operator("awa"), operator("benjamin"));
        let version = draft(&hub, &awa, &club_with("1.1.0", "A ")).await;
        versions::test(&hub, &awa, &club(), &version.hash).await.unwrap();
        versions::previewed(&hub, &awa, &club(), &version.hash).await.unwrap();
        versions::approve(&hub, &ben, &club(), &version.hash).await.unwrap();
        versions::publish(&hub, &ben, &[chosen(&version)], None).await.unwrap();
        versions::rollback(&hub, &awa, &club(), None).await.unwrap();
        let mut session = hub.store().read().await.unwrap();
        let entries = session.audit_about(hub.store().keys(), "mapping/tt-club", 100).await.unwrap();
        let told: BTreeSet<(String, String)> =
            entries.iter().map(|entry| (entry.action.clone(), entry.actor.clone())).collect();
        let expected = [
            ("version.drafted", "awa"),
            ("version.checked", "awa"),
            ("version.tested", "awa"),
            ("version.previewed", "awa"),
            ("version.approved", "benjamin"),
            ("version.published", "benjamin"),
            ("version.rolled_back", "awa"),
        ];
        let expected = expected.map(|(action, actor)| (action.to_owned(), actor.to_owned()));
        assert_eq!(told, BTreeSet::from(expected));
    }
}
