//! A gateway that changes hands together with its nodes: claimed, released, transferred, taken back and all of that undone.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::gateway_tests::{FARM, Scene, pair, scene, template};
use crate::testing::{Person, Site};

/// Labels that the maker has put together: a gateway's and two nodes', by their numbers, with what they say.
struct Carton {
    tokens: Vec<i64>,
    texts: Vec<String>,
}

async fn labels(admin: &Person<'_>, template: &Value, name: &str, count: i64) -> Vec<i64> {
    let asked = json!({ "templateId": template, "name": name, "count": count });
    let batch = admin.made_batch(asked).await;
    let found = format!("/static-tokens/find?batchId={batch}");
    let found = admin.get(&found).await.json();
    let all = found["content"].as_array().expect("a list").clone();
    let ids = all.iter().map(|one| one["id"].as_i64().expect("a number"));
    ids.collect()
}

async fn text(admin: &Person<'_>, token: i64) -> String {
    let label = format!("/static-tokens/label?tokenId={token}");
    let label = admin.get(&label).await.json();
    label["text"].as_str().expect("a text").to_owned()
}

async fn carton(site: &Site) -> Carton {
    let (hub, plain) = (
        template(site, "Hub", true).await,
        template(site, "Probe", false).await,
    );
    let admin = site.sign_in(Role::Admin).await;
    let mut tokens = labels(&admin, &hub, "Hubs", 1).await;
    tokens.extend(labels(&admin, &plain, "Probes", 2).await);
    let asked = json!({ "tokenId": tokens[0], "nodeTokenIds": tokens[1..] });
    let waits = admin.post("/static-tokens/gateway", asked).await;
    assert_eq!(waits.status, 204, "{waits:?}");
    let mut texts = Vec::new();
    for &token in &tokens {
        texts.push(text(&admin, token).await);
    }
    Carton { tokens, texts }
}

async fn nodes(person: &Person<'_>, gateway: i64) -> Vec<i64> {
    let part = format!("/gateway?deviceId={gateway}");
    let part = person.get(&part).await.json();
    let all = part["nodes"].as_array().expect("a gateway").clone();
    let ids = all.iter().map(|one| one["deviceId"].as_i64());
    ids.map(|id| id.expect("a number")).collect()
}

/// The letters about a gateway or its nodes to somebody.
async fn letters(site: &Site, to: &str) -> Vec<String> {
    let mails = site.mails(to).await;
    let mails = mails.iter().map(Value::to_string);
    mails.filter(|mail| mail.contains("Hub")).collect()
}

/// What holds whatever is done: nothing that somebody has waits, what waits together is of one maker, a node is where its
/// gateway is or below, and what came together is open all of it or none.
async fn holds(site: &Site) {
    for sql in [
        "SELECT COUNT(*) FROM waiting_nodes w JOIN static_tokens n ON n.id = w.node_token
         JOIN static_tokens g ON g.id = w.gateway_token
         WHERE n.claimed_at IS NOT NULL OR n.revoked_at IS NOT NULL OR g.claimed_at IS NOT NULL
         OR g.revoked_at IS NOT NULL OR n.org_id <> g.org_id",
        "SELECT COUNT(*) FROM gateway_nodes p JOIN devices n ON n.id = p.node_id
         JOIN devices g ON g.id = p.gateway_id
         WHERE NOT EXISTS (SELECT 1 FROM org_tree t WHERE t.org_id = n.org_id AND t.ancestor_id = g.org_id)",
        "SELECT COUNT(*) FROM device_moves m WHERE m.together IS NOT NULL AND m.open_until IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM device_moves g WHERE g.device_id = m.together
                         AND g.together = m.together AND g.open_until = m.open_until)",
    ] {
        assert_eq!(site.count(sql).await, 0, "{sql}");
    }
}

/// How many labels wait with the gateway of a carton.
async fn waiting(site: &Site, token: i64) -> usize {
    holds(site).await;
    let admin = site.sign_in(Role::Admin).await;
    let asked = format!("/static-tokens/gateway?tokenId={token}");
    let answer = admin.get(&asked).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["nodes"].as_array().expect("a list").len()
}

