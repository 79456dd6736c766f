//! Devices without a flashed token: their button proves a claim, and their owners say which machine they are.

use std::sync::atomic::Ordering;

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway_tests::{Scene, pair, scene};
use crate::testing::{Answer, Person, Site, send};

/// What an answer tells: its body, its headers, and after how many store calls.
type Told<Body> = (Body, Vec<(String, String)>, u64);

const TEMPLATE: &str = "TMPLsoil00001";
const MAC: &str = "4A335468C9F1";
pub const REAL: &str = "the-real-devices-secret";
const STRANGER: &str = "what-a-stranger-made-up";

async fn batch(person: &Person<'_>, kind: &str, first: &str, proof: &str) -> i64 {
    let identifiers = json!({ "kind": kind, "first": first, "proof": proof });
    let body =
        json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
    person.made_batch(body).await
}

async fn says(site: &Site, identifier: &str, secret: &str, pressed: bool) -> Answer {
    let path = match pressed {
        true => "/external/api/bootstrap/presence",
        false => "/external/api/bootstrap",
    };
    let body = json!({ "identifier": identifier, "secret": secret });
    send(site.request(Method::POST, path).json(&body)).await
}

pub async fn asks(site: &Site, identifier: &str, secret: &str) -> Value {
    let answer = says(site, identifier, secret, false).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

pub async fn presses(site: &Site, identifier: &str, secret: &str) -> Value {
    let answer = says(site, identifier, secret, true).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

pub async fn by_press(person: &Person<'_>, token: &str, key: &str) -> Answer {
    person
        .claim_as(key, json!({ "token": token, "presence": true }))
        .await
}

async fn pins(person: &Person<'_>, device: &Value) -> Value {
    let found = person
        .get(&format!("/device/bootstrap?deviceId={device}"))
        .await;
    assert_eq!(found.status, 200, "{found:?}");
    found.json()
}

/// The owner says that the machine which shows these digits is the device.
pub async fn confirm(person: &Person<'_>, device: &Value, check: &Value) -> Answer {
    let body = json!({ "deviceId": device, "check": check });
    person.post("/device/bootstrap/confirm", body).await
}

/// What comes of it where somebody speaks with an auth token.
async fn speaks(site: &Site, token: &Value) -> u16 {
    let token = token.as_str().expect("a token");
    let path = format!("/external/api/update?token={token}&V1=7");
    send(site.request(Method::GET, &path)).await.status
}

/// Waits until a running cloud has nothing to do by itself: whoever counts store calls would count those, too.
async fn quiet(site: &Site) {
    let core = site.cloud.core();
    crate::service::approvals::tell_due(core)
        .await
        .expect("told");
    crate::service::bootstrap::tell_due(core)
        .await
        .expect("told");
    site.end_moves().await;
    site.sealed().await;
}

#[tokio::test]
async fn a_press_proves_a_claim_before_and_after_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "presence").await;
    let customer = site.sign_in(Role::User).await;
    let alone = customer.claim(MAC).await;
    assert_eq!(alone.outcome(), (422, "proof_required".to_owned()));
    // The claim waits, and is sent again with its key.
    for _ in 0..20 {
        let waits = by_press(&customer, MAC, "one").await;
        assert_eq!(waits.status, 202, "{waits:?}");
        assert_eq!(waits.json()["outcome"], "pending_presence");
    }
    assert_eq!(asks(&site, MAC, REAL).await["state"], "waiting");
    assert_eq!(by_press(&customer, MAC, "one").await.status, 202);
    presses(&site, "4a:33:54:68:c9:f1", REAL).await;
    let claimed = by_press(&customer, MAC, "one").await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let again = by_press(&customer, MAC, "one").await;
    assert_eq!((again.status, again.text), (201, claimed.text.clone()));
    // The press that proved the claim told the owner's yes, too.
    let ready = asks(&site, MAC, REAL).await;
    assert_eq!(ready["state"], "ready");
    assert_eq!(ready["token"].as_str().map(str::len), Some(32));

    // The other way round: pressed first, then claimed, by the bare identifier.
    presses(&site, "4A335468C9F2", REAL).await;
    site.clock.pass_seconds(301);
    let late = customer.claim("4A335468C9F2").await;
    assert_eq!(late.outcome(), (422, "proof_required".to_owned()));
    presses(&site, "4A335468C9F2", REAL).await;
    site.clock.pass_seconds(299);
    assert_eq!(customer.claim("4A335468C9F2").await.status, 201);
    // That was not its first press, so the digits are to be compared.
    assert_eq!(asks(&site, "4A335468C9F2", REAL).await["state"], "waiting");
}

