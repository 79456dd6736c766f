//! A device that connects anew while its older connection is still there: what that one said counts, and it goes on where the
//! newer one cannot be written down.

use std::sync::Arc;

use handover_wire::{DeviceId, Role};

use crate::living_tests::{Client as Binary, value_of};
use crate::mqtt_tests::{BOTH, Client as Mqtt, Version};
use crate::service::limits::Origin;
use crate::service::living::{HEARTBEAT, Said, Seat, Talk, Which, leave_seat, take_seat};
use crate::testing::Site;

/// The device of the demo's token that these tests sign in with.
const DEVICE: DeviceId = DeviceId(3);
/// How often a device comes back in the middle of what it says.
const TIMES: u16 = 8;

fn here() -> Origin {
    Origin::of([127, 0, 0, 1].into())
}

fn moisture(value: &str) -> Said {
    Said::Values(vec![(Which::Pin(1), vec![value.to_owned()])])
}

/// A newer connection that wants the place of this one, and is not to get it before it may.
async fn newer(site: &Site, older: &Seat) -> tokio::task::JoinHandle<Option<Seat>> {
    let core = site.cloud.core().clone();
    let newer = tokio::spawn(async move { take_seat(&core, DEVICE, here(), HEARTBEAT).await });
    while !older.turn.is_wanted_now() {
        tokio::task::yield_now().await;
    }
    newer
}

#[tokio::test]
async fn what_is_still_to_be_said_comes_before_the_newer_connection() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let core: &Arc<_> = site.cloud.core();
    let older = take_seat(core, DEVICE, here(), HEARTBEAT).await;
    let older = older.expect("a device");
    let mut talk = Talk::new(core.clone(), DEVICE, &older, HEARTBEAT);
    let waits = newer(&site, &older).await;
    // It was read, and is not with the others that wait to be written down, when the newer one comes.
    talk.say((), moisture("23")).await;
    assert_eq!(talk.outcome().await, ((), Ok(())));
    assert!(!older.turn.is_kept().await, "the place is the newer one's");
    let newest = waits.await.expect("no panic").expect("a device");
    talk.say((), moisture("99")).await;
    assert!(talk.outcome().await.1.is_err(), "it is nobody's word now");
    leave_seat(core, DEVICE, &older).await;
    assert_eq!(value_of(&customer, 3, "v1").await, 23.0);
    let shown = customer.get("/device/online?deviceId=3").await.json();
    assert_eq!(shown["connected"], true);
    leave_seat(core, DEVICE, &newest).await;
    let shown = customer.get("/device/online?deviceId=3").await.json();
    assert_eq!(shown["connected"], false);
}

#[tokio::test]
async fn who_cannot_be_waited_for_loses_the_rest() {
    let site = Site::demo().await;
    let core: &Arc<_> = site.cloud.core();
    let older = take_seat(core, DEVICE, here(), HEARTBEAT).await;
    let older = older.expect("a device");
    let mut waits = newer(&site, &older).await;
    // It never falls silent, by the cloud's clock.
    let newest = loop {
        site.clock.pass_seconds(1);
        tokio::select! {
            newest = &mut waits => break newest,
            () = tokio::task::yield_now() => {}
        }
    };
    assert!(newest.expect("no panic").is_some());
    assert!(!older.turn.is_kept().await);
    let mut talk = Talk::new(core.clone(), DEVICE, &older, HEARTBEAT);
    talk.say((), moisture("99")).await;
    assert!(talk.outcome().await.1.is_err());
}

#[tokio::test]
async fn a_device_that_comes_back_in_the_middle_loses_nothing() {
    let site = Site::demo().await;
    let (customer, token) = (site.sign_in(Role::User).await, site.auth(2));
    let mut older = Binary::signed_in(&site, &token).await;
    for value in 1..=TIMES {
        older
            .send(20, 2, format!("vw\x001\0{value}").as_bytes())
            .await;
        let newer = Binary::signed_in(&site, &token).await;
        older.is_cut_off().await;
        assert_eq!(value_of(&customer, 3, "v1").await, f64::from(value));
        older = newer;
    }
    for version in BOTH {
        let mut older = Mqtt::signed_in(&site, version, &token).await;
        for value in 1..=TIMES {
            let said = value.to_string();
            older.publish(0, 0, "ds/Moisture", said.as_bytes()).await;
            let newer = Mqtt::signed_in(&site, version, &token).await;
            older.is_cut_off(0x8e).await;
            assert_eq!(value_of(&customer, 3, "v1").await, f64::from(value));
            older = newer;
        }
    }
}

#[tokio::test]
async fn the_older_connection_goes_on_where_the_newer_one_cannot_be_written_down() {
    let site = Site::demo().await;
    let (customer, token) = (site.sign_in(Role::User).await, site.auth(2));
    let mut binary = Binary::signed_in(&site, &token).await;
    binary.send(20, 2, b"vw\x001\x0023").await;
    binary.send(16, 3, b"vr\x001").await;
    binary.is_told(b"vw\x001\x0023").await;
    site.execute("ALTER TABLE liveness RENAME TO elsewhere")
        .await;
    let mut newer = Binary::connect(&site).await;
    newer.send(29, 1, token.as_bytes()).await;
    newer.is_cut_off().await;
    for version in BOTH {
        is_refused(&site, version, &token).await;
    }
    site.execute("ALTER TABLE elsewhere RENAME TO liveness")
        .await;
    binary.send(20, 4, b"vw\x001\x0024").await;
    binary.send(16, 5, b"vr\x001").await;
    binary.is_told(b"vw\x001\x0024").await;
    // And so does one over MQTT, which hears of no end.
    for version in BOTH {
        let mut older = Mqtt::signed_in(&site, version, &token).await;
        site.execute("ALTER TABLE liveness RENAME TO elsewhere")
            .await;
        is_refused(&site, version, &token).await;
        site.execute("ALTER TABLE elsewhere RENAME TO liveness")
            .await;
        older.publish(1, 7, "ds/Moisture", b"25").await;
        older.hears(0x40, 7, 0).await;
        assert_eq!(value_of(&customer, 3, "v1").await, 25.0);
    }
}

/// It is told that something broke, and not that its token is wrong.
async fn is_refused(site: &Site, version: Version, token: &str) {
    let mut newer = Mqtt::new(site, version).await;
    newer.send(&version.connect("device", token, 45)).await;
    let (first, body) = newer.next().await.expect("an answer");
    let code = if version == Version::Five { 0x88 } else { 3 };
    assert_eq!((first, body[1]), (0x20, code), "{body:02x?}");
}