fn id(answer: &Value) -> i64 {
    answer["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn a_gateway_is_claimed_with_its_nodes_and_all_of_it_undone() {
    let site = Site::demo().await;
    let Carton { tokens, texts } = carton(&site).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(waiting(&site, tokens[1]).await, 2);
    let claimed = customer.claim_as("one", json!({ "token": texts[0] })).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let answer = claimed.json();
    let listed = answer["nodes"].as_array().expect("a list");
    assert_eq!(listed.len(), 2, "{answer}");
    let gateway = id(&answer);
    let both = nodes(&customer, gateway).await;
    assert_eq!(both.len(), 2);
    // The same key is told the same again.
    let again = customer.claim_as("one", json!({ "token": texts[0] })).await;
    assert_eq!(again.text, claimed.text);
    // Nobody else gets one of them by its own label.
    let (stranger, _, _) = site.client("Beside", "beside@client.example").await;
    let taken = stranger.claim(&texts[1]).await;
    assert_eq!(taken.outcome(), (404, "not_claimable".to_owned()));
    assert_eq!(waiting(&site, tokens[0]).await, 0);
    // Whichever is undone, all of it is.
    let undone = customer
        .post("/device/undo", json!({ "deviceId": both[1] }))
        .await;
    assert_eq!(undone.status, 200, "{undone:?}");
    let together = undone.json()["together"].as_array().map(Vec::len);
    assert_eq!(together, Some(2));
    assert_eq!(site.count("SELECT COUNT(*) FROM gateway_nodes").await, 0);
    assert_eq!(waiting(&site, tokens[0]).await, 2);
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let claimed = customer.claim(&texts[0]).await;
    assert_eq!(claimed.json()["nodes"].as_array().map(Vec::len), Some(2));
    // Each time that a node is given to a gateway its keys on the air are others.
    let risen = "SELECT MIN(derivation) FROM devices WHERE derivation > 0";
    assert_eq!(site.count(risen).await, 2);
    for (action, detail, times) in [
        ("claim", "with gateway %", 4),
        ("claim", "by QR token, with 2 nodes", 2),
        ("undo", "a claim%", 3),
        ("wait_together", "%", 1),
    ] {
        let sql = format!(
            "SELECT COUNT(*) FROM audit WHERE action = '{action}' AND detail LIKE '{detail}'"
        );
        assert_eq!(
            site.count(sqlx::AssertSqlSafe(sql)).await,
            times,
            "{action}"
        );
    }
}

#[tokio::test]
async fn a_node_that_somebody_claims_alone_waits_no_more() {
    let site = Site::demo().await;
    let Carton { tokens, texts } = carton(&site).await;
    let (first, _, _) = site.client("First", "first@client.example").await;
    assert_eq!(first.claim(&texts[1]).await.status, 201);
    assert_eq!(waiting(&site, tokens[0]).await, 1);
    let admin = site.sign_in(Role::Admin).await;
    let out = json!({ "tokenIds": [tokens[2]] });
    assert_eq!(admin.post("/static-tokens/revoke", out).await.status, 200);
    assert_eq!(waiting(&site, tokens[0]).await, 0);
    let customer = site.sign_in(Role::User).await;
    let claimed = customer.claim(&texts[0]).await;
    assert_eq!(claimed.status, 201);
    assert_eq!(claimed.json()["nodes"], Value::Null);
}

#[tokio::test]
async fn there_is_room_for_all_of_it_or_for_none() {
    let site = Site::demo().await;
    let Carton { tokens, texts } = carton(&site).await;
    let (customer, org, _) = site.client("Small", "small@client.example").await;
    let admin = site.sign_in(Role::Admin).await;
    let limit = |most: i64| json!({ "orgId": org, "deviceLimit": most });
    let limited = admin.put("/edit/device-limit", limit(2)).await;
    assert!(limited.status < 300, "{limited:?}");
    let refused = customer.claim(&texts[0]).await;
    assert_eq!(refused.outcome(), (403, "device_limit".to_owned()));
    assert_eq!(waiting(&site, tokens[0]).await, 2);
    let claimed = "SELECT COUNT(*) FROM static_tokens WHERE claimed_at IS NOT NULL";
    let before = site.count(claimed).await;
    admin.put("/edit/device-limit", limit(3)).await;
    assert_eq!(customer.claim(&texts[0]).await.status, 201);
    assert_eq!(site.count(claimed).await, before + 3);
}

#[tokio::test]
async fn what_waits_together_is_nobodys_and_of_one_maker() {
    let site = Site::demo().await;
    let Carton { tokens, texts } = carton(&site).await;
    let admin = site.sign_in(Role::Admin).await;
    let others = labels(&admin, &template(&site, "Hub 2", true).await, "Hubs 2", 1).await;
    let put = async |gateway: i64, nodes: &[i64], together: bool| {
        let asked = json!({ "tokenId": gateway, "nodeTokenIds": nodes, "together": together });
        let answer = admin.post("/static-tokens/gateway", asked).await;
        answer.outcome()
    };
    let refused = |code: &str| (409, code.to_owned());
    assert_eq!(put(tokens[0], &tokens[1..], true).await.0, 204);
    assert_eq!(
        put(others[0], &tokens[1..2], true).await,
        refused("not_pairable")
    );
    assert_eq!(
        put(others[0], &tokens[..1], true).await,
        refused("not_pairable")
    );
    assert_eq!(
        put(tokens[1], &tokens[2..], true).await,
        refused("no_gateway")
    );
    assert_eq!(put(tokens[0], &tokens[2..], false).await.0, 204);
    assert_eq!(waiting(&site, tokens[0]).await, 1);
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&texts[2]).await.status, 201);
    assert_eq!(
        put(tokens[0], &tokens[2..], true).await,
        refused("not_claimable")
    );
}

