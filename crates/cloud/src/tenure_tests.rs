//! Devices that change hands while they live: what each who has one sees of what it said.

use handover_wire::{DeviceId, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::living_tests::{Client, lives, value_of};
use crate::service::living::{self, Said, Via, Which, say};
use crate::testing::{Person, Site, send};

/// What somebody sees of a device's past: values, points, events, properties.
async fn past(person: &Person<'_>, device: i64) -> (Value, usize, usize, usize) {
    let length = |answer: Value| answer.as_array().expect("a list").len();
    let value = value_of(person, device, "v1").await;
    let chart = format!("/device/history?deviceId={device}&pin=1");
    let chart = person.get(&chart).await.json();
    let points = chart["points"].as_array().expect("a list").len();
    let events = person
        .get(&format!("/device/events?deviceId={device}"))
        .await;
    let properties = person
        .get(&format!("/device/properties?deviceId={device}"))
        .await;
    (
        value,
        points,
        length(events.json()),
        length(properties.json()),
    )
}

const NOTHING: (Value, usize, usize, usize) = (Value::Null, 0, 0, 0);

/// Sends what the device measured a minute ago.
async fn measured_before(site: &Site, token: &str) {
    let before = json!([[site.cloud.core().now().0 - 60_000, 9]]).to_string();
    let batch = format!("/external/api/batch/update?token={token}&pin=v1");
    let batch = site.request(Method::POST, &batch).body(before);
    let batch = send(batch.header("content-type", "application/json")).await;
    assert_eq!(batch.status, 200);
}

#[tokio::test]
async fn each_who_has_a_device_sees_their_own_time_alone() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@client.example").await;
    let (_, other_org, _) = site.client("Other", "other@client.example").await;
    let token = site.auth(5);
    // The maker tries it out before anybody has it, and it stays connected through all of this.
    let mut device = Client::signed_in(&site, &token).await;
    lives(&site, &token, "1").await;
    device.is_told(b"vw\x001\x001").await;
    let id = site.count("SELECT MAX(id) FROM devices").await;
    assert_eq!(past(&admin, id).await, (json!(1.0), 1, 1, 1));
    assert_eq!(admin.get("/devices").await.json()["content"][0]["id"], id);
    // Claimed: nothing of that.
    let claimed = one.claim(&site.qr(5)).await;
    assert_eq!(
        (claimed.status, claimed.json()["id"].as_i64()),
        (201, Some(id))
    );
    assert_eq!(past(&one, id).await, NOTHING);
    // A point that was measured before is left out.
    measured_before(&site, &token).await;
    assert_eq!(past(&one, id).await, NOTHING);
    device.send(20, 2, b"vw\x001\x002").await;
    device.send(6, 3, b"").await;
    device.hears(3, 200).await;
    device.send(16, 4, b"vr\x001").await;
    device.is_told(b"vw\x001\x002").await;
    assert_eq!(
        past(&one, id).await,
        (json!(2.0), 1, 0, 0),
        "the same connection goes on"
    );
    // Undone: the maker sees the time before again, and nothing of the client's.
    assert_eq!(
        one.post("/device/undo", json!({ "deviceId": id }))
            .await
            .status,
        200
    );
    assert_eq!(past(&admin, id).await, (json!(1.0), 1, 1, 1));
    // Claimed again, and transferred.
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    assert_eq!(
        past(&one, id).await,
        NOTHING,
        "not even what was there before it was undone"
    );
    lives(&site, &token, "3").await;
    device.is_told(b"vw\x001\x003").await;
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    assert_eq!(past(&admin, id).await, NOTHING);
    lives(&site, &token, "4").await;
    device.is_told(b"vw\x001\x004").await;
    assert_eq!(
        admin
            .post("/device/undo", json!({ "deviceId": id }))
            .await
            .status,
        200
    );
    assert_eq!(past(&one, id).await, (json!(3.0), 1, 1, 1));
    // Given up, and taken back by the maker from somebody else.
    let released = json!({ "deviceId": id, "history": "keep" });
    let released = one.post("/device/release", released).await;
    assert_eq!(released.status, 200, "{released:?}");
    assert_eq!(past(&admin, id).await, NOTHING);
    lives(&site, &token, "5").await;
    device.is_told(b"vw\x001\x005").await;
    let again = released.json()["label"]["text"]
        .as_str()
        .expect("a label")
        .to_owned();
    // What was kept is theirs who claims it, without what the maker saw meanwhile; undone, it waits again.
    assert_eq!(one.claim(&again).await.status, 201);
    assert_eq!(past(&one, id).await, (json!(3.0), 1, 1, 1));
    let undo = json!({ "deviceId": id });
    assert_eq!(one.post("/device/undo", undo).await.status, 200);
    assert_eq!(past(&admin, id).await, (json!(5.0), 1, 1, 1));
    assert_eq!(one.claim(&again).await.status, 201);
    assert_eq!(past(&one, id).await, (json!(3.0), 1, 1, 1));
    lives(&site, &token, "6").await;
    device.is_told(b"vw\x001\x006").await;
    let back = json!({ "deviceId": id });
    assert_eq!(admin.post("/static-tokens/unclaim", back).await.status, 200);
    assert_eq!(past(&admin, id).await, NOTHING);
    device.send(6, 9, b"").await;
    device.hears(9, 200).await;
    // Nothing is kept that nobody sees.
    for table in [
        "SELECT COUNT(DISTINCT tenure) FROM device_values",
        "SELECT COUNT(DISTINCT tenure) FROM device_points",
        "SELECT COUNT(DISTINCT tenure) FROM device_events",
        "SELECT COUNT(DISTINCT tenure) FROM device_properties",
    ] {
        assert_eq!(site.count(table).await, 0, "{table}");
    }
}

