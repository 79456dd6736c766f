//! What people are told of a value that is on its way to its device, of one that was brought into its range, and of a device
//! that has no connection of its own.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway_tests::{Scene, pair, scene, token};
use crate::living_tests::Client;
use crate::service::living;
use crate::testing::{Person, Site, send};

/// The datastream as the device's page has it.
async fn shown(person: &Person<'_>, device: i64, pin: &str) -> Value {
    let path = format!("/device?deviceId={device}");
    let details = person.get(&path).await.json();
    let all = details["dataStreamValues"].as_array().expect("a list");
    let found = all.iter().find(|one| one["pin"] == pin);
    found.expect("the pin").clone()
}

async fn last_heard(person: &Person<'_>, device: i64) -> Option<i64> {
    let path = format!("/device?deviceId={device}");
    person.get(&path).await.json()["lastHeardAt"].as_i64()
}

#[tokio::test]
async fn what_is_set_counts_as_waiting_until_the_device_has_it() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let set = json!({ "deviceId": 3, "pin": 5, "value": 30 });
    assert_eq!(customer.put("/device/value", set).await.status, 200);
    let waits = shown(&customer, 3, "v5").await;
    assert_eq!(
        (&waits["value"], &waits["isWaiting"]),
        (&json!(30.0), &json!(true))
    );
    assert_eq!(
        shown(&customer, 3, "v0").await["isWaiting"],
        Value::Null,
        "nobody set it"
    );
    let mut back = Client::signed_in(&site, &site.auth(2)).await;
    back.is_told(b"vw\x005\x0030").await;
    back.send(6, 1, b"").await;
    back.hears(1, 200).await;
    while shown(&customer, 3, "v5").await["isWaiting"] == true {
        tokio::task::yield_now().await;
    }
    assert_eq!(shown(&customer, 3, "v5").await["value"], 30.0);
}

#[tokio::test]
async fn whoever_sets_a_number_out_of_its_range_is_told_what_it_holds_instead() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (value, instead) in [
        (json!(5_000), Some(1_440.0)),
        (json!(-3), Some(1.0)),
        (json!("0"), Some(1.0)),
        (json!(1_440), None),
        (json!("7.0"), None),
        (json!(1), None),
    ] {
        let set = json!({ "deviceId": 1, "pin": 5, "value": value });
        let answer = customer.put("/device/value", set).await;
        match instead {
            Some(held) => assert_eq!(
                answer.json(),
                json!({ "value": held, "delivery": "waits" }),
                "{value}"
            ),
            None => assert_eq!(answer.json(), json!({ "delivery": "waits" }), "{value}"),
        }
        assert_eq!(answer.status, 200, "{value}");
    }
}

#[tokio::test]
async fn a_device_without_a_connection_was_heard_when_it_spoke_and_one_that_is_connected_is_there()
{
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(last_heard(&customer, 3).await, None, "never");
    let path = format!("/external/api/update?token={}&v1=20", site.auth(2));
    assert_eq!(site.get(&path).await.status, 200);
    let spoke = site.cloud.core().now().0;
    site.clock.pass_seconds(120);
    assert_eq!(last_heard(&customer, 3).await, Some(spoke));
    // What somebody wants of it is no sign of life.
    let set = json!({ "deviceId": 3, "pin": 5, "value": 30 });
    assert_eq!(customer.put("/device/value", set).await.status, 200);
    assert_eq!(last_heard(&customer, 3).await, Some(spoke));
    let device = Client::signed_in(&site, &site.auth(2)).await;
    assert_eq!(last_heard(&customer, 3).await, None, "it is connected");
    drop(device);
    while customer.get("/device/online?deviceId=3").await.json()["connected"] == true {
        tokio::task::yield_now().await;
    }
    assert_eq!(last_heard(&customer, 3).await, None, "it is away");
}

/// Sets a datastream, and gives what the cloud says has become of that.
async fn delivery(person: &Person<'_>, device: i64, pin: u8, value: i64) -> Value {
    let set = json!({ "deviceId": device, "pin": pin, "value": value });
    let answer = person.put("/device/value", set).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["delivery"].clone()
}

