//! A serial number that is an address: claimed, approved, pressed, asked for and explained however its label or its text is
//! written.

use handover_wire::Role;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::bootstrap_tests::{REAL, asks, by_press, confirm, presses};
use crate::identifier_tests::{ask, codes, decide, queue, with_code};
use crate::service::names;
use crate::testing::{Person, Site};
use crate::why_tests::one;

const BARE: &str = "AABBCCDDEEFF";
/// How its label has the number, and how people and machines say it.
const WAYS: [(&str, &str); 5] = [
    (BARE, "AA:BB:CC:DD:EE:FF"),
    ("AA:BB:CC:DD:EE:FF", BARE),
    ("aabb.ccdd.eeff", "MAC aa-bb-cc-dd-ee-ff"),
    (BARE, "aa bb cc dd ee ff"),
    ("aabbcc-ddeeff", "EUI: AA BB CC DD EE FF"),
];

/// A label with this serial number.
async fn label(person: &Person<'_>, serial: &str, proof: &str) -> i64 {
    let identifiers = json!({ "kind": "serial", "first": serial, "proof": proof });
    let body = json!({ "templateId": "TMPLsoil00001", "name": "Own", "count": 1,
                       "identifiers": identifiers });
    person.made_batch(body).await
}

#[tokio::test]
async fn its_code_claims_it() {
    for (written, said) in WAYS {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        let batch = label(&admin, written, "claim_code").await;
        let own = codes(&admin, batch).await;
        let customer = site.sign_in(Role::User).await;
        let wrong = with_code(&customer, said, "0000-0000").await;
        assert_eq!(wrong.outcome(), (404, "not_claimable".to_owned()), "{said}");
        let right = with_code(&customer, said, &own[0]).await;
        assert_eq!(right.status, 201, "{said}: {right:?}");
    }
}

#[tokio::test]
async fn support_sees_who_asks_for_it() {
    for (written, said) in WAYS {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        label(&admin, written, "staff_approval").await;
        let customer = site.sign_in(Role::User).await;
        assert_eq!(ask(&customer, said).await.status, 202, "{said}");
        let waiting = queue(&admin, "pending").await;
        assert_eq!(waiting.len(), 1, "{said}");
        assert_eq!(waiting[0]["identifier"], BARE);
        let approved = decide(&admin, "approve", &waiting[0]["id"]).await;
        assert_eq!(approved.status, 201, "{said}: {approved:?}");
    }
}

#[tokio::test]
async fn its_button_proves_a_claim() {
    for (written, said) in WAYS {
        for machine_says in [written, said] {
            let site = Site::demo().await;
            let admin = site.sign_in(Role::Admin).await;
            label(&admin, written, "presence").await;
            let customer = site.sign_in(Role::User).await;
            assert_eq!(by_press(&customer, said, "one").await.status, 202, "{said}");
            presses(&site, machine_says, REAL).await;
            let claimed = by_press(&customer, said, "one").await;
            assert_eq!(claimed.status, 201, "{machine_says} {said}: {claimed:?}");
        }
    }
}

#[tokio::test]
async fn its_machine_gets_the_token() {
    for (written, said) in WAYS {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        label(&admin, written, "none").await;
        let customer = site.sign_in(Role::User).await;
        let claimed = customer.claim(said).await;
        assert_eq!(claimed.status, 201, "{said}: {claimed:?}");
        let check = asks(&site, said, REAL).await["check"].clone();
        let confirmed = confirm(&customer, &claimed.json()["id"], &check).await;
        assert_eq!(confirmed.status, 200, "{said}: {confirmed:?}");
        // The same machine, whichever way it says its number.
        for machine_says in [written, said] {
            let ready = asks(&site, machine_says, REAL).await;
            assert_eq!(ready["state"], "ready", "{machine_says}");
        }
    }
}

#[tokio::test]
async fn why_it_does_not_claim_is_told() {
    for (written, said) in WAYS {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        label(&admin, written, "claim_code").await;
        let customer = site.sign_in(Role::User).await;
        let refused = with_code(&customer, said, "0000-0000").await;
        assert_eq!(refused.status, 404, "{said}");
        let told = one(&admin, json!({ "label": said, "claimCode": "0000-0000" })).await;
        assert_eq!(
            (&told["identifier"], &told["obstacles"]),
            (&json!(written), &json!(["wrong_code"])),
            "{said}"
        );
        assert_eq!(told["wrongCodes"]["count"], 1, "{said}");
    }
}

/// As if from before it was refused: a machine that says the number of two devices is neither's by chance.
#[tokio::test]
async fn a_machine_whose_number_two_labels_have_is_neither_s() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    label(&admin, BARE, "presence").await;
    label(&admin, "SN-1", "presence").await;
    site.execute(
        "UPDATE static_tokens SET identifier = 'AA:BB:CC:DD:EE:FF', sought = 'AA:BB:CC:DD:EE:FF',
                                  alike = 'AABBCCDDEEFF' WHERE identifier = 'SN-1'",
    )
    .await;
    let customer = site.sign_in(Role::User).await;
    for said in [BARE, "AA:BB:CC:DD:EE:FF"] {
        assert_eq!(by_press(&customer, said, said).await.status, 202);
        presses(&site, said, REAL).await;
        let waits = by_press(&customer, said, said).await;
        assert_eq!(waits.status, 202, "{said}: {waits:?}");
        assert_eq!(asks(&site, said, REAL).await["token"], Value::Null);
    }
}

/// Labels of before are looked for by what their identifiers are told apart by, too; others are found meanwhile.
#[tokio::test]
async fn labels_of_before_are_found() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for serial in ["AA:BB:CC:DD:EE:FF", "BATCH-2026-000017", "SN-1"] {
        label(&admin, serial, "none").await;
    }
    for sql in [
        "DROP INDEX static_tokens_not_compared",
        "DROP INDEX static_tokens_by_alike",
        "ALTER TABLE static_tokens DROP COLUMN alike",
        "CREATE INDEX static_tokens_by_name ON static_tokens (sought) WHERE sought IS NOT NULL",
        "DELETE FROM _sqlx_migrations WHERE version = 45",
    ] {
        site.execute(sql).await;
    }
    let site = site.restart(true).await;
    let customer = site.sign_in(Role::User).await;
    for said in ["batch-2026-000017", "sn-1"] {
        assert_eq!(customer.claim(said).await.status, 201, "{said}");
    }
    // What a running cloud does by itself, soon after it has begun.
    let compared = names::sort(site.cloud.core(), &CancellationToken::new()).await;
    compared.expect("the database");
    assert_eq!(customer.claim(BARE).await.status, 201);
}

/// Numbers with spaces, in halves or with their kind before them were told apart from the address that they are.
#[tokio::test]
async fn labels_that_were_compared_by_fewer_ways_are_found() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    label(&admin, "aa bb cc dd ee ff", "none").await;
    label(&admin, "IMEI: 490154203237518", "none").await;
    site.execute("UPDATE static_tokens SET alike = sought WHERE sought IS NOT NULL")
        .await;
    site.execute("DELETE FROM _sqlx_migrations WHERE version = 49")
        .await;
    let site = site.restart(true).await;
    let compared = names::sort(site.cloud.core(), &CancellationToken::new()).await;
    compared.expect("the database");
    let customer = site.sign_in(Role::User).await;
    for said in [BARE, "490154203237518"] {
        assert_eq!(customer.claim(said).await.status, 201, "{said}");
    }
}