/// What is in the tables that hold what devices said, whoever sees it.
async fn held(site: &Site, id: i64) -> [i64; 5] {
    assert_eq!(id, 4);
    [
        site.count("SELECT COUNT(*) FROM device_values WHERE device_id = 4")
            .await,
        site.count("SELECT COUNT(*) FROM device_points WHERE device_id = 4 AND step = 60000")
            .await,
        site.count("SELECT COUNT(*) FROM device_events WHERE device_id = 4")
            .await,
        site.count("SELECT COUNT(*) FROM absences WHERE device_id = 4")
            .await,
        site.count("SELECT COUNT(*) FROM device_moves WHERE device_id = 4 AND erased = 0")
            .await,
    ]
}

#[tokio::test]
async fn history_is_kept_or_erased_as_chosen() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, _, _) = site.client("One", "one@example.com").await;
    let (other, other_org, _) = site.client("Other", "other@example.com").await;
    let token = site.auth(5);
    let end = async || {
        site.clock.pass_seconds(601);
        site.end_moves().await;
    };
    // It is gone before its hands change, or the cloud would note that at a moment of its own.
    let speaks = async |value: &str| {
        lives(&site, &token, value).await;
        site.clock.pass_seconds(301);
        let gone = living::sweep(site.cloud.core()).await;
        gone.expect("the database");
    };
    speaks("1").await;
    let id = site.count("SELECT MAX(id) FROM devices").await;
    let moves = async |person: &Person<'_>| {
        let found = person.get(&format!("/device/moves?deviceId={id}")).await;
        found.json()["totalElements"].as_i64().expect("a number")
    };
    // What the maker tried out is nobody's, and is gone when the claim lasts.
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    assert_eq!(past(&one, id).await, NOTHING);
    assert_ne!(held(&site, id).await[..4], [0, 0, 0, 0]);
    end().await;
    assert_eq!(held(&site, id).await[..4], [0, 0, 0, 0]);
    // Kept on the way to another organization, with what comes after.
    speaks("2").await;
    let to = |history: &str| json!({ "deviceId": id, "newOrgId": other_org, "history": history });
    assert_eq!(admin.post("/device/transfer", to("keep")).await.status, 204);
    end().await;
    assert_eq!(past(&other, id).await, (json!(2.0), 1, 1, 1));
    speaks("3").await;
    let (value, points, events, _) = past(&other, id).await;
    assert_eq!((value, points, events), (json!(3.0), 2, 2));
    assert_eq!(moves(&admin).await, 3);
    // Erased on the way back: hidden at once, there again where it is undone, and gone after that.
    let back = json!({ "deviceId": id, "newOrgId": 1, "history": "erase" });
    assert_eq!(
        admin.post("/device/transfer", back.clone()).await.status,
        204
    );
    assert_eq!(past(&admin, id).await, NOTHING);
    let undo = json!({ "deviceId": id });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    assert_eq!(past(&other, id).await.0, json!(3.0));
    assert_eq!(admin.post("/device/transfer", back).await.status, 204);
    end().await;
    assert_eq!(past(&admin, id).await, NOTHING);
    assert_eq!(held(&site, id).await, [0, 0, 0, 0, 1]);
    assert_eq!(moves(&admin).await, 1);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM device_moves WHERE device_id = 4 AND kind = 'transfer'")
            .await,
        3,
        "what happened is still counted"
    );
}

