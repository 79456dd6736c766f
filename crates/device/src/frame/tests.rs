use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use handover_air::Key;

const KEY: [u8; 32] = [7; 32];

fn head(kind: Kind, sequence: u64) -> Head {
    Head {
        kind,
        address: Address([1, 2, 3, 4, 5, 6, 7, 8]),
        derivation: Derivation(9),
        id: Id {
            life: 0xaabb_ccdd,
            sequence,
        },
    }
}

fn sealed(text: &[u8], hops: u8) -> Vec<u8> {
    let head = head(Kind::Up, 5);
    write(&head, 3, hops, &seal(&Key::new(KEY), &head, text))
}

fn opened(bytes: &[u8]) -> Option<Vec<u8>> {
    let frame = Frame::read(bytes).ok()?;
    open(&Key::new(KEY), &frame).map(|text| text.to_vec())
}

/// The frame after so many relays.
fn carried(mut bytes: Vec<u8>, hops: u8) -> Vec<u8> {
    for hop in 0..hops {
        let frame = Frame::read(&bytes).expect("a frame");
        let hop = Hop {
            short: u16::from(hop),
            signal: Signal(-50),
        };
        bytes = frame.relayed(hop).expect("it may go on");
    }
    bytes
}

#[test]
fn a_frame_stands_as_the_table_says() {
    let bytes = carried(sealed(b"x", 4), 1);
    let want = [
        0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 0xaa, 0xbb, 0xcc, 0xdd, 0, 0, 0, 0, 0, 0, 0, 5,
        3, 0x31, 0, 0, 0xce,
    ];
    assert_eq!(bytes[..30], want);
    assert_eq!(bytes.len(), 30 + 1 + TAG);
}

#[test]
fn what_is_no_frame_is_refused() {
    let good = sealed(b"x", 4);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let rows = [
        (Vec::new(), FrameError::Short),
        (vec![0x11; 24], FrameError::Short),
        (good[..good.len() - 1].to_vec(), FrameError::Short),
        (with(0, 0x21), FrameError::Unknown),
        (with(0, 0x13), FrameError::Unknown),
        (with(0, 0), FrameError::Unknown),
        (with(26, 0x88), FrameError::Far),
        (with(26, 0x0f), FrameError::Short),
        (vec![0x11; MAX_FRAME + 1], FrameError::Long),
    ];
    for (bytes, want) in rows {
        assert_eq!(Frame::read(&bytes).err(), Some(want), "{bytes:?}");
    }
}

#[test]
fn the_longest_text_goes_the_longest_way() {
    let text = vec![1; MAX_BODY];
    let bytes = carried(sealed(&text, MAX_HOPS), MAX_HOPS);
    assert_eq!(bytes.len(), MAX_FRAME);
    assert_eq!(opened(&bytes), Some(text));
    let frame = Frame::read(&bytes).expect("a frame");
    let hop = Hop {
        short: 1,
        signal: Signal::UNKNOWN,
    };
    assert_eq!(frame.relayed(hop), None, "and not farther");
    assert_eq!(frame.path().count(), usize::from(MAX_HOPS));
}

#[test]
fn whatever_part_is_cut_off_or_altered_does_not_open() {
    let text = b"what a node says";
    let bytes = carried(sealed(text, 5), 2);
    for length in 0..bytes.len() {
        assert_eq!(opened(&bytes[..length]), None, "{length} bytes");
    }
    for bit in 0..8 * bytes.len() {
        let (at, mut altered) = (bit / 8, bytes.clone());
        altered[at] ^= 1 << (bit % 8);
        // The attempt, the hops that are left, and the two hops of the path: nobody's word, and nothing in the text follows from it.
        let is_unproven = at == 25 || (27..33).contains(&at) || (at == 26 && bit % 8 >= 4);
        match opened(&altered) {
            Some(opened) => assert!(is_unproven && opened == text, "bit {bit}"),
            // More hops than there can be.
            None => assert!(!is_unproven || at == 26, "bit {bit}"),
        }
    }
}