#[tokio::test]
async fn a_wait_for_a_button_tells_nothing_and_ends_nobodys_window() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "presence").await;
    batch(&admin, "serial", "CODE-10", "claim_code").await;
    presses(&site, "4A335468C9F2", REAL).await;
    assert_eq!(admin.claim("4A335468C9F2").await.status, 201);
    let (stranger, ..) = site.client("Stranger", "s@stranger.example").await;
    // The first request of an organization counts for the next ones as well.
    stranger.get("/me").await;
    let calls = || site.cloud.core().store.calls.load(Ordering::Relaxed);
    let mut reference: Option<Told<String>> = None;
    for token in ["0000000000FF", MAC, "4A335468C9F2", "CODE-10"] {
        quiet(&site).await;
        let before = calls();
        let answer = by_press(&stranger, token, &format!("wait {token}")).await;
        let asked = calls() - before;
        assert_eq!(answer.status, 202, "{token}: {answer:?}");
        let found = (answer.text, answer.headers, asked);
        let first = reference.get_or_insert_with(|| found.clone());
        assert_eq!(&found, first, "{token}");
    }
    // Their waits are over. Whoever guesses at it keeps its owner from nothing.
    site.clock.pass_seconds(300);
    for _ in 0..3 {
        presses(&site, MAC, REAL).await;
        let guess = json!({ "token": MAC, "claimCode": "0000-0000" });
        let wrong = stranger.post("/static-tokens/claim", guess).await;
        assert_eq!(wrong.outcome(), (404, "not_claimable".to_owned()));
    }
    let customer = site.sign_in(Role::User).await;
    assert_eq!(by_press(&customer, MAC, "mine").await.status, 201);
    // Waits are counted: 3 for one identifier of one account.
    for index in 0..3 {
        let waits = by_press(&stranger, "0000000000EE", &format!("{index}")).await;
        assert_eq!(waits.status, 202, "{waits:?}");
        site.clock.pass_seconds(300);
    }
    let (again, ..) = (by_press(&stranger, "0000000000EE", "more").await,);
    assert_eq!(again.status, 429, "{again:?}");
}

/// Of several who wait for one press nobody has it, and whoever waited is not overtaken; all are answered alike.
#[tokio::test]
async fn a_press_is_theirs_who_waited_for_it_alone() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "presence").await;
    let customer = site.sign_in(Role::User).await;
    let (neighbour, _, id) = site.client("Neighbour", "n@neighbour.example").await;
    let obstacles = async |user: Value| {
        let ask = json!({ "label": MAC, "userId": user });
        let told = admin.post("/static-tokens/why", ask).await;
        assert_eq!(told.status, 200, "{told:?}");
        told.json()["labels"][0]["obstacles"].clone()
    };
    // Both wait, the one in other letters.
    let mine = by_press(&customer, MAC, "mine").await;
    let theirs = by_press(&neighbour, "4a-33-54-68-c9-f1", "theirs").await;
    assert_eq!((mine.status, &mine.text), (202, &theirs.text));
    presses(&site, MAC, REAL).await;
    for (who, token, key) in [
        (&customer, MAC, "mine"),
        (&neighbour, "4a-33-54-68-c9-f1", "theirs"),
    ] {
        let again = by_press(who, token, key).await;
        assert_eq!((again.status, again.text), (202, mine.text.clone()));
        assert_eq!(who.claim(MAC).await.status, 422, "it is used up");
    }
    assert_eq!(obstacles(json!(id)).await, json!(["several_waited"]));
    // They agree, and one of them waits alone. Whoever asks after the press comes too late, in whatever way.
    site.clock.pass_seconds(300);
    assert_eq!(by_press(&customer, MAC, "mine").await.status, 202);
    presses(&site, MAC, REAL).await;
    let late = by_press(&neighbour, MAC, "late").await;
    assert_eq!(late.status, 202, "{late:?}");
    assert_eq!(neighbour.claim(MAC).await.status, 422);
    assert_eq!(obstacles(json!(id)).await, json!(["pressed_for_another"]));
    site.clock.pass_seconds(299);
    assert_eq!(by_press(&customer, MAC, "mine").await.status, 201);
    // That they waited is over with it: another device of theirs, or this one for somebody else, is no dispute.
    let left = "SELECT COUNT(*) FROM presence_waits";
    assert_eq!(site.count(left).await, 1, "the neighbour's alone");
}

