use super::*;
use crate::frame::{self, Head, Id};
use handover_air::{Derivation, Key};

const MS: Duration = Duration::from_millis(1);
const SOON: Duration = Duration::from_secs(1);

fn relay(config: RelayConfig) -> Relay {
    Relay::new(config, Dice::new(1))
}

fn bytes(node: u8, sequence: u64, attempt: u8, left: u8) -> Vec<u8> {
    let head = Head {
        kind: Kind::Up,
        address: Address([node; 8]),
        derivation: Derivation(0),
        id: Id { life: 1, sequence },
    };
    let sealed = frame::seal(&Key::new([1; 32]), &head, b"text");
    frame::write(&head, attempt, left, &sealed)
}

fn hear(relay: &mut Relay, bytes: &[u8], now: Moment) -> Sight {
    let frame = Frame::read(bytes).expect("a frame");
    let sight = relay.note(&frame, now);
    relay.carry(&frame, sight, 77, Signal(-80), now);
    sight
}

/// The same as another relay sends it.
fn from(other: u16, bytes: &[u8]) -> Vec<u8> {
    let hop = Hop {
        short: other,
        signal: Signal(-80),
    };
    Frame::read(bytes)
        .expect("a frame")
        .relayed(hop)
        .expect("it may go on")
}

fn all(relay: &mut Relay, now: Moment) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| relay.poll(now)).collect()
}

#[test]
fn what_is_new_is_sent_on_after_a_delay_with_this_hop() {
    let mut relay = relay(RelayConfig::default());
    let bytes = bytes(1, 1, 0, 3);
    assert_eq!(hear(&mut relay, &bytes, MS), Sight::First);
    assert!(all(&mut relay, MS).is_empty());
    let sent = all(&mut relay, SOON);
    assert_eq!(sent.len(), 1);
    let frame = Frame::read(&sent[0]).expect("a frame");
    assert_eq!(frame.left, 2);
    let hops: Vec<_> = frame.path().collect();
    let me = Hop {
        short: 77,
        signal: Signal(-80),
    };
    assert_eq!(hops, [me]);
    assert_eq!(hear(&mut relay, &bytes, SOON), Sight::Echo);
}

#[test]
fn enough_others_silence_it_and_a_repeating_link_does_not() {
    let original = bytes(1, 1, 0, 3);
    let [one, two] = [1, 2].map(|other| from(other, &original));
    let farther = from(3, &one);
    let rows: [(&[&Vec<u8>], usize); 5] = [
        (&[&one], 1),
        (&[&one, &one, &one], 1),
        (&[&original, &original, &original], 1),
        (&[&one, &two], 0),
        (&[&one, &farther], 0),
    ];
    for (echoes, sent) in rows {
        let mut relay = relay(RelayConfig::default());
        hear(&mut relay, &original, MS);
        for echo in echoes {
            hear(&mut relay, echo, MS);
        }
        assert_eq!(all(&mut relay, SOON).len(), sent, "{echoes:?}");
    }
}

#[test]
fn later_attempts_are_not_silenced() {
    for (attempt, sent) in [(0, 0), (1, 1), (3, 1), (4, 1), (200, 1)] {
        let mut relay = relay(RelayConfig::default());
        let original = bytes(1, 1, attempt, 3);
        hear(&mut relay, &original, MS);
        for other in 1..=2 {
            hear(&mut relay, &from(other, &original), MS);
        }
        assert_eq!(all(&mut relay, SOON).len(), sent, "attempt {attempt}");
    }
}

#[test]
fn what_nobody_carries_farther_is_sent_once_more() {
    let original = bytes(1, 1, 0, 3);
    let mine = from(77, &original);
    for (echo, again) in [
        (None, 1),
        (Some(from(1, &original)), 1),
        (Some(from(1, &mine)), 0),
    ] {
        let mut relay = relay(RelayConfig::default());
        hear(&mut relay, &original, MS);
        let sent = all(&mut relay, SOON);
        assert!(sent.iter().eq([&mine]));
        if let Some(echo) = echo {
            hear(&mut relay, &echo, SOON);
        }
        assert_eq!(all(&mut relay, 2 * SOON).len(), again);
        assert!(all(&mut relay, 3 * SOON).is_empty());
        assert_eq!(relay.wake(), None);
    }
}

#[test]
fn a_copy_that_may_go_farther_is_worth_sending() {
    let mut relay = relay(RelayConfig::default());
    // It came by a long way first.
    let near = bytes(1, 1, 0, 5);
    let far = from(2, &from(1, &near));
    hear(&mut relay, &far, MS);
    assert_eq!(hear(&mut relay, &near, MS), Sight::Farther);
    let sent = all(&mut relay, SOON);
    assert_eq!(sent.len(), 1, "one of them");
    assert_eq!(Frame::read(&sent[0]).expect("a frame").left, 4);
    assert_eq!(hear(&mut relay, &far, SOON), Sight::Echo);
}

#[test]
fn what_may_go_no_farther_stays() {
    let mut relay = relay(RelayConfig::default());
    hear(&mut relay, &bytes(1, 1, 0, 0), MS);
    assert_eq!(relay.wake(), None);
}

#[test]
fn one_node_does_not_fill_the_queue() {
    let config = RelayConfig {
        waiting: 8,
        again: 0,
        ..RelayConfig::default()
    };
    let mut relay = relay(config);
    for node in 0..4 {
        for sequence in 0..6 {
            hear(&mut relay, &bytes(node, sequence, 0, 3), MS);
            let [_, waiting, _] = relay.size();
            assert!(waiting <= 8);
        }
    }
    let sent = all(&mut relay, SOON);
    let of = |node: u8| {
        let mut all = sent.iter();
        all.by_ref().filter(|bytes| bytes[1] == node).count()
    };
    assert_eq!([0, 1, 2, 3].map(of), [2, 2, 2, 2], "each has its share");
}

#[test]
fn it_forgets_what_is_old_and_what_is_too_much() {
    let config = RelayConfig {
        seen: 4,
        ..RelayConfig::default()
    };
    let mut relay = relay(config);
    let first = bytes(1, 1, 0, 3);
    assert_eq!(hear(&mut relay, &first, MS), Sight::First);
    assert_eq!(hear(&mut relay, &first, 59 * SOON), Sight::Echo);
    assert_eq!(
        hear(&mut relay, &first, 61 * SOON),
        Sight::First,
        "a minute later"
    );
    for sequence in 2..6 {
        hear(&mut relay, &bytes(1, sequence, 0, 3), 61 * SOON);
    }
    assert_eq!(
        hear(&mut relay, &first, 61 * SOON),
        Sight::First,
        "after four more"
    );
}
