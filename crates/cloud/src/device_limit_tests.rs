//! How many devices an organization may have, whichever way they come.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

const TEMPLATE: &str = "TMPLsoil00001";
const FULL: (u16, &str) = (403, "device_limit");

async fn limit(site: &Site, org: i64, limit: impl Into<Value>) -> Answer {
    let admin = site.sign_in(Role::Admin).await;
    let body = json!({ "orgId": org, "deviceLimit": limit.into() });
    let set = admin.put("/edit/device-limit", body).await;
    assert_eq!(set.status, 200, "{set:?}");
    set
}

fn check(answer: &Answer, want: (u16, &str)) {
    assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{answer:?}");
}

/// The client's devices, and those below it.
async fn devices(site: &Site) -> i64 {
    site.count("SELECT COUNT(*) FROM devices d JOIN org_tree t ON t.org_id = d.org_id WHERE t.ancestor_id = 2")
        .await
}

#[tokio::test]
async fn a_limit_is_set_by_those_above_and_shown_beside_what_is_used() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for (who, body, want) in [
        (
            &admin,
            json!({ "orgId": 1, "deviceLimit": 5 }),
            (409, "not_yourself"),
        ),
        (
            &admin,
            json!({ "orgId": 9, "deviceLimit": 5 }),
            (404, "not_found"),
        ),
        (
            &admin,
            json!({ "orgId": 2, "deviceLimit": -1 }),
            (400, "invalid_request"),
        ),
        (
            &site.sign_in(Role::Staff).await,
            json!({ "orgId": 2, "deviceLimit": 5 }),
            (403, "forbidden"),
        ),
    ] {
        check(&who.put("/edit/device-limit", body).await, want);
    }
    assert_eq!(limit(&site, 2, 5).await.json()["deviceLimit"], 5);
    let listed = admin.get("/sub-organizations").await.json();
    let client = &listed["content"][0];
    assert_eq!(
        (&client["deviceLimit"], &client["devicesUsed"]),
        (&json!(5), &json!(3))
    );
    let customer = site.sign_in(Role::User).await;
    assert_eq!(
        customer.get("/me").await.json()["organization"]["deviceLimit"],
        5
    );
    assert!(
        limit(&site, 2, Value::Null)
            .await
            .json()
            .get("deviceLimit")
            .is_none()
    );
    let audit = admin.get("/audit?action=set_device_limit").await.json();
    let details: Vec<_> = audit["content"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["detail"].as_str().expect("a text"))
        .collect();
    assert_eq!(details, ["none, was 5", "5, was none"]);
}

#[tokio::test]
async fn no_way_in_goes_beyond_the_limit() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    // One device of the maker's, to be moved.
    let own = admin.claim(&site.qr(11)).await.json()["id"].clone();
    limit(&site, 2, 3).await;
    for label in [
        &site.qr(5),
        &site.auth(6),
        "sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "SN-1",
    ] {
        check(&customer.claim(label).await, FULL);
    }
    // Their own, again: before it is looked at nobody knows that it is.
    check(&customer.claim(&site.qr(0)).await, FULL);
    let on_behalf = json!({ "token": site.qr(5), "userId": 3 });
    check(&support.post("/static-tokens/claim", on_behalf).await, FULL);
    let one = json!({ "templateId": TEMPLATE, "orgId": 2 });
    check(&support.post("/device/create", one).await, FULL);
    let many = json!({ "templateId": TEMPLATE, "orgId": 2, "name": "Pump {n}", "count": 2 });
    let many = support.post("/devices/create", many).await;
    check(&many, FULL);
    let facts = &many.json()["error"]["attributes"];
    assert_eq!(
        (&facts["free"], &facts["tooMany"]),
        (&json!("0"), &json!("2"))
    );
    let moved = json!({ "deviceId": own, "newOrgId": 2 });
    check(&support.post("/device/transfer", moved).await, FULL);
    assert_eq!(devices(&site).await, 3);

    // What is refused for want of room is not kept: the same key claims once there is some.
    let body = json!({ "token": site.qr(5) });
    check(&customer.claim_as("key", body.clone()).await, FULL);
    limit(&site, 2, 4).await;
    check(&customer.claim_as("key", body).await, (201, "-"));
    // Within the organization whose it is takes no room.
    let same = json!({ "deviceId": 1, "newOrgId": 2 });
    check(&support.post("/device/transfer", same).await, (204, "-"));
    // Giving one up makes room for another.
    assert_eq!(
        customer
            .post(
                "/device/release",
                json!({ "deviceId": 2, "history": "keep" })
            )
            .await
            .status,
        200
    );
    let moved = json!({ "deviceId": own, "newOrgId": 2 });
    check(&support.post("/device/transfer", moved).await, (204, "-"));
    assert_eq!(devices(&site).await, 4);
    // The maker has no limit, so what it makes is as before.
    check(&admin.claim(&site.qr(9)).await, (201, "-"));
}