/// Whatever has an identifier or does not, a machine that asks learns nothing of it.
#[tokio::test]
async fn machines_learn_nothing_before_they_are_confirmed() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "claim_code").await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let gone = batch(&admin, "serial", "GONE-10", "none").await;
    let revoke = json!({ "batchId": gone });
    admin.post("/static-tokens/revoke", revoke).await;
    assert_eq!(admin.claim("FREE-10").await.status, 201);
    assert_eq!(asks(&site, "FREE-11", REAL).await["state"], "waiting");
    let calls = || site.cloud.core().store.calls.load(Ordering::Relaxed);
    for pressed in [false, true] {
        for time in ["first", "again"] {
            let mut reference: Option<Told<Value>> = None;
            for identifier in [
                "0000000000FF",
                MAC,
                "FREE-10",
                "FREE-11",
                "GONE-10",
                "FREE-99",
            ] {
                let secret = format!("{STRANGER}-{pressed}");
                quiet(&site).await;
                let before = calls();
                let answer = says(&site, identifier, &secret, pressed).await;
                let asked = calls() - before;
                let mut json = answer.json();
                // Digits differ from one identifier to the next, as they should.
                let check = json["check"].take();
                assert_eq!(check.as_str().map(str::len), Some(4));
                assert_eq!(json["state"], "waiting", "{identifier}");
                // Not the machine's own: how many digits the answer's length and four are.
                let found = (json, answer.headers, asked);
                let first = reference.get_or_insert_with(|| found.clone());
                assert_eq!(&found, first, "{identifier} {pressed} {time}");
            }
        }
    }
}

#[tokio::test]
async fn the_owner_says_which_machine_it_is() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let shown = asks(&site, "FREE-10", REAL).await;
    let customer = site.sign_in(Role::User).await;
    let device = customer.claim("FREE-10").await.json()["id"].clone();
    assert_eq!(
        asks(&site, "FREE-10", REAL).await,
        shown,
        "claimed is not confirmed"
    );
    let found = pins(&customer, &device).await;
    assert_eq!(found["conflict"], false);
    assert_eq!(found["pins"][0]["check"], shown["check"]);
    assert_eq!(found["pins"].as_array().map(Vec::len), Some(1));
    // A colleague without the right sees it and decides nothing; a stranger sees nothing.
    let (stranger, ..) = site.client("Stranger", "s@stranger.example").await;
    let refused = confirm(&stranger, &device, &shown["check"]).await;
    assert_eq!(refused.outcome(), (404, "not_found".to_owned()));
    let wrong = confirm(&customer, &device, &json!("none")).await;
    assert_eq!(wrong.outcome(), (409, "pin_gone".to_owned()));
    let right = confirm(&customer, &device, &shown["check"]).await;
    assert_eq!(right.status, 200, "{right:?}");
    let ready = asks(&site, "free-10", REAL).await;
    assert_eq!(
        (&ready["state"], ready["token"].as_str().map(str::len)),
        (&json!("ready"), Some(32))
    );
    let token = admin
        .get(&format!("/device/token?deviceId={device}"))
        .await
        .json()["token"]
        .clone();
    assert_eq!(ready["token"], token);
    // A stranger who comes later gets nothing, takes nothing, and is told of.
    assert_eq!(asks(&site, "FREE-10", STRANGER).await["state"], "waiting");
    assert_eq!(asks(&site, "FREE-10", REAL).await["state"], "ready");
    assert_eq!(pins(&customer, &device).await["conflict"], true);
    for role in [Role::Admin, Role::User] {
        let person = site.sign_in(role).await;
        let email = person.get("/user/profile").await.json()["email"].clone();
        let email = email.as_str().expect("an address");
        let before = site.mails(email).await.len();
        crate::service::bootstrap::tell_due(site.cloud.core())
            .await
            .expect("told");
        let mails = site.mails(email).await.len();
        assert!(
            mails > 0 && (role == Role::User || mails > before),
            "{email}"
        );
    }
    let told = "SELECT COUNT(*) FROM audit WHERE action = 'pin_conflict' AND actor = 'cloud'";
    assert_eq!(site.count(told).await, 1, "once");
    // What it was is over with its hands.
    let release = json!({ "deviceId": device, "history": "keep" });
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    assert_eq!(asks(&site, "FREE-10", REAL).await["state"], "waiting");
    for (sql, want) in [
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'confirm_device'",
            1,
        ),
        ("SELECT COUNT(*) FROM audit WHERE action = 'give_token'", 1),
        ("SELECT COUNT(*) FROM pins", 1),
    ] {
        assert_eq!(site.count(sql).await, want, "{sql}");
    }
}

