//! What people are told of a value that is on its way to its device, of one that was brought into its range, and of a device
//! that has no connection of its own.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway_tests::{Scene, pair, scene, token};
use crate::living_tests::Client;
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
    assert_eq!(customer.put("/device/value", set).await.status, 204);
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
            Some(held) => {
                assert_eq!(answer.status, 200, "{value}");
                assert_eq!(answer.json(), json!({ "value": held }), "{value}");
            }
            None => assert_eq!(answer.status, 204, "{value}"),
        }
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
    assert_eq!(customer.put("/device/value", set).await.status, 204);
    assert_eq!(last_heard(&customer, 3).await, Some(spoke));
    // It asks for that, and is not told.
    let held = shown(&customer, 3, "v5").await;
    assert_eq!(
        (&held["value"], &held["isWaiting"]),
        (&json!(30.0), &Value::Null)
    );
    let device = Client::signed_in(&site, &site.auth(2)).await;
    assert_eq!(last_heard(&customer, 3).await, None, "it is connected");
    drop(device);
    while customer.get("/device/online?deviceId=3").await.json()["connected"] == true {
        tokio::task::yield_now().await;
    }
    assert_eq!(last_heard(&customer, 3).await, None, "it is away");
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
    assert_eq!(customer.put("/device/value", set).await.status, 204);
    assert_eq!(heard().await, (Some(spoke), json!(spoke)));
}
