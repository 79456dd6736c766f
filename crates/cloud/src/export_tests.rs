//! A batch's file, while somebody takes it.

use std::io::{Cursor, Read as _};

use handover_wire::{BatchId, OrgId, Role, UserId};
use serde_json::json;

use crate::domain::{Acting, Actor};
use crate::service::export::{Form, Pieces, export};
use crate::testing::{Person, Site};

/// More labels than are read at a time, with more images than are made ahead of whoever takes them.
const MANY: usize = 700;

/// Makes that many labels.
async fn many(admin: &Person<'_>) -> BatchId {
    let body = json!({ "templateId": "TMPLsoil00001", "name": "Many", "count": MANY });
    let asked = admin.post("/static-tokens/batches", body).await.json();
    let id = asked["id"].as_i64().expect("a number");
    let path = format!("/static-tokens/batch?batchId={id}");
    while admin.get(&path).await.json()["state"] != "ready" {
        tokio::task::yield_now().await;
    }
    BatchId(id)
}

/// Begins to export them, as the administrator of the demo.
async fn begin(site: &Site, batch: BatchId) -> Pieces {
    begin_as(site, batch, UserId(1)).await
}

async fn begin_as(site: &Site, batch: BatchId, who: UserId) -> Pieces {
    let core = site.cloud.core();
    let acting = Acting {
        actor: Actor::User(who),
        role: Role::Admin,
        org: OrgId(1),
    };
    let found = core.store.batch(acting.reach(), batch).await;
    let batch = found.expect("the database").expect("it was made");
    let pieces = export(core, &acting, batch, Form::default()).await;
    pieces.expect("it is ready")
}

#[tokio::test]
async fn a_file_is_of_one_moment() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = many(&admin).await;
    let mut pieces = begin(&site, id).await;
    let revoked = admin
        .post("/static-tokens/revoke", json!({ "batchId": id }))
        .await;
    assert_eq!(revoked.json()["revoked"], MANY);

    let mut file = Vec::new();
    while let Some(piece) = pieces.next().await {
        file.extend(piece.expect("it does not break off"));
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).expect("a zip");
    assert_eq!(zip.len(), MANY + 1, "a table, and an image of each label");
    let mut table = String::new();
    zip.by_name("Many.csv")
        .expect("a table")
        .read_to_string(&mut table)
        .expect("text");
    let (_, rows) = table.split_once('\n').expect("a header");
    assert_eq!(rows.matches(",unclaimed,").count(), MANY);
    for row in rows.lines() {
        let image = row.rsplit(',').next().expect("the last column");
        zip.by_name(image).expect("the image that the table names");
    }
}

#[tokio::test]
async fn a_file_that_is_not_whole_says_so() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = many(&admin).await;
    // Nothing that opens as what it stands for.
    site.execute("UPDATE static_tokens SET auth_sealed = qr_sealed WHERE number = 600")
        .await;
    let mut pieces = begin(&site, id).await;
    let mut last = None;
    while let Some(piece) = pieces.next().await {
        last = Some(piece);
    }
    assert!(last.is_some_and(|last| last.is_err()));
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn a_file_ends_with_the_right_to_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = many(&admin).await;
    let (_, other) = site.member(1, "other@maker.example", Role::Admin).await;
    let mut pieces = begin_as(&site, id, UserId(other)).await;
    assert!(pieces.next().await.expect("a piece").is_ok());
    let suspend = format!("/users/suspend?userId={other}");
    let suspended = admin.post(&suspend, json!({})).await;
    assert!(suspended.status < 300, "{suspended:?}");
    let mut last = None;
    while let Some(piece) = pieces.next().await {
        last = Some(piece);
    }
    assert!(last.is_some_and(|last| last.is_err()), "it breaks off");
}
