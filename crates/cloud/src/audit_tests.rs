//! Who did what: read by those who may, kept when what it is about is gone, and chained so that whoever changes it shows.

use std::collections::BTreeSet;

use handover_wire::{AuditFault, Role};
use serde_json::{Value, json};

use crate::clock::Clock as _;
use crate::service::audit;
use crate::testing::{Person, Site};
use crate::{Config, VerifyAuditError, verify_audit};

/// A cloud where something happened, all of it sealed.
async fn sealed() -> Site {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for index in 3..8 {
        assert_eq!(customer.claim(&site.qr(index)).await.status, 201);
    }
    audit::seal(site.cloud.core()).await.expect("sealed");
    site
}

async fn fault(site: &Site) -> Option<AuditFault> {
    let core = site.cloud.core();
    let checked = audit::check(&core.store, &core.keys, None).await;
    checked.expect("checked").fault
}

/// What somebody does first who may change the database and wants nobody to see it.
pub async fn take_triggers_away(site: &Site) {
    let triggers = if site.database.is_some() {
        "ALTER TABLE audit DISABLE TRIGGER USER"
    } else {
        "DROP TRIGGER audit_is_kept"
    };
    site.execute(triggers).await;
    if site.database.is_none() {
        site.execute("DROP TRIGGER audit_is_not_deleted").await;
    }
}

#[tokio::test]
async fn what_was_sealed_is_whole_and_goes_on_after_a_restart() {
    let site = sealed().await;
    assert_eq!(fault(&site).await, None);
    let before = site.count("SELECT MAX(seq) FROM audit").await;
    assert!(before >= 5, "{before}");
    let site = site.restart(true).await;
    let customer = site.sign_in(Role::User).await;
    customer.claim(&site.qr(8)).await;
    audit::seal(site.cloud.core()).await.expect("sealed");
    assert_eq!(site.count("SELECT MAX(seq) FROM audit").await, before + 1);
    assert_eq!(fault(&site).await, None);
}

#[tokio::test]
async fn whoever_changes_the_database_is_found_out() {
    type Deed = (&'static [&'static str], fn(i64) -> AuditFault);
    let deeds: [Deed; 8] = [
        (
            &["UPDATE audit SET detail = 'nothing' WHERE seq = 3"],
            |_| AuditFault::Changed { seq: 3 },
        ),
        (&["UPDATE audit SET at = at - 1 WHERE seq = 1"], |_| {
            AuditFault::Changed { seq: 1 }
        }),
        (&["DELETE FROM audit WHERE seq = 4"], |_| {
            AuditFault::Missing { seq: 4 }
        }),
        (
            &["DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)"],
            |last| AuditFault::CutOff { seq: last },
        ),
        (
            &["INSERT INTO audit (at, actor, action, org_id, seq, digest)
                 SELECT at, actor, action, org_id, seq + 1, digest FROM audit
                 WHERE seq = (SELECT MAX(seq) FROM audit)"],
            |last| AuditFault::Changed { seq: last + 1 },
        ),
        (
            &[
                "UPDATE audit SET seq = -1 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = -1",
            ],
            |_| AuditFault::Changed { seq: 2 },
        ),
        (
            &[
                "DELETE FROM audit WHERE seq > 2",
                "UPDATE audit_end SET seq = 2, digest = (SELECT digest FROM audit WHERE seq = 2)",
            ],
            |_| AuditFault::EndUnproven,
        ),
        (&["DELETE FROM audit", "DELETE FROM audit_end"], |_| {
            AuditFault::EndUnproven
        }),
    ];
    for (statements, want) in deeds {
        let site = sealed().await;
        let last = site.count("SELECT MAX(seq) FROM audit").await;
        take_triggers_away(&site).await;
        for &statement in statements {
            site.execute(statement).await;
        }
        assert_eq!(fault(&site).await, Some(want(last)), "{statements:?}");
    }
}

#[tokio::test]
async fn an_end_that_was_put_back_is_found_out_and_not_gone_on_with() {
    let site = Site::demo().await;
    audit::seal(site.cloud.core()).await.expect("sealed");
    site.execute("CREATE TABLE older AS SELECT * FROM audit_end")
        .await;
    let last = site.count("SELECT seq FROM audit_end").await;
    let customer = site.sign_in(Role::User).await;
    customer.claim(&site.qr(3)).await;
    audit::seal(site.cloud.core()).await.expect("sealed");
    site.execute("UPDATE audit_end SET seq = (SELECT seq FROM older), digest = (SELECT digest FROM older), proof = (SELECT proof FROM older)").await;
    let put_back = AuditFault::BeyondEnd { seq: last + 1 };
    assert_eq!(fault(&site).await, Some(put_back));
    site.execute("UPDATE audit_end SET seq = 1").await;
    customer.claim(&site.qr(4)).await;
    let refused = audit::seal(site.cloud.core()).await;
    assert!(
        refused
            .expect_err("refused")
            .to_string()
            .contains("verify-audit")
    );
    let site = site.restart(true).await;
    assert_eq!(fault(&site).await, Some(AuditFault::EndUnproven));
}

