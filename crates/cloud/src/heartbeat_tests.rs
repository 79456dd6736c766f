//! For how long a device that falls silent is there, by the cloud's clock alone: how its connection ends, and what people see.

use handover_wire::Role;
use serde_json::Value;

use crate::living_tests::Client as Binary;
use crate::mqtt_tests::{BOTH, Client as Mqtt};
use crate::service::living;
use crate::testing::{Person, Site};

const HEARTBEATS: [u16; 3] = [10, 30, 60];
const ONLINE: &str = "/device/online?deviceId=3";
/// What is told to MQTT 5.
const KEEP_ALIVE_TIMEOUT: u8 = 0x8d;

/// All but a second of the time passes for which the device may be silent, and it is there.
async fn stays(site: &Site, person: &Person<'_>, heartbeat: u16) {
    let patience = i64::from(heartbeat + heartbeat / 2);
    site.clock.pass_seconds(patience - 1);
    let swept = living::sweep(site.cloud.core()).await;
    swept.expect("the database");
    let now = person.get(ONLINE).await.json();
    assert_eq!(now["connected"], true, "{heartbeat}");
}

/// It is gone since one and a half of its heartbeats after it was heard last.
async fn is_gone(person: &Person<'_>, heard: i64, heartbeat: u16) {
    while person.get(ONLINE).await.json()["connected"] == true {
        tokio::task::yield_now().await;
    }
    let device: Value = person.get("/device?deviceId=3").await.json();
    let gone = device["disconnectTime"].as_i64().expect("a time");
    assert_eq!(gone - heard, i64::from(heartbeat) * 1_500, "{heartbeat}");
}

#[tokio::test]
async fn by_the_binary_protocol() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for heartbeat in HEARTBEATS {
        let mut device = Binary::signed_in(&site, &site.auth(2)).await;
        // Whatever is answered once it is durable has set the time to be silent anew before.
        let said = format!("h-beat\0{heartbeat}\0");
        device.send(17, 2, said.as_bytes()).await;
        device.hears(2, 200).await;
        stays(&site, &customer, heartbeat).await;
        device.send(17, 3, b"meta\0set\0Serial Number\0SN-1").await;
        device.hears(3, 200).await;
        let heard = site.cloud.core().now().0;
        stays(&site, &customer, heartbeat).await;
        site.clock.pass_seconds(1);
        device.is_cut_off().await;
        is_gone(&customer, heard, heartbeat).await;
    }
}

#[tokio::test]
async fn by_mqtt() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        for heartbeat in HEARTBEATS {
            let mut device = Mqtt::new(&site, version).await;
            let connect = version.connect("device", &site.auth(2), heartbeat);
            device.send(&connect).await;
            device.next().await.expect("an answer");
            device.publish(1, 2, "ds/Moisture", b"23").await;
            device.hears(0x40, 2, 0).await;
            stays(&site, &customer, heartbeat).await;
            device.publish(1, 3, "ds/Moisture", b"24").await;
            device.hears(0x40, 3, 0).await;
            let heard = site.cloud.core().now().0;
            stays(&site, &customer, heartbeat).await;
            site.clock.pass_seconds(1);
            device.is_cut_off(KEEP_ALIVE_TIMEOUT).await;
            is_gone(&customer, heard, heartbeat).await;
        }
    }
}
