use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rmqtt_codec::types::QoS;

use super::*;
use crate::mqtt::{Login, PacketId, Publish, Wrong};

const CONNECT_3: &[u8] =
    b"\x10\x20\x00\x04MQTT\x04\xc2\x00\x2d\x00\x02d1\x00\x06device\x00\x08password";
const CONNECT_5: &[u8] =
    b"\x10\x21\x00\x04MQTT\x05\xc2\x00\x2d\x00\x00\x02d1\x00\x06device\x00\x08password";

fn id(number: u16) -> PacketId {
    PacketId::new(number).expect("no zero")
}

fn speaking(connect: &[u8]) -> Codec {
    let mut codec = Codec::default();
    let found = codec.read(&mut BytesMut::from(connect));
    let login = Login {
        user: "device".to_owned(),
        password: "password".to_owned(),
    };
    let Ok(Some(Request::Connect(found))) = found else {
        panic!("{found:?} is no login");
    };
    assert_eq!(found.login, Some(login));
    assert_eq!((found.keep_alive, found.refusal), (45, None));
    codec
}

fn check(connect: &[u8], bytes: &[u8], want: Result<Option<Request>, Reason>) {
    let mut codec = speaking(connect);
    let found = codec.read(&mut BytesMut::from(bytes));
    assert_eq!(found, want, "{bytes:02x?}");
}

fn said(topic: &str, payload: &'static [u8], sure: Option<(QoS, PacketId)>) -> Request {
    Request::Publish(Publish {
        topic: topic.to_owned(),
        payload: Bytes::from_static(payload),
        sure,
    })
}

#[test]
fn both_versions_say_the_same() {
    for (three, five, want) in [
        (
            &b"\x30\x05\x00\x01a23"[..],
            &b"\x30\x06\x00\x01a\x0023"[..],
            said("a", b"23", None),
        ),
        (
            b"\x32\x07\x00\x01a\x00\x0723",
            b"\x32\x08\x00\x01a\x00\x07\x0023",
            said("a", b"23", Some((QoS::AtLeastOnce, id(7)))),
        ),
        (
            b"\x3c\x07\x00\x01a\x00\x0723",
            b"\x3c\x08\x00\x01a\x00\x07\x0023",
            said("a", b"23", Some((QoS::ExactlyOnce, id(7)))),
        ),
        (
            b"\x40\x02\x00\x07",
            b"\x40\x02\x00\x07",
            Request::Acknowledged(id(7)),
        ),
        (
            b"\x62\x02\x00\x07",
            b"\x62\x02\x00\x07",
            Request::Released(id(7)),
        ),
        (
            b"\x82\x06\x00\x07\x00\x01a\x01",
            b"\x82\x07\x00\x07\x00\x00\x01a\x01",
            Request::Subscribe {
                id: id(7),
                filters: vec![("a".to_owned(), QoS::AtLeastOnce)],
            },
        ),
        (
            b"\xa2\x05\x00\x07\x00\x01a",
            b"\xa2\x06\x00\x07\x00\x00\x01a",
            Request::Unsubscribe {
                id: id(7),
                filters: vec!["a".to_owned()],
            },
        ),
        (b"\xc0\x00", b"\xc0\x00", Request::Ping),
        (b"\xe0\x00", b"\xe0\x00", Request::Disconnect),
    ] {
        check(CONNECT_3, three, Ok(Some(want.clone())));
        check(CONNECT_5, five, Ok(Some(want)));
    }
}

#[test]
fn what_is_no_packet_of_a_device_is_refused() {
    for (bytes, want) in [
        // 1,025 bytes behind the header, told before any of them is there.
        (&b"\x30\x81\x08"[..], Reason::PacketTooLarge),
        (b"\x30\xff\xff\xff\xff\x01", Reason::MalformedPacket),
        (b"\x32\x05\x00\x01a\x00\x00", Reason::MalformedPacket),
        (b"\x36\x05\x00\x01a\x00\x07", Reason::MalformedPacket),
        (b"\x30\x03\x00\x01\xff", Reason::PayloadFormatInvalid),
        (b"\x30\x02\x00\x00", Reason::TopicNameInvalid),
        (b"\x82\x02\x00\x07", Reason::TopicFilterInvalid),
        (b"\x20\x02\x00\x00", Reason::ProtocolError),
        (b"\x50\x02\x00\x07", Reason::ProtocolError),
        (b"\x00\x00", Reason::ImplementationSpecificError),
    ] {
        check(CONNECT_3, bytes, Err(want));
    }
    for (bytes, want) in [
        (
            &b"\x30\x07\x00\x01a\x03\x23\x00\x01"[..],
            Reason::TopicAliasInvalid,
        ),
        (
            b"\x82\x09\x00\x07\x02\x0b\x01\x00\x01a\x01",
            Reason::SubscriptionIdentifiersNotSupported,
        ),
        (b"\xf0\x00", Reason::ProtocolError),
    ] {
        check(CONNECT_5, bytes, Err(want));
    }
}