#[tokio::test]
async fn the_first_owner_sees_what_was_tried_out_where_the_maker_says_so() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let target = "/template?templateId=TMPLsoil00001";
    let mut draft = admin.get(target).await.json();
    draft["testValuesShown"] = json!(true);
    assert_eq!(admin.put(target, draft).await.status, 200);
    lives(&site, &site.auth(5), "1").await;
    assert_eq!(customer.claim(&site.qr(5)).await.status, 201);
    let id = site.count("SELECT MAX(id) FROM devices").await;
    assert_eq!(past(&customer, id).await, (json!(1.0), 1, 1, 1));
}

#[tokio::test]
async fn what_was_only_tried_out_can_be_deleted_and_comes_back() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let token = site.auth(5);
    lives(&site, &token, "1").await;
    let id = site.count("SELECT MAX(id) FROM devices").await;
    let gone = admin.delete(&format!("/device?deviceId={id}")).await;
    assert_eq!(gone.status, 200, "{gone:?}");
    assert_eq!(site.count("SELECT COUNT(*) FROM device_values").await, 0);
    // The printed label is as good as before, and so is the token.
    lives(&site, &token, "2").await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&site.qr(5)).await.status, 201);
}

#[tokio::test]
async fn what_was_measured_for_whoever_erased_it_is_nobody_elses() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@example.com").await;
    let (other, ..) = site.client("Other", "other@example.com").await;
    let token = site.auth(5);
    let erase = async |person: &Person<'_>, id: i64| {
        let body = json!({ "deviceId": id, "history": "erase" });
        let released = person.post("/device/release", body).await;
        assert_eq!(released.status, 200, "{released:?}");
        let text = released.json()["label"]["text"].clone();
        text.as_str().expect("a label").to_owned()
    };
    let claim = async |person: &Person<'_>, label: &str| {
        let claimed = person.claim(label).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
        claimed.json()["id"].as_i64().expect("a number")
    };
    let id = claim(&one, &site.qr(5)).await;
    site.clock.pass_seconds(601);
    let label = erase(&one, id).await;
    let id = claim(&other, &label).await;
    measured_before(&site, &token).await;
    assert_eq!(past(&other, id).await, NOTHING);
    lives(&site, &token, "2").await;
    assert_eq!(past(&other, id).await.0, json!(2.0));
    // Nor is it the maker's, with whom the device is before it is claimed again.
    let label = erase(&other, id).await;
    measured_before(&site, &token).await;
    let id = site.count("SELECT MAX(id) FROM devices").await;
    assert_eq!(past(&admin, id).await, NOTHING);
    assert_eq!(claim(&one, &label).await, id);
    measured_before(&site, &token).await;
    assert_eq!(past(&one, id).await, NOTHING);
}

#[tokio::test]
async fn what_happened_before_is_read_by_those_alone_who_may_know_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, one_org, _) = site.client("One", "one@example.com").await;
    let (_, other_org, _) = site.client("Other", "other@example.com").await;
    let (theirs, _) = site
        .member(other_org, "staff@example.com", Role::Staff)
        .await;
    let claimed = one.claim(&site.qr(5)).await.json();
    let id = claimed["id"].as_i64().expect("a number");
    let end = async || {
        site.clock.pass_seconds(601);
        site.end_moves().await;
    };
    let moves = async |person: &Person<'_>| {
        let found = person.get(&format!("/device/moves?deviceId={id}")).await;
        let found = found.json();
        let rows = found["content"].as_array().expect("a list").clone();
        assert_eq!(found["totalElements"], rows.len());
        let reason = |row: &Value| row["reason"].as_str().map(str::to_owned);
        rows.iter().map(reason).collect::<Vec<_>>()
    };
    end().await;
    // Reasons are for those who are told whose they are.
    let sold =
        json!({ "deviceId": id, "newOrgId": other_org, "history": "keep", "reason": "sold" });
    assert_eq!(admin.post("/device/transfer", sold).await.status, 204);
    end().await;
    assert_eq!(moves(&admin).await, [Some("sold".to_owned()), None]);
    assert_eq!(moves(&theirs).await, [None, None]);
    // Whoever sees nothing of the time before is not told of it, either: at once, and unless it is undone.
    let back = json!({ "deviceId": id, "newOrgId": one_org });
    let undo = json!({ "deviceId": id });
    assert_eq!(
        admin.post("/device/transfer", back.clone()).await.status,
        204
    );
    assert_eq!(moves(&admin).await, [None]);
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    assert_eq!(moves(&admin).await.len(), 4);
    assert_eq!(admin.post("/device/transfer", back).await.status, 204);
    end().await;
    assert_eq!(moves(&admin).await, [None]);
    // The maker takes it back and erases what was.
    let taken = json!({ "deviceId": id, "history": "erase", "reason": "unpaid" });
    assert_eq!(
        admin.post("/static-tokens/unclaim", taken).await.status,
        200
    );
    assert_eq!(moves(&admin).await, [Some("unpaid".to_owned())]);
}

