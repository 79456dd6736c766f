//! Devices that live over MQTT, in both versions, as clients and people see them. The packets are written here by hand: what
//! is read was read by somebody else's codec.

use std::net::SocketAddr;

use axum::body::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use handover_wire::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::testing::{Person, Site};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Three,
    Five,
}

pub const BOTH: [Version; 2] = [Version::Three, Version::Five];

/// A device that speaks MQTT.
pub struct Client {
    stream: TcpStream,
    version: Version,
}

/// A text, and how long it is.
fn text(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("short");
    [&length.to_be_bytes()[..], text].concat()
}

/// A packet.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length % 128).expect("small");
        length /= 128;
        bytes.push(if length > 0 { low | 128 } else { low });
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

impl Version {
    /// What has no properties in this version, or none.
    fn none(self) -> &'static [u8] {
        match self {
            Self::Three => &[],
            Self::Five => &[0],
        }
    }

    pub fn connect(self, user: &str, token: &str, keep_alive: u16) -> Vec<u8> {
        let level = if self == Self::Three { 4 } else { 5 };
        let body = [
            &text(b"MQTT")[..],
            &[level, 0xc2],
            &keep_alive.to_be_bytes(),
            self.none(),
            &text(b"test"),
            &text(user.as_bytes()),
            &text(token.as_bytes()),
        ];
        packet(0x10, &body.concat())
    }

    fn publish(self, qos: u8, id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
        let id = id.to_be_bytes();
        let id = if qos == 0 { &[][..] } else { &id };
        let topic = text(topic.as_bytes());
        packet(
            0x30 | qos << 1,
            &[&topic[..], id, self.none(), payload].concat(),
        )
    }

    fn subscribe(self, id: u16, filter: &str, qos: u8) -> Vec<u8> {
        let filter = text(filter.as_bytes());
        packet(
            0x82,
            &[&id.to_be_bytes()[..], self.none(), &filter, &[qos]].concat(),
        )
    }
}

impl Client {
    pub async fn new(site: &Site, version: Version) -> Self {
        let address = site.cloud.doors().mqtt.expect("a demo speaks MQTT");
        Self::at(address, version).await
    }

    pub async fn at(address: SocketAddr, version: Version) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        Self { stream, version }
    }

    pub async fn signed_in(site: &Site, version: Version, token: &str) -> Self {
        let mut client = Self::new(site, version).await;
        client.send(&version.connect("device", token, 45)).await;
        let (first, body) = client.next().await.expect("an answer");
        assert_eq!((first, &body[..2]), (0x20, &[0, 0][..]), "{body:02x?}");
        client
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        // Whoever was cut off notices when reading.
        let _ = self.stream.write_all(bytes).await;
    }

    pub async fn publish(&mut self, qos: u8, id: u16, topic: &str, payload: &[u8]) {
        let bytes = self.version.publish(qos, id, topic, payload);
        self.send(&bytes).await;
    }

    pub async fn subscribe(&mut self, filter: &str, qos: u8) -> u8 {
        let bytes = self.version.subscribe(9, filter, qos);
        self.send(&bytes).await;
        let (first, body) = self.next().await.expect("an answer");
        assert_eq!((first, &body[..2]), (0x90, &[0, 9][..]));
        *body.last().expect("a code")
    }

    /// The next packet: its first byte, and what comes after its length. None at the end.
    pub async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await.ok()?;
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = self.stream.read_u8().await.ok()?;
            length |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte & 128 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some((first, body))
    }

    /// It is acknowledged that a message was heard, or, in version 5, why not.
    pub async fn hears(&mut self, kind: u8, id: u16, code: u8) {
        let (first, body) = self.next().await.expect("an answer");
        assert_eq!((first, &body[..2]), (kind, &id.to_be_bytes()[..]));
        let want = if self.version == Version::Five {
            code
        } else {
            0
        };
        assert_eq!(body.get(2).copied().unwrap_or(0), want, "{body:02x?}");
    }

    /// It is told something; not surely unless an id comes with it, which is given back.
    pub async fn is_told(&mut self, topic: &str, payload: &str) -> Option<[u8; 2]> {
        let (first, body) = self.next().await.expect("a message");
        assert_eq!(first & 0xf0, 0x30, "{first:02x} {body:02x?}");
        let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
        let (found, mut rest) = body[2..].split_at(length);
        assert_eq!(String::from_utf8_lossy(found), topic);
        let mut id = None;
        if first & 0b110 != 0 {
            id = Some([rest[0], rest[1]]);
            rest = &rest[2..];
        }
        let rest = rest
            .strip_prefix(self.version.none())
            .expect("no properties");
        assert_eq!(String::from_utf8_lossy(rest), payload);
        id
    }

    /// It is cut off; in version 5 it is told why.
    pub async fn is_cut_off(&mut self, reason: u8) {
        let told = self.next().await;
        if self.version == Version::Five {
            let (first, body) = told.expect("a reason");
            assert_eq!((first, body[0]), (0xe0, reason), "{body:02x?}");
            assert_eq!(self.next().await, None);
        } else {
            assert_eq!(told, None);
        }
    }
}

