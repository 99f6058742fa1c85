//! Publications: from when on which version counts, in every process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dankun::model::Instant;
use dankun::operations::Hub;
use dankun::operations::publish::follow;
use dankun::operations::versions::{self, LifeError, Named, State};

use crate::cluster;
use crate::hubs::{chosen, club, club_with, draft, open, operator, publish, send, used};

/// Looks until the process uses a version, as the worker of `dankun serve` does; answers how long it paused for that (the pauses
/// alone, so that a busy machine changes nothing).
async fn until_used(hub: &Hub, hash: &str) -> Duration {
    let mut paused = Duration::ZERO;
    for _ in 0..200 {
        let pause = follow(hub).await.unwrap();
        if used(hub) == hash {
            return paused;
        }
        tokio::time::sleep(pause).await;
        paused += pause;
    }
    panic!("version {hash} is not followed");
}

cluster::both! {
    async fn an_empty_store_takes_the_shipped_files_and_keeps_what_was_published(place: cluster::Place) {
        let hub = open(&place).await;
        let shipped = used(&hub);
        let new = club_with("1.1.0", "A ");
        publish(&hub, &operator("awa"), &new).await.unwrap();
        assert_eq!(used(&hub), new.hash().to_hex().as_str(), "the process that published follows at once");
        drop(hub);
        let again = open(&place).await;
        assert_eq!(used(&again), new.hash().to_hex().as_str(), "what was published counts after a restart");
        let known = versions::versions(&again, &operator("awa"), &club(), None, 10).await.unwrap();
        let states: Vec<_> = known.iter().map(|(version, state)| (version.hash.as_str(), *state)).collect();
        assert!(states.contains(&(shipped.as_str(), State::Superseded)), "{states:?}");
    }

    async fn another_process_follows_a_publication_within_a_second(place: cluster::Place) {
        let (first, second) = (open(&place).await, open(&place).await);
        let new = club_with("1.1.0", "A ");
        publish(&first, &operator("awa"), &new).await.unwrap();
        let paused = until_used(&second, new.hash().to_hex().as_str()).await;
        assert!(paused < Duration::from_secs(1), "{paused:?}");
        assert_eq!(first.library().hash(), second.library().hash());
    }

    async fn a_version_published_for_later_counts_everywhere_from_that_moment(place: cluster::Place) {
        let (first, second) = (open(&place).await, open(&place).await);
        let clock = async || first.store().read().await.unwrap().library_head().await.unwrap().now;
        let version = draft(&first, &operator("awa"), &club_with("1.1.0", "A ")).await;
        let at = clock().await.plus_millis(4_000);
        versions::publish(&first, &operator("awa"), &[chosen(&version)], Some(at)).await.unwrap();
        for hub in [&second, &first] {
            until_used(hub, &version.hash).await;
            assert!(clock().await >= at, "not before its time");
        }
        let shown = versions::shown(&first, version).await.unwrap();
        assert_eq!((shown.state, shown.publications[0].from), (State::InForce, at));
    }

    async fn what_is_published_for_later_can_be_taken_back(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let version = draft(&hub, &by, &club_with("1.1.0", "A ")).await;
        let far = Instant::from_millis(4_102_444_800_000);
        let before = used(&hub);
        versions::publish(&hub, &by, &[chosen(&version)], Some(far)).await.unwrap();
        let waiting = versions::shown(&hub, version.clone()).await.unwrap();
        assert_eq!((waiting.state, used(&hub)), (State::Published, before));
        versions::withdraw(&hub, &by, &club(), &version.hash).await.unwrap();
        let head = hub.store().read().await.unwrap().library_head().await.unwrap();
        assert_eq!(head.next, None);
        let refused = versions::publish(&hub, &by, &[chosen(&version)], None).await;
        assert!(matches!(refused, Err(LifeError::Withdrawn(_))), "{refused:?}");
    }

    async fn a_moment_that_has_gone_is_refused(place: cluster::Place) {
        let hub = open(&place).await;
        let version = draft(&hub, &operator("awa"), &club_with("1.1.0", "A ")).await;
        let gone = Some(Instant::from_millis(1_000));
        let refused = versions::publish(&hub, &operator("awa"), &[chosen(&version)], gone).await;
        assert!(matches!(refused, Err(LifeError::Past)), "{refused:?}");
    }

    async fn going_back_is_a_new_publication_of_the_same_version(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let shipped = used(&hub);
        publish(&hub, &by, &club_with("1.1.0", "A ")).await.unwrap();
        publish(&hub, &by, &club_with("1.2.0", "B ")).await.unwrap();
        let second = used(&hub);
        versions::rollback(&hub, &by, &club(), None).await.unwrap();
        assert_eq!(used(&hub), club_with("1.1.0", "A ").hash().to_hex().as_str());
        versions::rollback(&hub, &by, &club(), Some(&shipped)).await.unwrap();
        assert_eq!(used(&hub), shipped);
        versions::rollback(&hub, &by, &club(), Some(&second)).await.unwrap();
        let steps = versions::history(&hub, &club(), None, 100).await.unwrap();
        let back = steps.iter().filter(|step| step.step == "rolled_back").count();
        assert_eq!((back, used(&hub)), (3, second));
        let never = versions::rollback(&hub, &by, &club(), Some(&"0".repeat(64))).await;
        assert!(matches!(never, Err(LifeError::NothingEarlier(_))), "{never:?}");
    }

    async fn a_record_is_wholly_made_by_one_version_while_others_are_published(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let texts = [("1.1.0", "A "), ("1.2.0", "B ")].map(|(version, prefix)| club_with(version, prefix));
        publish(&hub, &by, &texts[0]).await.unwrap();
        publish(&hub, &by, &texts[1]).await.unwrap();
        let hashes = texts.map(|text| text.hash().to_hex().to_string());
        let done = Arc::new(AtomicBool::new(false));
        let pushing: Vec<_> = (0..4)
            .map(|thread| {
                let (hub, done) = (hub.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut sent = 0;
                    while !done.load(Ordering::Relaxed) || sent < 3 {
                        let ids = (0..20).map(|number| format!("T{thread}-{sent}-{number}"));
                        assert_eq!(send(&hub, ids).await.counts.accepted, 20);
                        sent += 1;
                    }
                })
            })
            .collect();
        for turn in 0..6 {
            versions::rollback(&hub, &by, &club(), Some(&hashes[turn % 2])).await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for pushed in pushing {
            pushed.await.unwrap();
        }
        let mut session = hub.store().read().await.unwrap();
        let records = session.record_page(None, None, 100_000).await.unwrap();
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let made = session.made_by(&ids).await.unwrap();
        assert!(made.len() >= 240 && made.len() == records.len(), "{} of {}", made.len(), records.len());
        let mut met = BTreeSet::new();
        for (record, made) in records.iter().zip(&made) {
            assert_eq!(record.id, made.record);
            let document = record.open(hub.store().keys()).unwrap();
            let family = document.person.names[0].family.clone().unwrap_or_default();
            let (prefix, version) = if made.hash == hashes[0] { ("A ", "1.1.0") } else { ("B ", "1.2.0") };
            assert!(hashes.contains(&made.hash), "{}", made.hash);
            assert_eq!(made.mapping, format!("tt-club/{version}"));
            assert_eq!(family, format!("{prefix}TRAORÉ"));
            met.insert(made.hash.clone());
        }
        assert_eq!(met.len(), 2, "both versions were met");
    }

    async fn two_publishers_at_once_both_come_through(place: cluster::Place) {
        let hub = open(&place).await;
        let by = operator("awa");
        let codes = |name: &str| {
            let text = format!("codes: {name}\ntitle: {{ fr: x, en: x }}\nrows:\n  A: {{ to: B }}\n");
            dankun::operations::library::DataFile::yaml("x.yaml", text).unwrap()
        };
        let (a, b) = (codes("first-table"), codes("second-table"));
        let (one, two) = tokio::join!(publish(&hub, &by, &a), publish(&hub, &by, &b));
        one.unwrap();
        two.unwrap();
        for file in [&a, &b] {
            let kept = versions::version(&hub, &by, &file.id(), Named::InForce).await.unwrap();
            assert_eq!(kept.unwrap().hash, file.hash().to_hex().as_str());
        }
    }
}
