//! Fleets that testers start, against the cloud that plays them.

use std::time::Duration;

use handover_wire::{FleetNow, FleetPhase, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Ground, Person, Site, send};

/// A demo that was started for tests.
async fn for_tests(ground: Ground) -> Site {
    let file = ground.folder.path().join("faults.json");
    std::fs::write(&file, "").expect("a file");
    let mut config = ground.config(true);
    config.faults = Some(file);
    Site::with(ground, config).await
}

fn wanted(topology: &str, count: u32) -> Value {
    json!({
        "topology": topology, "count": count, "seed": 5, "seconds": 20, "every": 2, "speed": 40,
        "signals": ["V1=moisture"], "failures": ["radio-loss=60/h:3s", "clock-wrong=60/h:5s"],
    })
}

/// How far it is. The cloud itself is asked: a test looks more often than an organization may in a minute of a clock that
/// stands still.
fn now(admin: &Person<'_>) -> FleetNow {
    let fleets = admin.site.cloud.core().fleets.as_ref();
    fleets.expect("a cloud for tests").now()
}

/// Waits a moment before the next look, so that what is waited for has the processor meanwhile.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// Waits until this is so.
async fn until(admin: &Person<'_>, is_so: impl Fn(&FleetNow) -> bool) {
    while !is_so(&now(admin)) {
        a_moment().await;
    }
}

/// What it says once it does nothing any more.
async fn over(admin: &Person<'_>) -> Value {
    use FleetPhase::{Deleting, Making, Pairing, Running};
    until(admin, |now| {
        !matches!(now.phase, Making | Pairing | Running | Deleting)
    })
    .await;
    admin.get("/fleet").await.json()
}

async fn start(admin: &Person<'_>, body: Value) -> Value {
    let begun = admin.post("/fleet/start", body).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    over(admin).await
}

/// What each device did.
async fn recorded(admin: &Person<'_>) -> Vec<Value> {
    let text = admin.get("/fleet/recorded").await.text;
    let lines = text.lines().map(serde_json::from_str);
    let mut all: Vec<Value> = lines.collect::<Result<_, _>>().expect("JSON");
    let key = |one: &Value| (one["device"].as_u64(), one["at"].as_u64());
    // Only the order of each device's is certain.
    all.sort_by_key(key);
    all
}

async fn play(admin: &Person<'_>, target: &str, body: String) -> Answer {
    let request = admin.request(Method::POST, target);
    send(request.header("content-type", "text/csv").body(body)).await
}

