//! A mesh of a hundred nodes.

use std::time::Duration;

use handover_device::link::memory::Weather;
use handover_device::{Dice, GatewayConfig, Moment, NodeConfig, Outcome};

use crate::world::{Map, Role, Rules, World};

const NODES: usize = 99;
const EACH: usize = 3;

/// Something that befalls the mesh at a moment.
type Event = (Moment, fn(&mut World));

fn rules() -> Rules {
    let retry = handover_device::Retry {
        most: Duration::from_secs(30),
        ..Default::default()
    };
    Rules {
        node: NodeConfig {
            retry,
            ..Default::default()
        },
        gateway: GatewayConfig {
            retry,
            ..Default::default()
        },
    }
}

/// Gateway and 99 nodes on a field of ten by ten: the farthest is nine hops away.
fn check(seed: u64) {
    let weather = Weather {
        loss: 0.1,
        ..Default::default()
    };
    let map = Map::field(10, seed);
    let mut world = World::new(&map, 1, weather, rules(), seed);
    let mut dice = Dice::new(seed);
    let mut plan: Vec<_> = (0..NODES * EACH)
        .map(|at| (Duration::from_millis(dice.below(180_000)), 1 + at % NODES))
        .collect();
    plan.sort();
    let second = |second| Moment::from_secs(second);
    let mut events: Vec<Event> = vec![
        (second(50), |world| world.switch_off(0)),
        (second(60), |world| world.crash(0)),
        (second(90), |world| {
            world
                .air
                .cut((0..100).map(|at| u8::from(at % 10 >= 5)).collect());
        }),
        (second(150), |world| world.air.heal()),
        (second(170), |world| world.crash(0)),
    ];
    for (count, (at, node)) in plan.into_iter().enumerate() {
        while let Some((when, event)) = events.first().copied()
            && when <= at
        {
            world.run_until(when);
            event(&mut world);
            events.remove(0);
        }
        world.run_until(at);
        world.send(node, format!("value {count} of {node}").as_bytes());
        if count % 3 == 0 {
            world.command(node, format!("set {count}").as_bytes());
        }
    }
    for (when, event) in events {
        world.run_until(when);
        event(&mut world);
    }
    assert!(world.settle(Duration::from_secs(900)), "seed {seed}");
    world.check();
    assert!(matches!(world.stations[0].role, Role::Gateway(_)));
    for node in 1..=NODES {
        let station = &world.stations[node];
        assert_eq!(station.sent.len(), EACH, "every message was taken");
        assert!(station.acknowledged.iter().eq(station.sent.keys()));
        let arrived = world.cloud.messages_of(node);
        let payloads: Vec<_> = arrived.iter().map(|message| &message.payload).collect();
        assert!(
            payloads.into_iter().eq(station.sent.values()),
            "once, and in order"
        );
        let outcomes = world.cloud.outcomes_of(node);
        assert!(
            outcomes
                .iter()
                .all(|one| *one == Some(Outcome::Acknowledged))
        );
        assert_eq!(station.received.len(), outcomes.len(), "once");
    }
}

#[test]
fn a_hundred_nodes_across_a_crash_and_a_partition() {
    for seed in [1, 2] {
        check(seed);
    }
}