/// What a former owner said to be the device is a stranger to the next one, whatever it was given.
#[tokio::test]
async fn a_former_owners_machine_speaks_for_the_device_no_more() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let former = site.sign_in(Role::User).await;
    let device = former.claim("FREE-10").await.json()["id"].clone();
    let check = asks(&site, "FREE-10", REAL).await["check"].clone();
    assert_eq!(confirm(&former, &device, &check).await.status, 200);
    let before = asks(&site, "FREE-10", REAL).await["token"].clone();
    // One that is switched on again is given the same.
    assert_eq!(asks(&site, "FREE-10", REAL).await["token"], before);
    let release = json!({ "deviceId": device, "history": "erase" });
    let released = former.post("/device/release", release).await.json();
    let (next, ..) = site.client("Next", "next@next.example").await;
    let label = released["label"]["text"]
        .as_str()
        .expect("a label")
        .to_owned();
    let device = next.claim(&label).await.json()["id"].clone();
    let check = asks(&site, "FREE-10", STRANGER).await["check"].clone();
    assert_eq!(confirm(&next, &device, &check).await.status, 200);
    let after = asks(&site, "FREE-10", STRANGER).await["token"].clone();
    assert_ne!(after, before);
    assert_eq!(speaks(&site, &before).await, 400);
    assert_eq!(speaks(&site, &after).await, 200);
    // The owner's page shows the one that it has.
    assert_eq!(asks(&site, "FREE-10", STRANGER).await["token"], after);
}

/// A gateway has the auth tokens of its nodes, and what it knows it goes on to know.
#[tokio::test]
async fn a_former_gateway_speaks_for_its_node_no_more_once_that_has_asked_anew() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "NODE-10", "none").await;
    let Scene { gateway, other, .. } = scene(&site).await;
    let owner = site.sign_in(Role::User).await;
    let node = owner.claim("NODE-10").await.json()["id"].clone();
    let check = asks(&site, "NODE-10", REAL).await["check"].clone();
    assert_eq!(confirm(&owner, &node, &check).await.status, 200);
    let mut known = asks(&site, "NODE-10", REAL).await["token"].clone();
    let number = node.as_i64().expect("a number");
    assert_eq!(pair(&owner, gateway, number).await.0, 204);
    // No gateway has lost it.
    assert_eq!(asks(&site, "NODE-10", REAL).await["token"], known);
    for (path, body) in [
        (
            "/gateway/move",
            json!({ "gatewayId": other, "nodeId": node }),
        ),
        ("/gateway/unpair", json!({ "nodeId": node })),
    ] {
        assert_eq!(owner.post(path, body).await.status, 204, "{path}");
        // A node that does not ask goes on with the one that it has.
        assert_eq!(speaks(&site, &known).await, 200, "{path}");
        let now = asks(&site, "NODE-10", REAL).await["token"].clone();
        assert_ne!(now, known, "{path}");
        assert_eq!(speaks(&site, &known).await, 400, "{path}");
        assert_eq!(speaks(&site, &now).await, 200, "{path}");
        assert_eq!(asks(&site, "NODE-10", REAL).await["token"], now, "{path}");
        known = now;
    }
}

/// The page of a device asks who wants its token every few seconds.
#[tokio::test]
async fn whoever_looks_holds_nobody_up() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let customer = site.sign_in(Role::User).await;
    let device = customer.claim("FREE-10").await.json()["id"].clone();
    asks(&site, "FREE-10", REAL).await;
    quiet(&site).await;
    let store = &site.cloud.core().store;
    let changes = store.calls.load(Ordering::Relaxed);
    let looks = store.looks.load(Ordering::Relaxed);
    let found = pins(&customer, &device).await;
    assert_eq!(found["pins"].as_array().map(Vec::len), Some(1));
    assert_eq!(store.calls.load(Ordering::Relaxed), changes, "no change");
    assert!(store.looks.load(Ordering::Relaxed) > looks);
}

