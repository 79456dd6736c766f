//! Batches whose secrets are shown once: by their one export, and nowhere after it.

use std::io::{Cursor, Read as _};

use handover_wire::{BatchId, OrgId, Role, UserId};
use reqwest::Method;
use serde_json::json;

use crate::domain::{Acting, Actor, Reach};
use crate::service::export::{self, Form};
use crate::testing::{Answer, Person, Site, send};

const TEMPLATE: &str = "TMPLsoil00001";

async fn batch(person: &Person<'_>) -> i64 {
    let identifiers = json!({ "kind": "serial", "first": "ONCE-10", "proof": "claim_code" });
    let body = json!({
        "templateId": TEMPLATE, "name": "Once", "count": 3, "secrets": "once", "identifiers": identifiers
    });
    person.made_batch(body).await
}

async fn batch_called(person: &Person<'_>, name: &str) -> i64 {
    let body = json!({ "templateId": TEMPLATE, "name": name, "count": 3, "secrets": "once" });
    person.made_batch(body).await
}

/// The rows of the export's table, and how many images it has.
async fn export_of(
    person: &Person<'_>,
    id: i64,
) -> Result<(Vec<csv::StringRecord>, usize), Answer> {
    let target = format!("/static-tokens/batch/export?batchId={id}");
    let request = person.request(Method::GET, &target);
    let sent = request.try_clone().expect("no body").send().await;
    let sent = sent.expect("an answer");
    if sent.status() != 200 {
        return Err(send(request).await);
    }
    let bytes = sent.bytes().await.expect("the file");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let images = zip.len() - 1;
    let mut text = String::new();
    let mut table = zip.by_index(0).expect("a table");
    table.read_to_string(&mut text).expect("text");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows = rows.records().map(|row| row.expect("a row")).collect();
    Ok((rows, images))
}

/// Tokens whose secrets can be read.
async fn kept(site: &Site) -> i64 {
    site.count("SELECT COUNT(*) FROM static_tokens WHERE batch_id IS NOT NULL AND (length(auth_sealed) > 0 OR length(qr_sealed) > 0 OR length(code_sealed) > 0)").await
}

#[tokio::test]
async fn secrets_leave_once_and_do_what_they_are_for() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin).await;
    let target = format!("/static-tokens/batch?batchId={id}");
    let before = admin.get(&target).await.json();
    assert_eq!(
        (&before["secrets"], before["exportedAt"].is_null()),
        (&json!("once"), true)
    );
    // No list shows them, also before the export.
    let all = admin.get("/static-tokens?size=1000").await.json();
    let last = all["content"].as_array().expect("a list").last().cloned();
    let last = last.expect("some");
    assert!(
        last["token"].is_null() && last["deviceToken"].is_null(),
        "{last}"
    );

    let (rows, images) = export_of(&admin, id).await.expect("the first time");
    assert_eq!((rows.len(), images), (3, 3));
    while kept(&site).await > 0 {
        tokio::task::yield_now().await;
    }
    let again = export_of(&admin, id).await.expect_err("once");
    assert_eq!(again.outcome(), (410, "secrets_gone".to_owned()));
    assert!(admin.get(&target).await.json()["exportedAt"].is_i64());

    // All of them work: the label, the claim code, the device's own token.
    let customer = site.sign_in(Role::User).await;
    let claimed = customer.claim(&rows[0][5]).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let body = json!({ "token": "ONCE-11", "claimCode": &rows[1][3] });
    assert_eq!(
        customer.post("/static-tokens/claim", body).await.status,
        201
    );
    assert_eq!(customer.claim(&rows[2][7]).await.status, 201);
    let device = claimed.json()["id"].clone();
    let seen = admin.get(&format!("/device?deviceId={device}")).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(seen.json()["token"].is_null());
    let label = format!("/device/label?deviceId={device}");
    assert_eq!(
        admin.get(&label).await.outcome(),
        (410, "secrets_gone".to_owned())
    );

    // Whoever gives it up is shown the new label, once; it claims, and nobody else is shown it.
    let release = json!({ "deviceId": device, "history": "keep" });
    let released = customer.post("/device/release", release).await.json();
    assert_eq!(kept(&site).await, 0);
    let text = released["label"]["text"].as_str().expect("a label");
    assert_eq!(customer.claim(&rows[0][5]).await.status, 404, "the old one");
    assert_eq!(customer.claim(text).await.status, 201);
    // Taken back by the maker with a new label: support is shown that one, once.
    let back = json!({ "deviceId": device, "label": "renew" });
    let back = admin.post("/static-tokens/unclaim", back).await;
    assert_eq!(back.status, 200, "{back:?}");
    let shown = admin.get(&label).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    assert_eq!(admin.get(&label).await.status, 410);
    let text = shown.json()["text"].as_str().expect("a label").to_owned();
    assert_eq!(customer.claim(&text).await.status, 201);
}

