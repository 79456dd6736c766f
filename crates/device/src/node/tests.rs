use std::time::Duration;

use super::state::{NodeRecord, NodeState};
use super::*;
use crate::store::{Failure, MemoryStore, Record, State};

const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz012345";
const NOW: Moment = Duration::from_secs(1);

fn node(store: &MemoryStore, seed: u64) -> Node<MemoryStore> {
    let token = AuthToken::new(TOKEN).expect("a token");
    Node::open(token, store.clone(), NodeConfig::default(), seed).expect("a node")
}

fn sent(node: &mut Node<MemoryStore>, now: Moment) -> Vec<u8> {
    match node.poll(now).expect("a working store") {
        Some(NodeOutput::Send(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_attempt_is_the_same_but_for_its_number_also_after_a_crash() {
    let store = MemoryStore::default();
    let mut before = node(&store, 1);
    before.send(b"value").expect("taken");
    let first = sent(&mut before, NOW);
    assert_eq!(before.poll(NOW).expect("working"), None);
    let due = before.wake().expect("again");
    assert!(due > NOW + Duration::from_secs(2));
    let second = sent(&mut before, due);
    let mut after = node(&store, 2);
    let third = sent(&mut after, NOW);
    assert_eq!((first[25], second[25], third[25]), (0, 1, 0));
    assert_eq!(first[..25], second[..25]);
    assert_eq!(first[26..], second[26..]);
    assert_eq!(first, third, "nobody can tell that it crashed");
    let number = after.send(b"another").expect("taken");
    assert!(
        number > 1,
        "and what comes after has another number: {number}"
    );
}

#[test]
fn numbers_are_never_given_twice() {
    let store = MemoryStore::default();
    let mut all = std::collections::BTreeSet::new();
    for start in 0..20 {
        let mut node = node(&store, start);
        for count in 0..30 {
            let number = node.send(&[count]).map_err(drop);
            let Ok(number) = number else { break };
            assert!(all.insert(number), "{number} again");
            node.settle(number, Fate::GivenUp).expect("kept");
            assert!(node.poll(NOW).expect("working").is_some());
        }
        assert_eq!(node.life(), self::node(&store, 99).life(), "one life");
    }
    assert_eq!(all.len(), 600);
}

#[test]
fn a_full_queue_says_so_and_takes_nothing() {
    let mut node = node(&MemoryStore::default(), 1);
    for count in 0..32 {
        node.send(&[count]).expect("there is room");
    }
    assert!(matches!(node.send(b"more"), Err(Refused::Full)));
    assert_eq!(node.waiting().count(), 32);
    assert!(matches!(
        node.send(&[0; MAX_UP + 1]),
        Err(Refused::Long(MAX_UP))
    ));
}

#[test]
fn a_store_that_failed_is_not_trusted_until_the_next_start() {
    for (failure, kept) in [(Failure::Before, 1), (Failure::After, 2)] {
        let store = MemoryStore::default();
        let mut before = node(&store, 1);
        before.send(b"one").expect("taken");
        store.fail(failure);
        assert!(matches!(
            before.send(b"two"),
            Err(Refused::Store(StoreError::Failed(_)))
        ));
        assert!(matches!(
            before.send(b"three"),
            Err(Refused::Store(StoreError::Halted))
        ));
        assert_eq!(
            before.poll(NOW).expect("it carries others'"),
            None,
            "and sends nothing"
        );
        assert_eq!(node(&store, 2).waiting().count(), kept);
    }
}

#[test]
fn what_waits_too_long_is_given_up_and_told() {
    let mut node = node(&MemoryStore::default(), 1);
    let number = node.send(b"value").expect("taken");
    sent(&mut node, NOW);
    let patience = NodeConfig::default().retry.patience;
    let output = node.poll(NOW + patience).expect("working");
    assert_eq!(output, Some(NodeOutput::Settled(number, Fate::GivenUp)));
    assert_eq!(node.waiting().count(), 0);
}

#[test]
fn records_and_snapshots_are_read_as_they_were_written() {
    let payload = b"payload".to_vec();
    let records = [
        NodeRecord::Life(u32::MAX),
        NodeRecord::Derivation(7),
        NodeRecord::Reserved(u64::MAX),
        NodeRecord::Queued {
            sequence: 9,
            payload: payload.clone(),
        },
        NodeRecord::Queued {
            sequence: 10,
            payload: Vec::new(),
        },
        NodeRecord::Settled(9),
        NodeRecord::Got {
            command: 3,
            payload: payload.clone(),
        },
        NodeRecord::Got {
            command: 5,
            payload,
        },
        NodeRecord::Taken(5),
        NodeRecord::Newest(4),
    ];
    let mut state = NodeState::default();
    for record in records {
        let bytes = record.write();
        assert_eq!(NodeRecord::read(&bytes), Some(record.clone()));
        for length in 0..9 {
            assert_eq!(NodeRecord::read(&bytes[..length]), None);
        }
        state.apply(record);
    }
    let mut again = NodeState::default();
    state
        .snapshot()
        .into_iter()
        .for_each(|record| again.apply(record));
    assert_eq!(again.snapshot(), state.snapshot());
    assert_eq!(
        (again.newest, again.outbox.len(), again.inbox.len()),
        (5, 1, 1)
    );
}
