//! Organizations and people, from outside: who may do what to whom, and what mailed links do.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

pub(crate) const EMAIL: &str = "nina@client.example";
const PASSWORD: &str = "correct horse";

pub(crate) fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

pub(crate) async fn make_org(person: &Person<'_>, name: &str, parent: Option<i64>) -> Answer {
    let body = json!({ "name": name, "parentOrganizationId": parent, "type": "CLIENT" });
    person.post("/create", body).await
}

async fn invite(person: &Person<'_>, email: &str, org: Option<i64>, role: u8) -> Answer {
    let body = json!({ "email": email, "name": "Nina Field", "roleId": role, "orgId": org, "locale": "de" });
    person.post("/users/invite", body).await
}

pub(crate) async fn follow(site: &Site, secret: &str, more: Value) -> Answer {
    let mut body = json!({ "code": secret, "password": PASSWORD });
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    site.post("/api/link/follow", body).await
}

/// Somebody who accepted an invitation.
async fn member<'a>(
    site: &'a Site,
    admin: &Person<'_>,
    email: &str,
    org: Option<i64>,
    role: u8,
) -> (i64, Person<'a>) {
    let invited = invite(admin, email, org, role).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    let secret = site.link(email, 1).await;
    assert_eq!(follow(site, &secret, json!({})).await.status, 204);
    let person = site.sign_in_as(email, PASSWORD).await;
    let id = invited.json()["id"].as_i64().expect("a number");
    (id, person.expect("they have chosen that password"))
}

#[tokio::test]
async fn the_tree_is_four_levels_deep() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let mut parent = None;
    for level in 2..=4 {
        let made = make_org(&admin, &format!("Level {level}"), parent).await;
        assert_eq!(made.status, 201, "{made:?}");
        parent = made.json()["id"].as_i64();
    }
    let fifth = make_org(&admin, "Level 5", parent).await;
    assert_eq!(fifth.outcome(), code(400, "too_deep"));
    let below = admin.get("/sub-organizations?query=level").await.json();
    assert_eq!(below["totalElements"], 3);
    assert_eq!(below["content"][0]["name"], "Level 2");
    assert_eq!(below["content"][0]["organizations"], 1);
    assert_eq!(below["content"][1]["parentName"], "Level 2");
    let lowest: Vec<bool> = below["content"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|org| org["isLowest"] == true)
        .collect();
    assert_eq!(
        lowest,
        [false, false, true],
        "where none fits below is told"
    );
}

#[tokio::test]
async fn an_organization_is_renamed_and_deleted_once_it_is_empty() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let org = make_org(&admin, "Short lived", None).await.json()["id"]
        .as_i64()
        .expect("a number");
    let rename = json!({ "orgId": org, "name": "Long lived" });
    assert_eq!(
        admin.put("/edit/name", rename).await.json()["name"],
        "Long lived"
    );
    let nina = invite(&admin, EMAIL, Some(org), 3).await.json()["id"].clone();
    let path = format!("?orgId={org}");
    let kept = admin.delete(&path).await;
    assert_eq!(kept.outcome(), code(409, "not_empty"));
    assert_eq!(kept.json()["error"]["attributes"]["people"], "1");
    assert_eq!(
        admin.delete(&format!("/user?userId={nina}")).await.status,
        204
    );
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.delete(&path).await.outcome(), code(404, "not_found"));
    assert_eq!(
        admin.get("/sub-organizations?query=lived").await.json()["totalElements"],
        0
    );
    let own = admin.get("/profile").await.json()["id"].clone();
    let own = admin.delete(&format!("?orgId={own}")).await;
    assert_eq!(own.outcome(), code(409, "not_yourself"));
    assert_eq!(
        admin.delete("").await.outcome(),
        code(400, "invalid_request")
    );
}

