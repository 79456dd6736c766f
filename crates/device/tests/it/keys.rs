//! Nodes that change hands, and stores that are lost.

use std::time::Duration;

use handover_device::link::memory::Weather;
use handover_device::{Derivation, MemoryStore, NodeId, Outcome};

use crate::model::rules;
use crate::world::{Map, Role, World, token};

const MINUTE: Duration = Duration::from_secs(60);

/// Two gateways and a node, each of which hears the others.
fn world() -> World {
    let map = Map::random(3, 20, 1);
    World::new(&map, 2, Weather::default(), rules(2), 1)
}

fn payloads(world: &World) -> Vec<&[u8]> {
    let arrived = world.cloud.messages_of(2);
    arrived.iter().map(|message| &message.payload[..]).collect()
}

#[test]
fn a_replaced_gateway_reads_nothing_more() {
    let mut world = world();
    world.send(2, b"before");
    world.run_for(MINUTE);
    assert_eq!(payloads(&world), [b"before"]);
    // The old one was switched off and knows nothing of it; it still has its keys.
    world.switch_off(0);
    world.pair(2, 1, 1);
    world.run_for(MINUTE);
    assert_eq!(world.stations[2].node().derivation(), Derivation(1));
    world.crash(0);
    world.send(2, b"after");
    world.run_for(MINUTE);
    assert_eq!(world.cloud.messages_of(2)[1].derivation, Derivation(1));
    assert_eq!(world.cloud.repeated, 0, "one gateway alone read it");
    // Nor does the node listen to it: its greeting and messages are of keys that no longer count.
    let command = handover_device::Order::Send {
        node: NodeId(2),
        command: 9,
        payload: b"from the old one".to_vec(),
    };
    world.stations[0].orders.push(command);
    world.crash(0);
    world.run_for(MINUTE);
    assert!(world.stations[2].received.is_empty());
    assert_eq!(world.stations[2].node().derivation(), Derivation(1));
}

#[test]
fn what_waits_while_a_gateway_is_replaced_arrives_once() {
    let mut world = world();
    // It stores the message, tells the cloud, and dies before it answers.
    world.run_for(MINUTE);
    world.stations[0].crash_before_answer = true;
    world.send(2, b"value");
    while world.cloud.messages_of(2).is_empty() {
        world.run_for(Duration::from_millis(1));
    }
    world.switch_off(0);
    world.pair(2, 1, 1);
    world.run_for(MINUTE);
    assert_eq!(payloads(&world), [b"value"]);
    assert_eq!(
        world.cloud.repeated, 1,
        "the same number under both derivations"
    );
    assert_eq!(world.stations[2].acknowledged.len(), 1);
}

#[test]
fn keys_of_earlier_derivations_are_erased() {
    let mut world = world();
    world.run_for(MINUTE);
    let old = token(2).keys(Derivation(0));
    let has = |world: &World, gateway: usize| {
        let store = &world.stations[gateway].store;
        store.contains(&old.address.0)
    };
    assert!(has(&world, 0));
    world.pair(2, 0, 1);
    assert!(!has(&world, 0), "new keys replace the old ones");
    world.pair(2, 0, 0);
    assert!(!has(&world, 0), "and old ones do not come back");
    world.unpair(2, 0);
    assert_eq!(world.stations[0].gateway().nodes().len(), 0);
    let new = token(2).keys(Derivation(1));
    assert!(!world.stations[0].store.contains(&new.address.0));
}

#[test]
fn a_node_whose_store_was_lost_needs_a_new_derivation() {
    let mut world = world();
    world.send(2, b"before");
    world.command(2, b"old order");
    world.run_for(MINUTE);
    world.stations[2].store = MemoryStore::default();
    world.crash(2);
    world.send(2, b"after");
    world.command(2, b"new order");
    world.run_for(MINUTE);
    assert_eq!(
        payloads(&world),
        [b"before"],
        "a stranger, for all that the gateway knows"
    );
    assert_eq!(
        world.stations[2].received.len(),
        1,
        "what is for its old life is not for it"
    );
    let life = world.stations[2].node().life();
    assert_eq!(world.cloud.reinstalled, [(NodeId(2), life)], "told once");
    world.crash(0);
    world.run_for(MINUTE);
    assert_eq!(world.cloud.reinstalled.len(), 1, "also after a crash");
    world.pair(2, 0, 1);
    world.run_for(MINUTE);
    let mut arrived = payloads(&world);
    arrived.sort_unstable();
    assert_eq!(arrived, [&b"after"[..], b"before"]);
    let outcomes = world.cloud.outcomes_of(2);
    assert_eq!(outcomes, [Some(Outcome::Acknowledged); 2]);
}

#[test]
fn two_gateways_that_share_a_node_deliver_once() {
    let mut world = world();
    world.pair(2, 1, 0);
    world.run_for(MINUTE);
    for value in 0..5 {
        world.send(2, &[value]);
        world.run_for(MINUTE);
    }
    assert_eq!(payloads(&world), [[0], [1], [2], [3], [4]]);
    assert!(world.cloud.repeated >= 5, "both heard all of them");
    assert_eq!(world.stations[2].acknowledged.len(), 5);
    assert!(matches!(world.stations[1].role, Role::Gateway(_)));
}