#[tokio::test]
async fn an_undo_brings_back_all_that_there_was() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@example.com").await;
    let (_, other_org, _) = site.client("Other", "other@example.com").await;
    let token = site.auth(5);
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    let id = site.count("SELECT MAX(id) FROM devices").await;
    lives(&site, &token, "3").await;
    site.execute("INSERT INTO absences (device_id, tenure, since, until) SELECT id, tenure, 5, 6 FROM devices WHERE id = 4").await;
    assert_eq!(held(&site, id).await[..4], [1, 1, 1, 1]);
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    // As much as there can be of each, and more.
    for sql in [
        "INSERT INTO device_events (device_id, tenure, code, at)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT d.id, d.tenure, 'too_dry', 1 FROM devices d, n WHERE d.id = 4",
        "INSERT INTO absences (device_id, tenure, since, until)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
         SELECT d.id, d.tenure, 1000 + i, 1000 + i FROM devices d, n WHERE d.id = 4",
        "UPDATE devices SET disconnect_time = 1 WHERE id = 4",
    ] {
        site.execute(sql).await;
    }
    lives(&site, &token, "4").await;
    assert_eq!(held(&site, id).await[1..4], [2, 1_001, 501]);
    let erased = say(
        site.cloud.core(),
        DeviceId(id),
        Said::Erase(Which::Pin(1)),
        Via::Http,
    );
    assert_eq!(erased.await.await, Ok(Ok(())));
    assert_eq!(held(&site, id).await[0], 1, "the value of before");
    let undo = json!({ "deviceId": id });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    assert_eq!(past(&one, id).await, (json!(3.0), 1, 1, 1));
    assert_eq!(held(&site, id).await[..4], [1, 1, 1, 1]);
}

#[tokio::test]
async fn an_undo_brings_back_since_when_it_was_whose() {
    let site = Site::demo().await;
    let (one, ..) = site.client("One", "one@example.com").await;
    lives(&site, &site.auth(5), "1").await;
    let since = async || {
        site.count("SELECT activated_at FROM devices WHERE id = 4")
            .await
    };
    let before = since().await;
    site.clock.pass_seconds(60);
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    assert_ne!(since().await, before);
    let undo = json!({ "deviceId": 4 });
    assert_eq!(one.post("/device/undo", undo).await.status, 200);
    assert_eq!(since().await, before);
}

#[tokio::test]
async fn an_undo_brings_back_name_metadata_and_what_waited() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@example.com").await;
    let (other, other_org, _) = site.client("Other", "other@example.com").await;
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    let id = site.count("SELECT MAX(id) FROM devices").await;
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let path = format!("/device?deviceId={id}");
    let edit = async |who: &Person<'_>, name: &str| {
        let fields = json!({ "name": name, "metaFields": { "Serial Number": name } });
        let edited = send(who.request(Method::PUT, &path).json(&fields)).await;
        assert_eq!(edited.status, 200, "{edited:?}");
    };
    edit(&one, "Mine").await;
    site.execute("INSERT INTO pending_writes (device_id, pin, value, process, waits) SELECT id, 1, '7', NULL, 1 FROM devices WHERE id = 4").await;
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    let waiting = async || site.count("SELECT COUNT(*) FROM pending_writes").await;
    assert_eq!(waiting().await, 0);
    edit(&other, "Theirs").await;
    let undo = json!({ "deviceId": id });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    let back = one.get(&path).await;
    assert!(back.text.contains("Mine"), "{back:?}");
    assert!(!back.text.contains("Theirs"), "{back:?}");
    assert_eq!(waiting().await, 1);
    let found = one.get("/devices?sort=name").await.json();
    assert_eq!(found["content"][0]["name"], "Mine");
    // Once nothing can be undone any more there is nothing left of it.
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    site.clock.pass_seconds(601);
    site.end_moves().await;
    assert_eq!(waiting().await, 0);
    for left in [
        "SELECT COUNT(*) FROM former_writes",
        "SELECT COUNT(*) FROM devices WHERE former_name IS NOT NULL OR former_metadata IS NOT NULL",
    ] {
        assert_eq!(site.count(left).await, 0, "{left}");
    }
}

