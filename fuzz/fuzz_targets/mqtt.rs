//! Bytes of a device that speaks MQTT: any at all, before and after it has signed in, in pieces of any length.

#![no_main]

use bytes::{Bytes, BytesMut};
use handover_blynk::mqtt::{Codec, MOST_BYTES, MOST_CONNECT, PacketId, QoS, Reply, Request, Wrong};
use handover_blynk::{Filter, Topic, fields};
use libfuzzer_sys::fuzz_target;

const THREE: &[u8] = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x2d\x00\x02d1";
const FIVE: &[u8] = b"\x10\x0f\x00\x04MQTT\x05\x02\x00\x2d\x00\x00\x02d1";

/// What was read, and whether it ended in an error.
fn read(input: &[u8], piece: usize) -> (Vec<Request>, bool, Codec) {
    let (mut codec, mut waiting, mut all) = (Codec::default(), BytesMut::new(), Vec::new());
    for bytes in input.chunks(piece.max(1)) {
        waiting.extend_from_slice(bytes);
        loop {
            match codec.read(&mut waiting) {
                Ok(Some(request)) => all.push(request),
                Ok(None) => break,
                Err(_) => return (all, true, codec),
            }
        }
        // Nothing is held but one packet that is not whole yet, and what came with it.
        assert!(waiting.len() <= MOST_CONNECT as usize + 5 + piece.max(1));
    }
    (all, false, codec)
}

/// What the cloud does with it, without a cloud.
fn answer(request: Request, codec: &mut Codec) {
    let reply = match request {
        Request::Publish(publish) => {
            assert!(publish.payload.len() <= MOST_BYTES as usize);
            if let Some(topic) = Topic::read(&publish.topic) {
                assert!(!publish.topic.contains(['+', '#', '\0']), "{topic:?}");
            }
            let _ = fields(&publish.payload).count();
            let why = Wrong::Payload(publish.topic.chars().take(40).collect());
            match publish.sure {
                None => return,
                Some((QoS::ExactlyOnce, id)) => Reply::Receive(id, Err(why)),
                Some((_, id)) => Reply::Acknowledge(id, Err(why)),
            }
        }
        Request::Subscribe { id, filters } => {
            let taken = filters.iter().map(|(text, qos)| {
                let filter = Filter::read(text)?;
                assert!(!filter.takes("ds/a"));
                Some(qos.less_value(QoS::AtLeastOnce))
            });
            Reply::Subscribed(id, taken.collect())
        }
        Request::Unsubscribe { id, filters } => {
            Reply::Unsubscribed(id, vec![false; filters.len()])
        }
        Request::Released(id) => Reply::Complete(id, false),
        Request::Connect(_) | Request::Acknowledged(_) | Request::Ping | Request::Disconnect => {
            Reply::Publish {
                topic: "downlink/ds/a".to_owned(),
                payload: Bytes::from_static(b"1"),
                id: Some(PacketId::MIN),
            }
        }
    };
    let mut out = BytesMut::new();
    let written = codec.write(reply, &mut out);
    assert!(written || out.is_empty());
}

fuzz_target!(|input: &[u8]| {
    let [how, piece, rest @ ..] = input else {
        return;
    };
    let begin = match how % 3 {
        0 => &[][..],
        1 => THREE,
        _ => FIVE,
    };
    let all = [begin, rest].concat();
    let (whole, wrong, mut codec) = read(&all, all.len());
    let (pieces, also_wrong, _) = read(&all, usize::from(*piece));
    assert_eq!((&whole, wrong), (&pieces, also_wrong), "pieces change nothing");
    for request in whole {
        answer(request, &mut codec);
    }
});