#[tokio::test]
async fn the_database_refuses_to_change_what_is_there() {
    let site = sealed().await;
    for sql in [
        "UPDATE audit SET detail = 'nothing' WHERE seq = 2",
        "UPDATE audit SET seq = NULL WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ] {
        let database = site.database().await;
        let refused = sqlx::query(sql).execute(&database).await;
        database.close().await;
        assert!(
            refused
                .expect_err("refused")
                .to_string()
                .contains("of the audit"),
            "{sql}"
        );
    }
    assert_eq!(fault(&site).await, None);
}

#[tokio::test]
async fn a_stopped_cloud_s_audit_is_verified_too() {
    let ground = sealed().await.stop().await;
    let checked = verify_audit(&ground.config(false), None)
        .await
        .expect("checked");
    assert_eq!((checked.fault, checked.waiting), (None, 0));
    let mark = checked.mark.as_str();
    let (noted, later) = (Some(mark), format!("9{mark}"));
    let whole = verify_audit(&ground.config(false), noted)
        .await
        .expect("checked");
    assert_eq!(whole.fault, None);
    let older = verify_audit(&ground.config(false), Some(&later))
        .await
        .expect("checked");
    assert!(
        matches!(older.fault, Some(AuditFault::Replaced { .. })),
        "{older:?}"
    );
    let bad = verify_audit(&ground.config(false), Some("x")).await;
    assert!(matches!(bad, Err(VerifyAuditError::BadMark)), "{bad:?}");
    let nowhere = Config::new(ground.folder.path().join("x"), ([127, 0, 0, 1], 0).into());
    let nothing = verify_audit(&nowhere, None).await;
    assert!(
        matches!(nothing, Err(VerifyAuditError::NoData(_))),
        "{nothing:?}"
    );
    std::fs::remove_file(ground.folder.path().join("key")).expect("removed");
    let no_key = verify_audit(&ground.config(false), None)
        .await
        .expect_err("refused");
    assert!(no_key.to_string().contains("backup"), "{no_key}");
    assert!(!ground.folder.path().join("key").exists(), "no key is made");
}

