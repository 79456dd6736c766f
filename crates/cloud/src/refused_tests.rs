//! Devices that are refused over a connection: what they are answered before it ends, how often they may try, and what the log
//! says of it.

use std::time::Duration;

use handover_wire::Role;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::gateway_tests::{scene, token};
use crate::living_tests::{Client as Binary, value_of};
use crate::log_tests::Log;
use crate::mqtt_tests::{BOTH, Client as Mqtt, Version};
use crate::testing::{Site, send};

/// A write of the datastream for texts that is so long, header and all.
fn note(length: usize) -> Vec<u8> {
    let mut body = b"vw\x006\0".to_vec();
    body.resize(length - 5, b'x');
    body
}

#[tokio::test]
async fn a_frame_counts_with_its_header_and_one_that_is_too_long_is_answered_before_the_end() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let mut device = Binary::signed_in(&site, &site.auth(2)).await;
    // A text of 1,024 bytes is taken, and one of 1,025 is refused in a frame that is not too long.
    let longest = note(5 + 5 + 1_024);
    device.send(20, 2, &longest).await;
    device.send(20, 3, &note(5 + 5 + 1_025)).await;
    device.hears(3, 11).await;
    device.send(20, 4, &note(1_536)).await;
    device.hears(4, 11).await;
    device.send(6, 5, b"").await;
    device.hears(5, 200).await;
    assert_eq!(value_of(&customer, 3, "v6").await, "x".repeat(1_024));
    for length in [1_537, 2_000, 60_000] {
        let mut device = Binary::signed_in(&site, &site.auth(2)).await;
        device.send(20, 7, &note(length)).await;
        device.hears(7, 11).await;
        device.is_cut_off().await;
        // Nor is it another answer before anybody has signed in.
        let mut stranger = Binary::connect(&site).await;
        stranger.send(29, 8, &note(length)).await;
        stranger.hears(8, 11).await;
        stranger.is_cut_off().await;
    }
}

#[tokio::test]
async fn wrong_tokens_over_the_binary_protocol_are_limited_as_those_over_https_are() {
    let site = Site::demo().await;
    let mut answers = Vec::new();
    for number in 0..62 {
        let mut stranger = Binary::connect(&site).await;
        stranger
            .send(29, 1, format!("wrong{number}").as_bytes())
            .await;
        let (_, _, status, _) = stranger.next().await.expect("an answer");
        answers.push(status);
        stranger.is_cut_off().await;
    }
    assert_eq!(answers[..60], [9; 60]);
    assert_eq!(answers[60..], [1, 1], "the quota is used up");
    // It is one limit for all protocols, and no right one is kept out.
    let over_https = site.get("/external/api/get?token=wrong&v1").await;
    assert_eq!(over_https.status, 429);
    Binary::signed_in(&site, &site.auth(2)).await;
    site.clock.pass_seconds(5);
    let mut stranger = Binary::connect(&site).await;
    stranger.send(29, 1, b"wrong").await;
    stranger.hears(1, 9).await;
}

