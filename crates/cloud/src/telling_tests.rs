//! What devices are told: when, and as far as their buffers hold it.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::living_tests::{Client, value_of};
use crate::mqtt_tests::{BOTH, Client as Mqtt};
use crate::testing::{Person, Site};

/// The device that these tests sign in.
const DEVICE: i64 = 3;

async fn set(person: &Person<'_>, pin: u8, value: Value) {
    let set = json!({ "deviceId": DEVICE, "pin": pin, "value": value });
    let answer = person.put("/device/value", set).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn is_gone(person: &Person<'_>) {
    let path = format!("/device/online?deviceId={DEVICE}");
    while person.get(&path).await.json()["connected"] == true {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_is_away_is_told_later_what_its_datastream_says_is_to_wait() {
    let site = Site::demo().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    let target = "/template?templateId=TMPLsoil00001";
    let mut draft = admin.get(target).await.json();
    assert_eq!(draft["datastreams"][0]["queued"], true);
    draft["datastreams"][0]["queued"] = json!(false);
    assert_eq!(admin.put(target, draft).await.status, 200);
    set(&customer, 0, json!(1)).await;
    set(&customer, 5, json!(30)).await;
    let mut device = Client::signed_in(&site, &site.auth(2)).await;
    device.is_told(b"vw\x005\x0030").await;
    device.send(6, 2, b"").await;
    device.hears(2, 200).await;
    // It may ask, though.
    device.send(16, 3, b"vr\x000").await;
    device.is_told(b"vw\x000\x001").await;
    // While it is there it is told, and only then.
    set(&customer, 0, json!(0)).await;
    device.is_told(b"vw\x000\x000").await;
    drop(device);
    is_gone(&customer).await;
    set(&customer, 0, json!(1)).await;
    let mut back = Client::signed_in(&site, &site.auth(2)).await;
    back.send(6, 2, b"").await;
    back.hears(2, 200).await;
    assert_eq!(value_of(&customer, DEVICE, "v0").await, 1.0);
}

/// A datastream's text has a limit, which whoever sets one is told.
#[tokio::test]
async fn a_text_that_is_too_long_is_told_the_limit() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    set(&customer, 6, json!("x".repeat(1_024))).await;
    let long = json!({ "deviceId": DEVICE, "pin": 6, "value": "x".repeat(1_025) });
    let refused = customer.put("/device/value", long).await;
    assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
    assert!(refused.text.contains("1,024 bytes at most"), "{refused:?}");
}

/// Libraries break at a message that is longer than their buffer, and the smallest has 256 bytes.
#[tokio::test]
async fn a_small_buffer_is_never_told_more_than_it_holds() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    // With its header, the command and the pin a text has 243 bytes of the 256.
    let fits = "x".repeat(256 - 5 - "vw\x006\0".len());
    let long = format!("{fits}x");
    let mut device = Client::signed_in(&site, &site.auth(2)).await;
    for introduction in [None, Some(&b"buff-in\x00256\0"[..]), Some(b"buff-in\x0010")] {
        if let Some(introduction) = introduction {
            device.send(17, 2, introduction).await;
            device.hears(2, 200).await;
        }
        set(&customer, 6, json!(long)).await;
        set(&customer, 5, json!(30)).await;
        device.is_told(b"vw\x005\x0030").await;
        // Nor is it where it asks.
        device.send(16, 3, b"vr\x006\x005").await;
        device.is_told(b"vw\x005\x0030").await;
        set(&customer, 6, json!(fits)).await;
        device.is_told(format!("vw\x006\0{fits}").as_bytes()).await;
    }
    device.send(17, 4, b"buff-in\x001024\0").await;
    device.hears(4, 200).await;
    set(&customer, 6, json!(long)).await;
    device.is_told(format!("vw\x006\0{long}").as_bytes()).await;
}

/// Some libraries read what comes behind the answer to their login together with it.
#[tokio::test]
async fn what_waits_comes_right_behind_the_answer_to_the_login() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    set(&customer, 5, json!(30)).await;
    set(&customer, 6, json!("hello")).await;
    let mut device = Client::connect(&site).await;
    // The login, and what is said right behind it, in one piece.
    let token = site.auth(2);
    let mut bytes = vec![29, 0, 1, 0, 32];
    bytes.extend(token.as_bytes());
    bytes.extend(b"\x11\x00\x02\x00\x09h-beat\x0010");
    bytes.extend(b"\x06\x00\x03\x00\x00");
    device.send_bytes(&bytes).await;
    device.hears(1, 200).await;
    let mut told = Vec::new();
    while told.len() < 4 {
        let (command, id, status, body) = device.next().await.expect("a message");
        match command {
            0 => told.push(format!("{id} {status}")),
            _ => told.push(String::from_utf8(body).expect("text")),
        }
    }
    told.sort();
    assert_eq!(told, ["2 200", "3 200", "vw\x005\x0030", "vw\x006\0hello"]);
}