/// Two gateways with the two nodes of the customer's, paired with the first.
async fn paired(site: &Site) -> Scene {
    let customer = site.sign_in(Role::User).await;
    let scene = scene(site).await;
    for node in scene.nodes {
        assert_eq!(pair(&customer, scene.gateway, node).await.0, 204);
    }
    scene
}

#[tokio::test]
async fn a_gateway_is_released_with_its_nodes_and_its_label_claims_all_of_them() {
    let site = Site::demo().await;
    let Scene {
        gateway,
        nodes: [one, two],
        ..
    } = paired(&site).await;
    let customer = site.sign_in(Role::User).await;
    let ask = |dry: bool| json!({ "deviceId": gateway, "dryRun": dry, "key": "k" });
    let tried = customer.post("/gateway/release", ask(true)).await;
    assert_eq!(tried.status, 200, "{tried:?}");
    let tried = tried.json()["outcomes"].as_array().expect("a list").clone();
    assert_eq!(tried.len(), 3);
    assert_eq!(
        nodes(&customer, gateway).await,
        [one, two],
        "nothing happened"
    );
    let released = customer.post("/gateway/release", ask(false)).await;
    assert_eq!(released.status, 200, "{released:?}");
    let again = customer.post("/gateway/release", ask(false)).await;
    assert_eq!(again.text, released.text, "a lost answer loses no label");
    let label = released.json()["outcomes"][0]["label"]["text"].clone();
    let (next, _, _) = site.client("Next", "next@client.example").await;
    let claimed = next.claim(label.as_str().expect("a text")).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    assert_eq!(claimed.json()["nodes"].as_array().map(Vec::len), Some(2));
    assert_eq!(nodes(&next, id(&claimed.json())).await.len(), 2);
    holds(&site).await;
}

#[tokio::test]
async fn one_that_may_not_go_is_named_and_keeps_the_others() {
    let site = Site::demo().await;
    let Scene {
        gateway,
        nodes: [one, two],
        ..
    } = paired(&site).await;
    let (_, colleague) = site.customer_of(FARM, "other@client.example").await;
    let support = site.sign_in(Role::Staff).await;
    let theirs = json!({ "deviceId": two, "newUserId": colleague, "newOrgId": FARM });
    assert_eq!(support.post("/device/transfer", theirs).await.status, 204);
    assert_eq!(pair(&support, gateway, two).await.0, 204);
    let customer = site.sign_in(Role::User).await;
    let all = json!({ "deviceId": gateway });
    let refused = customer.post("/gateway/release", all).await;
    assert_eq!(refused.outcome(), (403, "forbidden".to_owned()));
    let named = refused.json()["error"]["attributes"]["deviceId"].clone();
    assert_eq!(named, two.to_string());
    assert_eq!(
        nodes(&customer, gateway).await,
        [one, two],
        "all or nothing"
    );
    let tried = json!({ "deviceId": gateway, "dryRun": true });
    let tried = customer.post("/gateway/release", tried).await.json();
    assert_eq!(
        tried["outcomes"][2]["error"]["code"], "forbidden",
        "{tried}"
    );
    // What is no node of it is nobody's business.
    let foreign = json!({ "deviceId": gateway, "nodeIds": [gateway] });
    assert_eq!(customer.post("/gateway/release", foreign).await.status, 404);
    let some = json!({ "deviceId": gateway, "nodeIds": [one], "keepTogether": false });
    let released = customer.post("/gateway/release", some).await;
    assert_eq!(released.status, 200, "{released:?}");
    let label = released.json()["outcomes"][0]["label"]["text"].clone();
    let alone = customer.claim(label.as_str().expect("a text")).await;
    assert_eq!(
        alone.json()["nodes"],
        Value::Null,
        "they did not stay together"
    );
    let standing = format!("/gateway?deviceId={two}");
    let standing = support.get(&standing).await.json();
    assert_eq!(standing, json!({ "kind": "alone" }));
    holds(&site).await;
}