pub async fn values(person: &Person<'_>, device: i64) -> Value {
    let path = format!("/device?deviceId={device}");
    person.get(&path).await.json()["dataStreamValues"].clone()
}

async fn set(person: &Person<'_>, pin: u8, value: i64) {
    let set = json!({ "deviceId": 3, "pin": pin, "value": value });
    assert_eq!(person.put("/device/value", set).await.status, 200);
}

#[tokio::test]
async fn what_a_device_publishes_is_seen() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let mut device = Client::signed_in(&site, version, &site.auth(2)).await;
        for (topic, payload, code) in [
            ("ds/Moisture", &b"23.5"[..], 0),
            ("ds/V2", b"18", 0),
            ("ds/Place", b"13.4\x0052.5", 0),
            ("ds/Acidity", b"99", 0),
            ("batch_ds", br#"{"Light":1,"Battery":3.3}"#, 0),
            ("ds/Note", b"gone", 0),
            ("ds/Note/erase", b"", 0),
            ("event/too_dry", b"quite", 0),
            ("event/battery_low", b"", 0),
            ("ds/Moisture/prop/label", b"Wet", 0),
            ("meta/Serial Number", b"SN-9", 0),
            (
                "info/mcu",
                br#"{"tmpl":"TMPL1","ver":"1.2","build":"today","type":"mcu","rxbuff":1024}"#,
                0,
            ),
            ("ds/Salinity/timestamped_batch", b"[[1800000000000,4.5]]", 0),
            ("ds/Nothing", b"1", 0x90),
            ("ds/V77", b"1", 0x90),
            ("event/flood", b"", 0x90),
            ("meta/Nothing", b"1", 0x90),
            ("ds/Moisture/prop/taste", b"salty", 0x90),
            ("ds/Moisture", b"warm", 0x99),
            ("ds/Moisture", b"\xff", 0x99),
            ("ds/Moisture", b"", 0x99),
            ("batch_ds", b"[1]", 0x99),
            ("batch_ds", br#"{"Light":1,"Battery":"full"}"#, 0x99),
            ("ds/Salinity/timestamped_batch", b"[[1,4.5]]", 0x99),
        ] {
            device.publish(1, 7, topic, payload).await;
            device.hears(0x40, 7, code).await;
        }
        let shown = customer.get("/device?deviceId=3").await.json();
        assert_eq!(
            (&shown["state"], &shown["ip"]),
            (&json!("online"), &json!("127.0.0.1"))
        );
        assert_eq!(shown["hardwareInfo"]["version"], "1.2");
        let held: Vec<_> = (0..10)
            .map(|pin| shown["dataStreamValues"][pin]["value"].clone())
            .collect();
        let want = json!([
            1.0,
            23.5,
            18.0,
            3.3,
            null,
            60.0,
            null,
            [13.4, 52.5],
            4.5,
            14.0
        ]);
        assert_eq!(json!(held), want);
        let events = customer.get("/device/events?deviceId=3").await.json();
        assert_eq!(events[1]["description"], "quite");
        assert_eq!(events[0]["description"], Value::Null);
        // Not to be heard surely, and exactly once, though it is said twice.
        device.publish(0, 0, "ds/Moisture", b"24").await;
        for _ in 0..2 {
            device.publish(2, 8, "ds/Temperature", b"19").await;
            device.hears(0x50, 8, 0).await;
        }
        device.send(&packet(0x62, &[0, 8])).await;
        device.hears(0x70, 8, 0).await;
        device.send(&packet(0x62, &[0, 8])).await;
        device.hears(0x70, 8, 0x92).await;
        let now = values(&customer, 3).await;
        assert_eq!(
            (&now[1]["value"], &now[2]["value"]),
            (&json!(24.0), &json!(19.0))
        );
        device.send(&[0xe0, 0]).await;
        assert_eq!(device.next().await, None, "it has gone of its own");
    }
}