#[tokio::test]
async fn a_stranger_who_was_first_keeps_the_device_out_of_nothing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let customer = site.sign_in(Role::User).await;
    presses(&site, "FREE-10", STRANGER).await;
    let device = customer.claim("FREE-10").await.json()["id"].clone();
    // A button that presses by itself tells no yes, in whatever moment.
    let of = json!({ "deviceId": device });
    let awaited = customer.post("/device/bootstrap/press", of.clone()).await;
    assert_eq!(awaited.status, 200, "{awaited:?}");
    assert_eq!(
        presses(&site, "FREE-10", STRANGER).await["state"],
        "waiting"
    );
    // The owner resets; the stranger is first again; the device comes: the digits tell which it is.
    let reset = customer.post("/device/bootstrap/reset", of.clone()).await;
    assert_eq!(reset.json()["pins"], json!([]));
    asks(&site, "FREE-10", STRANGER).await;
    let shown = asks(&site, "FREE-10", REAL).await["check"].clone();
    let awaited = customer.post("/device/bootstrap/press", of.clone()).await;
    assert_eq!(awaited.outcome(), (409, "pin_conflict".to_owned()));
    let found = pins(&customer, &device).await;
    let all = found["pins"].as_array().expect("a list");
    assert_eq!((all.len(), &found["conflict"]), (2, &json!(true)));
    let wrong = all.iter().find(|pin| pin["check"] != shown);
    let of_wrong =
        json!({ "deviceId": device, "fingerprint": wrong.expect("the other's")["fingerprint"] });
    let refused = customer.post("/device/bootstrap/refuse", of_wrong).await;
    assert_eq!(refused.json()["conflict"], false, "{refused:?}");
    let confirmed = confirm(&customer, &device, &shown).await;
    assert_eq!(confirmed.json()["conflict"], false, "{confirmed:?}");
    assert_eq!(asks(&site, "FREE-10", REAL).await["state"], "ready");
    assert_eq!(asks(&site, "FREE-10", STRANGER).await["state"], "waiting");

    // A device whose button is pressed when it was waited for needs no digits.
    let other = customer.claim("FREE-11").await.json()["id"].clone();
    asks(&site, "FREE-11", REAL).await;
    let of = json!({ "deviceId": other });
    let awaited = customer.post("/device/bootstrap/press", of).await;
    assert!(awaited.json()["pressUntil"].is_i64(), "{awaited:?}");
    assert_eq!(presses(&site, "FREE-11", REAL).await["state"], "ready");
}

