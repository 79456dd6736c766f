use std::collections::{BTreeMap, BTreeSet};

use handover_wire::{DeviceId, DeviceState, MeshNodeKind};
use proptest::prelude::*;

use super::*;

#[test]
fn a_message_to_a_node_fits_where_the_mesh_says() {
    assert_eq!(MOST_SEND, handover_device::MAX_DOWN);
    assert_eq!(MOST_HOPS, usize::from(handover_device::MAX_HOPS));
}

#[test]
fn numbers_are_decimal_and_small_enough() {
    for (text, number) in [
        ("0", Some(0)),
        ("45", Some(45)),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("", None),
    ] {
        assert_eq!(numbered(text).ok(), number, "{text}");
    }
}

#[test]
fn paths_are_short_addresses() {
    let hop = |relay: &str| MeshHop {
        relay: relay.to_owned(),
        signal: -70,
    };
    for (path, good) in [
        (vec![], true),
        (vec![hop("ab12"); 15], true),
        (vec![hop("ab12"); 16], false),
        (vec![hop("AB12")], false),
        (vec![hop("ab1")], false),
        (vec![hop("ab1g")], false),
        (vec![hop("\u{e4}b1")], false),
    ] {
        assert_eq!(checked_path(path.clone()).is_ok(), good, "{path:?}");
    }
}

#[test]
fn a_message_counts_within_its_pairing() {
    for (derivation, counts) in [(1, false), (2, true), (3, true), (4, true), (5, false)] {
        assert_eq!(
            counts_under(derivation, 2, 4).is_ok(),
            counts,
            "{derivation}"
        );
    }
}

#[test]
fn a_derivation_rises_once_for_each_life_and_not_too_often() {
    let mut reinstalls = Reinstalls::default();
    let at = |seconds: i64| Time(seconds * 1_000);
    for (life, seconds, told) in [
        (1, 0, Reinstalled::Now),
        (1, 0, Reinstalled::Known),
        (2, 299, Reinstalled::Later),
        (2, 299, Reinstalled::Known),
        (3, 299, Reinstalled::Later),
    ] {
        assert_eq!(reinstalls.told(life, at(seconds)), told, "{life} {seconds}");
    }
    assert!(!reinstalls.is_due(at(299)));
    // Once for both.
    assert!(reinstalls.is_due(at(300)));
    assert!(!reinstalls.is_due(at(1_000)));
    assert_eq!(reinstalls.told(4, at(600)), Reinstalled::Now);
    for life in 5..100 {
        reinstalls.told(life, at(600));
    }
    assert_eq!(reinstalls.lives.len(), MOST_RAISED);
}

#[test]
fn what_fits_goes_together() {
    let text = |length: usize| Value::Text("x".repeat(length));
    for (values, packs) in [
        (vec![], vec![]),
        (
            vec![(1, Value::Whole(1)), (2, Value::Number(2.5))],
            vec![vec![1, 2]],
        ),
        // `{"V1":"` and `"}` are 9, `,"V2":""` is 8 more.
        (
            vec![(1, text(100)), (2, text(139 - 100 - 17))],
            vec![vec![1, 2]],
        ),
        (
            vec![(1, text(100)), (2, text(139 - 100 - 16))],
            vec![vec![1], vec![2]],
        ),
        (
            vec![(1, Value::Whole(1)), (2, text(1_000)), (3, Value::Whole(1))],
            vec![vec![1], vec![2], vec![3]],
        ),
    ] {
        assert_eq!(packed(&values), packs, "{values:?}");
    }
}

fn seen(id: i64, short: &str) -> Seen {
    Seen {
        id: DeviceId(id),
        name: format!("Node {id}"),
        state: DeviceState::Online,
        short: Some(short.to_owned()),
    }
}

#[test]
fn a_mesh_is_drawn_from_what_was_said() {
    let way = |node: i64, relays: &[&str], at: i64| Way {
        node: DeviceId(node),
        path: relays
            .iter()
            .map(|relay| MeshHop {
                relay: (*relay).to_owned(),
                signal: -70,
            })
            .collect(),
        signal: -80,
        heard_at: Time(at),
    };
    let nodes = vec![
        seen(1, "aaaa"),
        seen(2, "bbbb"),
        seen(3, "cccc"),
        seen(4, "cccc"),
    ];
    let ways = vec![
        way(1, &[], 5),
        way(2, &["aaaa"], 7),
        // Nobody knows which of two it was, nor who a stranger is; and what is said twice draws nothing.
        way(3, &["cccc", "ffff", "ffff", "aaaa"], 6),
    ];
    let mesh = draw(None, nodes, ways);
    let ids: Vec<_> = mesh
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.kind))
        .collect();
    let node = MeshNodeKind::Node;
    assert_eq!(
        ids,
        [
            ("gateway", MeshNodeKind::Gateway),
            ("device 1", node),
            ("device 2", node),
            ("device 3", node),
            ("device 4", node),
            ("relay cccc", MeshNodeKind::Relay),
            ("relay ffff", MeshNodeKind::Relay),
        ]
    );
    let links: Vec<_> = mesh
        .links
        .iter()
        .map(|link| {
            (
                link.from.as_str(),
                link.to.as_str(),
                link.heard_at,
                link.is_heard_by_gateway,
            )
        })
        .collect();
    assert_eq!(
        links,
        [
            ("device 1", "gateway", 7, true),
            ("device 2", "device 1", 7, false),
            ("device 3", "relay cccc", 6, false),
            ("relay cccc", "relay ffff", 6, false),
            ("relay ffff", "device 1", 6, false),
        ]
    );
    let hops: Vec<_> = mesh.routes[1]
        .hops
        .iter()
        .map(|hop| (hop.id.as_str(), hop.signal))
        .collect();
    assert_eq!(hops, [("device 1", -70), ("gateway", -80)]);
}

proptest! {
    #[test]
    fn each_number_counts_once(numbers in prop::collection::vec(prop_oneof![0_i64..6_000, 0_i64..60, Just(i64::MAX), Just(i64::MAX - 4_095)], 0..300)) {
        let mut window = Window::default();
        let mut kept = BTreeSet::new();
        for number in numbers {
            let newest = kept.last().copied().unwrap_or(-1);
            let want = if kept.contains(&number) && number > newest - 4_096 {
                Taken::Known
            } else if number <= newest - 4_096 {
                Taken::TooOld
            } else {
                Taken::New
            };
            prop_assert_eq!(window.take(number), want, "{}", number);
            if want == Taken::New {
                kept.insert(number);
            }
            let again = Window::read(window.newest(), &window.bytes());
            prop_assert_eq!(again.as_ref(), Some(&window));
        }
    }

    /// A life under a derivation is heard in any order, and again later: none of it counts twice, and memory is bounded.
    #[test]
    fn nothing_counts_twice_whatever_lives_there_are(
        heard in prop::collection::vec((0_u32..30, 0_i64..4), 0..400),
    ) {
        let mut lives = Lives::default();
        let mut kept: BTreeMap<(u32, i64), ()> = BTreeMap::new();
        for (life, number) in heard {
            // A node that lost its store is heard under a later derivation.
            let derivation = i64::from(life) + 1;
            let (taken, _) = lives.take(life, derivation, number);
            if taken == Taken::New {
                prop_assert!(kept.insert((life, number), ()).is_none(), "{} {}", life, number);
            }
            prop_assert!(lives.all.len() <= MOST_LIVES);
        }
    }
}