#[tokio::test]
async fn a_device_is_told_what_it_subscribed_to() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        // Set while it is away, and kept for it.
        set(&customer, 5, 40).await;
        let mut device = Client::signed_in(&site, version, &site.auth(2)).await;
        device.send(&[0xc0, 0]).await;
        assert_eq!(
            device.next().await,
            Some((0xd0, vec![])),
            "nothing is told unasked"
        );
        assert_eq!(device.subscribe("downlink/ds/Interval", 0).await, 0);
        assert_eq!(device.is_told("downlink/ds/Interval", "40").await, None);
        // What it has not subscribed to waits until it has.
        set(&customer, 0, 1).await;
        assert_eq!(device.subscribe("downlink/#", 2).await, 1);
        let id = device
            .is_told("downlink/ds/Light", "1")
            .await
            .expect("surely");
        // It has said nothing, so nothing that is told to others hides that it does not have it.
        drop(device);
        let mut device = Client::signed_in(&site, version, &site.auth(2)).await;
        assert_eq!(device.subscribe("downlink/#", 1).await, 1);
        set(&customer, 5, 30).await;
        loop {
            let (first, body) = device.next().await.expect("a message");
            let told = String::from_utf8_lossy(&body).into_owned();
            let at = 2 + usize::from(body[1]);
            device.send(&packet(0x40, &body[at..at + 2])).await;
            assert_eq!(first, 0x32, "{id:?}");
            if told.contains("Interval") {
                break;
            }
        }
        // It asks, and is told: names that there are not are passed over.
        for (topic, payload, told) in [
            ("ds/Moisture", &b"23.5"[..], &[][..]),
            ("ds/Place", b"13.4,52.5", &[]),
            (
                "get/ds",
                b"Moisture,Nothing,Place",
                &[
                    ("downlink/ds/Moisture", "23.5"),
                    ("downlink/ds/Place", "13.4\x0052.5"),
                ],
            ),
            ("get/loc/all", b"", &[("downlink/loc/all", "52.5,13.4")]),
            ("meta/Serial Number", b"SN-9", &[]),
            (
                "get/meta",
                b"Serial Number,Nothing,Device Name",
                &[
                    ("downlink/meta/Serial Number", "SN-9"),
                    ("downlink/meta/Device Name", "Orchard gate"),
                ],
            ),
            (
                "get/utc/all/json",
                b"",
                &[(
                    "downlink/utc/all/json",
                    r#"{"dst_offset":0,"iso8601":"2027-01-15T09:00:00+01:00","time":1800000000000,"tz_name":"Europe/Berlin","tz_offset":60,"tz_rule":"<+01>-1"}"#,
                )],
            ),
        ] {
            device.publish(0, 0, topic, payload).await;
            for (topic, payload) in told {
                assert_eq!(device.is_told(topic, payload).await, None);
            }
        }
        // Everything, and nothing more once it is subscribed to no longer.
        device.publish(1, 5, "get/ds/all", b"").await;
        device.hears(0x40, 5, 0).await;
        device.is_told("downlink/ds/Light", "1").await;
        device.is_told("downlink/ds/Moisture", "23.5").await;
        device.is_told("downlink/ds/Interval", "30").await;
        device.is_told("downlink/ds/Place", "13.4\x0052.5").await;
        let filter = text(b"downlink/#");
        let unsubscribe = [&[0, 6][..], version.none(), &filter].concat();
        device.send(&packet(0xa2, &unsubscribe)).await;
        device.hears(0xb0, 6, 0).await;
        device.publish(1, 8, "get/ds/all", b"").await;
        device.hears(0x40, 8, 0).await;
        device.send(&[0xc0, 0]).await;
        assert_eq!(device.next().await, Some((0xd0, vec![])));
    }
}