/// Two makers may number their devices alike: a machine that names its template is the one's, and one that does not is
/// nobody's.
#[tokio::test]
async fn the_template_tells_whose_device_an_identifier_is() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    batch(&admin, "serial", "SN-10", "none").await;
    let (_, org, _) = site.client("Brook", "b@brook.example").await;
    let maker = site.member(org, "m@brook.example", Role::Admin).await.0;
    let template = maker.post("/template", json!({ "name": "Valve" })).await;
    assert_eq!(template.status, 201, "{template:?}");
    let theirs = template.json()["templateId"].clone();
    let identifiers = json!({ "kind": "serial", "first": "SN-10", "proof": "none" });
    let asked =
        json!({ "templateId": theirs, "name": "Theirs", "count": 1, "identifiers": identifiers });
    maker.made_batch(asked).await;
    let ours = customer.claim("SN-10").await.json()["id"].clone();
    let other = maker.claim("SN-10").await.json()["id"].clone();
    let names = async |template: &Value, secret: &str| {
        let body = json!({ "identifier": "sn-10", "secret": secret, "templateId": template });
        let path = "/external/api/bootstrap";
        let answer = send(site.request(Method::POST, path).json(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["check"].clone()
    };
    let heard = async |template: &Value, secret: &str, want: [usize; 2]| {
        names(template, secret).await;
        let all = [
            pins(&customer, &ours).await["pins"].clone(),
            pins(&maker, &other).await["pins"].clone(),
        ];
        let all = all.map(|pins| pins.as_array().expect("a list").len());
        assert_eq!(all, want, "{template}");
    };
    // Whoever names no template is looked for among the topmost organization's.
    heard(&Value::Null, "of-one-without-a-template", [1, 0]).await;
    heard(&json!(TEMPLATE), "of-one-of-the-demo", [2, 0]).await;
    heard(&theirs, "of-one-of-the-other", [2, 1]).await;
    heard(&json!("TMPLnobodys01"), "of-one-of-nobody", [2, 1]).await;
    // Its owner's yes is for the one that named it.
    let check = pins(&maker, &other).await["pins"][0]["check"].clone();
    assert_eq!(confirm(&maker, &other, &check).await.status, 200);
    let body =
        json!({ "identifier": "SN-10", "secret": "of-one-of-the-other", "templateId": theirs });
    let path = "/external/api/bootstrap";
    let ready = send(site.request(Method::POST, path).json(&body)).await;
    assert_eq!(ready.json()["state"], "ready");
}

#[tokio::test]
async fn whoever_made_the_label_settles_a_conflict_before_it_has_an_owner() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (staff, customer) = (
        site.sign_in(Role::Staff).await,
        site.sign_in(Role::User).await,
    );
    let id = batch(&admin, "serial", "PB-10", "presence").await;
    let label = async |query: &str| {
        let target = format!("/static-tokens/find?{query}");
        admin.get(&target).await.json()["content"][0]["id"].clone()
    };
    let token = label(&format!("batchId={id}")).await;
    asks(&site, "PB-10", STRANGER).await;
    presses(&site, "PB-10", REAL).await;
    // Of two machines the first one's press proves a claim, and that one has none to press.
    assert_eq!(by_press(&customer, "PB-10", "one").await.status, 202);
    let reset = async |person: &Person<'_>, token: &Value| {
        let body = json!({ "tokenId": token });
        let path = "/static-tokens/reset-machines";
        person.post(path, body).await.status
    };
    assert_eq!(reset(&customer, &token).await, 403);
    let (_, org, _) = site.client("Meadow", "m@meadow.example").await;
    let stranger = site.member(org, "s@meadow.example", Role::Admin).await.0;
    assert_eq!(reset(&stranger, &token).await, 404);
    assert_eq!(reset(&staff, &token).await, 204);
    assert_eq!(site.count("SELECT COUNT(*) FROM pins").await, 0);
    let event = "SELECT COUNT(*) FROM audit WHERE action = 'reset_pins' AND detail = 'PB-10'";
    assert_eq!(site.count(event).await, 1);
    presses(&site, "PB-10", REAL).await;
    assert_eq!(by_press(&customer, "PB-10", "two").await.status, 201);
    // From now on it is for its owner.
    assert_eq!(reset(&staff, &token).await, 403);
    let made = json!({ "templateId": TEMPLATE, "count": 1 });
    let made = admin.post("/static-tokens/generate", made).await;
    assert_eq!(made.status, 201, "{made:?}");
    let plain = label("state=UNCLAIMED").await;
    assert_eq!(reset(&staff, &plain).await, 409, "it has no identifier");
}

#[tokio::test]
async fn what_a_machine_says_is_checked_and_counted() {
    let site = Site::demo().await;
    for (identifier, secret, field) in [
        ("", REAL, "identifier"),
        ("SN-1", "", "secret"),
        ("SN-1", "too short", "secret"),
        ("SN-1", "with a space in it and more", "secret"),
    ] {
        let answer = says(&site, identifier, secret, false).await;
        assert_eq!(answer.status, 400, "{identifier} {secret}");
        assert_eq!(answer.json()["error"]["attributes"]["field"], field);
    }
    for _ in 0..20 {
        asks(&site, "SN-1", REAL).await;
    }
    let limited = says(&site, "SN-1", REAL, false).await;
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("3"))
    );
    // Whoever asks for the same identifier from elsewhere, or with another secret, is not kept out by that.
    for index in 0..4 {
        asks(&site, "SN-1", &format!("{STRANGER}-{index}")).await;
    }
    let limited = says(&site, "SN-1", &format!("{STRANGER}-9"), false).await;
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("600"))
    );
    let elsewhere = json!({ "identifier": "SN-1", "secret": format!("{STRANGER}-9") });
    let elsewhere = site
        .request(Method::POST, "/external/api/bootstrap")
        .header("x-forwarded-for", "192.0.2.7")
        .json(&elsewhere);
    assert_eq!(send(elsewhere).await.status, 200);
}