#[tokio::test]
async fn what_is_set_for_a_device_over_https_waits_until_it_asks_for_that() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let ask = async |path: &str| {
        let path = format!("/external/api/{path}token={}", site.auth(2));
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    };
    let waits = async |pin: &str| shown(&customer, 3, pin).await["isWaiting"] == true;
    assert_eq!(delivery(&customer, 3, 5, 20).await, "waits");
    // Whoever else has its token may look while the device is away: its connection is told all the same.
    assert_eq!(ask("get?v5&").await.text, "20");
    assert!(waits("v5").await, "nothing says that the device has it");
    ask("update?v1=20&").await;
    assert!(waits("v5").await, "it has not asked");
    assert_eq!(
        delivery(&customer, 3, 5, 30).await,
        "waits_until_asked",
        "it is there over HTTPS"
    );
    assert_eq!(delivery(&customer, 3, 0, 1).await, "waits_until_asked");
    assert!(waits("v5").await && waits("v0").await);
    assert_eq!(ask("get?v5&").await.text, "30");
    assert!(!waits("v5").await, "it has that");
    assert!(waits("v0").await, "it asked for another one");
    ask("getAll?").await;
    assert!(!waits("v0").await);
    // Also where it asks before it says anything, once it has slept longer than it counts as there.
    site.clock.pass_seconds(301);
    living::sweep(site.cloud.core()).await.expect("swept");
    assert_eq!(delivery(&customer, 3, 5, 35).await, "waits");
    assert_eq!(ask("get?v5&").await.text, "35");
    assert!(!waits("v5").await);
    ask("update?v1=21&").await;
    // What it has it is not told once more, and what it has not it is.
    assert_eq!(delivery(&customer, 3, 5, 40).await, "waits_until_asked");
    let mut device = Client::signed_in(&site, &site.auth(2)).await;
    device.is_told(b"vw\x005\x0040").await;
    assert_eq!(delivery(&customer, 3, 0, 0).await, "on_its_way");
    device.is_told(b"vw\x000\x000").await;
}

#[tokio::test]
async fn what_lets_nothing_wait_is_not_sent_to_who_is_away() {
    let site = Site::demo().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    let target = "/template?templateId=TMPLsoil00001";
    let mut draft = admin.get(target).await.json();
    draft["datastreams"][0]["queued"] = json!(false);
    assert_eq!(admin.put(target, draft).await.status, 200);
    assert_eq!(delivery(&customer, 3, 0, 1).await, "not_sent");
    assert_eq!(shown(&customer, 3, "v0").await["isWaiting"], Value::Null);
    let update = format!("/external/api/update?token={}&v1=20", site.auth(2));
    assert_eq!(site.get(&update).await.status, 200);
    // It is there, and asks.
    assert_eq!(delivery(&customer, 3, 0, 0).await, "waits_until_asked");
    assert_eq!(shown(&customer, 3, "v0").await["isWaiting"], true);
}

#[tokio::test]
async fn what_is_set_for_a_node_waits_until_its_gateway_asks_for_it_over_https() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let (own, carrier) = (token(&site, node).await, token(&site, gateway).await);
    let ask = async |path: &str| {
        let path = format!("/external/api/{path}&token={own}");
        let request = site.request(Method::GET, &path);
        send(request.header("X-Gateway-Token", &carrier)).await
    };
    assert_eq!(ask("update?v1=20").await.status, 200);
    assert_eq!(delivery(&customer, node, 0, 1).await, "waits_until_asked");
    assert_eq!(shown(&customer, node, "v0").await["isWaiting"], true);
    assert_eq!(ask("get?v0").await.text, "1");
    assert_eq!(shown(&customer, node, "v0").await["isWaiting"], Value::Null);
}

#[tokio::test]
async fn what_people_want_of_a_node_is_no_sign_of_life() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let own = token(&site, node).await;
    let request = site.request(
        Method::GET,
        &format!("/external/api/update?token={own}&v1=20"),
    );
    let carried = request.header("X-Gateway-Token", token(&site, gateway).await);
    assert_eq!(send(carried).await.status, 200);
    let heard = async || {
        let path = format!("/gateway?deviceId={gateway}");
        let nodes = customer.get(&path).await.json()["nodes"].clone();
        (
            last_heard(&customer, node).await,
            nodes[0]["lastValueAt"].clone(),
        )
    };
    let spoke = site.cloud.core().now().0;
    assert_eq!(heard().await, (Some(spoke), json!(spoke)));
    site.clock.pass_seconds(60);
    let set = json!({ "deviceId": node, "pin": 0, "value": 7 });
    assert_eq!(customer.put("/device/value", set).await.status, 200);
    assert_eq!(heard().await, (Some(spoke), json!(spoke)));
}