#[test]
fn the_longest_message_is_taken_and_a_longer_one_is_not() {
    let mut bytes = b"\x30\x80\x08\x00\x01a".to_vec();
    bytes.resize(3 + 1_024, b'x');
    let mut codec = speaking(CONNECT_3);
    let found = codec.read(&mut BytesMut::from(&bytes[..]));
    assert!(matches!(found, Ok(Some(Request::Publish(_)))), "{found:?}");
}

/// What version 5 is told that is taken is what is taken, to the byte, with everything that belongs to a packet.
#[test]
fn a_packet_as_long_as_was_announced_is_taken_and_one_byte_more_is_not() {
    let mut codec = speaking(CONNECT_5);
    let mut out = BytesMut::new();
    let connected = Reply::Connected {
        client_id: None,
        keep_alive: None,
    };
    assert!(codec.write(connected, &mut out));
    let property = out.windows(5).find(|bytes| bytes[0] == 0x27);
    let most = property.map(|bytes| u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]));
    assert_eq!(most, Some(1_027));
    for (rest, is_taken) in [(1_024_usize, true), (1_025, false)] {
        let mut bytes = vec![0x30, u8::try_from(rest % 128).expect("small") | 128, 8];
        bytes.extend(b"\x00\x01a\x00");
        bytes.resize(3 + rest, b'x');
        let is_short = bytes.len() <= most.expect("it is announced") as usize;
        assert_eq!(is_short, is_taken, "{rest}");
        let found = speaking(CONNECT_5).read(&mut BytesMut::from(&bytes[..]));
        match is_taken {
            true => assert!(matches!(found, Ok(Some(Request::Publish(_)))), "{found:?}"),
            false => assert_eq!(found, Err(Reason::PacketTooLarge)),
        }
    }
}

#[test]
fn a_login_with_a_long_will_is_taken_and_what_comes_after_it_is_as_short_as_ever() {
    for level in [4_u8, 5] {
        let none: &[u8] = if level == 5 { &[0] } else { &[] };
        let will = [b'x'; 1_500];
        let body = [
            &b"\x00\x04MQTT"[..],
            &[level, 0xc6],
            b"\x00\x2d",
            none,
            b"\x00\x02d1",
            none,
            b"\x00\x01w",
            &1_500_u16.to_be_bytes(),
            &will,
            b"\x00\x06device\x00\x08password",
        ]
        .concat();
        let length = [
            u8::try_from(body.len() % 128).expect("small") | 128,
            u8::try_from(body.len() / 128).expect("small"),
        ];
        let connect = [&[0x10][..], &length, &body].concat();
        let mut codec = speaking(&connect);
        let long = codec.read(&mut BytesMut::from(&b"\x30\x81\x08"[..]));
        assert_eq!(long, Err(Reason::PacketTooLarge));
    }
}