#[tokio::test]
async fn a_gateway_moves_with_its_nodes_and_both_sides_are_told_once() {
    let site = Site::demo().await;
    let Scene {
        gateway,
        nodes: both,
        ..
    } = paired(&site).await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let (next, org, owner) = site.client("Next", "next@client.example").await;
    let ask = json!({ "deviceId": gateway, "newOrgId": org, "newUserId": owner, "reason": "sold" });
    let moved = support.post("/gateway/transfer", ask.clone()).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    assert_eq!(
        nodes(&next, gateway).await,
        both,
        "they are its nodes still"
    );
    let undo = json!({ "deviceIds": [gateway, both[0], both[1]], "reason": "not yet" });
    let undone = support.post("/devices/undo", undo).await;
    assert!(!undone.text.contains("error"), "{undone:?}");
    let why = "SELECT COUNT(*) FROM audit WHERE (action IN ('transfer_device', 'receive_device')
                   AND reason = 'sold') OR (action IN ('undo', 'receive_device') AND reason = 'not yet')";
    assert_eq!(
        site.count(why).await,
        12,
        "each has the reason, on both sides"
    );
    assert_eq!(nodes(&customer, gateway).await, both, "and are again");
    site.clock.pass_seconds(601);
    site.end_moves().await;
    assert_eq!(letters(&site, "next@client.example").await.len(), 0);
    assert_eq!(support.post("/gateway/transfer", ask).await.status, 200);
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let mails = letters(&site, "next@client.example").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    // By the names that they have there: numbers that were given before the undo are not given again.
    for name in ["Hub 2", "Probe 3", "Probe 4"] {
        assert!(mails[0].contains(name), "{name}: {mails:?}");
    }
    // Paired, moved, moved back, moved.
    let risen = "SELECT MIN(derivation) FROM devices WHERE name LIKE 'Probe%'";
    assert_eq!(site.count(risen).await, 4);
    assert_eq!(
        customer
            .get(&format!("/gateway?deviceId={gateway}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_maker_takes_a_gateway_back_with_its_nodes_and_they_stay_together() {
    let site = Site::demo().await;
    let Carton { tokens, texts } = carton(&site).await;
    let (first, _, _) = site.client("First", "first@client.example").await;
    let claimed = first.claim(&texts[0]).await.json();
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let admin = site.sign_in(Role::Admin).await;
    let ask = json!({ "deviceId": id(&claimed), "label": "renew" });
    let back = admin.post("/gateway/take-back", ask).await;
    assert_eq!(back.status, 200, "{back:?}");
    assert_eq!(back.json()["outcomes"].as_array().map(Vec::len), Some(3));
    let mails = letters(&site, "first@client.example").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("2 nodes"), "{mails:?}");
    assert_eq!(waiting(&site, tokens[0]).await, 2);
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&texts[0]).await.status, 404, "it is renewed");
    let label = text(&admin, tokens[0]).await;
    let claimed = customer.claim(&label).await.json();
    assert_eq!(
        claimed["nodes"].as_array().map(Vec::len),
        Some(2),
        "{claimed}"
    );
}