#[tokio::test]
async fn since_when_a_device_was_there_is_its_holders_of_then() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, other_org, _) = site.client("Other", "other@example.com").await;
    let known = async |id: i64| {
        let device = admin.get(&format!("/device?deviceId={id}")).await.json();
        [
            "firstConnectTime",
            "connectTime",
            "disconnectTime",
            "hardwareInfo",
            "state",
        ]
        .map(|field| device[field].clone())
    };
    // Device 1 is there, device 2 was, and both have said what they are made of.
    site.execute("UPDATE devices SET first_connect_time = 5, connect_time = 6, disconnect_time = CASE WHEN id = 2 THEN 7 END, hardware = (SELECT hardware FROM devices WHERE id = 1) WHERE id IN (1, 2)")
        .await;
    for (id, history, anew) in [(1, "erase", true), (2, "erase", true), (2, "keep", false)] {
        let before = known(id).await;
        assert!(before[3].is_object(), "{before:?}");
        let moved = json!({ "deviceId": id, "newOrgId": other_org, "history": history });
        assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
        let after = known(id).await;
        match (anew, id) {
            (false, _) => assert_eq!(after, before),
            (true, 1) => {
                assert!(after[0].as_i64() > Some(6), "{after:?}");
                assert_eq!((&after[2], &after[3]), (&Value::Null, &Value::Null));
                assert_eq!(after[4], before[4], "it is there all the time");
            }
            (true, _) => assert!(after[..4].iter().all(Value::is_null), "{after:?}"),
        }
        let undo = json!({ "deviceId": id });
        assert_eq!(admin.post("/device/undo", undo).await.status, 200);
        assert_eq!(known(id).await, before);
    }
    // The list goes by the same.
    let moved = json!({ "deviceId": 2, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    let never = format!("/devices?orgId={other_org}&state=never_connected");
    assert_eq!(admin.get(&never).await.json()["totalElements"], 1);
}

/// Whoever claims a device that is on sees where it is connected from and what it is, and nothing of an earlier connection.
#[tokio::test]
async fn a_device_that_is_claimed_while_it_is_connected_is_known_as_that_connection_knows_it() {
    let site = Site::demo().await;
    let (one, ..) = site.client("One", "one@example.com").await;
    let (_, other_org, _) = site.client("Other", "other@example.com").await;
    let admin = site.sign_in(Role::Admin).await;
    let mut device = Client::signed_in(&site, &site.auth(5)).await;
    device.send(17, 2, b"ver\x001.3.2\0dev\0ESP32\0").await;
    device.hears(2, 200).await;
    assert_eq!(one.claim(&site.qr(5)).await.status, 201);
    let id = site.count("SELECT MAX(id) FROM devices").await;
    let known = async |who: &Person<'_>| {
        let device = who.get(&format!("/device?deviceId={id}")).await.json();
        let board = device["hardwareInfo"]["boardType"].clone();
        (device["state"].clone(), device["ip"].clone(), board)
    };
    let seen = |ip, board| (json!("online"), ip, board);
    assert_eq!(known(&one).await, seen(json!("127.0.0.1"), json!("ESP32")));
    // It connects anew, and says nothing of itself: what is known of the time before is not for the next holder.
    site.clock.pass_seconds(601);
    device.is_cut_off().await;
    site.end_moves().await;
    let mut newer = Client::signed_in(&site, &site.auth(5)).await;
    newer.send(6, 2, b"").await;
    newer.hears(2, 200).await;
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    assert_eq!(known(&admin).await, seen(json!("127.0.0.1"), Value::Null));
    newer.send(17, 3, b"dev\0ESP8266\0").await;
    newer.hears(3, 200).await;
    let undo = json!({ "deviceId": id });
    assert_eq!(admin.post("/device/undo", undo).await.status, 200);
    assert_eq!(
        known(&one).await,
        seen(json!("127.0.0.1"), json!("ESP8266"))
    );
    // One that is not there is known by nothing.
    drop(newer);
    while known(&one).await.0 == "online" {
        tokio::task::yield_now().await;
    }
    let moved = json!({ "deviceId": id, "newOrgId": other_org });
    assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
    let (_, ip, board) = known(&admin).await;
    assert_eq!((ip, board), (Value::Null, Value::Null));
}