#[tokio::test]
async fn full_is_answered_alike_whatever_the_label_is() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    limit(&site, 2, 0).await;
    // The first request of an organization counts for the next ones as well.
    customer.get("/me").await;
    let mut answers = Vec::new();
    for label in [
        &site.qr(5),
        &site.qr(0),
        "sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        site.sealed().await;
        let calls = || {
            site.cloud
                .core()
                .store
                .calls
                .load(std::sync::atomic::Ordering::Relaxed)
        };
        let before = calls();
        let answer = customer.claim(label).await;
        answers.push((answer.status, answer.headers, answer.text, calls() - before));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_limit_holds_for_those_below_together() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let below = json!({ "name": "Glasshouse", "parentOrganizationId": 2 });
    let below = admin.post("/create", below).await.json()["id"]
        .as_i64()
        .expect("a number");
    limit(&site, 2, 4).await;
    let create = |org: i64| {
        let body = json!({ "templateId": TEMPLATE, "orgId": org });
        admin.post("/device/create", body)
    };
    check(&create(below).await, (201, "-"));
    check(&create(below).await, FULL);
    check(&create(2).await, FULL);
    // From one to the other they are as many as before.
    let moved = json!({ "deviceId": 1, "newOrgId": below });
    check(&admin.post("/device/transfer", moved).await, (204, "-"));
    // What they have beyond a lower limit stays theirs.
    limit(&site, 2, 1).await;
    assert_eq!(devices(&site).await, 4);
    check(&create(2).await, FULL);
}

#[tokio::test]
async fn a_preview_counts_those_before() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let mut ids = Vec::new();
    for index in 9..12 {
        ids.push(admin.claim(&site.qr(index)).await.json()["id"].clone());
    }
    limit(&site, 2, 5).await;
    for dry_run in [true, false] {
        let body = json!({ "deviceIds": ids, "newOrgId": 2, "dryRun": dry_run });
        let outcomes = support.post("/devices/transfer", body).await.json();
        let codes: Vec<_> = (0..3)
            .map(|index| outcomes["outcomes"][index]["error"]["code"].clone())
            .collect();
        assert_eq!(
            codes,
            [Value::Null, Value::Null, json!("device_limit")],
            "{dry_run}"
        );
    }
}

/// Places of organization 2 that moving these would take after `before`, and what keeps each of them.
async fn preview(by: &Person<'_>, ids: &[Value], before: &Value) -> (Value, Vec<Value>) {
    let mut body = json!({ "deviceIds": ids, "newOrgId": 2, "dryRun": true });
    body["roomTaken"] = before.clone();
    let answer = by.post("/devices/transfer", body).await.json();
    let codes = (0..ids.len()).map(|at| answer["outcomes"][at]["error"]["code"].clone());
    (answer["roomTaken"].clone(), codes.collect())
}

#[tokio::test]
async fn a_preview_counts_those_of_the_calls_before() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let mut ids = Vec::new();
    for index in 9..12 {
        ids.push(admin.claim(&site.qr(index)).await.json()["id"].clone());
    }
    limit(&site, 2, 5).await;
    let (taken, codes) = preview(&support, &ids[..2], &Value::Null).await;
    assert_eq!((&taken, codes), (&json!(2), vec![Value::Null; 2]));
    let (taken, codes) = preview(&support, &ids[2..], &taken).await;
    assert_eq!((&taken, codes), (&json!(2), vec![json!("device_limit")]));
    // What was only looked at takes no room of what is moved.
    let moved = json!({ "deviceIds": ids[2..], "newOrgId": 2, "roomTaken": 2 });
    let moved = support.post("/devices/transfer", moved).await.json();
    assert_eq!(moved["outcomes"][0]["error"], Value::Null);
    assert_eq!(moved.get("roomTaken"), None);
}

