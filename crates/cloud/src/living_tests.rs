//! Devices that live, over HTTP and the binary protocol, as clients and people see them.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::service::living;
use crate::testing::{Answer, Person, Site, send};

/// A device's request, with its token where it has one.
async fn ask(site: &Site, path: &str, token: &str, rest: &str) -> Answer {
    site.get(&format!("/external/api/{path}?token={token}{rest}"))
        .await
}

fn no(message: &str) -> Value {
    json!({ "error": { "message": message } })
}

pub async fn value_of(person: &Person<'_>, device: i64, pin: &str) -> Value {
    let details = person
        .get(&format!("/device?deviceId={device}"))
        .await
        .json();
    let all = details["dataStreamValues"].as_array().expect("a list");
    let found = all.iter().find(|one| one["pin"] == pin).expect("the pin");
    found["value"].clone()
}

pub async fn lives(site: &Site, token: &str, value: &str) {
    for (path, rest) in [
        ("update", format!("&v1={value}")),
        ("logEvent", "&code=too_dry".to_owned()),
        ("update/property", "&pin=v1&label=Wet".to_owned()),
    ] {
        assert_eq!(ask(site, path, token, &rest).await.status, 200);
    }
}

#[tokio::test]
async fn every_message_of_the_https_api() {
    let site = Site::demo().await;
    let token = site.auth(2);
    let long = format!("&v6={}", "x".repeat(1_025));
    let own = &site.cloud.demo().expect("a demo").tokens[2].template_id;
    let own = format!("&templateId={}&ver=1.2&boType=ESP32", own.0);
    for (path, rest, status, want) in [
        ("update", "&v1=23.5", 200, ""),
        ("update", "&V1=24.5", 200, ""),
        ("update", "&dataStreamId=3&value=7", 200, ""),
        ("update", "&pin=V7&value=13.4&value=52.5", 200, ""),
        ("update", "&v9=99", 200, ""),
        ("get", "&v1", 200, "24.5"),
        ("get", "&v9", 200, "14"),
        ("get", "&v7", 200, "13.4,52.5"),
        ("get", "&v1&v2", 200, r#"{"v1":24.5,"v2":7}"#),
        ("get", "&pin=v2", 200, "7"),
        ("get", "&dataStreamId=2", 200, "24.5"),
        ("get", "&v5", 200, "60"),
        ("batch/update", "&v1=33&v2=44", 200, "OK"),
        ("isHardwareConnected", "", 200, "true"),
        ("logEvent", "&code=too_dry&description=very", 200, ""),
        ("update/property", "&pin=v1&label=Wet", 200, ""),
        (
            "device/meta/update",
            "&metaFieldName=Serial+Number&value=SN-6",
            200,
            "",
        ),
        ("device/meta/update", "&metaFieldId=1&value=SN-7", 200, ""),
        ("provision", own.as_str(), 200, ""),
        (
            "provision",
            "&templateId=TMPLother",
            400,
            "Wrong templateId.",
        ),
        ("provision", "", 400, "Wrong templateId."),
        ("update", "&x1=1", 400, "Wrong pin format."),
        ("update", "", 400, "Wrong pin format."),
        (
            "update",
            "&v1=warm",
            400,
            "Value doesn't match the Datastream data type.",
        ),
        ("update", "&v77=1", 400, "No datastream setup for that pin."),
        (
            "update",
            "&dataStreamId=a&value=1",
            400,
            "Wrong dataStreamId format.",
        ),
        (
            "update",
            "&dataStreamId=99&value=1",
            400,
            "Requested dataStream doesn't exist in the product Soil sensor",
        ),
        (
            "update",
            long.as_str(),
            400,
            "Value doesn't match the Datastream data type.",
        ),
        ("get", "&V77", 400, "No datastream setup for that pin."),
        (
            "get",
            "&dataStreamId=99",
            400,
            "Requested dataStream doesn't exist in the product Soil sensor",
        ),
        (
            "batch/update",
            "&v1=1&v2=warm",
            400,
            "Value doesn't match the Datastream data type.",
        ),
        ("logEvent", "", 400, "Event code is not provided."),
        (
            "logEvent",
            "&code=flood",
            400,
            "Can't find Event with this code in Product template",
        ),
        (
            "device/meta",
            "&metaFieldId=9",
            400,
            "MetaField doesn't exist.",
        ),
        (
            "device/meta",
            "&metaFieldId=a",
            400,
            "Wrong metaField format.",
        ),
        ("device/meta", "", 400, "Wrong metaField format."),
        (
            "device/meta/update",
            "&metaFieldId=9&value=1",
            400,
            "MetaField doesn't exist.",
        ),
        ("update/property", "&label=Wet", 400, "Wrong pin format."),
        (
            "update/property",
            "&pin=v1&taste=salty",
            400,
            "Wrong property.",
        ),
        (
            "update/property",
            "&pin=v1&isHidden=perhaps",
            400,
            "Wrong property value: it is true or false.",
        ),
        ("get", "&v1", 200, "33"),
    ] {
        let answer = ask(&site, path, &token, rest).await;
        assert_eq!(answer.status, status, "{path} {rest}: {answer:?}");
        match status {
            200 => assert_eq!(answer.text, want, "{path} {rest}"),
            _ => assert_eq!(answer.json(), no(want), "{path} {rest}"),
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let meta = ask(&site, "device/meta", &token, "&metaFieldId=1")
        .await
        .json();
    assert_eq!(meta["value"]["value"], "SN-7");
    // A number is written in one way, alone or with others.
    let all = ask(&site, "getAll", &token, "").await;
    assert!(all.text.contains(r#""v1":33,"v2":44,"#), "{all:?}");
    let all = all.json();
    assert_eq!(all.get("v3"), None, "nothing was measured there");
    // Names are case-sensitive, of paths and of parameters.
    assert_ne!(ask(&site, "Update", &token, "&v1=1").await.text, "");
    let renamed = site
        .get(&format!("/external/api/get?Token={token}&v1"))
        .await;
    assert_eq!(renamed.json(), no("Invalid token."));
}

#[tokio::test]
async fn points_come_in_batches() {
    let site = Site::demo().await;
    let token = site.auth(2);
    let now = site.cloud.core().now().0;
    let send_points = async |kind: &str, body: String| {
        let path = format!("/external/api/batch/update?token={token}&pin=v1");
        let request = site.request(Method::POST, &path);
        send(request.header("content-type", kind).body(body)).await
    };
    let many = |count: i64| {
        let all: Vec<_> = (0..count)
            .map(|index| json!([now - index * 60_000, 7]))
            .collect();
        Value::from(all).to_string()
    };
    let month = 31 * 24 * 3_600_000;
    for (kind, body, status, want) in [
        ("application/json; charset=utf-8", many(2_000), 200, ""),
        (
            "application/json",
            json!([[now - month, 9.5]]).to_string(),
            200,
            "",
        ),
        ("text/plain", many(1), 400, "Unknown content type."),
        (
            "application/json",
            many(10_001),
            400,
            "Too much data in batch. Maximum batch size is 10000 points.",
        ),
        (
            "application/json",
            json!([[now, "warm"]]).to_string(),
            400,
            "Value doesn't match the Datastream data type.",
        ),
        (
            "application/json",
            json!({}).to_string(),
            400,
            "Value doesn't match the Datastream data type.",
        ),
        (
            "application/json",
            json!([[now - month - 1, 1]]).to_string(),
            400,
            "A timestamp is older than a month or in the future.",
        ),
        (
            "application/json",
            format!("[{}]", " ".repeat(3_000_000)),
            413,
            "The request is larger than this endpoint takes.",
        ),
    ] {
        let answer = send_points(kind, body).await;
        assert_eq!(answer.status, status, "{want}: {answer:?}");
        if status != 200 {
            assert_eq!(answer.json(), no(want));
        }
    }
    assert_eq!(
        ask(&site, "get", &token, "&v1").await.text,
        "7",
        "the newest point"
    );
    let customer = site.sign_in(Role::User).await;
    let chart = customer
        .get("/device/history?deviceId=3&pin=1")
        .await
        .json();
    assert_eq!(chart["step"], 60_000);
    let points = chart["points"].as_array().expect("a list");
    assert!((1_440..=1_441).contains(&points.len()), "{}", points.len());
    let from = now - month - 3_600_000;
    let chart = format!("/device/history?deviceId=3&pin=1&from={from}");
    let chart = customer.get(&chart).await.json();
    assert_eq!(chart["points"][0]["mean"], 9.5);
    assert_eq!(chart["step"], 3_600_000);
}

#[tokio::test]
async fn wrong_tokens_are_refused_and_counted() {
    let site = Site::demo().await;
    for token in [
        "",
        "x",
        "sqr_00000000000000000000000000000000",
        "%00",
        &"x".repeat(500),
    ] {
        let answer = ask(&site, "update", token, "&v1=1").await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, no("Invalid token.")),
            "{token}"
        );
    }
    let mut last = 400;
    for _ in 0..60 {
        let answer = ask(&site, "get", "wrong", "&v1").await;
        last = answer.status;
        if last == 429 {
            assert!(answer.header("retry-after").is_some());
            break;
        }
    }
    assert_eq!(last, 429);
    // A right one is not kept out by whoever guesses.
    assert_eq!(
        ask(&site, "update", &site.auth(2), "&v1=1").await.status,
        200
    );
    let qr = ask(&site, "get", &site.qr(2), "&v1").await;
    assert_eq!(
        qr.status, 429,
        "a label's secret claims and does nothing else"
    );
}

#[tokio::test]
async fn what_speaks_http_is_there_for_a_while() {
    let site = Site::demo().await;
    let (admin, token) = (site.sign_in(Role::Admin).await, site.auth(2));
    let online = async || {
        let path = "/device/online?deviceId=3";
        admin.get(path).await.json()["connected"].clone()
    };
    assert_eq!(online().await, false);
    assert_eq!(
        ask(&site, "isHardwareConnected", &token, "").await.text,
        "false"
    );
    ask(&site, "update", &token, "&v1=1").await;
    assert_eq!(online().await, true);
    site.clock.pass_seconds(200);
    ask(&site, "logEvent", &token, "&code=too_dry").await;
    site.clock.pass_seconds(299);
    living::sweep(site.cloud.core())
        .await
        .expect("the database");
    assert_eq!(online().await, true);
    site.clock.pass_seconds(2);
    living::sweep(site.cloud.core())
        .await
        .expect("the database");
    assert_eq!(online().await, false);
    let device = admin.get("/device?deviceId=3").await.json();
    let at = |name: &str| device[name].as_i64().expect("a time");
    assert_eq!(at("disconnectTime") - at("connectTime"), 500_000);
    assert_eq!(at("lastReceivedEventAt") - at("firstConnectTime"), 200_000);
    site.clock.pass_seconds(60);
    ask(&site, "update", &token, "&v1=2").await;
    let chart = admin.get("/device/history?deviceId=3&pin=1").await.json();
    let absence = &chart["absences"][0];
    let away = absence["until"].as_i64().zip(absence["since"].as_i64());
    assert_eq!(away.map(|(until, since)| until - since), Some(61_000));
}

/// A device that speaks the binary protocol.
pub struct Client(TcpStream);

impl Client {
    pub async fn connect(site: &Site) -> Self {
        let url = site.cloud.url();
        let address = (url.host_str().expect("a host"), url.port().expect("a port"));
        Self(TcpStream::connect(address).await.expect("connected"))
    }

    /// Sends what may be no message.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        // Whoever was cut off notices when reading.
        let _ = self.0.write_all(bytes).await;
    }

    /// Says that nothing more comes.
    pub async fn has_said_all(&mut self) {
        let _ = self.0.shutdown().await;
    }

    pub async fn signed_in(site: &Site, token: &str) -> Self {
        let mut client = Self::connect(site).await;
        client.send(29, 1, token.as_bytes()).await;
        assert_eq!(client.next().await, Some((0, 1, 200, vec![])));
        client
    }

    pub async fn send(&mut self, command: u8, id: u16, body: &[u8]) {
        let mut bytes = vec![command];
        bytes.extend(id.to_be_bytes());
        bytes.extend(u16::try_from(body.len()).expect("short").to_be_bytes());
        bytes.extend(body);
        self.send_bytes(&bytes).await;
    }

    /// The next message: command, id, length or status, body. None at the end.
    pub async fn next(&mut self) -> Option<(u8, u16, u16, Vec<u8>)> {
        let mut header = [0; 5];
        self.0.read_exact(&mut header).await.ok()?;
        let number = u16::from_be_bytes([header[3], header[4]]);
        let mut body = vec![0; if header[0] == 0 { 0 } else { number.into() }];
        self.0.read_exact(&mut body).await.ok()?;
        Some((
            header[0],
            u16::from_be_bytes([header[1], header[2]]),
            number,
            body,
        ))
    }

    pub async fn hears(&mut self, id: u16, status: u16) {
        assert_eq!(self.next().await, Some((0, id, status, vec![])));
    }

    pub async fn is_told(&mut self, want: &[u8]) {
        let (command, _, _, body) = self.next().await.expect("a message");
        assert_eq!((command, body.as_slice()), (20, want));
    }

    pub async fn is_cut_off(&mut self) {
        assert_eq!(self.next().await, None);
    }
}

#[tokio::test]
async fn a_device_speaks_the_binary_protocol() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let mut device = Client::signed_in(&site, &site.auth(2)).await;
    device
        .send(
            17,
            2,
            b"ver\x001.3.2\0h-beat\x0010\0buff-in\x001024\0dev\0ESP32\0fw\x002.0\0",
        )
        .await;
    device.hears(2, 200).await;
    let shown = customer.get("/device?deviceId=3").await.json();
    assert_eq!(shown["state"], "online");
    assert_eq!(shown["hardwareInfo"]["boardType"], "ESP32");
    assert_eq!(shown["ip"], "127.0.0.1");
    device.send(20, 3, b"vw\x001\x0023.5").await;
    device.send(20, 4, b"vw\x007\x0013.4\x0052.5\0").await;
    device.send(20, 5, b"vw\x001\0warm").await;
    device.hears(5, 11).await;
    // A write that came before is known to whoever asks after it.
    device.send(16, 6, b"vr\x001\x007").await;
    device.is_told(b"vw\x001\x0023.5").await;
    device.is_told(b"vw\x007\x0013.4\x0052.5").await;
    assert_eq!(value_of(&customer, 3, "v1").await, 23.5);
    for (command, id, body, status) in [
        (6, 7, &b""[..], 200),
        (64, 8, b"too_dry\0very", 200),
        (64, 9, b"flood", 11),
        (19, 10, b"1\0label\0Wet", 200),
        (17, 11, b"meta\0set\0Serial Number\0SN-1", 200),
        (55, 12, b"hello", 200),
        (99, 13, b"what", 2),
        (21, 14, b"", 11),
        (21, 21, b"e", 11),
        (21, 22, b"b\0noon", 11),
        (15, 15, b"", 2),
        (20, 16, b"dw\x001\x001", 11),
        (20, 17, b"vw\x001\0\xff", 11),
    ] {
        device.send(command, id, body).await;
        device.hears(id, status).await;
    }
    device.send(17, 18, b"meta\0get\0Serial Number").await;
    let (command, _, _, body) = device.next().await.expect("a message");
    assert_eq!(
        (command, body.as_slice()),
        (17, &b"meta\0get\0Serial Number\0SN-1"[..])
    );
    // The time, as the organization's zone has it; and what it said of itself stays.
    for (id, asks, told) in [
        (23, &b"rtc\0sync"[..], &b"rtc\x001800003600"[..]),
        (24, b"utc\0time", b"utc\0time\x001800000000000"),
        (25, b"utc\0tz_name", b"utc\0tz_name\0Europe/Berlin"),
        (26, b"utc\0tz", b"utc\0tz\x0060\x000"),
    ] {
        device.send(17, id, asks).await;
        let (command, answers, _, body) = device.next().await.expect("a message");
        assert_eq!((command, answers, body.as_slice()), (17, id, told));
    }
    let shown = customer.get("/device?deviceId=3").await.json();
    assert_eq!(shown["hardwareInfo"]["boardType"], "ESP32");
    let events = customer.get("/device/events?deviceId=3").await.json();
    assert_eq!(events[0]["description"], "very");
    // What people set arrives; so does what came over HTTP.
    let set = json!({ "deviceId": 3, "pin": 5, "value": 30 });
    assert_eq!(customer.put("/device/value", set).await.status, 200);
    device.is_told(b"vw\x005\x0030").await;
    ask(&site, "update", &site.auth(2), "&v0=1").await;
    device.is_told(b"vw\x000\x001").await;
    drop(device);
    while customer.get("/device/online?deviceId=3").await.json()["connected"] == true {
        tokio::task::yield_now().await;
    }
    // Away: what is queued waits, and the newest alone.
    for value in [40, 50] {
        let set = json!({ "deviceId": 3, "pin": 5, "value": value });
        assert_eq!(customer.put("/device/value", set).await.status, 200);
    }
    let mut back = Client::signed_in(&site, &site.auth(2)).await;
    back.is_told(b"vw\x005\x0050").await;
    back.send(6, 1, b"").await;
    back.hears(1, 200).await;
}

#[tokio::test]
async fn a_device_reads_its_history() {
    let site = Site::demo().await;
    let token = site.auth(2);
    let get = async |rest: &str| ask(&site, "data/get", &token, rest).await;
    assert_eq!(get("&pin=v1").await.json(), no("No data"));
    for (value, seconds) in [("20", 0), ("30", 60), ("40", 86_400)] {
        site.clock.pass_seconds(seconds);
        let said = ask(&site, "update", &token, &format!("&v1={value}&v2=1")).await;
        assert_eq!(said.status, 200);
    }
    for rest in [
        "&period=YEAR",
        "&granularityType=SECOND",
        "&sourceType=MEDIAN",
        "&output=PDF",
        "&period=THREE_MONTHS",
        "&tzName=Nowhere",
    ] {
        let answer = get(rest).await;
        assert_eq!(answer.status, 400, "{rest}");
        assert_eq!(answer.json(), no("Request with incorrect parameters"));
    }
    assert_eq!(get("&pin=x1").await.json(), no("Wrong pin format."));
    let json = get("&pin=v1&output=JSON").await.json();
    let values = json["data"].as_array().expect("a list").iter();
    let values: Vec<_> = values.map(|one| one["value"].as_f64()).collect();
    assert_eq!(values, [Some(20.0), Some(30.0), Some(40.0)]);
    let seconds = json["data"][0]["ts"].as_i64().expect("seconds");
    assert!(seconds < 100_000_000_000, "{seconds}");
    let daily = "&pin=v1&output=json&granularityType=DAILY&sourceType=COUNT&period=WEEK";
    let daily = get(daily).await.json();
    let counted = daily["data"].as_array().expect("a list").iter();
    let counted = counted.map(|one| one["value"].as_f64().expect("a number"));
    assert_eq!(counted.sum::<f64>(), 3.0);
    let csv = get("&pin=v1&output=CSV&format=ISO_SIMPLE&period=WEEK").await;
    let lines: Vec<_> = csv.text.lines().collect();
    assert!(lines[0].starts_with("Time,"), "{lines:?}");
    for (line, value) in lines[1..].iter().zip([",20", ",30", ",40"]) {
        assert!(line.ends_with(value), "{lines:?}");
    }
    // Whoever asks for a file is told where it is.
    let file = get("&pin=v1").await.json();
    let link = url::Url::parse(file["link"].as_str().expect("a link")).expect("an address");
    let path = format!("{}?{}", link.path(), link.query().expect("a query"));
    let zip = site.get(&path).await;
    assert_eq!(zip.status, 200);
    assert_eq!(zip.header("content-type"), Some("application/zip"));
    assert!(zip.text.contains("_v1_data.csv") && !zip.text.contains("_v2_"));
    // A token that is none learns nothing.
    assert_eq!(
        ask(&site, "data/get", "x", "&output=JSON").await.json(),
        no("Invalid token.")
    );
}

#[tokio::test]
async fn what_belongs_together_is_written_together() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    site.clock.pass_seconds(100);
    let mut device = Client::signed_in(&site, &site.auth(2)).await;
    device.send(21, 2, b"b").await;
    device.hears(2, 200).await;
    device.send(20, 3, b"vw\x001\x0023.5").await;
    device.send(20, 4, b"vw\x002\x0018").await;
    device.send(6, 5, b"").await;
    device.hears(5, 200).await;
    assert_eq!(value_of(&customer, 3, "v1").await, Value::Null);
    device.send(21, 6, b"e\0").await;
    device.hears(6, 200).await;
    assert_eq!(value_of(&customer, 3, "v1").await, 23.5);
    assert_eq!(value_of(&customer, 3, "v2").await, 18.0);
    // All of it or nothing.
    device.send(21, 7, b"b").await;
    device.hears(7, 200).await;
    device.send(20, 8, b"vw\x001\x0099").await;
    device.send(20, 9, b"vw\x002\0warm").await;
    device.send(21, 10, b"e").await;
    device.hears(10, 11).await;
    assert_eq!(value_of(&customer, 3, "v1").await, 23.5);
    // Of a time that the device names: what is newer stays.
    device.send(21, 11, b"b\x001800000050000").await;
    device.hears(11, 200).await;
    device.send(20, 12, b"vw\x001\x0011").await;
    device.send(20, 13, b"vw\x003\x003.3").await;
    device.send(21, 14, b"e").await;
    device.hears(14, 200).await;
    assert_eq!(value_of(&customer, 3, "v1").await, 23.5);
    assert_eq!(value_of(&customer, 3, "v3").await, 3.3);
    // More than is kept, and nothing in it.
    device.send(21, 15, b"b").await;
    device.hears(15, 200).await;
    for number in 0..64 {
        let write = format!("vw\x001\x00{number}");
        device.send(20, 100 + number, write.as_bytes()).await;
    }
    device.send(20, 16, b"vw\x001\x001").await;
    device.hears(16, 11).await;
    device.send(21, 17, b"e").await;
    device.hears(17, 200).await;
    assert_eq!(value_of(&customer, 3, "v1").await, 63.0);
}

