//! Several labels in one request, some of which are out of reach: all go or none does.

use handover_wire::Role;
use serde_json::json;

use crate::testing::{Person, Site};

/// A batch of theirs, once it is made.
async fn batch(person: &Person<'_>) -> i64 {
    let asked = json!({ "templateId": "TMPLsoil00001", "name": "Some", "count": 1 });
    person.made_batch(asked).await
}

#[tokio::test]
async fn nobody_revokes_labels_of_others() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin).await;
    let found = admin.get("/static-tokens/find").await.json();
    let above = found["content"][0]["id"].clone();
    let own = admin.post("/create", json!({ "name": "Own" })).await.json();
    let own = own["id"].as_i64().expect("a number");
    let client = site.member(own, "own@client.example", Role::Admin).await.0;
    batch(&client).await;
    let found = client.get("/static-tokens/find").await.json();
    assert_eq!(found["totalElements"], 1);
    let mine = found["content"][0]["id"].clone();
    let both = json!({ "tokenIds": [mine, above] });
    let refused = client.post("/static-tokens/revoke", both.clone()).await;
    assert_eq!(refused.status, 404);
    let left = client
        .get("/static-tokens/find?state=UNCLAIMED")
        .await
        .json();
    assert_eq!(left["totalElements"], 1, "all or none");
    // Those above may; each organization's audit has what became of its own, and what was so before is no news.
    for _ in 0..2 {
        let answer = admin.post("/static-tokens/revoke", both.clone()).await;
        assert_eq!(answer.json(), json!({ "revoked": 2, "claimed": 0 }));
    }
    for sql in [
        "SELECT COUNT(*) FROM audit WHERE action = 'revoke_tokens'",
        "SELECT COUNT(DISTINCT org_id) FROM audit WHERE action = 'revoke_tokens'",
    ] {
        assert_eq!(site.count(sql).await, 2, "{sql}");
    }
}
