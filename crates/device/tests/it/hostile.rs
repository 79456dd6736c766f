//! Relays that lie, and firmware that floods.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use handover_device::link::memory::Weather;
use handover_device::{Frame, Hop, Kind, Signal};

use crate::model::rules;
use crate::world::{Map, Role, World};

const MINUTE: Duration = Duration::from_secs(60);

/// What an honest relay would send, without its delay.
fn carried(bytes: &[u8]) -> Option<Vec<u8>> {
    let hop = Hop {
        short: 0xbad,
        signal: Signal(-1),
    };
    Frame::read(bytes).ok()?.relayed(hop)
}

/// Gateway, hostile relay, node: nothing goes but through the relay.
fn between(trick: impl FnMut(&[u8]) -> Vec<Vec<u8>> + 'static) -> World {
    let map = Map::line(3);
    let mut world = World::new(&map, 1, Weather::default(), rules(1), 3);
    world.stations[1].role = Role::Hostile(Box::new(trick));
    world
}

fn payloads(world: &World, node: usize) -> Vec<&[u8]> {
    let arrived = world.cloud.messages_of(node);
    arrived.iter().map(|message| &message.payload[..]).collect()
}

#[test]
fn what_a_relay_alters_is_as_if_it_was_lost() {
    // Every bit of every frame, in turns; after all of them it is honest.
    let honest = Rc::new(RefCell::new(false));
    let mut bit = 0;
    let is_honest = Rc::clone(&honest);
    let mut world = between(move |bytes| {
        let Some(mut bytes) = carried(bytes) else {
            return Vec::new();
        };
        if *is_honest.borrow() {
            return vec![bytes];
        }
        let mut all = Vec::new();
        for _ in 0..48 {
            let at = bit % (8 * bytes.len());
            bit += 1;
            // Attempt, way and path are nobody's word.
            if !(8 * 25..8 * 30).contains(&at) {
                bytes[at / 8] ^= 1 << (at % 8);
                all.push(bytes.clone());
                bytes[at / 8] ^= 1 << (at % 8);
            }
        }
        all
    });
    world.send(2, b"value");
    world.command(2, b"order");
    for _ in 0..20 {
        world.run_for(MINUTE);
        world.check();
    }
    assert!(payloads(&world, 2).is_empty() && world.stations[2].received.is_empty());
    assert!(world.stations[2].acknowledged.is_empty());
    *honest.borrow_mut() = true;
    assert!(world.settle(10 * MINUTE));
    assert_eq!(payloads(&world, 2), [b"value"]);
    assert_eq!(world.stations[2].received, [(1, b"order".to_vec())]);
}

#[test]
fn an_altered_copy_that_comes_first_keeps_the_right_one_from_nobody() {
    // Beside the honest way, one hop longer, is a relay that is quicker and sends rubbish under the same number.
    let mut map = Map::line(4);
    map.stations = 5;
    map.edges.push((3, 4, Signal(-40)));
    map.edges.push((4, 1, Signal(-40)));
    map.edges.push((4, 0, Signal(-40)));
    let mut world = World::new(&map, 1, Weather::default(), rules(2), 3);
    world.stations[4].role = Role::Hostile(Box::new(|bytes| {
        let mut bytes = carried(bytes).unwrap_or_default();
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        vec![bytes]
    }));
    for value in 0..5 {
        world.send(3, &[value]);
        world.run_for(MINUTE);
    }
    assert_eq!(payloads(&world, 3), [[0], [1], [2], [3], [4]]);
    assert_eq!(world.stations[3].acknowledged.len(), 5);
}