#[tokio::test]
async fn an_invitation_is_good_once_for_thirty_days_and_the_newest_alone() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let invited = invite(&admin, EMAIL, None, 2).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    assert_eq!(invited.json()["status"], "Pending");
    let id = invited.json()["id"].clone();
    let taken = invite(&admin, "Nina@Client.example", None, 3).await;
    assert_eq!(taken.outcome(), code(400, "email_in_use"));
    let first = site.link(EMAIL, 1).await;
    let mail = &site.mails(EMAIL).await[0];
    assert_eq!(mail["language"], "de");

    let again = admin
        .post(&format!("/users/invite/again?userId={id}"), json!({}))
        .await;
    assert_eq!(again.status, 204, "{again:?}");
    let second = site.link(EMAIL, 2).await;
    assert_eq!(
        follow(&site, &first, json!({})).await.outcome(),
        code(404, "link_invalid")
    );
    let look = site
        .post("/api/link", json!({ "code": second }))
        .await
        .json();
    assert_eq!(look["purpose"], "invitation");
    assert_eq!(look["email"], EMAIL);
    assert_eq!(look["organization"], "Meadow Instruments");

    site.clock.pass_seconds(30 * 24 * 3_600);
    assert_eq!(
        follow(&site, &second, json!({})).await.outcome(),
        code(410, "link_expired")
    );
    let again = admin
        .post(&format!("/users/invite/again?userId={id}"), json!({}))
        .await;
    assert_eq!(
        again.outcome(),
        code(401, "unauthenticated"),
        "the session has ended, too"
    );
    let admin = site.sign_in(Role::Admin).await;
    let again = admin
        .post(&format!("/users/invite/again?userId={id}"), json!({}))
        .await;
    assert_eq!(again.status, 204);
    let third = site.link(EMAIL, 3).await;
    assert!(site.sign_in_as(EMAIL, PASSWORD).await.is_none());
    let short = site
        .post(
            "/api/link/follow",
            json!({ "code": third, "password": "short" }),
        )
        .await;
    assert_eq!(short.json()["error"]["attributes"]["field"], "password");
    let done = follow(&site, &third, json!({ "name": "Nina F.", "locale": "en" })).await;
    assert_eq!(done.status, 204, "a fault uses nothing up: {done:?}");
    assert_eq!(
        follow(&site, &third, json!({})).await.outcome(),
        code(410, "link_used")
    );
    let nina = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let me = nina.get("/me").await.json();
    assert_eq!(me["user"]["name"], "Nina F.");
    assert_eq!(me["user"]["roleId"], 2);
    assert_eq!(me["permissions"][0], "see_below");
    let late = admin
        .post(&format!("/users/invite/again?userId={id}"), json!({}))
        .await;
    assert_eq!(late.outcome(), code(409, "wrong_status"));
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_does_nothing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = invite(&admin, EMAIL, None, 3).await.json()["id"].clone();
    let secret = site.link(EMAIL, 1).await;
    assert_eq!(
        admin.delete(&format!("/user?userId={id}")).await.status,
        204
    );
    assert_eq!(
        follow(&site, &secret, json!({})).await.outcome(),
        code(404, "link_invalid")
    );
    let people = admin.get("/users?query=nina").await.json();
    assert_eq!(people["totalElements"], 0, "their name is forgotten");
    assert_eq!(invite(&admin, EMAIL, None, 3).await.status, 201);
}