#[tokio::test]
async fn the_newer_connection_takes_over_whatever_it_speaks() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let token = site.auth(2);
    for version in BOTH {
        let mut older = Client::signed_in(&site, version, &token).await;
        let mut newer = Client::signed_in(&site, Version::Five, &token).await;
        older.is_cut_off(0x8e).await;
        assert_eq!(newer.subscribe("downlink/#", 0).await, 0);
        // The binary protocol takes over, too, and is told then.
        let url = site.cloud.url();
        let address = (url.host_str().expect("a host"), url.port().expect("a port"));
        let mut binary = TcpStream::connect(address).await.expect("connected");
        let login = [&[29, 0, 1, 0, 32][..], token.as_bytes()].concat();
        binary.write_all(&login).await.expect("sent");
        let mut answer = [0; 5];
        binary.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, [0, 0, 1, 0, 200]);
        newer.is_cut_off(0x8e).await;
        set(&customer, 0, 1).await;
        let mut told = [0; 11];
        binary.read_exact(&mut told).await.expect("a message");
        assert_eq!(&told[5..], b"vw\x000\x001");
        // It has that once it has said something after it.
        binary.write_all(&[6, 0, 2, 0, 0]).await.expect("sent");
        binary.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, [0, 0, 2, 0, 200]);
        // And back again.
        let mut back = Client::signed_in(&site, version, &token).await;
        assert_eq!(binary.read(&mut answer).await.unwrap_or(0), 0);
        assert_eq!(back.subscribe("downlink/ds/#", 1).await, 1);
        set(&customer, 0, 0).await;
        let id = back
            .is_told("downlink/ds/Light", "0")
            .await
            .expect("surely");
        back.send(&packet(0x40, &id)).await;
        let shown = customer.get("/device/online?deviceId=3").await.json();
        assert_eq!(shown["connected"], true);
    }
}

