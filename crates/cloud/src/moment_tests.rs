//! Claims that come at the same moment come to what they would have come to one after the other.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use handover_wire::Role;
use serde_json::json;

use crate::testing::{Answer, Site};

fn of_status(answers: &[Answer], status: u16) -> Vec<&Answer> {
    let found = answers.iter().filter(|answer| answer.status == status);
    found.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_makes_one_device_and_a_wrong_one_none() {
    let site = Site::demo().await;
    let person = site.sign_in(Role::User).await;
    let labels: Vec<String> = (3..12).map(|index| site.qr(index)).collect();
    // Each label twice, and between them what no label has.
    let texts = labels.iter().flat_map(|label| {
        let wrong = format!("{}x", &label[..label.len() - 1]);
        [label.clone(), wrong, label.clone()]
    });
    let texts: Vec<String> = texts.collect();
    let answers = join_all(texts.iter().map(|text| person.claim(text))).await;
    assert_eq!(of_status(&answers, 201).len(), 9, "{answers:?}");
    assert_eq!(of_status(&answers, 200).len(), 9, "they have it already");
    assert_eq!(of_status(&answers, 404).len(), 9);
    let made = of_status(&answers, 201);
    let names: BTreeSet<String> = made
        .iter()
        .map(|one| one.json()["name"].to_string())
        .collect();
    assert_eq!(names.len(), 9, "each has a number of its own");
    let claims = "SELECT COUNT(*) FROM audit WHERE action = 'claim'";
    let moves = "SELECT COUNT(*) FROM device_moves WHERE open_until IS NOT NULL";
    assert_eq!(site.count(claims).await, 9);
    assert_eq!(site.count(moves).await, 9);
    // What was wrong is counted, each time once: 100 are allowed.
    let left = person.claim("sqr_nothing").await;
    let left = left.header("ratelimit").expect("what is left");
    assert!(left.starts_with("\"claims\";r=90;"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_answered_once() {
    let site = Site::demo().await;
    let person = site.sign_in(Role::User).await;
    let claims = (3..12).flat_map(|index| [(index, "a"), (index, "b"), (index, "a")]);
    let claims = claims.map(|(index, which)| {
        let body = json!({ "token": site.qr(index) });
        let key = format!("{index} {which}");
        let person = &person;
        async move { person.claim_as(&key, body).await }
    });
    let answers = join_all(claims).await;
    for three in answers.chunks(3) {
        assert_eq!(three[0].text, three[2].text, "the same key, the same bytes");
        let statuses = BTreeSet::from([three[0].status, three[1].status]);
        assert_eq!(statuses, BTreeSet::from([200, 201]), "{three:?}");
    }
    let kept = "SELECT COUNT(*) FROM claim_answers WHERE idempotency LIKE '% a'";
    assert_eq!(site.count(kept).await, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_come_than_there_is_room_for() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    // The demo's client has three devices.
    let body = json!({ "orgId": 2, "deviceLimit": 7 });
    assert_eq!(admin.put("/edit/device-limit", body).await.status, 200);
    let person = site.sign_in(Role::User).await;
    let labels: Vec<String> = (3..12).map(|index| site.qr(index)).collect();
    let answers = join_all(labels.iter().map(|label| person.claim(label))).await;
    assert_eq!(of_status(&answers, 201).len(), 4, "{answers:?}");
    assert_eq!(of_status(&answers, 403).len(), 5);
}

/// Who goes away while their claim is made loses nothing, and holds up nobody.
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_holds_up_nobody() {
    let site = Site::demo().await;
    let person = &site.sign_in(Role::User).await;
    let labels: Vec<String> = (3..12).map(|index| site.qr(index)).collect();
    let claims = labels.iter().enumerate().map(|(at, label)| async move {
        let body = json!({ "token": label });
        let key = format!("key {at}");
        let first = person.claim_as(&key, body.clone());
        if at % 2 == 0 {
            // Cut off wherever it is by then.
            tokio::select! {
                biased;
                () = tokio::task::yield_now() => {}
                _ = first => {}
            }
        }
        person.claim_as(&key, body).await
    });
    let answers = join_all(claims).await;
    assert_eq!(of_status(&answers, 201).len(), 9, "{answers:?}");
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, 12);
}
