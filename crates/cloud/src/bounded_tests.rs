//! How much is kept of what devices say: their tables do not grow for ever, however long a device lives.

use handover_wire::Role;

use crate::living_tests::lives;
use crate::service::living;
use crate::testing::Site;

/// Rows of the past for the demo's third device: each the next millisecond, in its present tenure.
macro_rules! many {
    ($count:literal, $insert:literal) => {
        concat!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ",
            $count,
            ") ",
            $insert,
            " FROM n, devices d WHERE d.id = 3"
        )
    };
}

#[tokio::test]
async fn a_device_has_so_many_events_and_absences() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let token = site.auth(2);
    lives(&site, &token, "1").await;
    site.execute(many!(
        "1200",
        "INSERT INTO device_events (device_id, tenure, code, at) SELECT 3, d.tenure, 'too_dry', i"
    ))
    .await;
    site.execute(many!(
        "700",
        "INSERT INTO absences (device_id, tenure, since, until) SELECT 3, d.tenure, i, i + 1"
    ))
    .await;
    site.clock.pass_seconds(400);
    let swept = living::sweep(site.cloud.core()).await;
    swept.expect("the database");
    lives(&site, &token, "2").await;
    let events = "SELECT COUNT(*) FROM device_events WHERE device_id = 3";
    assert_eq!(site.count(events).await, 1_000);
    let absences = "SELECT COUNT(*) FROM absences WHERE device_id = 3";
    assert_eq!(site.count(absences).await, 500);
    // The newest ones.
    let shown = customer.get("/device/events?deviceId=3").await.json();
    assert_eq!(shown[0]["at"], site.cloud.core().now().0);
    let chart = customer.get("/device/history?deviceId=3&pin=1").await;
    let away = chart.json()["absences"].as_array().expect("a list").len();
    assert_eq!(away, 1);
}

#[tokio::test]
async fn a_minute_is_kept_for_two_days_and_an_hour_for_four_hundred() {
    let site = Site::demo().await;
    let token = site.auth(2);
    let rows = async |of: &'static str| {
        let tidied = crate::start::tidy(site.cloud.core()).await;
        tidied.expect("tidied");
        site.count(of).await
    };
    let minutes = "SELECT COUNT(*) FROM device_points WHERE step = 60000";
    let hours = "SELECT COUNT(*) FROM device_points WHERE step = 3600000";
    // However often it says something, a minute has one row, and so has an hour.
    for value in ["1", "2", "3"] {
        lives(&site, &token, value).await;
        lives(&site, &token, value).await;
        site.clock.pass_seconds(60);
    }
    assert_eq!((rows(minutes).await, rows(hours).await), (3, 1));
    site.clock.pass_seconds(47 * 3_600);
    assert_eq!((rows(minutes).await, rows(hours).await), (3, 1));
    site.clock.pass_seconds(3_600);
    assert_eq!((rows(minutes).await, rows(hours).await), (0, 1));
    site.clock.pass_seconds(400 * 24 * 3_600);
    assert_eq!((rows(minutes).await, rows(hours).await), (0, 0));
    // What it holds now it holds for as long as nobody says otherwise.
    let customer = site.sign_in(Role::User).await;
    assert_eq!(crate::living_tests::value_of(&customer, 3, "v1").await, 3.0);
}
