//! Fleets that testers start, against the cloud that plays them.

use handover_wire::Role;
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

/// What it does once it does nothing any more.
async fn over(admin: &Person<'_>) -> Value {
    loop {
        let now = admin.get("/fleet").await.json();
        let phase = now["phase"].as_str().expect("a phase");
        if !["making", "pairing", "running", "deleting"].contains(&phase) {
            return now;
        }
        tokio::task::yield_now().await;
    }
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

#[tokio::test]
async fn a_fleet_is_made_plays_is_played_again_and_goes() {
    for topology in ["direct", "hub"] {
        let site = for_tests(Ground::fresh().await).await;
        let admin = site.sign_in(Role::Admin).await;
        let before = site.count("SELECT COUNT(*) FROM devices").await;
        let now = start(&admin, wanted(topology, 12)).await;
        assert_eq!(now["phase"], "ended", "{now}");
        let devices = if topology == "hub" { 13 } else { 12 };
        assert_eq!(
            (&now["devices"], &now["strangers"]),
            (&json!(devices), &json!(0)),
            "{now}"
        );
        assert!(now["sent"].as_u64() > Some(50), "{now}");
        // What was said last is on its way still.
        let seen = "SELECT COUNT(DISTINCT device_id) FROM device_values";
        while site.count(seen).await < 12 {
            tokio::task::yield_now().await;
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
        // And from a file.
        let text = admin.get("/fleet/recorded").await.text;
        let gateways = u32::from(topology == "hub");
        let target = format!("/fleet/play?speed=40&topology={topology}&gateways={gateways}");
        assert_eq!(play(&admin, &target, text).await.status, 202);
        over(&admin).await;
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
}

#[tokio::test]
async fn a_fleet_is_stopped_and_its_devices_are_known_after_a_restart() {
    let site = for_tests(Ground::on_sqlite()).await;
    let admin = site.sign_in(Role::Admin).await;
    let long = json!({
        "count": 3, "seconds": 86_400, "every": 1, "speed": 1, "signals": ["V1=moisture"],
    });
    assert_eq!(admin.post("/fleet/start", long.clone()).await.status, 202);
    let busy = admin.post("/fleet/start", long).await;
    assert_eq!(busy.outcome(), (409, "fleet_not_ready".to_owned()));
    while admin.get("/fleet").await.json()["there"] != 3 {
        tokio::task::yield_now().await;
    }
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

#[tokio::test]
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