#[tokio::test]
async fn support_cannot_approve_beyond_it() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let identifiers = json!({ "kind": "serial", "first": "SN-1", "proof": "staff_approval" });
    let batch =
        json!({ "templateId": TEMPLATE, "name": "Named", "count": 1, "identifiers": identifiers });
    let batch = support.post("/static-tokens/batches", batch).await.json();
    let target = format!("/static-tokens/batch?batchId={}", batch["id"]);
    while support.get(&target).await.json()["state"] == "making" {
        tokio::task::yield_now().await;
    }
    let ask = json!({ "token": "SN-1", "askApproval": true });
    assert_eq!(customer.post("/static-tokens/claim", ask).await.status, 202);
    let waiting = support.get("/static-tokens/approvals").await.json();
    let approve = json!({ "approvalId": waiting["content"][0]["id"] });
    limit(&site, 2, 3).await;
    check(
        &support
            .post("/static-tokens/approvals/approve", approve.clone())
            .await,
        FULL,
    );
    limit(&site, 2, 4).await;
    check(
        &support
            .post("/static-tokens/approvals/approve", approve)
            .await,
        (201, "-"),
    );
}

#[tokio::test]
async fn many_devices_that_found_no_room_in_the_end_are_none() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    limit(&site, 2, 3_000).await;
    let body = json!({ "templateId": TEMPLATE, "orgId": 2, "name": "Pump {n}", "count": 2_000 });
    // Both were asked for while there was room for either.
    let (one, other) = tokio::join!(
        support.post("/devices/create", body.clone()),
        support.post("/devices/create", body.clone())
    );
    let mut ends = Vec::new();
    for asked in [one, other] {
        if asked.status == 403 {
            ends.push("refused".to_owned());
            continue;
        }
        let target = format!("/devices/work?workId={}", asked.json()["id"]);
        let work = loop {
            let work = support.get(&target).await.json();
            if work["state"] != "making" {
                break work;
            }
            tokio::task::yield_now().await;
        };
        let reason = work["failure"]["reason"].as_str();
        ends.push(reason.unwrap_or("ready").to_owned());
    }
    ends.sort();
    assert!(
        [["device_limit", "ready"], ["ready", "refused"]]
            .iter()
            .any(|want| ends == *want),
        "{ends:?}"
    );
    assert_eq!(devices(&site).await, 2_003);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_does_not_get_past_it() {
    let site = Site::demo().await;
    let (customer, support) = (
        site.sign_in(Role::User).await,
        site.sign_in(Role::Staff).await,
    );
    limit(&site, 2, 6).await;
    let claim = async |who: &Person<'_>, index: usize| {
        let body = json!({ "token": site.qr(index), "userId": 3 });
        who.post("/static-tokens/claim", body).await.outcome()
    };
    let create = async || {
        let body = json!({ "templateId": TEMPLATE, "orgId": 2 });
        support.post("/device/create", body).await.outcome()
    };
    let claims =
        (3..11).map(|index| claim(if index % 2 == 0 { &customer } else { &support }, index));
    let (claimed, created) = tokio::join!(
        futures_util::future::join_all(claims),
        futures_util::future::join_all((0..6).map(|_| create()))
    );
    let all: Vec<_> = claimed.into_iter().chain(created).collect();
    let of = |want: (u16, &str)| {
        all.iter()
            .filter(|found| found.0 == want.0 && found.1 == want.1)
            .count()
    };
    assert_eq!((of((201, "-")), of(FULL)), (3, 11), "{all:?}");
    assert_eq!(devices(&site).await, 6);
}

#[tokio::test]
async fn a_limit_above_is_told_by_no_number() {
    let site = Site::demo().await;
    let (theirs, _) = site.member(2, "staff@example.com", Role::Admin).await;
    let made = theirs.post("/create", json!({ "name": "Below" })).await;
    let below = made.json()["id"].clone();
    let (inner, _) = site
        .member(
            below.as_i64().expect("a number"),
            "below@example.com",
            Role::Admin,
        )
        .await;
    limit(&site, 2, 4).await;
    let facts = async |who: &Person<'_>, count: i64| {
        let many =
            json!({ "templateId": TEMPLATE, "orgId": below, "name": "Pump {n}", "count": count });
        let refused = who.post("/devices/create", many).await;
        check(&refused, FULL);
        refused.json()["error"]["attributes"].clone()
    };
    assert_eq!(facts(&theirs, 3).await["free"], "1");
    let told = facts(&inner, 3).await;
    assert!(
        told.get("free").is_none() && told.get("tooMany").is_none(),
        "{told}"
    );
    // A limit of their own is theirs to know.
    limit(&site, below.as_i64().expect("a number"), 2).await;
    assert_eq!(facts(&inner, 3).await["free"], "2");
}