#[tokio::test]
async fn what_is_not_published_is_refused() {
    let site = Site::demo().await;
    let token = site.auth(2);
    for version in BOTH {
        // Filters: refused one by one, and the connection stays.
        let mut device = Client::signed_in(&site, version, &token).await;
        let no = if version == Version::Three {
            0x80
        } else {
            0x87
        };
        for filter in [
            "#",
            "+/#",
            "downlink/+",
            "downlink/+/Light",
            "ds/#",
            "dev/other/downlink/#",
            "$share/all/downlink/#",
            "$SYS/#",
        ] {
            assert_eq!(device.subscribe(filter, 1).await, no, "{filter}");
        }
        for number in 0..32 {
            let filter = format!("downlink/ds/{number}");
            assert_eq!(device.subscribe(&filter, 0).await, 0, "{number}");
        }
        assert_eq!(device.subscribe("downlink/ds/one too many", 0).await, no);
        assert_eq!(device.subscribe("downlink/ds/1", 1).await, 1);
        // Topics and packets: the end.
        let long = "x".repeat(1_024 - 2 - "ds/Note".len() - version.none().len());
        device.publish(1, 3, "ds/Note", &long.as_bytes()[2..]).await;
        device.hears(0x40, 3, 0).await;
        for (bytes, reason) in [
            (version.publish(1, 3, "ds/+", b"1"), 0x90),
            (version.publish(1, 3, "ds/#", b"1"), 0x90),
            (version.publish(0, 0, "dev/other/ds/Light", b"1"), 0x90),
            (version.publish(0, 0, "downlink/ds/Light", b"1"), 0x90),
            // 1,025 bytes with the variable header.
            (
                version.publish(0, 0, "ds/Note", format!("{long}x").as_bytes()),
                0x95,
            ),
            (version.publish(0, 0, "ds/Note", &[b'x'; 5_000]), 0x95),
            (version.connect("device", &token, 45), 0x82),
            (packet(0x30, b"\x00\x01\xff"), 0x99),
            (packet(0x32, b"\x00\x01a\x00\x00"), 0x81),
            (packet(0x20, b"\x00\x00\x00"), 0x82),
            (packet(0x50, b"\x00\x01"), 0x82),
            (packet(0x30, b"\x00\x09ds"), 0x81),
        ] {
            let mut device = Client::signed_in(&site, version, &token).await;
            device.send(&bytes).await;
            device.is_cut_off(reason).await;
        }
    }
    // Aliases of topics are nothing that is offered.
    let mut device = Client::signed_in(&site, Version::Five, &token).await;
    device
        .send(&packet(0x30, b"\x00\x00\x03\x23\x00\x01x"))
        .await;
    device.is_cut_off(0x94).await;
}

#[tokio::test]
async fn who_is_no_device_is_refused_in_the_published_words() {
    let site = Site::demo().await;
    let token = site.auth(2);
    for version in BOTH {
        let wrong = match version {
            Version::Three => [0, 4],
            Version::Five => [0, 0x86],
        };
        for (user, token) in [
            ("device", "wrong"),
            ("device", ""),
            ("device", "x".repeat(800).as_str()),
            ("nobody", token.as_str()),
            // It is a device, and no gateway.
            ("mgmt_device", token.as_str()),
        ] {
            let mut client = Client::new(&site, version).await;
            client.send(&version.connect(user, token, 45)).await;
            let (first, body) = client.next().await.expect("an answer");
            assert_eq!((first, &body[..2]), (0x20, &wrong[..]), "{user}");
            assert_eq!(client.next().await, None);
        }
        // Whoever says something else first is cut off without a word.
        for bytes in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"\x30\x03\x00\x01a",
            b"\xc0\x00",
            b"\x1d\x00\x01\x00\x20",
            b"\x10\xff\xff\xff\xff\xff",
        ] {
            let mut client = Client::new(&site, version).await;
            client.send(bytes).await;
            assert_eq!(client.next().await, None);
        }
    }
    // Another version is told so.
    let mut client = Client::new(&site, Version::Three).await;
    client
        .send(b"\x10\x0c\x00\x04MQTT\x06\x02\x00\x00\x00\x00")
        .await;
    assert_eq!(client.next().await, Some((0x20, vec![0, 1])));
    // So many guesses, and a right one is not kept out.
    let mut codes = Vec::new();
    for version in [Version::Five, Version::Three].repeat(50) {
        let mut client = Client::new(&site, version).await;
        let guess = version.connect("device", &"x".repeat(32), 45);
        client.send(&guess).await;
        let (_, body) = client.next().await.expect("an answer");
        codes.push(body[1]);
    }
    assert_eq!(codes[..2], [0x86, 4]);
    assert_eq!(codes[98..], [0x9f, 3], "too many from there");
    Client::signed_in(&site, Version::Five, &token).await;
}