#[tokio::test]
async fn roles_reach_down_and_never_above_themselves() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let staff = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let client = make_org(&admin, "Another client", None).await.json()["id"].as_i64();
    let forbidden = code(403, "forbidden");
    assert_eq!(invite(&staff, EMAIL, client, 1).await.outcome(), forbidden);
    assert_eq!(invite(&customer, EMAIL, None, 3).await.outcome(), forbidden);
    assert_eq!(
        make_org(&staff, "Staff's own", None).await.outcome(),
        forbidden
    );
    let (nina, boss) = member(&site, &admin, EMAIL, client, 1).await;
    // A client's administrator is one in their own organization and below, and nobody above.
    assert_eq!(make_org(&boss, "Branch office", None).await.status, 201);
    let maker = Some(1);
    assert_eq!(
        invite(&boss, "x@client.example", maker, 3).await.outcome(),
        code(404, "not_found")
    );
    assert_eq!(
        make_org(&boss, "Elsewhere", maker).await.outcome(),
        code(404, "not_found")
    );
    let above = admin.get("/me").await.json()["user"]["id"].clone();
    for (method, path, body) in [
        (
            "put",
            "/users/role".to_owned(),
            json!({ "userId": above, "roleId": 3 }),
        ),
        ("post", format!("/users/suspend?userId={above}"), json!({})),
        ("delete", format!("/user?userId={above}"), json!({})),
        ("get", format!("/user?userId={above}"), json!({})),
    ] {
        let answer = match method {
            "put" => boss.put(&path, body).await,
            "post" => boss.post(&path, body).await,
            "delete" => boss.delete(&path).await,
            _ => boss.get(&path).await,
        };
        assert_eq!(answer.outcome(), code(404, "not_found"), "{method} {path}");
    }
    let itself = json!({ "userId": nina, "roleId": 2 });
    assert_eq!(
        boss.put("/users/role", itself.clone()).await.outcome(),
        code(409, "not_yourself")
    );
    assert_eq!(admin.put("/users/role", itself).await.status, 204);
    assert_eq!(
        make_org(&boss, "One more", None).await.outcome(),
        forbidden,
        "at once, in the session that goes on"
    );
}

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (id, nina) = member(&site, &admin, EMAIL, None, 2).await;
    assert_eq!(nina.get("/me").await.status, 200);
    let suspend = format!("/users/suspend?userId={id}");
    assert_eq!(admin.post(&suspend, json!({})).await.status, 204);
    assert_eq!(nina.get("/me").await.status, 401);
    assert!(site.sign_in_as(EMAIL, PASSWORD).await.is_none());
    assert_eq!(
        admin.post(&suspend, json!({})).await.outcome(),
        code(409, "wrong_status")
    );
    let suspended = admin.get("/users?status=Suspended").await.json();
    assert_eq!(suspended["totalElements"], 1);
    let restore = format!("/users/restore?userId={id}");
    assert_eq!(admin.post(&restore, json!({})).await.status, 204);
    assert_eq!(nina.get("/me").await.status, 401, "old sessions stay ended");
    assert!(site.sign_in_as(EMAIL, PASSWORD).await.is_some());
}

#[tokio::test]
async fn whoever_owns_devices_gives_them_away_first() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (id, nina) = member(&site, &admin, EMAIL, None, 3).await;
    let device = nina.claim(&site.qr(5)).await.json()["id"].clone();
    let remove = format!("/user?userId={id}");
    let kept = admin.delete(&remove).await;
    assert_eq!(kept.outcome(), code(409, "not_empty"));
    assert_eq!(kept.json()["error"]["attributes"]["devices"], "1");
    assert_eq!(
        nina.delete(&format!("/device?deviceId={device}"))
            .await
            .status,
        200
    );
    assert_eq!(admin.delete(&remove).await.status, 204);
    assert_eq!(nina.get("/me").await.status, 401);
}

#[tokio::test]
async fn strangers_sign_up_where_the_maker_allows_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let register = json!({ "email": EMAIL, "locale": "de-AT" });
    let path = "/api/v1/organization/users/register";
    assert_eq!(site.post(path, register.clone()).await.status, 204);
    let secret = site.link(EMAIL, 1).await;
    let look = site
        .post("/api/link", json!({ "code": secret }))
        .await
        .json();
    assert_eq!(look["purpose"], "sign_up");
    let nameless = follow(&site, &secret, json!({})).await;
    assert_eq!(nameless.json()["error"]["attributes"]["field"], "name");
    assert_eq!(
        follow(&site, &secret, json!({ "name": "Al" })).await.status,
        204
    );
    let al = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let me = al.get("/me").await.json();
    assert_eq!(me["organization"]["name"], "Al (Al)");
    assert_eq!(me["user"]["roleId"], 3);
    assert_eq!(me["user"]["locale"], "de-AT");
    let clients = admin.get("/sub-organizations?query=clients").await.json();
    assert_eq!(clients["content"][0]["organizations"], 1);
    assert_eq!(al.claim(&site.qr(6)).await.status, 201);

    // A second time they are told by mail alone that they have an account.
    let known = site.post(path, register.clone()).await;
    let stranger = json!({ "email": "x@y.example" });
    assert_eq!(site.post(path, stranger.clone()).await.status, 204);
    let unknown = site.post(path, stranger).await;
    assert_eq!(
        (known.status, &known.headers),
        (unknown.status, &unknown.headers)
    );
    site.link("x@y.example", 1).await;
    let told = loop {
        let mails = site.mails(EMAIL).await;
        if mails.len() == 2 {
            break mails[0].clone();
        }
        tokio::task::yield_now().await;
    };
    assert!(!told["links"][0].as_str().expect("a link").contains('#'));

    assert_eq!(
        admin
            .put("/settings", json!({ "signUp": false }))
            .await
            .status,
        204
    );
    assert_eq!(
        site.post(path, register).await.outcome(),
        code(403, "forbidden")
    );
    assert_eq!(site.get("/api/info").await.json()["signUp"], false);
    let late = site.link("x@y.example", 1).await;
    assert_eq!(
        follow(&site, &late, json!({ "name": "Late" }))
            .await
            .outcome(),
        code(403, "forbidden")
    );
}

