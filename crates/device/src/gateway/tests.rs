use super::*;
use crate::frame::MAX_UP;
use crate::node::{Node, NodeConfig, NodeOutput};
use crate::store::{Failure, MemoryStore};
use handover_air::{AuthToken, Derivation};

const NOW: Moment = Duration::from_secs(1);
const NODE: NodeId = NodeId(1);

fn token() -> AuthToken {
    AuthToken::new("abcdefghijklmnopqrstuvwxyz012345").expect("a token")
}

fn gateway(store: &MemoryStore, forward: usize) -> Gateway<MemoryStore> {
    let config = GatewayConfig {
        forward,
        ..GatewayConfig::default()
    };
    Gateway::open(store.clone(), config, 1).expect("a gateway")
}

fn node(store: &MemoryStore) -> Node<MemoryStore> {
    Node::open(token(), store.clone(), NodeConfig::default(), 2).expect("a node")
}

fn frame_of(node: &mut Node<MemoryStore>, now: Moment) -> Vec<u8> {
    loop {
        match node.poll(now).expect("working") {
            Some(NodeOutput::Send(bytes)) => return bytes,
            Some(NodeOutput::Settled(..)) => {}
            None => panic!("nothing is sent"),
        }
    }
}

fn all(gateway: &mut Gateway<MemoryStore>, now: Moment) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| gateway.poll(now).expect("working")).collect()
}

#[test]
fn nothing_is_acknowledged_before_it_is_kept_and_all_at_once_is_one_write() {
    let store = MemoryStore::default();
    let mut gateway = gateway(&store, 4096);
    gateway
        .pair(NODE, token().keys(Derivation(0)))
        .expect("taken");
    assert_eq!(all(&mut gateway, NOW).len(), 1, "a greeting");
    let mut node = node(&MemoryStore::default());
    node.send(b"value").expect("taken");
    let frame = frame_of(&mut node, NOW);
    gateway.hear(&frame, Signal(-80), NOW);
    store.fail(Failure::Before);
    assert!(gateway.poll(NOW).is_err(), "not kept");
    assert!(
        gateway.poll(NOW).expect("it carries others'").is_none(),
        "and not acknowledged"
    );

    let mut gateway = self::gateway(&store, 4096);
    assert_eq!(gateway.waiting().len(), 0);
    let before = store.appends();
    let mut retry = frame.clone();
    retry[25] = 1;
    for bytes in [&frame, &retry, &frame] {
        gateway.hear(bytes, Signal(-80), NOW);
    }
    let sent = all(&mut gateway, NOW);
    assert_eq!(gateway.waiting().len(), 1);
    assert_eq!(sent.len(), 3, "the greeting, and an answer to each attempt");
    assert_eq!(
        store.appends() - before,
        2,
        "the message, and a block of numbers"
    );
}

#[test]
fn while_too_much_waits_for_the_cloud_nothing_is_acknowledged() {
    let store = MemoryStore::default();
    let mut gateway = gateway(&store, 1);
    gateway
        .pair(NODE, token().keys(Derivation(0)))
        .expect("taken");
    all(&mut gateway, NOW);
    let mut node = node(&MemoryStore::default());
    node.send(b"one").expect("taken");
    node.send(b"two").expect("taken");
    gateway.hear(&frame_of(&mut node, NOW), Signal(-80), NOW);
    for answer in all(&mut gateway, NOW) {
        node.hear(&answer, Signal(-80), NOW).expect("working");
    }
    assert_eq!(node.waiting().count(), 1);
    let second = frame_of(&mut node, NOW);
    gateway.hear(&second, Signal(-80), NOW);
    assert!(all(&mut gateway, NOW).is_empty(), "there is no room");
    gateway.delivered(1).expect("kept");
    let mut again = second;
    again[25] = 1;
    gateway.hear(&again, Signal(-80), NOW);
    assert_eq!(all(&mut gateway, NOW).len(), 1, "now there is");
}

#[test]
fn what_the_cloud_says_twice_is_taken_once() {
    let store = MemoryStore::default();
    let mut gateway = gateway(&store, 16);
    assert!(matches!(
        gateway.command(NODE, 1, b"on"),
        Err(Refused::Unknown)
    ));
    gateway
        .pair(NODE, token().keys(Derivation(0)))
        .expect("taken");
    for command in [1, 1, 2, 1, 2] {
        gateway.command(NODE, command, b"on").expect("taken");
    }
    let queued = gateway.journal.state.nodes[&NODE].queue.len();
    assert_eq!(queued, 3, "a greeting and two messages");
    assert!(matches!(
        gateway.command(NODE, 3, &[0; MAX_UP]),
        Err(Refused::Long(MAX_DOWN))
    ));
    for command in 3..16 {
        gateway.command(NODE, command, b"on").expect("taken");
    }
    assert!(matches!(
        gateway.command(NODE, 16, b"on"),
        Err(Refused::Full)
    ));
}

#[test]
fn nobody_is_written_to_before_it_answered_its_greeting() {
    let mut gateway = gateway(&MemoryStore::default(), 16);
    gateway
        .pair(NODE, token().keys(Derivation(0)))
        .expect("taken");
    gateway.command(NODE, 1, b"on").expect("taken");
    let greeting = all(&mut gateway, NOW);
    assert_eq!(greeting.len(), 1);
    let mut node = node(&MemoryStore::default());
    node.hear(&greeting[0], Signal(-80), NOW).expect("working");
    gateway.hear(&frame_of(&mut node, NOW), Signal(-80), NOW);
    let message = all(&mut gateway, NOW);
    assert_eq!(message.len(), 1);
    node.hear(&message[0], Signal(-80), NOW).expect("working");
    assert_eq!(node.received(), Some((1, &b"on"[..])));
    gateway.hear(&frame_of(&mut node, NOW), Signal(-80), NOW);
    assert!(all(&mut gateway, NOW).is_empty());
    let outcome = Item::Outcome {
        node: NODE,
        command: 1,
        outcome: Outcome::Acknowledged,
    };
    assert!(gateway.waiting().eq([&(1, outcome)]));
}

#[test]
fn who_is_no_node_of_it_is_told_apart_by_the_address_and_once_for_each_attempt() {
    let mut gateway = gateway(&MemoryStore::default(), 4096);
    let mut node = node(&MemoryStore::default());
    node.send(b"value").expect("taken");
    let frame = frame_of(&mut node, NOW);
    let stranger = Stranger {
        address: token().address(Derivation(0)),
        derivation: Derivation(0),
    };
    let hears = |gateway: &mut Gateway<_>, frame: &[u8]| gateway.hear(frame, Signal(-80), NOW);
    assert_eq!(hears(&mut gateway, &frame), Some(stranger));
    assert_eq!(hears(&mut gateway, &frame), None, "an echo");
    assert_eq!(hears(&mut gateway, b"rubbish"), None);
    gateway
        .pair(NODE, token().keys(Derivation(0)))
        .expect("taken");
    let greeting = all(&mut gateway, NOW).remove(0);
    let mut other = self::gateway(&MemoryStore::default(), 4096);
    assert_eq!(
        hears(&mut other, &greeting),
        None,
        "it is to a node, not of one"
    );
    let later = NOW + Duration::from_secs(10);
    let again = frame_of(&mut node, later);
    assert_eq!(gateway.hear(&again, Signal(-80), later), None, "its own");
    assert_eq!(other.hear(&again, Signal(-80), later), Some(stranger));
}