/// What can still be undone ends with it; what is printed on each stays good, as was said.
#[tokio::test]
async fn labels_that_are_kept_still_claim_after_a_gateway_is_taken_back_with_its_nodes() {
    let site = Site::demo().await;
    let Carton { texts, .. } = carton(&site).await;
    let (first, _, _) = site.client("First", "first@client.example").await;
    let claimed = first.claim(&texts[0]).await.json();
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let support = site.sign_in(Role::Staff).await;
    let (_, org, owner) = site.client("Next", "next@client.example").await;
    let ask = json!({ "deviceId": id(&claimed), "newOrgId": org, "newUserId": owner });
    let moved = support.post("/gateway/transfer", ask).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let admin = site.sign_in(Role::Admin).await;
    let ask = json!({ "deviceId": id(&claimed), "label": "keep", "keepTogether": false });
    let back = admin.post("/gateway/take-back", ask).await;
    assert_eq!(back.status, 200, "{back:?}");
    let customer = site.sign_in(Role::User).await;
    for text in &texts {
        let claimed = customer.claim(text).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
    }
}

/// Support claims for somebody: they are told of all of it in one letter, and not at all of what was undone before.
#[tokio::test]
async fn who_is_given_a_gateway_with_nodes_hears_of_it_once() {
    let site = Site::demo().await;
    let Carton { texts, .. } = carton(&site).await;
    let (_, _, owner) = site.client("First", "first@client.example").await;
    let support = site.sign_in(Role::Staff).await;
    let claim = json!({ "token": texts[0], "userId": owner });
    let claimed = support.claim_as("for them", claim).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    // One of them that goes on ends the time to undo any of it.
    let node = claimed.json()["nodes"][0]["deviceId"].clone();
    let on = json!({ "deviceId": node, "newOrgId": FARM });
    assert_eq!(support.post("/device/transfer", on).await.status, 204);
    let over = json!({ "deviceId": id(&claimed.json()) });
    let over = support.post("/device/undo", over).await;
    assert_eq!(over.outcome().1, "undo_over");
    assert_eq!(over.attribute("cause"), "together");
    holds(&site).await;
    let mails = letters(&site, "first@client.example").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("2 nodes"), "{mails:?}");
}

/// A claim that is undone within its ten minutes is told to nobody, in whichever way: a gateway's with its nodes as little as a
/// single device's.
#[tokio::test]
async fn nobody_hears_of_a_gateway_with_nodes_that_was_theirs_for_a_moment() {
    for (path, who) in [
        ("/gateway/release", Role::Staff),
        ("/gateway/take-back", Role::Admin),
    ] {
        let site = Site::demo().await;
        let Carton { texts, .. } = carton(&site).await;
        let (_, _, owner) = site.client("First", "first@client.example").await;
        let support = site.sign_in(Role::Staff).await;
        let claim = json!({ "token": texts[0], "userId": owner });
        let claimed = support.claim_as("for them", claim).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
        let gateway = id(&claimed.json());
        let whoever = site.sign_in(who).await;
        let given_up = whoever.post(path, json!({ "deviceId": gateway })).await;
        assert_eq!(given_up.status, 200, "{path}: {given_up:?}");
        holds(&site).await;
        site.clock.pass_seconds(601);
        site.end_moves().await;
        let mails = letters(&site, "first@client.example").await;
        assert_eq!(mails, Vec::<String>::new(), "{path}");
    }
}

/// What stays with them they are told of, and of that alone.
#[tokio::test]
async fn they_hear_of_the_nodes_that_stay() {
    let site = Site::demo().await;
    let Carton { texts, .. } = carton(&site).await;
    let (_, _, owner) = site.client("First", "first@client.example").await;
    let support = site.sign_in(Role::Staff).await;
    let claim = json!({ "token": texts[0], "userId": owner });
    let claimed = support.claim_as("for them", claim).await.json();
    let goes = claimed["nodes"][0]["deviceId"].clone();
    let ask = json!({ "deviceId": id(&claimed), "nodeIds": [goes] });
    let given_up = support.post("/gateway/release", ask).await;
    assert_eq!(given_up.status, 200, "{given_up:?}");
    holds(&site).await;
    let mails = site.mails("first@client.example").await;
    let stays = claimed["nodes"][1]["name"].as_str().expect("a name");
    let about = mails
        .iter()
        .filter(|mail| mail["subject"] != "Invitation to First");
    let told: Vec<_> = about.map(|mail| mail["subject"].clone()).collect();
    assert_eq!(told, [json!(format!("{stays} is yours"))]);
}