#[tokio::test]
async fn people_set_what_people_may_set() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (pin, value, status) in [
        (0, json!(1), 200),
        (0, json!(2), 400),
        (5, json!(5_000), 200),
        (5, json!("a"), 400),
        (6, json!("text"), 200),
        (1, json!(5), 400),
        (77, json!(5), 400),
    ] {
        let set = json!({ "deviceId": 1, "pin": pin, "value": value });
        let answer = customer.put("/device/value", set).await;
        assert_eq!(answer.status, status, "{pin} {value}: {answer:?}");
    }
    assert_eq!(value_of(&customer, 1, "v5").await, 1_440.0, "its greatest");
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE action = 'set_value'")
            .await,
        3
    );
}

#[tokio::test]
async fn old_libraries_and_bad_ones() {
    let site = Site::demo().await;
    let token = site.auth(2);
    let ended = format!("{token}\0");
    let mut legacy = Client::connect(&site).await;
    legacy.send(2, 1, ended.as_bytes()).await;
    legacy.hears(1, 200).await;
    // Signing in twice on one connection, and on two.
    legacy.send(29, 2, token.as_bytes()).await;
    legacy.hears(2, 2).await;
    legacy.is_cut_off().await;
    let mut older = Client::signed_in(&site, &token).await;
    let mut newer = Client::signed_in(&site, &token).await;
    older.is_cut_off().await;
    newer.send(6, 2, b"").await;
    newer.hears(2, 200).await;
    let connected = ask(&site, "isHardwareConnected", &token, "").await;
    assert_eq!(
        connected.text, "true",
        "the older one's end is not the newer one's"
    );
    for (first, status) in [
        (&[29, 0, 1, 0, 3, b'b', b'a', b'd'][..], Some(9)),
        (&[29, 0, 1, 0, 0], Some(11)),
        (&[6, 0, 1, 0, 0], Some(5)),
        (&[20, 0, 1, 0, 0], None),
        (&[29, 0, 0, 0, 1, b'x'], None),
        (&[29, 0, 1, 0xff, 0xff], Some(11)),
        (&[1, 0, 1, 0, 0], Some(5)),
    ] {
        let mut bad = Client::connect(&site).await;
        bad.0.write_all(first).await.expect("sent");
        if let Some(status) = status {
            bad.hears(1, status).await;
        }
        bad.0.shutdown().await.expect("ended");
        let _ = bad.next().await;
    }
    // Nobody else is disturbed.
    newer.send(6, 3, b"").await;
    newer.hears(3, 200).await;
}