/// What strangers say of a device, however often and before whatever else, keeps its owner from nothing.
#[tokio::test]
async fn a_crowd_of_strangers_is_in_nobodys_way() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "presence").await;
    let from = |place: usize, secret: &str, pressed: bool| {
        let path = match pressed {
            true => "/external/api/bootstrap/presence",
            false => "/external/api/bootstrap",
        };
        let body = json!({ "identifier": MAC, "secret": secret });
        let request = site.request(Method::POST, path);
        let origin = format!("198.51.{}.{}", place / 200, place % 200);
        send(request.header("x-forwarded-for", origin).json(&body))
    };
    // Switched on at its maker's, and put into a box.
    asks(&site, MAC, REAL).await;
    site.clock.pass_seconds(90 * 24 * 3_600);
    for place in 0..80 {
        let secret = format!("{STRANGER}-{place}");
        assert_eq!(from(place, &secret, true).await.status, 200);
    }
    // Their buttons are not its button.
    let (stranger, ..) = site.client("Stranger", "s@stranger.example").await;
    assert_eq!(by_press(&stranger, MAC, "theirs").await.status, 202);
    site.clock.pass_seconds(300);
    let shown = presses(&site, MAC, REAL).await["check"].clone();
    let customer = site.sign_in(Role::User).await;
    let claimed = by_press(&customer, MAC, "mine").await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    // While they go on, its owner sees it, and says that it is the one.
    let device = claimed.json()["id"].clone();
    for place in 0..40 {
        from(place, &format!("{STRANGER}-{place}"), true).await;
    }
    let found = pins(&customer, &device).await;
    let all = found["pins"].as_array().expect("a list");
    let same = all.iter().filter(|pin| pin["check"] == shown).count();
    assert_eq!(all.len(), 64);
    if same == 1 {
        let confirmed = confirm(&customer, &device, &shown).await;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        assert_eq!(asks(&site, MAC, REAL).await["state"], "ready");
    }
}

#[tokio::test]
async fn the_first_machine_is_remembered_and_silent_ones_are_not() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "presence").await;
    asks(&site, MAC, REAL).await;
    asks(&site, MAC, STRANGER).await;
    site.clock.pass_seconds(7 * 3_600);
    crate::start::tidy(site.cloud.core()).await.expect("tidied");
    assert_eq!(site.count("SELECT COUNT(*) FROM pins").await, 1);
    // Alone again, its press proves the claim and tells its owner's yes.
    presses(&site, MAC, REAL).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(by_press(&customer, MAC, "mine").await.status, 201);
    assert_eq!(asks(&site, MAC, REAL).await["state"], "ready");
}

/// Whoever knows many numbers makes as many conflicts, and one letter.
#[tokio::test]
async fn conflicts_are_told_in_one_letter_an_hour_and_of_what_is_somebodys() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for place in 0..4 {
        batch(&admin, "serial", &format!("FREE-{place}0"), "none").await;
    }
    let customer = site.sign_in(Role::User).await;
    let email = |person: Value| person["email"].as_str().expect("an address").to_owned();
    let owner = email(customer.get("/user/profile").await.json());
    let support = email(admin.get("/user/profile").await.json());
    let told = async |what: &str| {
        let core = site.cloud.core();
        crate::service::bootstrap::tell_due(core).await.expect(what);
        let count = async |to: &str| {
            let mails = site.mails(to).await;
            let about = |mail: &&Value| {
                mail["subject"]
                    .as_str()
                    .unwrap_or("")
                    .contains("please check")
            };
            mails.iter().filter(about).count()
        };
        (count(&owner).await, count(&support).await)
    };
    for place in 0..4 {
        for secret in [REAL, STRANGER] {
            asks(&site, &format!("FREE-{place}0"), secret).await;
        }
    }
    assert_eq!(told("nobody's").await, (0, 0));
    for place in 0..3 {
        let claimed = customer.claim(&format!("FREE-{place}0")).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
    }
    assert_eq!(told("three").await, (1, 1));
    assert_eq!(customer.claim("FREE-30").await.status, 201);
    assert_eq!(told("a fourth, too soon").await, (1, 1));
    site.clock.pass_seconds(3_600);
    assert_eq!(told("the fourth").await, (2, 2));
    site.clock.pass_seconds(3_600);
    assert_eq!(told("no more").await, (2, 2));
    let rows = "SELECT COUNT(*) FROM audit WHERE action = 'pin_conflict'";
    assert_eq!(site.count(rows).await, 4);
}
