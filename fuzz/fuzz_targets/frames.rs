//! Bytes of a device that speaks the binary protocol: any at all, one message after the other.

#![no_main]

use handover_blynk::{Frame, Payload, Uplink};
use libfuzzer_sys::fuzz_target;

/// The longest body, as the cloud has it.
const MOST: usize = 1_536;

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    while let Ok(Some((frame, length))) = Frame::read(rest, MOST) {
        let (bytes, after) = rest.split_at(length);
        // What is understood is written again as it was read; what nobody knows is passed over.
        if !matches!(frame.payload, Payload::Unknown(_)) {
            let mut again = Vec::new();
            frame.write(&mut again).expect("what was read can be written");
            assert_eq!(again, bytes);
        }
        // It is bounded by what it was read from.
        if let Ok(Uplink::Write { values, .. }) = Uplink::read(&frame) {
            let length: usize = values.iter().map(|value| value.len()).sum();
            assert!(length <= bytes.len());
        }
        rest = after;
    }
});
