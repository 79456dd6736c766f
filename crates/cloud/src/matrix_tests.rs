//! Who may call what, for every endpoint there is: made from the router's own document, so that no endpoint escapes it.

use handover_wire::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::domain::may;
use crate::testing::{Answer, Person, Site, send};

/// An endpoint that needs an access token.
struct Endpoint {
    method: Method,
    path: String,
    /// None: whoever is signed in.
    permission: Option<Permission>,
    /// Names of query parameters.
    parameters: Vec<String>,
    /// Those that have to be there, each with an example.
    required: Vec<(String, String)>,
    /// An example of the body, where that is a table.
    table: Option<String>,
    /// An example of the body, and the names of all its fields.
    body: Option<(Value, Vec<String>)>,
}

fn names<'a>(list: impl Iterator<Item = &'a Value>) -> Vec<String> {
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn fields(document: &Value, schema: &Value) -> Vec<String> {
    let place = schema["$ref"].as_str().unwrap_or_default();
    let schema = match place.strip_prefix('#') {
        Some(pointer) => document.pointer(pointer).expect("a schema"),
        None => schema,
    };
    let properties = schema["properties"].as_object();
    properties.map_or_else(Vec::new, |properties| properties.keys().cloned().collect())
}

fn endpoints() -> Vec<Endpoint> {
    let document = serde_json::to_value(crate::openapi()).expect("serializes");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let open = operation["security"] == json!([{}]);
            let named = &operation["x-permission"];
            if open {
                assert!(
                    named.is_null(),
                    "{method} {path} is open and names a permission"
                );
                continue;
            }
            let permission = match named.as_str() {
                Some("any") => None,
                _ => Some(
                    serde_json::from_value(named.clone())
                        .unwrap_or_else(|_| panic!("{method} {path} names no permission: {named}")),
                ),
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let queried = parameters.filter(|parameter| parameter["in"] == "query");
            let queried: Vec<_> = queried.collect();
            let required = queried
                .iter()
                .filter(|parameter| parameter["required"] == true)
                .filter_map(|parameter| {
                    let example = parameter["example"].as_str()?;
                    Some((parameter["name"].as_str()?.to_owned(), example.to_owned()))
                });
            let table = &operation["requestBody"]["content"]["text/csv"]["example"];
            let content = &operation["requestBody"]["content"]["application/json"];
            let body = content.is_object().then(|| {
                let example = content["example"].clone();
                (example, fields(&document, &content["schema"]))
            });
            found.push(Endpoint {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                permission,
                parameters: names(queried.iter().map(|parameter| &parameter["name"])),
                required: required.collect(),
                table: table.as_str().map(str::to_owned),
                body,
            });
        }
    }
    found
}

impl Endpoint {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    async fn call(&self, site: &Site, access: Option<&str>, query: &str, body: Value) -> Answer {
        let request = site.request(self.method.clone(), &format!("{}{query}", self.path));
        let request = match access {
            Some(access) => request.bearer_auth(access),
            None => request,
        };
        send(match (&self.body, &self.table) {
            (Some(_), _) => request.json(&body),
            (None, Some(table)) => request
                .header("content-type", "text/csv")
                .body(table.clone()),
            (None, None) => request,
        })
        .await
    }

    /// A query that names this thing, and has whatever else must be there.
    fn query(&self, parameter: &str, id: i64) -> String {
        let others = self.required.iter().filter(|(name, _)| name != parameter);
        let others = others.map(|(name, example)| format!("&{name}={example}"));
        format!("?{parameter}={id}&query=some{}", others.collect::<String>())
    }
}

const NOT_YOURS: &str = "Your role does not allow this.";

#[tokio::test]
async fn every_endpoint_asks_for_a_token_and_for_its_permission() {
    let site = Site::demo().await;
    for endpoint in endpoints() {
        let name = endpoint.name();
        // What the demo leaves open is for those at the top elsewhere.
        if endpoint.path.starts_with("/api/mailbox") {
            continue;
        }
        for access in [None, Some("made up")] {
            let answer = endpoint.call(&site, access, "", json!({})).await;
            assert_eq!(
                answer.outcome(),
                (401, "unauthenticated".to_owned()),
                "{name}"
            );
        }
        for role in [Role::User, Role::Staff, Role::Admin] {
            let person = site.sign_in(role).await;
            let answer = endpoint
                .call(&site, Some(&person.access), "", json!({}))
                .await;
            let refused = answer.status == 403 && answer.text.contains(NOT_YOURS);
            let allowed = endpoint.permission.is_none_or(|one| may(role, one));
            assert_eq!(refused, !allowed, "{name} as {role:?}: {answer:?}");
            assert_ne!(answer.status, 500, "{name} as {role:?}: {answer:?}");
        }
    }
}

/// Things of one organization, by the names that parameters and fields have for them.
struct Things {
    org: i64,
    user: i64,
    device: i64,
    batch: i64,
    token: i64,
    work: i64,
    approval: i64,
}

impl Things {
    /// The thing that a parameter or field of this name stands for. None: it names nothing of an organization's.
    fn of(&self, name: &str) -> Option<i64> {
        match name {
            "orgId" | "parentOrganizationId" | "newOrgId" => Some(self.org),
            "userId" | "ownerId" | "newUserId" => Some(self.user),
            "deviceId" | "nodeId" | "gatewayId" | "newGatewayId" => Some(self.device),
            "batchId" => Some(self.batch),
            "tokenId" => Some(self.token),
            "workId" => Some(self.work),
            "approvalId" => Some(self.approval),
            _ => None,
        }
    }
}