#[test]
fn replayed_frames_change_nothing() {
    let heard: Rc<RefCell<Vec<Vec<u8>>>> = Rc::default();
    let recorded = Rc::clone(&heard);
    let mut world = between(move |bytes| {
        recorded.borrow_mut().push(bytes.to_vec());
        carried(bytes).into_iter().collect()
    });
    for count in 0..3 {
        world.send(2, &[count]);
        world.command(2, &[count]);
        world.run_for(2 * MINUTE);
    }
    assert_eq!(payloads(&world, 2), [[0], [1], [2]]);
    assert_eq!(world.stations[2].received.len(), 3);
    let appended = |world: &World| [0, 2].map(|at| world.stations[at].store.appends());
    let before = (appended(&world), world.cloud.repeated);
    // Long after, when nobody remembers them, with other attempts, and once more after both have started anew.
    for round in 0..3_u8 {
        let all: Vec<_> = heard.borrow().clone();
        for mut bytes in all {
            bytes[25] = bytes[25].wrapping_add(round);
            world.transmit(1, &bytes);
            world.run_for(2 * MINUTE);
        }
        let after = (appended(&world), world.cloud.repeated);
        let reserved = after.0[0] - before.0[0] + after.0[1] - before.0[1];
        assert!(
            reserved <= 4,
            "a block of numbers for answers at the most: {reserved}"
        );
        world.crash(0);
        world.crash(2);
    }
    world.check();
    assert_eq!(payloads(&world, 2), [[0], [1], [2]]);
    assert_eq!(world.stations[2].received.len(), 3);
}

#[test]
fn a_forged_path_is_drawn_and_nothing_else() {
    let mut world = between(|bytes| {
        let Some(mut bytes) = carried(bytes) else {
            return Vec::new();
        };
        // Says to be somebody else, with a loud voice.
        bytes[27..30].copy_from_slice(&[0xab, 0xcd, 0xf6]);
        vec![bytes]
    });
    world.send(2, b"value");
    assert!(world.settle(MINUTE));
    let arrived = world.cloud.messages_of(2);
    let forged = Hop {
        short: 0xabcd,
        signal: Signal(-10),
    };
    assert_eq!(arrived[0].path, [forged]);
    assert_eq!(arrived[0].payload, b"value");
}

#[test]
fn who_floods_does_not_keep_others_silent() {
    // Gateway, relay, and two nodes behind it. One of them sends a new frame a hundred times a second, for ten minutes.
    let mut map = Map::line(3);
    map.stations = 4;
    map.edges.push((1, 3, Signal(-90)));
    let mut world = World::new(&map, 1, Weather::default(), rules(2), 3);
    world.run_for(MINUTE);
    let mut flood = sample(&world);
    world.stations[3].role = Role::Hostile(Box::new(|_| Vec::new()));
    let before = world.frames;
    for count in 0..60_000_u64 {
        flood[17..25].copy_from_slice(&count.to_be_bytes());
        world.transmit(3, &flood);
        if count % 6_000 == 0 {
            world.send(2, b"value");
        }
        world.run_for(Duration::from_millis(10));
    }
    world.run_for(MINUTE);
    let station = &world.stations[2];
    assert_eq!((station.sent.len(), station.acknowledged.len()), (10, 10));
    // One a second and a burst of eight are carried of it: by the relay, and then twice by the node behind it, whom nobody is heard
    // to carry farther. Beside that there are that node's own messages and their answers.
    let carried = world.frames - before - 60_000;
    assert!((1_800..1_900).contains(&carried), "{carried}");
}

#[test]
fn what_is_remembered_of_strangers_is_bounded() {
    let map = Map::line(3);
    let mut world = World::new(&map, 1, Weather::default(), rules(1), 3);
    world.run_for(MINUTE);
    let mut forged = sample(&world);
    world.stations[1].role = Role::Hostile(Box::new(|_| Vec::new()));
    for count in 0..20_000_u64 {
        forged[1..9].copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        world.transmit(1, &forged);
        world.run_for(Duration::from_millis(1));
        if count % 100 == 0 {
            world.check();
        }
    }
    world.check();
    for at in [0, 2] {
        let [seen, ..] = world.stations[at].remembered();
        assert_eq!(seen, 512, "it was full");
    }
}

/// A frame as a node sends it.
fn sample(world: &World) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    bytes[0] = 0x11;
    let address = world.stations.last().expect("a node").node().address();
    bytes[1..9].copy_from_slice(&address.0);
    bytes[26] = 2 << 4;
    let frame = Frame::read(&bytes).expect("a frame");
    assert_eq!((frame.head.kind, frame.left), (Kind::Up, 2));
    bytes
}