async fn actions(person: &Person<'_>, query: &str) -> Vec<String> {
    let answer = person.get(&format!("/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    let list = answer.json();
    let content = list["content"].as_array().expect("a list");
    assert_eq!(list["totalElements"], content.len(), "{query}");
    let action = |entry: &Value| entry["action"].as_str().expect("an action").to_owned();
    content.iter().map(action).collect()
}

#[tokio::test]
async fn the_audit_is_narrowed() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    site.clock.pass_seconds(60);
    let start = site.clock.now().0;
    let claim = json!({ "token": site.qr(3), "userId": 3 });
    let device = support.post("/static-tokens/claim", claim).await.json()["id"].clone();
    let rename = json!({ "name": "Barn" });
    support
        .put(&format!("/device?deviceId={device}"), rename)
        .await;
    site.clock.pass_seconds(60);
    let end = site.clock.now().0;
    support.delete(&format!("/device?deviceId={device}")).await;
    for (query, want) in [
        (
            format!("deviceId={device}"),
            &["delete_device", "rename_device", "claim"][..],
        ),
        (
            format!("deviceId={device}&userId=3"),
            &["delete_device", "claim"],
        ),
        (format!("deviceId={device}&userId=3&as=actor"), &[]),
        (
            format!("deviceId={device}&userId=2&as=actor&action=claim"),
            &["claim"],
        ),
        (format!("deviceId={device}&userId=2&as=affected"), &[]),
        (
            format!("userId=2&from={start}&until={end}"),
            &["rename_device", "claim"],
        ),
        (format!("from={end}"), &["delete_device"]),
        (format!("orgId=1&from={start}"), &[]),
    ] {
        assert_eq!(actions(&support, &query).await, want, "{query}");
    }
    let newest = support
        .get(&format!("/audit?deviceId={device}&size=1&page=1"))
        .await
        .json();
    let entry = &newest["content"][0];
    assert_eq!(newest["totalElements"], 3);
    assert_eq!(
        entry["actor"],
        json!({ "kind": "person", "id": 2, "name": "Sam Reed" })
    );
    assert_eq!(entry["orgName"], "Green Farm");
    assert_eq!(entry["deviceName"], Value::Null, "it is deleted");
    for query in ["deviceId=4711", "userId=4711", "orgId=4711"] {
        assert_eq!(
            support.get(&format!("/audit?{query}")).await.status,
            404,
            "{query}"
        );
    }
    for query in ["action=fly", "as=bystander", "from=yesterday"] {
        assert_eq!(
            support.get(&format!("/audit?{query}")).await.status,
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_is_gone_keeps_its_history() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = admin
        .post("/create", json!({ "name": "Short Lived" }))
        .await
        .json();
    let org = &made["id"];
    let invited = json!({ "email": "a@b.example", "name": "Ada", "roleId": 3, "orgId": org });
    let person = admin.post("/users/invite", invited).await.json()["id"].clone();
    let removed = admin.delete(&format!("/user?userId={person}")).await;
    assert_eq!(removed.status, 204);
    let deleted = admin.delete(&format!("?orgId={org}")).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    for query in [
        "size=1000".to_owned(),
        format!("orgId={org}"),
        format!("userId={person}"),
    ] {
        let there = actions(&admin, &query).await;
        for action in ["invite", "remove_user"] {
            assert!(there.iter().any(|one| one == action), "{query}: {there:?}");
        }
    }
    let of_it = admin.get(&format!("/audit?orgId={org}")).await.json();
    assert_eq!(of_it["content"][0]["orgName"], "Short Lived");
    let export = format!("/audit/export?orgId={org}&format=jsonl");
    assert!(admin.get(&export).await.text.contains("remove_user"));
    // It is in nobody's reach for anything else, and nobody beside it reads what happened there.
    let devices = admin.get(&format!("/devices?orgId={org}")).await;
    assert_eq!(devices.status, 404);
    let (_, beside, _) = site.client("Beside", "beside@farm.example").await;
    let (other, _) = site.member(beside, "admin@farm.example", Role::Admin).await;
    assert_eq!(other.get(&format!("/audit?orgId={org}")).await.status, 404);
    assert_eq!(actions(&admin, "action=delete_organization").await.len(), 1);
    audit::seal(site.cloud.core()).await.expect("sealed");
    assert_eq!(fault(&site).await, None);
}

#[tokio::test]
async fn the_export_holds_what_the_list_shows() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let device = support.claim(&site.qr(3)).await.json()["id"].clone();
    let formula = json!({ "name": "-2 degrees" });
    support
        .put(&format!("/device?deviceId={device}"), formula)
        .await;
    let list = support
        .get(&format!("/audit?deviceId={device}"))
        .await
        .json();
    let file = support
        .get(&format!("/audit/export?deviceId={device}&format=jsonl"))
        .await;
    assert_eq!(file.header("content-type"), Some("application/x-ndjson"));
    let lines = file.text.lines().map(serde_json::from_str::<Value>);
    let entries: Vec<_> = lines.map(|line| line.expect("JSON")).collect();
    assert_eq!(entries[0]["action"], "export_audit");
    assert_eq!(&entries[1..], list["content"].as_array().expect("a list"));

    let file = support
        .get(&format!("/audit/export?deviceId={device}"))
        .await;
    let name = file.header("content-disposition").unwrap_or_default();
    assert_eq!(
        name,
        "attachment; filename=\"handover-audit-2027-01-15.csv\""
    );
    let rows: Vec<_> = file.text.split("\r\n").collect();
    assert!(
        rows[0].starts_with("entry,sequence,time,action,actor,"),
        "{}",
        rows[0]
    );
    assert!(
        rows[2].contains("2027-01-15T08:00:00.000Z,export_audit,2,Sam Reed,"),
        "{}",
        rows[2]
    );
    assert!(rows[3].contains(",'-2 degrees,"), "no formula: {}", rows[3]);
    assert_eq!(support.get("/audit/export?format=xml").await.status, 400);
}

#[tokio::test]
async fn an_export_goes_through_all_there_is() {
    let site = Site::demo().await;
    let many = "INSERT INTO audit (at, actor, action, org_id)
                SELECT 1, 'user 1', 'claim', 1 FROM static_tokens a, static_tokens b, static_tokens c, static_tokens d
                LIMIT 2500";
    site.execute(many).await;
    let admin = site.sign_in(Role::Admin).await;
    let file = admin.get("/audit/export?format=jsonl").await;
    let ids: BTreeSet<_> = file
        .text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_i64())
        .collect();
    assert_eq!(ids.len(), file.text.lines().count(), "none is there twice");
    let rows = site.count("SELECT COUNT(*) FROM audit").await;
    assert_eq!(i64::try_from(ids.len()), Ok(rows));
}

#[tokio::test]
async fn the_chain_is_checked_by_those_at_the_top() {
    let site = sealed().await;
    let admin = site.sign_in(Role::Admin).await;
    let checked = admin.get("/audit/check").await.json();
    assert_eq!(checked["fault"], Value::Null);
    assert_eq!(
        checked["sealed"],
        site.count("SELECT MAX(seq) FROM audit").await
    );
    let support = site.sign_in(Role::Staff).await;
    assert_eq!(support.get("/audit/check").await.status, 403);
    take_triggers_away(&site).await;
    site.execute("DELETE FROM audit WHERE seq = 2").await;
    let checked = admin.get("/audit/check").await.json();
    assert_eq!(checked["fault"], json!({ "kind": "missing", "seq": 2 }));
    assert_eq!(checked["sealed"], 1);
}
