//! Whoever has got a device's auth token cannot make the claim undone that gave it to them: the next owner of a device that
//! is as good as new would share its token with them.

use handover_wire::Role;
use reqwest::Method;
use serde_json::json;

use crate::testing::{Answer, Person, Site, send};

const MAC: &str = "4A335468C9F1";
const SECRET: &str = "what-a-machine-made-up";

/// How somebody gets at a token.
#[derive(Clone, Copy, Debug)]
enum Look {
    No,
    Shown,
    Exported,
    ByMaker,
}

async fn undo(person: &Person<'_>, device: &serde_json::Value) -> Answer {
    let body = json!({ "deviceId": device });
    person.post("/device/undo", body).await
}

#[tokio::test]
async fn a_token_that_was_shown_ends_what_could_be_undone() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Admin).await;
    let (_, org, _) = site.client("Orchard", "c@orchard.example").await;
    let (admin, _) = site.member(org, "a@orchard.example", Role::Admin).await;
    let body = json!({ "templateId": "TMPLsoil00001", "count": 8 });
    let made = maker.post("/static-tokens/generate", body).await.json();
    for (place, look, want) in [
        (0, Look::No, (200, "-")),
        (1, Look::Shown, (409, "undo_over")),
        (2, Look::Exported, (409, "undo_over")),
        // The maker has all tokens anyway; and who takes a sweep back has looked at none.
        (3, Look::ByMaker, (200, "-")),
    ] {
        let token = &made["content"][place];
        let label = token["token"].as_str().expect("a label");
        let device = admin.claim(label).await.json()["id"].clone();
        let shown = format!("/device/token?deviceId={device}");
        let seen = match look {
            Look::No => None,
            Look::Shown => Some(admin.get(&shown).await.text),
            Look::Exported => Some(admin.get("/devices/export").await.text),
            Look::ByMaker => Some(maker.get(&shown).await.text),
        };
        let auth = token["deviceToken"].as_str().expect("a token");
        assert!(seen.is_none_or(|seen| seen.contains(auth)), "{look:?}");
        let undone = undo(&admin, &device).await;
        assert_eq!((undone.status, undone.code().as_str()), want, "{look:?}");
        if undone.status == 409 {
            assert_eq!(undone.attribute("cause"), "token_out", "{look:?}");
            // It is given up like anything else that was somebody's: another label, and the token claims nothing.
            let body = json!({ "deviceId": device, "history": "erase" });
            assert_eq!(admin.post("/device/release", body).await.status, 200);
            for text in [label, auth] {
                let again = admin.claim(text).await;
                assert_eq!(again.outcome(), (404, "not_claimable".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn a_machine_that_has_its_token_ends_what_could_be_undone() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Admin).await;
    let identifiers = json!({ "kind": "eui48", "first": MAC, "proof": "presence" });
    let body = json!({ "templateId": "TMPLsoil00001", "name": "Own", "count": 1,
                       "identifiers": identifiers });
    let batch = maker.post("/static-tokens/batches", body).await.json();
    let target = format!("/static-tokens/batch?batchId={}", batch["id"]);
    while maker.get(&target).await.json()["state"] == "making" {
        tokio::task::yield_now().await;
    }
    let says = |path| {
        let body = json!({ "identifier": MAC, "secret": SECRET });
        send(site.request(Method::POST, path).json(&body))
    };
    let (stranger, ..) = site.client("Stranger", "s@stranger.example").await;
    says("/external/api/bootstrap/presence").await;
    let device = stranger.claim(MAC).await.json()["id"].clone();
    let given = says("/external/api/bootstrap").await.json();
    let auth = given["token"].as_str().expect("it is confirmed");
    let undone = undo(&stranger, &device).await;
    assert_eq!(undone.outcome(), (409, "undo_over".to_owned()));
    assert_eq!(undone.attribute("cause"), "token_out");
    let body = json!({ "deviceId": device, "history": "erase" });
    assert_eq!(stranger.post("/device/release", body).await.status, 200);
    let again = stranger.claim(auth).await;
    assert_eq!(again.outcome(), (404, "not_claimable".to_owned()));
}