#[tokio::test]
async fn a_revoked_token_signs_in_nobody() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let token = site.auth(5);
    lives(&site, &token, "1").await;
    site.execute("UPDATE static_tokens SET revoked_at = 1 WHERE device_id = 4")
        .await;
    drop(admin);
    let answer = ask(&site, "update", &token, "&v1=1").await;
    assert_eq!(answer.json(), no("Invalid token."));
}

#[tokio::test]
async fn clouds_on_one_database_know_the_same() {
    let site = Site::demo().await;
    let Some(beside) = site.beside() else { return };
    let beside = Site::on(beside, false).await;
    let token = site.auth(2);
    let customer = site.sign_in(Role::User).await;
    let mut device = Client::signed_in(&site, &token).await;
    assert_eq!(
        ask(&beside, "isHardwareConnected", &token, "").await.text,
        "true"
    );
    // What is set at one cloud arrives by the other.
    let set = json!({ "deviceId": 3, "pin": 5, "value": 30 });
    assert_eq!(
        customer.at(&beside).put("/device/value", set).await.status,
        200
    );
    device.is_told(b"vw\x005\x0030").await;
    // Until it has said something after that it would be told once more.
    device.send(6, 9, b"").await;
    device.hears(9, 200).await;
    while site.count("SELECT COUNT(*) FROM pending_writes").await > 0 {
        tokio::task::yield_now().await;
    }
    // A newer connection at the other takes over; the older one ends as soon as it says something.
    let mut newer = Client::signed_in(&beside, &token).await;
    device.send(20, 2, b"vw\x001\x001").await;
    device.is_cut_off().await;
    newer.send(20, 2, b"vw\x001\x002").await;
    newer.send(16, 3, b"vr\x001").await;
    newer.is_told(b"vw\x001\x002").await;
    assert_eq!(
        ask(&site, "isHardwareConnected", &token, "").await.text,
        "true"
    );
}