#[tokio::test]
async fn nobody_chooses_their_own_address_as_their_password() {
    const LONG: &str = "nina.gardener@client.example";
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(invite(&admin, LONG, None, 3).await.status, 201);
    let refused = |answer: Answer| {
        assert_eq!(answer.outcome(), code(400, "invalid_request"));
        assert_eq!(answer.json()["error"]["attributes"]["field"], "password");
        assert!(answer.text.contains("e-mail address"), "{answer:?}");
    };
    let address = [LONG, "Nina.Gardener@Client.EXAMPLE", "nina.gardener"];
    let link = site.link(LONG, 1).await;
    for password in address {
        let body = json!({ "code": link, "password": password });
        refused(site.post("/api/link/follow", body).await);
    }
    assert_eq!(follow(&site, &link, json!({})).await.status, 204);
    let nina = site.sign_in_as(LONG, PASSWORD).await.expect("signed in");
    for password in address {
        let body = json!({ "current": PASSWORD, "password": password });
        refused(nina.put("/user/password", body).await);
    }
    let forgot = json!({ "email": LONG });
    assert_eq!(site.post("/api/password/forgot", forgot).await.status, 204);
    let link = site.link(LONG, 2).await;
    for password in address {
        let body = json!({ "code": link, "password": password });
        refused(site.post("/api/link/follow", body).await);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (id, nina) = member(&site, &admin, EMAIL, None, 3).await;
    let forgot = async |email: &str| {
        let body = json!({ "email": email });
        site.post("/api/password/forgot", body).await.status
    };
    assert_eq!(forgot(EMAIL).await, 204);
    assert_eq!(forgot("nobody@example.org").await, 204);
    let secret = site.link(EMAIL, 2).await;
    let body = json!({ "code": secret, "password": "battery staple" });
    assert_eq!(site.post("/api/link/follow", body).await.status, 204);
    assert_eq!(nina.get("/me").await.status, 401, "all sessions end");
    assert!(site.sign_in_as(EMAIL, PASSWORD).await.is_none());
    assert!(site.sign_in_as(EMAIL, "battery staple").await.is_some());
    assert_eq!(site.mails(EMAIL).await.len(), 3, "and a mail says so");
    assert!(site.mails("nobody@example.org").await.is_empty());

    // A link outlives neither its hour nor a suspension.
    assert_eq!(forgot(EMAIL).await, 204);
    let secret = site.link(EMAIL, 4).await;
    let suspended = admin
        .post(&format!("/users/suspend?userId={id}"), json!({}))
        .await;
    assert_eq!(suspended.status, 204);
    assert_eq!(
        follow(&site, &secret, json!({})).await.outcome(),
        code(404, "link_invalid")
    );
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, first) = member(&site, &admin, EMAIL, None, 3).await;
    let second = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let third = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let list = first.get("/sessions").await.json();
    assert_eq!(list.as_array().map(Vec::len), Some(3));
    assert_eq!(list[2]["current"], true, "the last used first: {list}");
    let id = list[1]["id"].clone();
    let end = format!("/sessions?sessionId={id}");
    assert_eq!(
        admin.delete(&end).await.outcome(),
        code(404, "not_found"),
        "not theirs"
    );
    assert_eq!(first.delete(&end).await.status, 204);
    assert_eq!(second.get("/me").await.status, 401);
    assert_eq!(third.get("/me").await.status, 200);
    assert_eq!(first.delete("/sessions").await.status, 204);
    assert_eq!(third.get("/me").await.status, 401);
    assert_eq!(first.get("/me").await.status, 200);
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, nina) = member(&site, &admin, EMAIL, None, 3).await;
    let elsewhere = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let change = async |current: &str, new: &str| {
        let body = json!({ "current": current, "password": new });
        nina.put("/user/password", body).await.outcome()
    };
    assert_eq!(
        change("wrong", "battery staple").await,
        code(403, "wrong_credentials")
    );
    assert_eq!(
        change(PASSWORD, "short").await,
        code(400, "invalid_request")
    );
    assert_eq!(change(PASSWORD, "battery staple").await, code(204, "-"));
    assert_eq!(nina.get("/me").await.status, 200, "this session goes on");
    assert_eq!(elsewhere.get("/me").await.status, 401);
    let named = nina.put("/user/profile", json!({ "name": "N." })).await;
    assert_eq!(named.json()["name"], "N.");
    assert_eq!(named.json()["locale"], "de", "as it was");
}