/// What is written to a connection whose other end has vanished is lost, and nobody says so.
#[tokio::test]
async fn what_was_written_to_a_device_that_says_nothing_more_is_told_to_its_next_connection() {
    let site = Site::demo().await;
    let (customer, token) = (site.sign_in(Role::User).await, site.auth(2));
    let mut vanished = Client::signed_in(&site, &token).await;
    set(&customer, 5, json!(30)).await;
    set(&customer, 0, json!(1)).await;
    vanished.is_told(b"vw\x005\x0030").await;
    vanished.is_told(b"vw\x000\x001").await;
    // Its end is still open when it comes back, and what is newer by then is told in place of what was.
    let mut back = Client::signed_in(&site, &token).await;
    back.is_told(b"vw\x000\x001").await;
    back.is_told(b"vw\x005\x0030").await;
    set(&customer, 5, json!(40)).await;
    back.is_told(b"vw\x005\x0040").await;
    // Whatever it says shows that it has it.
    back.send(6, 2, b"").await;
    back.hears(2, 200).await;
    let mut newest = Client::signed_in(&site, &token).await;
    newest.send(6, 2, b"").await;
    newest.hears(2, 200).await;
    assert_eq!(
        site.count("SELECT COUNT(*) FROM pending_writes").await,
        0,
        "it has all of it"
    );
}

#[tokio::test]
async fn what_is_set_twice_is_told_twice_though_nothing_was_said_between() {
    let site = Site::demo().await;
    let (customer, token) = (site.sign_in(Role::User).await, site.auth(2));
    let mut device = Client::signed_in(&site, &token).await;
    for _ in 0..2 {
        set(&customer, 0, json!(1)).await;
        device.is_told(b"vw\x000\x001").await;
    }
    drop(device);
    for version in BOTH {
        for (qos, granted) in [(0, 0), (1, 1)] {
            let mut device = Mqtt::signed_in(&site, version, &token).await;
            assert_eq!(device.subscribe("downlink/ds/Interval", qos).await, granted);
            for _ in 0..2 {
                set(&customer, 5, json!(30)).await;
                device.is_told("downlink/ds/Interval", "30").await;
            }
            device.send(&[0xc0, 0]).await;
            assert_eq!(device.next().await, Some((0xd0, vec![])));
            site.execute("DELETE FROM pending_writes").await;
        }
    }
}

#[tokio::test]
async fn by_mqtt_what_is_not_to_be_acknowledged_counts_once_the_device_says_anything() {
    let site = Site::demo().await;
    let (customer, token) = (site.sign_in(Role::User).await, site.auth(2));
    for version in BOTH {
        let mut vanished = Mqtt::signed_in(&site, version, &token).await;
        assert_eq!(vanished.subscribe("downlink/#", 0).await, 0);
        set(&customer, 5, json!(30)).await;
        vanished.is_told("downlink/ds/Interval", "30").await;
        let mut back = Mqtt::signed_in(&site, version, &token).await;
        assert_eq!(back.subscribe("downlink/#", 0).await, 0);
        back.is_told("downlink/ds/Interval", "30").await;
        back.send(&[0xc0, 0]).await;
        assert_eq!(back.next().await, Some((0xd0, vec![])));
        let mut newest = Mqtt::signed_in(&site, version, &token).await;
        assert_eq!(newest.subscribe("downlink/#", 0).await, 0);
        newest.send(&[0xc0, 0]).await;
        assert_eq!(newest.next().await, Some((0xd0, vec![])), "not once more");
    }
}
