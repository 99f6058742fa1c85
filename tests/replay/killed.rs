//! The real program dies by SIGKILL in the middle of a replay; whoever goes on comes to the same end.

use std::process::{Command, Stdio};

use dankun::operations::replay::{Replay, ReplayState, replays, step};

use crate::cluster;
use crate::replay::{cluster_like, publish, replayed, waiting};
use crate::trial::{population, strict};
use crate::world::World;

cluster::both! {
    async fn a_killed_replay_is_gone_on_with_to_the_same_end(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        publish(&world, &strict()).await;
        let mut program = Command::new(env!("CARGO_BIN_EXE_dankun"))
            .args(["mapping", "replay", "--scheme", "tt-club", "--database", &place.url])
            .arg("--key-file")
            .arg(place.key_file())
            .arg("--mappings")
            .arg(place.folder().join("m"))
            .arg("--schemas")
            .arg(place.folder().join("s"))
            .current_dir(place.folder())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while examined(&world).await == 0 {
            assert!(program.try_wait().unwrap().is_none(), "the program ended before its first page");
            tokio::task::yield_now().await;
        }
        program.kill().unwrap();
        program.wait().unwrap();
        let dead = last(&world).await.unwrap();
        assert_eq!(dead.state, ReplayState::Running, "it was killed too late");

        // The lease of the dead ends by the clock.
        world.turn_to("2100-01-01");
        step(&world.hub).await.unwrap();
        let ended = last(&world).await.unwrap();
        assert_eq!((ended.id, ended.state), (dead.id, ReplayState::Done));

        let other = cluster_like(&place).await;
        let calm = World::new(&other).await;
        population(&calm).await;
        let undisturbed = replayed(&calm, &strict()).await;
        assert_eq!(ended.report.counts, undisturbed.report.counts);
        assert!(world.records().await == calm.records().await);
        assert_eq!(waiting(&world).await.len(), waiting(&calm).await.len());
        assert_eq!(world.inbox_length().await, calm.inbox_length().await);
    }
}

async fn last(world: &World) -> Option<Replay> {
    replays(&world.hub, "tt-club", None, 1).await.unwrap().pop()
}

async fn examined(world: &World) -> u64 {
    last(world).await.map_or(0, |replay| replay.report.counts.examined)
}