#[tokio::test]
async fn two_administrators_who_suspend_each_other_do_not_both_succeed() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let me = admin.get("/me").await.json()["user"]["id"].clone();
    let (id, nina) = member(&site, &admin, EMAIL, None, 1).await;
    let (her, him) = (
        format!("/users/suspend?userId={id}"),
        format!("/users/suspend?userId={me}"),
    );
    let (one, other) = tokio::join!(admin.post(&her, json!({})), nina.post(&him, json!({})));
    let succeeded = [&one, &other]
        .into_iter()
        .filter(|answer| answer.status == 204);
    assert_eq!(succeeded.count(), 1, "{one:?} {other:?}");
}

#[tokio::test]
async fn whoever_signs_up_is_below_clients_whatever_others_call_themselves() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (clients_admin, _) = site.member(2, "g@greenfarm.example", Role::Admin).await;
    let renamed = json!({ "orgId": 2, "name": "Clients" });
    let renamed = clients_admin.put("/edit/name", renamed).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let sign_up = async |email: &str, name: &str| {
        let register = json!({ "email": email });
        site.post("/api/v1/organization/users/register", register)
            .await;
        let secret = site.link(email, 1).await;
        assert_eq!(
            follow(&site, &secret, json!({ "name": name })).await.status,
            204
        );
    };
    sign_up("al@client.example", "Al Field").await;
    let below = clients_admin.get("/sub-organizations").await.json();
    assert_eq!(below["totalElements"], 0, "nobody is below a client");
    // It may be called otherwise, and is made anew where it was deleted.
    let clients = admin.get("/sub-organizations?query=clients").await.json();
    let clients = clients["content"].as_array().expect("a list");
    let clients = clients
        .iter()
        .find(|org| org["id"] != 2)
        .expect("it is made");
    let renamed = json!({ "orgId": clients["id"], "name": "Everybody else" });
    assert_eq!(admin.put("/edit/name", renamed).await.status, 200);
    sign_up("bo@client.example", "Bo Field").await;
    let everybody = admin.get("/sub-organizations?query=everybody").await.json();
    assert_eq!(everybody["content"][0]["organizations"], 2);
    // Whose name somebody else has already are told apart, and learn nothing of them.
    sign_up("cy@client.example", "bo  field").await;
    sign_up("di@client.example", "Bo Field").await;
    let below = format!("/sub-organizations?orgId={}&sort=oldest", clients["id"]);
    let below = admin.get(&below).await.json();
    let names = below["content"].as_array().expect("a list");
    let names: Vec<&str> = names
        .iter()
        .filter_map(|org| org["name"].as_str())
        .collect();
    assert_eq!(
        names,
        ["Al Field", "Bo Field", "bo  field (2)", "Bo Field (3)"]
    );
}