#[tokio::test]
async fn the_log_says_who_was_refused_and_why_and_no_token() {
    // Of this thread, on which the cloud of this test runs.
    let (log, subscriber) = Log::new(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(subscriber);
    let site = Site::demo().await;
    let wrong = "wrong_token_that_nobody_may_read_";
    let mut stranger = Binary::connect(&site).await;
    stranger.send(29, 1, wrong.as_bytes()).await;
    stranger.hears(1, 9).await;
    for version in BOTH {
        let mut stranger = Mqtt::new(&site, version).await;
        stranger.send(&version.connect("device", wrong, 45)).await;
        stranger.next().await.expect("an answer");
    }
    let mut device = Binary::signed_in(&site, &site.auth(2)).await;
    device.send(20, 2, b"vw\x001\0warm").await;
    device.hears(2, 11).await;
    let mut device = Mqtt::signed_in(&site, Version::Three, &site.auth(2)).await;
    device.publish(1, 3, "ds/Nothing", b"1").await;
    device.hears(0x40, 3, 0).await;
    for query in [
        format!("update?token={wrong}&V1=1"),
        format!("update?token={}&V1={wrong}", site.auth(2)),
    ] {
        let answer = site.get(&format!("/external/api/{query}")).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    let text = log.text();
    let lines = |what: &str| {
        let lines = text.lines().filter(|line| line.contains(what));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let logins = lines("a device is not signed in");
    assert_eq!(logins.len(), 4, "{text}");
    let no_device = "no device has this token";
    for (line, (speaks, why)) in logins.iter().zip([
        ("binary", no_device),
        ("mqtt", no_device),
        ("mqtt", no_device),
        ("http", "Invalid token"),
    ]) {
        assert!(line.contains(r#"address="127.0.0.1""#), "{line}");
        assert!(line.contains(&format!("speaks={speaks:?}")), "{line}");
        assert!(line.contains(why), "{line}");
    }
    let messages = lines("what a device says is refused");
    assert_eq!(messages.len(), 3, "{text}");
    assert!(messages[0].contains("device=3"), "{messages:?}");
    assert!(messages[1].contains("doesn't exist"), "{messages:?}");
    for part in ["device=3", "http"] {
        assert!(messages[2].contains(part), "{messages:?}");
    }
    assert!(!text.contains(wrong), "{text}");
}

#[tokio::test]
async fn a_token_is_taken_with_the_end_of_a_text_or_of_a_line_behind_it_by_every_protocol() {
    let site = Site::demo().await;
    for ended in ["\0", "\n", "\r\n"] {
        let token = format!("{}{ended}", site.auth(2));
        for version in BOTH {
            Mqtt::signed_in(&site, version, &token).await;
        }
        Binary::signed_in(&site, &token).await;
        let escaped = url::form_urlencoded::byte_serialize(token.as_bytes()).collect::<String>();
        let path = format!("/external/api/isHardwareConnected?token={escaped}");
        assert_eq!(site.get(&path).await.status, 200, "{ended:?}");
    }
}

#[tokio::test]
async fn who_wants_its_session_kept_and_has_no_name_is_told_so_and_who_gives_no_signs_of_life_for_how_long()
 {
    let site = Site::demo().await;
    let mut nameless = Mqtt::new(&site, Version::Three).await;
    let connect = b"\x10\x0c\x00\x04MQTT\x04\x00\x00\x00\x00\x00";
    nameless.send(connect).await;
    assert_eq!(nameless.next().await, Some((0x20, vec![0, 2])));
    assert_eq!(nameless.next().await, None);
    // A login that is too long for whatever it holds is told so, though all of it was sent.
    let long = "x".repeat(5_000);
    for (version, code) in [(Version::Three, 5), (Version::Five, 0x95)] {
        let mut stranger = Mqtt::new(&site, version).await;
        stranger.send(&version.connect("device", &long, 45)).await;
        let (first, body) = stranger.next().await.expect("an answer");
        assert_eq!((first, body[1]), (0x20, code));
        assert_eq!(stranger.next().await, None);
    }
    // Server Keep Alive, which a client of version 5 goes by.
    let mut silent = Mqtt::new(&site, Version::Five).await;
    let connect = Version::Five.connect("device", &site.auth(2), 0);
    silent.send(&connect).await;
    let (first, body) = silent.next().await.expect("an answer");
    assert_eq!((first, body[1]), (0x20, 0));
    let told = body.windows(3).find(|bytes| bytes[0] == 0x13);
    assert_eq!(told, Some(&[0x13, 0, 60][..]), "{body:02x?}");
}

/// Small devices speak the oldest HTTP, and say no more than they have to.
#[tokio::test]
async fn a_device_that_speaks_http_1_0_and_names_no_host_is_heard_and_a_page_is_shown_to_none() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let ask = async |path: &str| {
        let url = site.cloud.url();
        let address = (url.host_str().expect("a host"), url.port().expect("a port"));
        let mut stream = TcpStream::connect(address).await.expect("connected");
        let request = format!("GET {path} HTTP/1.0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        answer
    };
    let update = format!("/external/api/update?token={}&v1=23.5", site.auth(2));
    let answer = ask(&update).await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert_eq!(value_of(&customer, 3, "v1").await, 23.5);
    for path in ["/", "/api/info", "/external"] {
        let answer = ask(path).await;
        assert!(answer.starts_with("HTTP/1.0 403"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn over_https_what_is_too_long_or_no_text_is_refused_in_json_and_stands_in_the_log() {
    // Of this thread, on which the cloud of this test runs.
    let (log, subscriber) = Log::new(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(subscriber);
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let gateway = scene(&site).await.gateway;
    let (own, hub) = (site.auth(2), token(&site, gateway).await);
    let update = format!("/external/api/update?token={own}&v6=");
    let refused = site.get(&format!("{update}a%FFb")).await;
    let message = "Value doesn't match the Datastream data type.";
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["message"], message);
    // What stands for a character that could not be read is one, too.
    assert_eq!(site.get(&format!("{update}a%EF%BF%BDb")).await.status, 200);
    assert_eq!(value_of(&customer, 3, "v6").await, "a\u{fffd}b");
    for (path, header) in [
        (format!("batch/update?token={own}&pin=v1"), ""),
        ("gateway/mesh".to_owned(), hub.as_str()),
        ("gateway/strangers".to_owned(), hub.as_str()),
    ] {
        let mut request = site.request(Method::POST, &format!("/external/api/{path}"));
        if !header.is_empty() {
            request = request.header("X-Gateway-Token", header);
        }
        let request = request.header("content-type", "application/json");
        let answer = send(request.body(" ".repeat(3_000_000))).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        let message = "The request is larger than this endpoint takes.";
        assert_eq!(answer.json()["error"]["message"], message);
    }
    let asks = site.request(Method::POST, "/external/api/bootstrap");
    assert_eq!(send(asks.body(" ".repeat(3_000_000))).await.status, 413);
    let orders = site.request(Method::GET, "/external/api/gateway/orders?wait=long");
    let orders = send(orders.header("X-Gateway-Token", &hub)).await;
    assert_eq!(orders.status, 400);
    assert!(orders.json()["error"]["message"].is_string(), "{orders:?}");
    let text = log.text();
    let told = |device: i64, why: &str| {
        let device = format!("device={device} ");
        let lines = text.lines().filter(|line| line.contains(&device));
        lines.filter(|line| line.contains(why)).count()
    };
    assert_eq!(told(3, "doesn't match"), 1, "{text}");
    assert_eq!(told(3, "larger than this endpoint"), 1, "{text}");
    assert_eq!(told(gateway, "larger than this endpoint"), 2, "{text}");
    let mut nameless = text.lines().filter(|line| line.contains("not signed in"));
    let asked = nameless.find(|line| line.contains("larger than this endpoint"));
    assert!(asked.is_some(), "{text}");
}

#[tokio::test]
async fn who_is_refused_as_a_gateway_or_takes_its_own_place_again_and_again_fills_no_log() {
    let (log, subscriber) = Log::new(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(subscriber);
    let site = Site::demo().await;
    let scene = scene(&site).await;
    let (own, hub) = (site.auth(2), token(&site, scene.gateway).await);
    for number in 0..30 {
        let request = site.request(Method::GET, "/external/api/gateway/nodes");
        let answer = send(request.header("X-Gateway-Token", &own)).await;
        assert_eq!(answer.status, 400);
        let path = format!("/external/api/update?token=stranger{number}&v1=1");
        let request = site.request(Method::GET, &path);
        let answer = send(request.header("X-Gateway-Token", &hub)).await;
        assert_eq!(answer.status, 400);
    }
    let mut all = Vec::new();
    for _ in 0..15 {
        all.push(Binary::signed_in(&site, &site.auth(1)).await);
    }
    let count = |what: &str| {
        let text = log.text();
        text.lines().filter(|line| line.contains(what)).count()
    };
    for what in [
        "nobody's gateway is refused",
        "what it speaks for is no node",
        "takes the place of an older one",
    ] {
        let lines = count(what);
        assert!((1..=10).contains(&lines), "{lines} of {what}");
    }
    // How much was left out is told although nothing comes any more.
    let left_out = "too many to be told one by one";
    let before = count(left_out);
    site.clock.pass_seconds(61);
    while count(left_out) == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_log_says_in_words_why_a_connection_is_ended() {
    let (log, subscriber) = Log::new(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(subscriber);
    let site = Site::demo().await;
    let mut device = Mqtt::signed_in(&site, Version::Five, &site.auth(2)).await;
    device.publish(1, 3, "no/such/topic", b"1").await;
    while device.next().await.is_some() {}
    let text = log.text();
    assert!(
        text.contains("no device publishes to such a topic"),
        "{text}"
    );
    assert!(!text.contains("TopicNameInvalid"), "{text}");
}