/// What looks like the number of a thing, and is none of an organization's: each with the reason.
fn is_no_thing(name: &str) -> bool {
    match name {
        // The numbers of roles are everybody's.
        "roleId"
        // A template is found by its public name, within an organization.
        | "templateId"
        // A person's own, and looked for among those alone.
        | "sessionId"
        // A text; the tests of the endpoint ask about those of others.
        | "clientId" => true,
        name => !name.ends_with("Id"),
    }
}

/// What may be asked about somebody out of reach, each with the reason: the answer tells what is within reach alone.
fn tells_what_is_within(endpoint: &Endpoint, parameter: &str) -> bool {
    // Whoever did something within reach is named in the audit there, wherever they belong.
    parameter == "userId"
        && ["/audit", "/audit/export"]
            .iter()
            .any(|end| endpoint.path.ends_with(end))
}

async fn things(person: &Person<'_>, label: &str) -> Things {
    let me = person.get("/me").await.json();
    let claimed = person.claim(label).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let batch = batch(person).await;
    let labels = format!("/static-tokens/find?batchId={batch}");
    let labels = person.get(&labels).await.json();
    Things {
        org: me["organization"]["id"].as_i64().expect("a number"),
        user: me["user"]["id"].as_i64().expect("a number"),
        device: claimed.json()["id"].as_i64().expect("a number"),
        batch,
        token: labels["content"][0]["id"].as_i64().expect("a number"),
        work: work(person).await,
        approval: approval(person).await,
    }
}

/// A claim of theirs, of a device of their organization's, that waits for its support's word.
async fn approval(person: &Person<'_>) -> i64 {
    // Of a kind of their own: what identifies those of others they do not say.
    let template = person
        .post("/template", json!({ "name": "Named" }))
        .await
        .json();
    let template = &template["templateId"];
    let identifiers = json!({ "kind": "serial", "first": "SN-1", "proof": "staff_approval" });
    person
        .made_batch(json!({ "templateId": template, "name": "Named", "count": 1, "identifiers": identifiers }))
        .await;
    let ask = json!({ "token": "SN-1", "askApproval": true });
    assert_eq!(person.post("/static-tokens/claim", ask).await.status, 202);
    let waiting = person.get("/static-tokens/approvals").await.json();
    waiting["content"][0]["id"].as_i64().expect("a number")
}

/// A device that they make as if it were one of many, and how that went on.
async fn work(person: &Person<'_>) -> i64 {
    let asked = json!({ "templateId": "TMPLsoil00001", "name": "Pump", "count": 1 });
    let asked = person.post("/devices/create", asked).await.json();
    asked["id"].as_i64().expect("a number")
}

/// A batch of theirs, once it is made.
async fn batch(person: &Person<'_>) -> i64 {
    let asked = json!({ "templateId": "TMPLsoil00001", "name": "Some", "count": 1 });
    person.made_batch(asked).await
}

#[tokio::test]
async fn no_endpoint_reaches_above_or_beside() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let top = admin.get("/me").await.json()["organization"]["name"].clone();
    let top = top.as_str().expect("a name");
    let make = async |name: &str| {
        let made = admin.post("/create", json!({ "name": name })).await.json();
        made["id"].as_i64().expect("a number")
    };
    let member = async |email: &str, org: i64| site.member(org, email, Role::Admin).await.0;
    let (own, beside) = (make("Own").await, make("Beside").await);
    let caller = member("own@client.example", own).await;
    let other = member("beside@client.example", beside).await;
    let below = json!({ "name": "Below", "parentOrganizationId": own });
    let below = admin.post("/create", below).await.json();
    let below = below["id"].as_i64().expect("a number");
    let child = member("below@client.example", below).await;
    let out_of_reach = [
        ("above", things(&admin, &site.qr(5)).await),
        ("beside", things(&other, &site.qr(6)).await),
    ];
    let within = [
        ("own", things(&caller, &site.qr(7)).await),
        ("below", things(&child, &site.qr(8)).await),
    ];
    let mut asked = 0;
    for endpoint in endpoints() {
        let name = endpoint.name();
        for parameter in &endpoint.parameters {
            for (where_, things) in &out_of_reach {
                let Some(id) = things.of(parameter) else {
                    assert!(is_no_thing(parameter), "{name}: what is {parameter}?");
                    continue;
                };
                let query = endpoint.query(parameter, id);
                let body = endpoint.body.clone().map(|body| body.0).unwrap_or_default();
                let answer = endpoint
                    .call(&site, Some(&caller.access), &query, body)
                    .await;
                asked += 1;
                if answer.status == 200 && tells_what_is_within(&endpoint, parameter) {
                    let foreign = [top, "Beside"].iter().any(|org| answer.text.contains(*org));
                    assert!(!foreign, "{name} {parameter} {where_}: {answer:?}");
                    continue;
                }
                assert_eq!(
                    answer.status, 404,
                    "{name} {parameter} {where_}: {answer:?}"
                );
            }
            for (where_, things) in within.iter().filter(|_| endpoint.method == Method::GET) {
                let Some(id) = things.of(parameter) else {
                    continue;
                };
                let query = endpoint.query(parameter, id);
                let answer = endpoint.call(&site, Some(&caller.access), &query, json!({}));
                let answer = answer.await;
                assert_eq!(
                    answer.status, 200,
                    "{name} {parameter} {where_}: {answer:?}"
                );
            }
        }
        let Some((example, fields)) = &endpoint.body else {
            continue;
        };
        for field in fields {
            for (where_, things) in &out_of_reach {
                let Some(id) = things.of(field) else {
                    assert!(is_no_thing(field), "{name}: what is {field}?");
                    continue;
                };
                let mut body = example.clone();
                body[field] = json!(id);
                let answer = endpoint.call(&site, Some(&caller.access), "", body).await;
                assert_eq!(answer.status, 404, "{name} {field} {where_}: {answer:?}");
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "{asked} are fewer than there were");
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