#[test]
fn keys_and_directions_do_not_open_each_others() {
    let bytes = sealed(b"x", 4);
    let frame = Frame::read(&bytes).expect("a frame");
    assert!(open(&Key::new([8; 32]), &frame).is_none());
    let up = head(Kind::Up, 5);
    let down = write(&head(Kind::Down, 5), 3, 4, &seal(&Key::new(KEY), &up, b"x"));
    assert_eq!(opened(&down), None, "the direction is authenticated");
}

fn any_up() -> impl Strategy<Value = (Option<Vec<u8>>, u64, bool)> {
    (
        proptest::option::of(vec(any::<u8>(), 0..=MAX_UP)),
        any::<u64>(),
        any::<bool>(),
    )
}

fn longer(text: &[u8]) -> Vec<u8> {
    [text, &[0]].concat()
}

fn shorter(text: &[u8], cut: usize) -> Vec<u8> {
    let lost = 1 + cut.min(text.len() - 1);
    text[..text.len() - lost].to_vec()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        down in any::<bool>(),
        address in any::<[u8; 8]>(),
        derivation in any::<u32>(),
        life in any::<u32>(),
        sequence in any::<u64>(),
        attempt in any::<u8>(),
        hops in 0..=MAX_HOPS,
        made in 0..=MAX_HOPS,
        text in vec(any::<u8>(), 1..=MAX_BODY),
    ) {
        let kind = if down { Kind::Down } else { Kind::Up };
        let (address, derivation, id) = (Address(address), Derivation(derivation), Id { life, sequence });
        let head = Head { kind, address, derivation, id };
        let made = made.min(hops);
        let bytes = write(&head, attempt, hops, &seal(&Key::new(KEY), &head, &text));
        let bytes = carried(bytes, made);
        let frame = Frame::read(&bytes).expect("a frame");
        prop_assert_eq!((frame.head, frame.attempt, frame.left), (head, attempt, hops - made));
        let path: Vec<_> = frame.path().map(|hop| hop.short).collect();
        prop_assert_eq!(path, (0..u16::from(made)).collect::<Vec<_>>());
        prop_assert_eq!(opened(&bytes), Some(text));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..300)) {
        if let Ok(frame) = Frame::read(&bytes) {
            prop_assert!(bytes.len() <= MAX_FRAME);
            let hop = Hop { short: 1, signal: Signal(0) };
            if let Some(relayed) = frame.relayed(hop) {
                let again = Frame::read(&relayed).expect("a frame");
                prop_assert_eq!(again.authentic(), frame.authentic());
            }
        }
        _ = Up::read(&bytes);
        _ = Down::read(&bytes);
    }

    #[test]
    fn what_is_said_is_read(
        (payload, number, newest) in any_up(),
        life in any::<u32>(),
        cut in 0..16_usize,
    ) {
        let up = match &payload {
            Some(payload) => Up::Message(payload),
            None => Up::Ack { command: number, newest },
        };
        let text = up.write();
        prop_assert!(text.len() <= MAX_BODY);
        prop_assert_eq!(Up::read(&text), Some(up.clone()));
        let id = Id { life, sequence: number };
        let down = match &payload {
            Some(payload) => {
                let payload = &payload[..payload.len().min(MAX_DOWN)];
                Down::Message { life, command: number, payload }
            }
            None if newest => Down::Hello,
            None => Down::Ack(id),
        };
        let text = down.write();
        prop_assert!(text.len() <= MAX_BODY);
        prop_assert_eq!(Down::read(&text), Some(down.clone()));
        if payload.is_none() {
            // What has a length of its own is refused with any other. Only the reader of its own way is asked: which way a text
            // goes is authenticated, and a piece of one way's text may well be a text of the other.
            let (up, down) = (up.write(), down.write());
            for wrong in [longer(&up), shorter(&up, cut)] {
                prop_assert_eq!(Up::read(&wrong), None);
            }
            for wrong in [longer(&down), shorter(&down, cut)] {
                prop_assert_eq!(Down::read(&wrong), None);
            }
        }
    }
}