#[tokio::test]
async fn whoever_was_invited_and_asks_for_a_mail_gets_the_invitation_again() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(invite(&admin, EMAIL, Some(2), 3).await.status, 201);
    let register = json!({ "email": EMAIL });
    site.post("/api/v1/organization/users/register", register.clone())
        .await;
    let first = site.link(EMAIL, 2).await;
    site.post("/api/password/forgot", register).await;
    let secret = site.link(EMAIL, 3).await;
    let mails = site.mails(EMAIL).await;
    assert_eq!(mails[0]["subject"], mails[2]["subject"]);
    // Whoever wanted an account of their own is told what became of that, and nothing that they choose is dropped unsaid.
    assert_eq!(mails[1]["subject"], "Sie sind zu Green Farm eingeladen");
    let own = json!({ "organization": "Nina's own" });
    let refused = follow(&site, &first, own).await;
    assert_eq!(refused.outcome(), code(400, "invalid_request"));
    assert_eq!(
        refused.json()["error"]["attributes"]["field"],
        "organization"
    );
    assert_eq!(follow(&site, &secret, json!({})).await.status, 204);
    let nina = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    assert_eq!(nina.get("/me").await.json()["organization"]["id"], 2);
}

#[tokio::test]
async fn whoever_is_invited_after_they_signed_up_has_one_link_that_works() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let register = json!({ "email": EMAIL });
    site.post("/api/v1/organization/users/register", register)
        .await;
    let signed_up = site.link(EMAIL, 1).await;
    assert_eq!(invite(&admin, EMAIL, Some(2), 3).await.status, 201);
    let named = json!({ "name": "Nina", "organization": "Nina's own" });
    let late = follow(&site, &signed_up, named).await;
    assert_eq!(late.outcome(), code(404, "link_invalid"), "a newer one");
    let invited = site.link(EMAIL, 2).await;
    assert_eq!(follow(&site, &invited, json!({})).await.status, 204);
}

#[tokio::test]
async fn whoever_asks_in_somebody_s_name_ends_no_invitation_and_prolongs_none() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(invite(&admin, EMAIL, Some(2), 3).await.status, 201);
    let first = site.link(EMAIL, 1).await;
    let end = async |secret: &str| {
        let look = site.post("/api/link", json!({ "code": secret })).await;
        assert_eq!(look.status, 200, "{look:?}");
        look.json()["expiresAt"].clone()
    };
    let ends = end(&first).await;
    site.clock.pass_seconds(29 * 24 * 3_600);
    let forgot = json!({ "email": EMAIL });
    site.post("/api/password/forgot", forgot).await;
    let second = site.link(EMAIL, 2).await;
    assert_eq!(end(&first).await, ends, "the first link works on");
    assert_eq!(end(&second).await, ends, "and the second as long as it");
    assert_eq!(follow(&site, &first, json!({})).await.status, 204);
    for used in [first, second] {
        let again = follow(&site, &used, json!({})).await;
        assert_eq!(again.outcome(), code(410, "link_used"), "once, by either");
    }
}

/// A client's people see nobody of another client's, nor that an address is theirs.
#[tokio::test]
async fn whoever_invites_learns_nothing_of_accounts_elsewhere() {
    const TAKEN: &str = "max@meadow.example";
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, _, max) = site.client("Meadow", TAKEN).await;
    let (boss, _) = site.member(2, "boss@greenfarm.example", Role::Admin).await;
    let mut told = Vec::new();
    for email in [TAKEN, EMAIL] {
        let invited = invite(&boss, email, None, 3).await;
        let mut person = invited.json();
        assert_eq!(person["email"], email);
        let again = format!("/users/invite/again?userId={}", person["id"]);
        let again = boss.post(&again, json!({})).await;
        let twice = invite(&boss, &email.to_uppercase(), None, 3).await;
        let listed = boss.get(&format!("/users?query={email}")).await.json();
        assert_eq!(listed["content"][0]["email"], email);
        for part in ["id", "email"] {
            person[part] = json!(null);
        }
        let found = listed["totalElements"].clone();
        told.push((
            invited.status,
            person,
            again.outcome(),
            twice.outcome(),
            found,
        ));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].3, code(400, "email_in_use"));
    // Whoever has the address hears of it, and is who they were.
    let mails = site.mails(TAKEN).await;
    assert_eq!(
        mails.len(),
        3,
        "their own invitation, and two words about the other"
    );
    assert!(mails[0].to_string().contains("Green Farm"), "{}", mails[0]);
    assert!(site.sign_in_as(TAKEN, PASSWORD).await.is_some());
    // The maker sees all of them.
    let taken = invite(&admin, TAKEN, None, 3).await;
    assert_eq!(taken.outcome(), code(400, "email_in_use"));

    // Once they have left there the invitation is theirs.
    let left = admin.delete(&format!("/user?userId={max}")).await;
    assert_eq!(left.status, 204, "{left:?}");
    let listed = boss.get(&format!("/users?query={TAKEN}")).await.json();
    let again = format!("/users/invite/again?userId={}", listed["content"][0]["id"]);
    assert_eq!(boss.post(&again, json!({})).await.status, 204);
    let link = site.link(TAKEN, 4).await;
    assert_eq!(follow(&site, &link, json!({})).await.status, 204);
    let joined = site.sign_in_as(TAKEN, PASSWORD).await.expect("signed in");
    assert_eq!(joined.get("/profile").await.json()["name"], "Green Farm");
}