#[tokio::test]
async fn an_export_that_broke_off_can_be_made_again_by_the_same_person_for_a_while() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (other, _) = site.member(1, "other@maker.example", Role::Admin).await;
    for (waits, want) in [(599, None), (601, Some((410, "secrets_gone".to_owned())))] {
        let id = batch_called(&admin, &format!("Once {waits}")).await;
        let core = site.cloud.core();
        let found = core.store.batch(Reach::tree(OrgId(1)), BatchId(id)).await;
        let found = found.expect("the database").expect("it is there");
        let user = site.count("SELECT id FROM users WHERE role = 1 AND email NOT LIKE 'other%'");
        let acting = Acting {
            actor: Actor::User(UserId(user.await)),
            role: Role::Admin,
            org: OrgId(1),
        };
        let mut pieces = export::export(core, &acting, found, Form::default())
            .await
            .expect("it begins");
        assert!(pieces.next().await.expect("a piece").is_ok());
        drop(pieces);
        let gone = export_of(&other, id).await.expect_err("another person");
        assert_eq!(gone.outcome(), (410, "secrets_gone".to_owned()));
        site.clock.pass_seconds(waits);
        let again = export_of(&admin, id).await;
        match want {
            None => assert_eq!(again.expect("once more").0.len(), 3),
            Some(want) => assert_eq!(again.expect_err("too late").outcome(), want),
        }
    }
}

#[tokio::test]
async fn what_a_killed_export_left_is_forgotten_and_devices_get_tokens_of_their_own() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin).await;
    assert_eq!(kept(&site).await, 3);
    // A device without a flashed token gets one that nobody has seen, whatever the export said.
    let customer = site.sign_in(Role::User).await;
    let code = {
        let site = &site;
        site.execute("UPDATE batches SET proof = 'none' WHERE name = 'Once'")
            .await;
        customer.claim("once-12").await
    };
    assert_eq!(code.status, 201, "{code:?}");
    let device = code.json()["id"].clone();
    let ask = json!({ "identifier": "ONCE-12", "secret": "a-secret-of-the-device" });
    let path = "/external/api/bootstrap";
    assert_eq!(
        site.post(path, ask.clone()).await.json()["state"],
        "waiting"
    );
    let pins = admin
        .get(&format!("/device/bootstrap?deviceId={device}"))
        .await
        .json();
    let confirm = json!({ "deviceId": device, "check": pins["pins"][0]["check"] });
    assert_eq!(
        customer
            .post("/device/bootstrap/confirm", confirm)
            .await
            .status,
        200
    );
    let first = site.post(path, ask.clone()).await.json()["token"].clone();
    let second = site.post(path, ask).await.json()["token"].clone();
    assert!(first.is_string() && second.is_string() && first != second);

    site.execute("UPDATE batches SET exported_at = 1800000000000 WHERE name = 'Once'")
        .await;
    site.clock.pass_seconds(3 * 3_600);
    let admin = site.sign_in(Role::Admin).await;
    // Whoever makes batches looks after it, and is woken by the next one.
    let other = json!({ "templateId": TEMPLATE, "name": "Other", "count": 1, "secrets": "once" });
    assert_eq!(
        admin.post("/static-tokens/batches", other).await.status,
        202
    );
    while site
        .count("SELECT COUNT(*) FROM static_tokens s JOIN batches b ON b.id = s.batch_id WHERE b.name = 'Once' AND (length(s.auth_sealed) > 0 OR length(s.qr_sealed) > 0)")
        .await
        > 0
    {
        tokio::task::yield_now().await;
    }
    assert_eq!(export_of(&admin, id).await.expect_err("once").status, 410);
}

/// On SQLite: PostgreSQL's log is its own, which SECURITY.md says.
#[tokio::test]
async fn what_was_shown_once_is_not_in_the_files_either() {
    let site = Site::demo().await;
    if site.database.is_some() {
        return;
    }
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin).await;
    let pool = site.database().await;
    let sealed = "SELECT auth_sealed FROM static_tokens WHERE batch_id IS NOT NULL";
    let sealed: Vec<Vec<u8>> = sqlx::query_scalar(sealed)
        .fetch_all(&pool)
        .await
        .expect("sealed secrets");
    pool.close().await;
    assert_eq!(sealed.len(), 3);
    let found = || {
        let files = std::fs::read_dir(site.folder.path()).expect("the folder");
        let contents = files.map(|file| std::fs::read(file.expect("a file").path()));
        let contents: Vec<Vec<u8>> = contents.filter_map(Result::ok).collect();
        let holds = |secret: &[u8]| {
            let mut all = contents.iter();
            all.any(|content| content.windows(secret.len()).any(|part| part == secret))
        };
        sealed.iter().any(|secret| holds(secret))
    };
    assert!(found(), "they are in the files before the export");
    assert!(export_of(&admin, id).await.is_ok());
    while kept(&site).await > 0 {
        tokio::task::yield_now().await;
    }
    while found() {
        // Whoever happened to read just then kept the log; it is shed daily, too.
        let shed = site.cloud.core().store.shed_log().await;
        shed.expect("it is shed");
    }
}