/// A fleet of this topology is made, plays, is played again and goes.
async fn plays(topology: &str) {
    let site = for_tests(Ground::fresh().await).await;
    let admin = site.sign_in(Role::Admin).await;
    let before = site.count("SELECT COUNT(*) FROM devices").await;
    let now = start(&admin, wanted(topology, 12)).await;
    assert_eq!(now["phase"], "ended", "{now}");
    let gateways = u32::from(topology != "direct");
    let devices = 12 + gateways;
    assert_eq!(
        (&now["devices"], &now["strangers"]),
        (&json!(devices), &json!(0)),
        "{now}"
    );
    assert!(now["sent"].as_u64() > Some(50), "{now}");
    // What was said last is on its way still.
    let seen = "SELECT COUNT(DISTINCT device_id) FROM device_values";
    while site.count(seen).await < 12 {
        a_moment().await;
    }
    let first = recorded(&admin).await;
    // The same again, with the devices that there are.
    let again = play(&admin, "/fleet/play?speed=40", String::new()).await;
    assert_eq!(again.status, 202, "{again:?}");
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["devices"]),
        (&json!("ended"), &json!(devices)),
        "{now}"
    );
    assert_eq!(recorded(&admin).await, first, "{topology}");
    // And from a file, which says itself how its devices reach the cloud.
    let text = admin.get("/fleet/recorded").await.text;
    let played = play(&admin, "/fleet/play?speed=40", text.clone()).await;
    assert_eq!(played.status, 202, "{played:?}");
    assert_eq!(played.json()["wanted"]["topology"], topology);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["isAssumed"]),
        (&json!("ended"), &json!(false))
    );
    assert_eq!(recorded(&admin).await, first, "{topology}");
    // One of old does not, and that is said.
    let (_, old) = text.split_once('\n').expect("lines");
    let target = format!("/fleet/play?speed=40&topology={topology}&gateways={gateways}&seed=5");
    assert_eq!(play(&admin, &target, old.to_owned()).await.status, 202);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["isAssumed"]),
        (&json!("ended"), &json!(true))
    );
    assert_eq!(recorded(&admin).await, first, "{topology}");
    assert_eq!(play(&admin, &target, "no".to_owned()).await.status, 400);

    assert_eq!(admin.post("/fleet/delete", json!({})).await.status, 202);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["devices"]),
        (&json!("idle"), &json!(0)),
        "{now}"
    );
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, before);
    let nothing = admin.post("/fleet/delete", json!({})).await;
    assert_eq!(nothing.outcome(), (409, "fleet_not_ready".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_of_a_fleet_that_others_have_by_now_neither_play_nor_are_deleted() {
    let site = for_tests(Ground::fresh().await).await;
    let admin = site.sign_in(Role::Admin).await;
    let (customer, org, _) = site.client("Next", "next@next.example").await;
    let (_, colleague) = site.member(1, "colleague@maker.example", Role::Staff).await;
    let now = start(&admin, wanted("direct", 5)).await;
    assert_eq!((&now["devices"], &now["left"]), (&json!(5), &json!(0)));
    let made = admin.get("/devices?size=1000").await.json();
    let made = made["content"].as_array().expect("a list").iter();
    let made = made.filter(|one| {
        one["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("Sim"))
    });
    let made: Vec<_> = made.map(|one| one["id"].clone()).collect();
    assert_eq!(made.len(), 5);
    let sold = json!({ "deviceId": made[0], "newOrgId": org, "history": "keep" });
    assert_eq!(admin.post("/device/transfer", sold).await.status, 204);
    let lent = json!({ "deviceId": made[1], "newOrgId": 1, "newUserId": colleague });
    assert_eq!(admin.post("/device/transfer", lent).await.status, 204);
    let given_up = json!({ "deviceId": made[2], "history": "keep" });
    assert_eq!(admin.post("/device/release", given_up).await.status, 200);
    // One that comes back is the fleet's again.
    let back = json!({ "deviceId": made[3], "newOrgId": org });
    assert_eq!(admin.post("/device/transfer", back).await.status, 204);
    let undo = json!({ "deviceId": made[3] });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    let told = admin.post("/fleet/delete", json!({})).await;
    assert_eq!(told.status, 202, "{told:?}");
    assert_eq!(told.json()["left"], 3);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["devices"], &now["left"]),
        (&json!("idle"), &json!(0), &json!(3)),
        "{now}"
    );
    let theirs = customer.get("/devices").await.json();
    assert_eq!(theirs["content"][0]["id"], made[0]);
    assert_eq!(site.count(MADE).await, 3);
    // What was elsewhere at that moment and comes back goes the next time.
    let undo = json!({ "deviceId": made[0] });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    let told = admin.post("/fleet/delete", json!({})).await;
    assert_eq!(told.status, 202, "{told:?}");
    let now = over(&admin).await;
    assert_eq!((&now["devices"], &now["left"]), (&json!(0), &json!(2)));
    assert_eq!(site.count(MADE).await, 2);
    let nothing = admin.post("/fleet/delete", json!({})).await;
    assert_eq!(nothing.outcome(), (409, "fleet_not_ready".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_fleet_is_made_plays_is_played_again_and_goes() {
    plays("direct").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_behind_gateways_is_made_plays_is_played_again_and_goes() {
    plays("hub").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mesh_of_a_fleet_is_made_plays_is_played_again_and_goes() {
    plays("mesh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_stopped_and_its_devices_are_known_after_a_restart() {
    let site = for_tests(Ground::on_sqlite()).await;
    let admin = site.sign_in(Role::Admin).await;
    let long = json!({
        "count": 3, "seconds": 86_400, "every": 1, "speed": 1, "signals": ["V1=moisture"],
    });
    assert_eq!(admin.post("/fleet/start", long.clone()).await.status, 202);
    let busy = admin.post("/fleet/start", long).await;
    assert_eq!(busy.outcome(), (409, "fleet_not_ready".to_owned()));
    until(&admin, |now| now.there == 3).await;
    assert_eq!(admin.post("/fleet/stop", json!({})).await.status, 200);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["there"]),
        (&json!("stopped"), &json!(0)),
        "{now}"
    );
    assert_eq!(admin.post("/fleet/stop", json!({})).await.status, 409);
    let site = for_tests(site.stop().await).await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(admin.post("/fleet/delete", json!({})).await.status, 202);
    assert_eq!(over(&admin).await["devices"], 0);
}

macro_rules! nodes_of {
    ($gateway:literal) => {
        concat!(
            "SELECT COUNT(*) FROM gateway_nodes n JOIN devices d ON d.id = n.gateway_id
             WHERE d.name = '",
            $gateway,
            "'"
        )
    };
}

/// How many nodes gateways of fleets have.
const NODES_OF: [&str; 3] = [
    nodes_of!("Simulated gateway 1"),
    nodes_of!("Simulated gateway 2"),
    nodes_of!("Simulated gateway 3"),
];
const NODES_OF_MESH: &str = nodes_of!("Simulated mesh gateway 1");

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_has_the_gateways_that_were_asked_for_and_no_name_twice() {
    let site = for_tests(Ground::on_sqlite()).await;
    let admin = site.sign_in(Role::Admin).await;
    let short = |topology: &str, gateways: u32| {
        json!({
            "topology": topology, "count": 6, "gateways": gateways, "seconds": 1, "every": 1, "speed": 10,
            "signals": ["V1=moisture"],
        })
    };
    for (gateways, want) in [
        (3, [2, 2, 2]),
        (2, [3, 3, 0]),
        (1, [6, 0, 0]),
        (3, [2, 2, 2]),
    ] {
        let now = start(&admin, short("hub", gateways)).await;
        assert_eq!(
            (&now["phase"], &now["devices"]),
            (&json!("ended"), &json!(9)),
            "{now}"
        );
        for (sql, want) in NODES_OF.into_iter().zip(want) {
            assert_eq!(site.count(sql).await, want, "{gateways} gateways: {sql}");
        }
    }
    // A mesh has gateways and nodes of its own, and what is made later no name that another one has.
    start(&admin, short("mesh", 1)).await;
    assert_eq!(site.count(NODES_OF_MESH).await, 6);
    let gone = site
        .count("SELECT id FROM devices WHERE name = 'Simulated 2'")
        .await;
    let deleted = admin.delete(&format!("/device?deviceId={gone}")).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    let now = start(&admin, short("direct", 1)).await;
    assert_eq!(now["devices"], 16, "{now}");
    let names = "SELECT COUNT(DISTINCT name) FROM devices WHERE name LIKE 'Simulated%'";
    assert_eq!(site.count(names).await, 16);
}

/// How many devices a fleet made that are still there.
const MADE: &str = "SELECT COUNT(*) FROM devices WHERE name LIKE 'Simulated%'";
/// How many values the cloud has of one datastream, each as often as it came.
const VALUES: &str = "SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM device_points p
    JOIN devices d ON d.id = p.device_id
    WHERE p.pin = 1 AND p.step = 3600000 AND d.name LIKE 'Simulated %'";
const GATEWAYS: [&str; 2] = [
    "SELECT id FROM devices WHERE name = 'Simulated mesh gateway 1'",
    "SELECT id FROM devices WHERE name = 'Simulated mesh gateway 2'",
];
const NODE: &str = "SELECT id FROM devices WHERE name = 'Simulated mesh node 7'";

fn mesh(seconds: u32, speed: f64) -> Value {
    json!({
        "topology": "mesh", "count": 30, "gateways": 2, "seed": 3, "seconds": seconds, "every": 4, "speed": speed,
        "signals": ["V1=moisture"],
        // No wrong clocks: what is of before the devices were made is nobody's.
        "failures": ["power-cut=120/h:4s", "radio-loss=60/h:4s"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nodes_of_a_mesh_say_arrives_once_and_by_ways_that_are_drawn() {
    let site = for_tests(Ground::fresh().await).await;
    let admin = site.sign_in(Role::Admin).await;
    let mut total = 0;
    let mut first = Vec::new();
    for round in 0..2 {
        let now = match round {
            0 => start(&admin, mesh(30, 3.0)).await,
            _ => {
                let again = play(&admin, "/fleet/play?speed=3", String::new()).await;
                assert_eq!(again.status, 202, "{again:?}");
                over(&admin).await
            }
        };
        assert_eq!(
            (&now["phase"], &now["devices"], &now["unsent"]),
            (&json!("ended"), &json!(32), &json!(0)),
            "{now}"
        );
        assert_eq!(now["arrived"], now["sent"], "{now}");
        let steps = recorded(&admin).await;
        let of = |what: &str| steps.iter().filter(|step| step["do"] == what).count();
        assert_eq!(now["sent"], of("write"), "{now}");
        assert!(of("vanish") > 4, "{steps:?}");
        let off = steps.iter().filter(|step| step["off"] == true);
        assert!(off.count() > 2, "{steps:?}");
        total += i64::try_from(of("write")).expect("a small number");
        assert_eq!(site.count(VALUES).await, total, "each once");
        match round {
            0 => first = steps,
            _ => assert_eq!(steps, first),
        }
    }
    let (mut routes, mut hops) = (0, 0);
    for gateway in GATEWAYS {
        let gateway = site.count(gateway).await;
        let mesh = admin.get(&format!("/mesh?deviceId={gateway}")).await.json();
        let drawn = mesh["routes"].as_array().expect("routes").clone();
        routes += drawn.len();
        let relayed = |route: &&Value| route["hops"].as_array().is_some_and(|hops| hops.len() > 1);
        hops += drawn.iter().filter(relayed).count();
    }
    assert_eq!(routes, 30);
    assert!(hops > 5, "{hops} of {routes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_set_reaches_a_node_of_a_mesh_which_stops_when_it_is_told_to() {
    let site = for_tests(Ground::on_sqlite()).await;
    let admin = site.sign_in(Role::Admin).await;
    let begun = admin.post("/fleet/start", mesh(86_400, 1.0)).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    // Some are always away.
    until(&admin, |now| now.there >= 20).await;
    let set = json!({ "deviceId": site.count(NODE).await, "pin": 0, "value": 1 });
    assert_eq!(admin.put("/device/value", set).await.status, 200);
    until(&admin, |now| now.told > 0).await;
    // The gateway has told the cloud that the node has it.
    while site.count("SELECT COUNT(*) FROM pending_writes").await > 0 {
        a_moment().await;
    }
    assert_eq!(admin.post("/fleet/stop", json!({})).await.status, 200);
    let now = over(&admin).await;
    assert_eq!(
        (&now["phase"], &now["there"]),
        (&json!("stopped"), &json!(0)),
        "{now}"
    );
}

/// Starts a fleet that takes a while to make, and waits until that was asked for.
async fn begin_to_make(admin: &Person<'_>) {
    let long = json!({
        "count": 4_000, "gateways": 40, "topology": "hub", "seconds": 1, "every": 1, "speed": 1,
        "signals": ["V1=moisture"],
    });
    assert_eq!(admin.post("/fleet/start", long).await.status, 202);
    let asked = "SELECT COUNT(*) FROM batches WHERE becomes = 'devices'";
    while admin.site.count(asked).await == 0 {
        a_moment().await;
    }
}

async fn delete_all(site: &Site, admin: &Person<'_>) {
    let deleted = admin.post("/fleet/delete", json!({})).await;
    assert!([202, 409].contains(&deleted.status), "{deleted:?}");
    let now = over(admin).await;
    assert_eq!((&now["devices"], site.count(MADE).await), (&json!(0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_that_is_stopped_while_it_is_made_leaves_nothing_that_is_not_known() {
    let site = for_tests(Ground::fresh().await).await;
    let admin = site.sign_in(Role::Admin).await;
    begin_to_make(&admin).await;
    assert_eq!(admin.post("/fleet/stop", json!({})).await.status, 200);
    let now = over(&admin).await;
    assert_eq!(now["phase"], "stopped", "{now}");
    assert_eq!(now["devices"], site.count(MADE).await, "{now}");
    let making = "SELECT COUNT(*) FROM batches WHERE becomes = 'devices' AND state = 'making'";
    assert_eq!(site.count(making).await, 0, "nothing comes after that");
    delete_all(&site, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_across_a_restart_is_known() {
    let site = for_tests(Ground::fresh().await).await;
    let admin = site.sign_in(Role::Admin).await;
    begin_to_make(&admin).await;
    let site = for_tests(site.stop().await).await;
    let admin = site.sign_in(Role::Admin).await;
    // It is gone on with, by whichever cloud comes next.
    until(&admin, |now| now.devices == 4_000).await;
    assert_eq!(site.count(MADE).await, 4_000);
    // The same where the cloud was killed before it could write down how what it asked for is called.
    let ground = site.stop().await;
    let file = ground.folder.path().join("fleet.json");
    let mut works: Value =
        serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    for name in ["id", "first", "last"] {
        works[0][name] = Value::Null;
    }
    std::fs::write(&file, works.to_string()).expect("written");
    let site = for_tests(ground).await;
    let admin = site.sign_in(Role::Admin).await;
    until(&admin, |now| now.devices == 4_000).await;
    delete_all(&site, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_and_there_is_none_elsewhere() {
    let site = for_tests(Ground::on_sqlite()).await;
    let admin = site.sign_in(Role::Admin).await;
    for (field, value) in [
        ("count", json!(0)),
        ("count", json!(10_001)),
        ("gateways", json!(0)),
        ("speed", json!(0)),
        ("every", json!(0)),
        ("seconds", json!(0)),
        ("signals", json!(["V1=heat"])),
        ("failures", json!(["fire=1/h:2s"])),
    ] {
        let mut body = wanted("hub", 2);
        body[field] = value;
        let refused = admin.post("/fleet/start", body).await;
        assert_eq!(refused.status, 400, "{field} {refused:?}");
        assert!(refused.text.contains(field), "{field} {refused:?}");
    }
    // What the template does not take is named with why.
    for (signal, why) in [
        ("V0=temperature", "V0 holds one of the values"),
        ("V5=battery", "V5 holds whole numbers"),
        ("V7=battery", "V7 holds a place"),
        ("V99=temperature", "V99 is no datastream"),
    ] {
        let mut body = wanted("direct", 2);
        body["signals"] = json!(["V1=moisture", signal]);
        let refused = admin.post("/fleet/start", body).await;
        assert_eq!(refused.status, 400, "{signal} {refused:?}");
        assert!(refused.text.contains(signal), "{signal} {refused:?}");
        assert!(refused.text.contains(why), "{signal} {refused:?}");
    }
    let mut body = wanted("hub", 2);
    body["topology"] = json!("star");
    assert_eq!(admin.post("/fleet/start", body).await.status, 400);
    // A gateway of a mesh hears fewer than one that its nodes reach by themselves, and they are other devices.
    for (count, gateways, template, field) in [
        (101, 1, Value::Null, "gateways"),
        (2, 3, Value::Null, "gateways"),
        (2, 1, json!("TMPLsoil00001"), "templateId"),
    ] {
        let mut body = wanted("mesh", count);
        body["gateways"] = json!(gateways);
        body["templateId"] = template;
        let refused = admin.post("/fleet/start", body).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.text.contains(field), "{field} {refused:?}");
    }
    let mut body = wanted("hub", 2);
    body["templateId"] = json!("TMPLother");
    assert_eq!(admin.post("/fleet/start", body).await.status, 404);
    let staff = site.sign_in(Role::Staff).await;
    assert_eq!(staff.get("/fleet").await.status, 403);
    let elsewhere = Site::demo().await;
    let admin = elsewhere.sign_in(Role::Admin).await;
    assert_eq!(admin.get("/fleet").await.status, 404);
    assert_eq!(
        admin.post("/fleet/start", wanted("hub", 2)).await.status,
        404
    );
}