#[test]
fn who_cannot_be_taken_is_told_why() {
    for (connect, want, told) in [
        // No name, and a session that is to be kept.
        (
            &b"\x10\x0c\x00\x04MQTT\x04\x00\x00\x00\x00\x00"[..],
            Refusal::ClientId,
            &b"\x20\x02\x00\x02"[..],
        ),
        // 4,097 bytes behind the header.
        (
            b"\x10\x81\x20\x00\x04MQTT\x04\x02\x00\x00",
            Refusal::TooLong,
            b"\x20\x02\x00\x05",
        ),
        (
            b"\x10\x81\x20\x00\x04MQTT\x05\x02\x00\x00",
            Refusal::TooLong,
            b"\x20\x03\x00\x95\x00",
        ),
        (
            &b"\x10\x0c\x00\x04MQTT\x06\x02\x00\x00\x00\x00"[..],
            Refusal::Version,
            &b"\x20\x02\x00\x01"[..],
        ),
        (
            b"\x10\x10\x00\x06MQIsdp\x03\x02\x00\x00\x00\x02d1",
            Refusal::Version,
            b"\x20\x02\x00\x01",
        ),
        (
            b"\x10\x13\x00\x04MQTT\x05\x02\x00\x00\x06\x15\x00\x03abc\x00\x00",
            Refusal::Method,
            b"\x20\x03\x00\x8c\x00",
        ),
    ] {
        let mut codec = Codec::default();
        let found = codec.read(&mut BytesMut::from(connect));
        let Ok(Some(Request::Connect(found))) = found else {
            panic!("{found:?} is no login");
        };
        assert_eq!(found.refusal, Some(want), "{connect:02x?}");
        let mut out = BytesMut::new();
        assert!(codec.write(Reply::Refused(want), &mut out));
        assert_eq!(out, told);
    }
    let mut codec = Codec::default();
    let http = codec.read(&mut BytesMut::from(&b"GET / HTTP/1.1\r\n"[..]));
    assert!(http.is_err());
}

#[test]
fn each_version_is_answered_in_its_own_words() {
    let publish = || Reply::Publish {
        topic: "downlink/ds/a".to_owned(),
        payload: Bytes::from_static(b"1"),
        id: Some(id(3)),
    };
    let wrong = || Err(Wrong::Payload("no".to_owned()));
    for (reply, three, five) in [
        (
            Reply::Refused(Refusal::Credentials),
            &b"\x20\x02\x00\x04"[..],
            &b"\x20\x03\x00\x86\x00"[..],
        ),
        (
            publish(),
            b"\x32\x12\x00\x0ddownlink/ds/a\x00\x031",
            b"\x32\x13\x00\x0ddownlink/ds/a\x00\x03\x001",
        ),
        (
            Reply::Acknowledge(id(3), wrong()),
            b"\x40\x02\x00\x03",
            b"\x40\x09\x00\x03\x99\x05\x1f\x00\x02no",
        ),
        (
            Reply::Subscribed(id(3), vec![Some(QoS::AtLeastOnce), None]),
            b"\x90\x04\x00\x03\x01\x80",
            b"\x90\x05\x00\x03\x00\x01\x87",
        ),
        (
            Reply::Unsubscribed(id(3), vec![true, false]),
            b"\xb0\x02\x00\x03",
            b"\xb0\x05\x00\x03\x00\x00\x11",
        ),
        (Reply::Pong, b"\xd0\x00", b"\xd0\x00"),
        (
            Reply::Disconnect(Reason::SessionTakenOver),
            b"",
            b"\xe0\x02\x8e\x00",
        ),
    ] {
        for (connect, want) in [(CONNECT_3, three), (CONNECT_5, five)] {
            let mut out = BytesMut::new();
            let written = speaking(connect).write(reply.clone(), &mut out);
            assert_eq!(out, want, "{reply:?}");
            assert_eq!(written, !want.is_empty());
        }
    }
}

#[test]
fn a_device_with_a_small_buffer_is_spared() {
    let connect = b"\x10\x26\x00\x04MQTT\x05\xc2\x00\x2d\x05\x27\x00\x00\x00\x20\x00\x02d1\x00\x06device\x00\x08password";
    let mut codec = speaking(connect);
    let mut out = BytesMut::new();
    let long = Reply::Publish {
        topic: "downlink/ds/a".to_owned(),
        payload: Bytes::from_static(&[b'x'; 40]),
        id: None,
    };
    assert!(!codec.write(long, &mut out));
    assert!(out.is_empty());
    assert!(codec.write(Reply::Pong, &mut out));
}

#[test]
fn no_password_is_printed() {
    let mut codec = Codec::default();
    let found = codec.read(&mut BytesMut::from(CONNECT_5));
    assert!(!format!("{found:?}").contains("password"));
}

proptest! {
    #[test]
    fn any_bytes_are_read(five in any::<bool>(), bytes in vec(any::<u8>(), 0..300), cut in 0..300_usize) {
        let mut codec = speaking(if five { CONNECT_5 } else { CONNECT_3 });
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        let mut waiting = BytesMut::new();
        for part in [first, second] {
            waiting.extend_from_slice(part);
            while let Ok(Some(_)) = codec.read(&mut waiting) {}
        }
        let mut fresh = Codec::default();
        let _ = fresh.read(&mut BytesMut::from(&bytes[..]));
    }
}
