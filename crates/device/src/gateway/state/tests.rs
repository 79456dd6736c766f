use super::*;
use crate::frame::{Hop, Signal};
use crate::gateway::item::{Message, Outcome};

fn keys(derivation: u32) -> NodeKeys {
    NodeKeys {
        derivation: Derivation(derivation),
        address: Address([derivation as u8; 8]),
        up: Key::new([1; 32]),
        down: Key::new([2; 32]),
    }
}

fn id(life: u32, sequence: u64) -> Id {
    Id { life, sequence }
}

fn heard(newest: Id, derivation: u32) -> Heard {
    let derivation = Derivation(derivation);
    Heard { newest, derivation }
}

fn queued(node: NodeId, number: u64, command: u64) -> GatewayRecord {
    let payload = if command == 0 {
        Vec::new()
    } else {
        b"order".to_vec()
    };
    GatewayRecord::Queued {
        node,
        number,
        command,
        payload,
    }
}

fn records() -> Vec<GatewayRecord> {
    let (one, two) = (NodeId(1), NodeId(2));
    let hop = Hop {
        short: 7,
        signal: Signal(-80),
    };
    let message = |path: Vec<Hop>| Message {
        node: one,
        id: id(5, 6),
        derivation: Derivation(3),
        payload: b"value".to_vec(),
        path,
        signal: Signal::UNKNOWN,
        heard_at: 1_700_000_000_000,
    };
    let outcomes = [Outcome::Acknowledged, Outcome::Overtaken, Outcome::GivenUp];
    let told = outcomes.map(|outcome| Item::Outcome {
        node: two,
        command: 8,
        outcome,
    });
    let mut records = vec![
        GatewayRecord::Life(9),
        GatewayRecord::Reserved(512),
        GatewayRecord::Paired(one, keys(3)),
        GatewayRecord::Paired(two, keys(4)),
        queued(one, 1, 0),
        queued(two, 2, 0),
        queued(two, 3, 7),
        queued(two, 4, 8),
        GatewayRecord::Heard(one, heard(id(5, 0), 3)),
        GatewayRecord::Settled(one, 1),
        GatewayRecord::Told(1, Item::Message(message(vec![hop; 15]))),
        GatewayRecord::Heard(one, heard(id(5, 6), 3)),
        GatewayRecord::Told(2, Item::Message(message(Vec::new()))),
        GatewayRecord::Told(3, Item::Reinstalled { node: two, life: 1 }),
        GatewayRecord::Reinstalled(two, 1),
        GatewayRecord::Newest(one, 70),
        GatewayRecord::Delivered(1),
        // Met under earlier keys, and given new ones.
        GatewayRecord::Paired(one, keys(6)),
        queued(one, 5, 0),
    ];
    let numbered = told.into_iter().zip(4..);
    records.extend(numbered.map(|(item, number)| GatewayRecord::Told(number, item)));
    records
}

#[test]
fn records_are_read_as_they_were_written() {
    for record in records() {
        let bytes = record.write();
        assert_eq!(GatewayRecord::read(&bytes), Some(record.clone()));
        for length in 0..9 {
            assert_eq!(GatewayRecord::read(&bytes[..length]), None, "{record:?}");
        }
    }
}

#[test]
fn a_snapshot_leads_where_all_records_lead_at_every_moment() {
    let mut state = GatewayState::default();
    for record in records() {
        state.apply(record);
        let mut again = GatewayState::default();
        for record in state.snapshot() {
            let record = GatewayRecord::read(&record.write()).expect("a record");
            again.apply(record);
        }
        assert_eq!(again.snapshot(), state.snapshot());
        assert_eq!(again.addresses, state.addresses);
        assert_eq!((again.told, again.reserved), (state.told, state.reserved));
    }
    let one = &state.nodes[&NodeId(1)];
    assert_eq!(one.life(), None, "it was not heard under these keys");
    assert_eq!(
        one.heard,
        Some(heard(id(5, 6), 3)),
        "and what it sent is still known"
    );
    assert_eq!(state.addresses.len(), 2);
}

#[test]
fn what_is_all_delivered_does_not_start_its_numbers_anew() {
    let mut state = GatewayState::default();
    let item = Item::Reinstalled {
        node: NodeId(1),
        life: 1,
    };
    state.apply(GatewayRecord::Told(41, item));
    state.apply(GatewayRecord::Delivered(41));
    let mut again = GatewayState::default();
    state
        .snapshot()
        .into_iter()
        .for_each(|record| again.apply(record));
    assert_eq!(again.told, 41);
}