#[tokio::test]
async fn a_device_is_there_for_one_and_a_half_of_its_keep_alives() {
    let site = Site::demo().await;
    for version in BOTH {
        for seconds in [10, 40, 45, 50, 60] {
            let mut device = Client::new(&site, version).await;
            let connect = version.connect("device", &site.auth(2), seconds);
            device.send(&connect).await;
            device.next().await.expect("an answer");
            let until = "SELECT online_until FROM liveness WHERE device_id = 3";
            let there = site.count(until).await - site.cloud.core().now().0;
            // The database believes in it for ten seconds more, and counts in whole ones.
            let want = i64::from(seconds + seconds / 2) + 10;
            assert_eq!(there, want * 1_000, "{version:?} {seconds}");
        }
    }
}

#[tokio::test]
async fn a_will_is_taken_and_nobody_hears_it() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for version in BOTH {
        let level = if version == Version::Three { 4 } else { 5 };
        let body = [
            &text(b"MQTT")[..],
            &[level, 0xce, 0, 45],
            version.none(),
            &text(b"test"),
            version.none(),
            &text(b"ds/Moisture"),
            &text(b"99"),
            &text(b"device"),
            &text(site.auth(2).as_bytes()),
        ];
        let mut device = Client::new(&site, version).await;
        device.send(&packet(0x10, &body.concat())).await;
        let (first, code) = device.next().await.expect("an answer");
        assert_eq!((first, &code[..2]), (0x20, &[0, 0][..]));
        // It is gone without a word, which is when a will would be said.
        drop(device);
        while customer.get("/device/online?deviceId=3").await.json()["connected"] == true {
            tokio::task::yield_now().await;
        }
        assert_eq!(values(&customer, 3).await[1]["value"], Value::Null);
    }
}

#[tokio::test]
async fn mqtt_goes_through_a_websocket_too() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let url = site.cloud.url();
    let address = format!("ws://127.0.0.1:{}/mqtt", url.port().expect("a port"));
    let mut request = address.as_str().into_client_request().expect("a request");
    let refused = tokio_tungstenite::connect_async(request.clone()).await;
    assert!(refused.is_err(), "a subprotocol is asked for");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "mqtt".parse().expect("a value"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request.clone())
        .await
        .expect("a socket");
    // Packets begin and end wherever they like.
    let version = Version::Five;
    let all = [
        version.connect("device", &site.auth(2), 45),
        version.subscribe(9, "downlink/#", 1),
        version.publish(1, 3, "ds/Moisture", b"23.5"),
    ]
    .concat();
    for piece in all.chunks(11) {
        let message = Message::Binary(Bytes::copy_from_slice(piece));
        socket.send(message).await.expect("sent");
    }
    for want in [0x20, 0x90, 0x40] {
        let message = socket.next().await.expect("a message").expect("a message");
        assert_eq!(message.into_data()[0], want);
    }
    assert_eq!(values(&customer, 3).await[1]["value"], 23.5);
    set(&customer, 0, 1).await;
    let told = socket.next().await.expect("a message").expect("a message");
    assert!(String::from_utf8_lossy(&told.into_data()).contains("downlink/ds/Light"));
    // A newer one on the port takes over, and the socket ends.
    let mut newer = Client::signed_in(&site, Version::Three, &site.auth(2)).await;
    let told = socket.next().await.expect("a reason").expect("a reason");
    assert_eq!(told.into_data()[..3], [0xe0, 2, 0x8e]);
    // A text is not MQTT.
    let (mut socket, _) = tokio_tungstenite::connect_async(request)
        .await
        .expect("a socket");
    socket.send(Message::text("hello")).await.expect("sent");
    while let Some(Ok(message)) = socket.next().await {
        assert!(!message.is_binary(), "{message:?}");
    }
    newer.send(&[0xc0, 0]).await;
    assert_eq!(newer.next().await, Some((0xd0, vec![])));
    // A stop waits for sockets, too, and tells them.
    let site = site.stop().await;
    drop(site);
    assert!(newer.next().await.is_none());
}