#[tokio::test]
async fn whoever_is_only_invited_elsewhere_is_not_told_to_sign_in() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = admin.post("/create", json!({ "name": "Meadow" })).await;
    let meadow = made.json()["id"].as_i64();
    let (boss, _) = site.member(2, "boss@greenfarm.example", Role::Admin).await;
    assert_eq!(invite(&admin, EMAIL, meadow, 3).await.status, 201);
    assert_eq!(invite(&boss, EMAIL, None, 3).await.status, 201);
    let mails = site.mails(EMAIL).await;
    let text = mails[0]["text"].as_str().expect("text");
    assert!(text.contains("andere Organisation eingeladen"), "{text}");
    assert!(!text.contains("Ihrer jetzigen Organisation"), "{text}");
    // What it says is so: the first invitation comes again, and still is one.
    let forgot = json!({ "email": EMAIL });
    let asked = site.post("/api/password/forgot", forgot).await;
    assert!(asked.status < 300, "{asked:?}");
    let link = site.link(EMAIL, 3).await;
    assert_eq!(follow(&site, &link, json!({})).await.status, 204);
    let joined = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    assert_eq!(joined.get("/profile").await.json()["name"], "Meadow");
}

#[tokio::test]
async fn addresses_that_are_in_use_are_not_tried_out() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let mut outcomes = Vec::new();
    for _ in 0..6 {
        outcomes.push(
            invite(&staff, "customer@greenfarm.example", None, 3)
                .await
                .outcome(),
        );
    }
    assert_eq!(outcomes[4], code(400, "email_in_use"));
    assert_eq!(outcomes[5], code(429, "rate_limited"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_begun_with_the_password_before_outlives_it() {
    let site = Site::demo().await;
    let old = site.cloud.demo().expect("a demo").users[2].password.clone();
    let customer = site.sign_in(Role::User).await;
    let email = "customer@greenfarm.example";
    let begin = (0..8).map(|_| site.sign_in_as(email, old.expose()));
    let change = json!({ "current": old.expose(), "password": PASSWORD });
    let (begun, changed) = tokio::join!(
        futures_util::future::join_all(begin),
        customer.put("/user/password", change)
    );
    assert_eq!(changed.status, 204, "{changed:?}");
    for person in begun.into_iter().flatten() {
        assert_eq!(person.get("/me").await.status, 401);
    }
    assert_eq!(
        customer.get("/me").await.status,
        200,
        "but whoever changed it"
    );
}

#[tokio::test]
async fn sessions_that_nobody_can_go_on_with_are_forgotten() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    site.sign_in(Role::User).await;
    customer.delete("/sessions").await;
    let sessions = "SELECT COUNT(*) FROM sessions";
    assert_eq!(site.count(sessions).await, 2);
    site.clock.pass_seconds(100 * 24 * 3_600);
    crate::start::tidy(site.cloud.core()).await.expect("tidied");
    assert_eq!(site.count(sessions).await, 0);
}

#[tokio::test]
async fn lists_say_where_people_belong_and_who_let_a_program_in() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let people = admin.get("/users").await.json();
    let rows = people["content"].as_array().expect("a list");
    let of = |role: u8| rows.iter().find(|one| one["roleId"] == role);
    assert_eq!(of(3).expect("a customer")["orgName"], "Green Farm");
    let named = of(1).expect("an administrator");
    let machine = admin.post("/oauth-clients", json!({ "name": "Orders" }));
    assert_eq!(machine.await.status, 201);
    let machines = admin.get("/oauth-clients").await.json();
    assert_eq!(machines["content"][0]["createdBy"], named["name"]);
}
