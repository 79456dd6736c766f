//! What organizations and people may be called: nothing that looks like somebody else, and nothing that becomes a link in a mail.

use handover_wire::{OrgId, Role};
use serde_json::json;

use crate::domain::OrgName;
use crate::people_tests::{EMAIL, code, follow, make_org};
use crate::store::{NewOrg, StoreError, change};
use crate::testing::Site;

#[tokio::test]
async fn a_name_that_looks_like_another_is_taken_or_refused() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = async |name: &str| admin.post("/create", json!({ "name": name })).await;
    assert_eq!(made("Hill Farm").await.status, 201);
    for same in ["hill\u{a0}farm", "Hill  Farm", "Hill\u{200d} Farm"] {
        assert_eq!(made(same).await.status, 409, "{same:?}");
    }
    for hidden in ["Hill \u{202e}mraF", "Hill\u{200b}Farm", "\u{2066}Hill Farm"] {
        let refused = made(hidden).await;
        assert_eq!(
            (refused.status, &*refused.code()),
            (400, "invalid_request"),
            "{hidden:?}"
        );
        assert!(refused.text.contains("cannot be seen"), "{refused:?}");
    }
    // Whoever searches may have copied more than can be seen.
    for search in [
        "hill%20%20farm",
        "hill%C2%A0farm",
        "%EF%BB%BFHill%20F%C2%ADarm%E2%80%8B",
    ] {
        for list in ["/search", "/sub-organizations"] {
            let found = admin.get(&format!("{list}?query={search}")).await.json();
            assert_eq!(found["totalElements"], 1, "{list} {search}: {found}");
        }
    }
}

#[tokio::test]
async fn nobody_passes_for_the_maker_or_writes_links_into_mails() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let maker = admin.get("/profile").await.json()["name"].clone();
    let maker = maker.as_str().expect("a name");
    let (customer, _) = site.member(2, "g@greenfarm.example", Role::Admin).await;
    let alike = maker.replace('e', "\u{435}");
    assert_ne!(alike, maker);
    for name in [maker, &alike, &format!("{} (2)", maker.to_uppercase())] {
        let renamed = json!({ "orgId": 2, "name": name });
        let renamed = customer.put("/edit/name", renamed).await;
        assert_eq!(renamed.outcome(), code(409, "name_taken"), "{name}");
        let made = customer.post("/create", json!({ "name": name })).await;
        assert_eq!(made.outcome(), code(409, "name_taken"), "{name}");
    }
    let register = json!({ "email": EMAIL });
    site.post("/api/v1/organization/users/register", register)
        .await;
    let secret = site.link(EMAIL, 1).await;
    let like = json!({ "name": "Nina", "organization": alike });
    let like = follow(&site, &secret, like).await;
    assert_eq!(like.outcome(), code(409, "name_taken"));
    // It is theirs who have it.
    let own = json!({ "name": maker });
    assert_eq!(admin.post("/create", own).await.status, 201);
    // Side by side none look alike.
    let twin = json!({ "name": "Gr\u{435}en Farm" });
    let twin = admin.post("/create", twin).await;
    assert_eq!(twin.outcome(), code(409, "name_taken"));
    for name in ["Win at https://evil.example", "evil.example", "www.evil"] {
        let made = admin.post("/create", json!({ "name": name })).await;
        let named = admin.put("/user/profile", json!({ "name": name })).await;
        for answer in [made, named] {
            assert_eq!(answer.outcome(), code(400, "invalid_request"), "{name}");
            assert!(answer.text.contains("no link"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn long_names_that_look_alike_get_different_numbers() {
    let site = Site::demo().await;
    let store = &site.cloud.core().store;
    // What is compared of it is shorter than what a number takes the place of.
    let name = "Hill    "
        .repeat(13)
        .chars()
        .take(99)
        .chain(['x'])
        .collect::<String>();
    let name = OrgName::parse(&name, "name").expect("a name");
    let now = site.cloud.core().now();
    for _ in 0..4 {
        let made: Result<bool, StoreError> = change!(store, |write| {
            let taken = write.org_names_like(OrgId(1), &name).await?;
            let name = name.clone().beside(&taken);
            let is_taken = write.has_org_named(OrgId(1), &name, None).await?;
            let new = NewOrg {
                name: &name,
                description: None,
                parent: Some(OrgId(1)),
                tz: "UTC",
            };
            write.insert_org(new, now).await?;
            Ok(is_taken)
        });
        assert!(!made.expect("the database"));
    }
}

#[tokio::test]
async fn organizations_side_by_side_have_different_names() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let make = async |name: &str, parent: i64| make_org(&admin, name, Some(parent)).await;
    let taken = code(409, "name_taken");
    let made = make("Orchard", 1).await;
    assert_eq!(made.status, 201, "{made:?}");
    let orchard = made.json()["id"].as_i64().expect("a number");
    assert_eq!(make("ORCHARD", 1).await.outcome(), taken);
    let below = make("Orchard", orchard).await;
    assert_eq!(below.status, 201, "elsewhere it is another one");
    let rename = async |id: i64, name: &str| {
        let body = json!({ "orgId": id, "name": name });
        admin.put("/edit/name", body).await.outcome()
    };
    assert_eq!(rename(2, "orchard").await, taken);
    assert_eq!(rename(orchard, "ORCHARD").await.0, 200, "its own");
    // What is deleted leaves its name.
    let below = format!("?orgId={}", below.json()["id"]);
    assert_eq!(admin.delete(&below).await.status, 204);
    assert_eq!(admin.delete(&format!("?orgId={orchard}")).await.status, 204);
    assert_eq!(make("Orchard", 1).await.status, 201);
}

#[tokio::test]
async fn nobody_learns_by_trying_names_who_is_beside_them() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, org, _) = site.client("One", "one@example.com").await;
    site.client("Other", "other@example.com").await;
    let (theirs, _) = site.member(org, "admin@example.com", Role::Admin).await;
    let body = json!({ "orgId": org, "name": "Other" });
    assert_eq!(admin.put("/edit/name", body.clone()).await.status, 409);
    assert_eq!(theirs.put("/edit/name", body).await.status, 200);
}
