use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Downlink, MessageId};

fn read(command: Command, body: &[u8]) -> Result<Uplink<'_>, UplinkError> {
    let payload = Payload::Request(command, body);
    Uplink::read(&Frame {
        id: MessageId::MIN,
        payload,
    })
}

fn check(command: Command, body: &str, want: Uplink<'_>) {
    assert_eq!(read(command, body.as_bytes()), Ok(want.clone()), "{body:?}");
    if !body.is_empty() {
        let ended = format!("{body}\0");
        assert_eq!(read(command, ended.as_bytes()), Ok(want), "{ended:?}");
    }
}

#[test]
fn what_devices_send_is_understood() {
    use Command as C;
    let info = vec![("ver", "1.3.2"), ("h-beat", "50"), ("buff-in", "1024")];
    check(C::Login, "abc", Uplink::Login { token: "abc" });
    check(C::LegacyLogin, "abc", Uplink::Login { token: "abc" });
    check(C::Login, "abc\0\0\0", Uplink::Login { token: "abc" });
    check(C::Ping, "", Uplink::Ping);
    let values = vec!["23.5"];
    let pin = Pin(1);
    check(
        C::Hardware,
        "vw\x001\x0023.5",
        Uplink::Write { pin, values },
    );
    let values = vec!["a", "", "c"];
    check(
        C::Hardware,
        "vw\x001\x00a\0\0c",
        Uplink::Write { pin, values },
    );
    check(C::Group, "b", Uplink::BeginGroup(None));
    check(
        C::Group,
        "b\x001800000000000",
        Uplink::BeginGroup(Some(1_800_000_000_000)),
    );
    check(C::Group, "e", Uplink::EndGroup);
    check(C::Sync, "", Uplink::Sync(vec![]));
    check(
        C::Sync,
        "vr\x001\x00255",
        Uplink::Sync(vec![Pin(1), Pin(255)]),
    );
    let (name, values) = ("color", vec!["#D3435C"]);
    check(
        C::Property,
        "1\0color\0#D3435C",
        Uplink::Property { pin, name, values },
    );
    let (code, description) = ("low_battery", Some("3 volts"));
    check(
        C::Event,
        "low_battery\x003 volts",
        Uplink::Event { code, description },
    );
    check(
        C::Event,
        "low_battery",
        Uplink::Event {
            code,
            description: None,
        },
    );
    check(C::ClearEvent, "low_battery", Uplink::ClearEvent { code });
    check(
        C::Internal,
        "ver\x001.3.2\0h-beat\x0050\0buff-in\x001024",
        Uplink::Info(info),
    );
    check(
        C::Internal,
        "ver\x001\0dev",
        Uplink::Info(vec![("ver", "1"), ("dev", "")]),
    );
    let (field, value) = ("Place", "Barn");
    check(
        C::Internal,
        "meta\0set\0Place\0Barn",
        Uplink::MetaSet { field, value },
    );
    check(C::Internal, "meta\0get\0Place", Uplink::MetaGet { field });
    check(C::DebugPrint, "hello", Uplink::DebugPrint("hello"));
    check(C::Internal, "rtc\0sync", Uplink::AsksTime(TimeAsked::Wall));
    for (word, asked) in TimeAsked::OF_UTC {
        let body = format!("utc\0{word}");
        check(C::Internal, &body, Uplink::AsksTime(asked));
        assert_eq!(asked.words(), ["utc", word]);
    }
    assert_eq!(TimeAsked::Wall.words(), ["rtc"]);
}

#[test]
fn what_is_not_understood_is_answered_as_published() {
    use Command as C;
    let bodies: [(Command, &[u8]); 22] = [
        (C::Internal, b"rtc"),
        (C::Internal, b"utc\0"),
        (C::Internal, b"utc\0noon"),
        (C::Group, b""),
        (C::Group, b"b\0noon"),
        (C::Group, b"vw\x001\x001"),
        (C::Login, b""),
        (C::Login, b"a\0b"),
        (C::Hardware, b""),
        (C::Hardware, b"vw"),
        (C::Hardware, b"vw\x001"),
        (C::Hardware, b"vw\0x\x001"),
        (C::Hardware, b"vw\x00256\x001"),
        (C::Hardware, b"dw\x001\x001"),
        (C::Hardware, b"vw\x001\0\xff"),
        (C::Sync, b"vr"),
        (C::Sync, b"vr\0x"),
        (C::Property, b"1\0color"),
        (C::Event, b""),
        (C::Internal, b""),
        (C::Internal, b"meta\0drop\0x"),
        (C::DebugPrint, b"a\0b"),
    ];
    for (command, body) in bodies {
        let error = read(command, body).expect_err("it is not as it must be");
        assert_eq!(error.status(), Status::IllegalBody, "{command:?} {body:?}");
    }
    for command in [C::Bridge, C::Redirect] {
        let error = read(command, b"").expect_err("a device has no use for it");
        assert_eq!(error.status(), Status::IllegalCommand, "{command:?}");
    }
    let unknown = Frame {
        id: MessageId::MIN,
        payload: Payload::Unknown(99),
    };
    let error = Uplink::read(&unknown).expect_err("nobody knows it");
    assert_eq!(error.status(), Status::IllegalCommand);
}

proptest! {
    #[test]
    fn any_body_is_read_without_a_panic(
        which in 0..Command::ALL.len(),
        body in vec(any::<u8>(), 0..64),
    ) {
        let (_, command) = Command::ALL[which];
        let _ = read(command, &body);
    }

    #[test]
    fn a_value_goes_there_and_back(number in any::<u8>(), values in vec("[^\0]{1,20}", 1..4)) {
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let pin = Pin(number);
        let down = Downlink::Write { pin, values: &values };
        let mut out = Vec::new();
        down.write(MessageId::MAX, &mut out).expect("it has no NUL");
        let (frame, _) = Frame::read(&out, 1024).expect("a message").expect("all of it");
        prop_assert_eq!(Uplink::read(&frame), Ok(Uplink::Write { pin, values }));
    }
}
