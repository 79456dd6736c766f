//! A node and a gateway hear datagrams that a fuzzer invents: any bytes, and any text with the right keys.

#![no_main]

use std::time::Duration;

use handover_device::fuzzing::sealed;
use handover_device::{
    AuthToken, Derivation, Frame, Gateway, Hop, Id, Kind, MemoryStore, Node, NodeId, Signal,
};
use libfuzzer_sys::fuzz_target;

/// Cuts the input: a byte that says what comes, one that says how long it is, and so much.
fn datagrams(mut input: &[u8]) -> Vec<(u8, &[u8])> {
    let mut all = Vec::new();
    while let [what, length, rest @ ..] = input {
        let (bytes, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        all.push((*what, bytes));
        input = rest;
    }
    all
}

fuzz_target!(|input: &[u8]| {
    let token = AuthToken::new("abcdefghijklmnopqrstuvwxyz012345").expect("a token");
    let (up, down) = (MemoryStore::default(), MemoryStore::default());
    let mut node = Node::open(token.clone(), down, Default::default(), 1).expect("a node");
    let mut gateway = Gateway::open(up, Default::default(), 2).expect("a gateway");
    gateway
        .pair(NodeId(1), token.keys(Derivation(0)))
        .expect("taken");
    let life = node.life();
    for (count, (what, bytes)) in datagrams(input).into_iter().enumerate() {
        let now = Duration::from_millis(100 * count as u64);
        let id = |life| Id {
            life,
            sequence: u64::from(what >> 4),
        };
        let keys = token.keys(Derivation(u32::from(what >> 3 & 1)));
        let datagram = match what & 7 {
            0 => bytes.to_vec(),
            1 => sealed(&keys, Kind::Up, id(life), what, bytes),
            2 => sealed(&keys, Kind::Up, id(7), what, bytes),
            3 => sealed(&keys, Kind::Down, id(8), what, bytes),
            // For the node's life, which the fuzzer does not know.
            4 => {
                let text = [&[1], &life.to_be_bytes()[..], bytes].concat();
                sealed(&keys, Kind::Down, id(8), what, &text)
            }
            5 => {
                let text = [&[2], &life.to_be_bytes()[..], bytes].concat();
                sealed(&keys, Kind::Down, id(8), what, &text)
            }
            6 => {
                _ = node.send(bytes);
                _ = gateway.command(NodeId(1), u64::from(what), bytes);
                continue;
            }
            _ => {
                gateway.pair(NodeId(1), keys).expect("taken");
                continue;
            }
        };
        if let Ok(frame) = Frame::read(&datagram) {
            let hop = Hop {
                short: 1,
                signal: Signal(-1),
            };
            if let Some(relayed) = frame.relayed(hop) {
                let again = Frame::read(&relayed).expect("what is carried is a frame");
                assert_eq!(again.authentic(), frame.authentic());
            }
        }
        node.hear(&datagram, Signal(-80), now)
            .expect("memory does not fail");
        gateway.hear(&datagram, Signal(-80), now);
        while node.poll(now).expect("memory does not fail").is_some() {}
        while gateway.poll(now).expect("memory does not fail").is_some() {}
        for [seen, frames, counted] in [node.remembered(), gateway.remembered()] {
            assert!(seen <= 512 && frames <= 64 && counted <= 256);
        }
    }
});
