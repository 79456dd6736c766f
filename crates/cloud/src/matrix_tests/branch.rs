//! One organization of the tree, and fresh things of its own, each as cheap as it gets.

use std::cell::Cell;

use handover_wire::{OrgId, Role, Secret};
use serde_json::{Value, json};

use super::labels::Labels;
use super::things::Kind;
use crate::domain::{EmailAddress, PersonName};
use crate::store::{NewUser, StoreError, change};
use crate::testing::{Person, Site};
use crate::upload_tests::upload;

/// The demo's template, which is of the organization at the top: all can use it.
pub const TEMPLATE: &str = "TMPLsoil00001";
/// How many devices with an identifier.
const NAMED: usize = 12;

pub struct Branch<'a> {
    site: &'a Site,
    /// An administrator of the organization who asks nothing in the matrix.
    admin: Person<'a>,
    pub org: i64,
    /// Who has the devices that nobody in the matrix has.
    keeper: i64,
    plain: Labels,
    gateways: Labels,
    /// What identifies the devices of a batch.
    serial: String,
    /// How many of them were asked for.
    asked: Cell<usize>,
}

pub fn number(of: &Value) -> i64 {
    of.as_i64().unwrap_or_else(|| panic!("{of} is no number"))
}

impl<'a> Branch<'a> {
    pub async fn new(site: &'a Site, admin: Person<'a>, org: i64) -> Self {
        let gateway = json!({ "name": "Gateway", "gatewayApi": true });
        let gateway = admin.post("/template", gateway).await.json();
        let gateway = gateway["templateId"].as_str().expect("an id");
        // Of a kind of their own: what identifies those of others they do not say.
        let named = admin.post("/template", json!({ "name": "Named" })).await;
        let serial = format!("SN-{org}-");
        let identifiers = json!({
            "kind": "serial", "first": format!("{serial}101"), "proof": "staff_approval"
        });
        admin
            .made_batch(json!({
                "templateId": named.json()["templateId"], "name": "Named", "count": NAMED,
                "identifiers": identifiers
            }))
            .await;
        Self {
            plain: Labels::of(org, TEMPLATE),
            gateways: Labels::of(org, gateway),
            keeper: person(site, org).await,
            site,
            admin,
            org,
            serial,
            asked: Cell::new(0),
        }
    }

    /// A thing that nothing has happened to. Of organizations there is the one; sessions are there already.
    pub async fn fresh(&self, kind: Kind) -> Value {
        match kind {
            Kind::Org => json!(self.org),
            Kind::User => json!(person(self.site, self.org).await),
            Kind::Device | Kind::Gateway => self.claimed(kind, None).await,
            Kind::File => self.file(&self.claimed(kind, None).await).await,
            Kind::Batch => {
                let asked = json!({ "templateId": TEMPLATE, "name": "Some", "count": 1 });
                json!(self.admin.made_batch(asked).await)
            }
            Kind::Token => self.plain.number(&self.admin).await,
            Kind::GatewayToken => self.gateways.number(&self.admin).await,
            Kind::Work => {
                let asked = json!({ "templateId": TEMPLATE, "name": "Pump", "count": 1 });
                let work = self.post("/devices/create", asked).await["id"].clone();
                // It is over before anything else is asked.
                let target = format!("/devices/work?workId={work}");
                while self.get(&target).await["state"] == "making" {
                    tokio::task::yield_now().await;
                }
                work
            }
            Kind::Approval => self.approval().await,
            Kind::Template => {
                let made = self.admin.post("/template", json!({ "name": "Valve" }));
                made.await.json()["templateId"].clone()
            }
            Kind::Session => self.admin.get("/sessions").await.json()[0]["id"].clone(),
            Kind::Machine => {
                let made = self.admin.post("/oauth-clients", json!({ "name": "Shop" }));
                made.await.json()["clientId"].clone()
            }
        }
    }

    /// What claims a device that nobody has.
    pub async fn label(&self, kind: Kind) -> String {
        let labels = match kind {
            Kind::Gateway => &self.gateways,
            _ => &self.plain,
        };
        labels.text(&self.admin).await
    }

    /// A device that somebody claims themselves, or has.
    pub async fn claimed(&self, kind: Kind, by: Option<&Person<'_>>) -> Value {
        let mut ask = json!({ "token": self.label(kind).await });
        if by.is_none() {
            ask["userId"] = json!(self.keeper);
        }
        let by = by.unwrap_or(&self.admin);
        let claimed = by.post("/static-tokens/claim", ask).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
        claimed.json()["id"].clone()
    }

    /// A file that a device has uploaded.
    pub async fn file(&self, device: &Value) -> Value {
        let token = self.get(&format!("/device/token?deviceId={device}")).await;
        let token = token["token"].as_str().expect("a token");
        let uploaded = upload(self.site, token, "some.txt", b"some").await;
        assert_eq!(uploaded.status, 200, "{uploaded:?}");
        let files = self.get(&format!("/device/files?deviceId={device}")).await;
        files[0]["id"].clone()
    }

    /// A claim of theirs, of a device of their organization's, that waits for its support's word.
    async fn approval(&self) -> Value {
        let serial = format!("{}{}", self.serial, 101 + self.asked.get());
        self.asked.set(self.asked.get() + 1);
        assert!(self.asked.get() <= NAMED, "NAMED is too small");
        let ask = json!({ "token": serial, "askApproval": true });
        let asked = self.admin.post("/static-tokens/claim", ask).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let found = format!("/static-tokens/approvals?query={serial}");
        let found = self.admin.get(&found).await.json();
        found["content"][0]["id"].clone()
    }

    /// Asks for something as those who look after the organization.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.admin.post(path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        serde_json::from_str(&answer.text).unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.admin.get(path).await.json()
    }
}

/// Somebody who could sign in, had they a password: they are put there, since mails and passwords take their time.
pub async fn person(site: &Site, org: i64) -> i64 {
    let core = site.cloud.core();
    let email = format!(
        "p{:x}@people.example",
        u128::from_ne_bytes(crate::entropy::bytes(&crate::SystemEntropy),)
    );
    let email = EmailAddress::parse(&email).expect("an address");
    let name = PersonName::parse("Somebody").expect("a name");
    let hash = Secret::new("none");
    let now = core.now();
    let made: Result<_, StoreError> = change!(core.store, |write| {
        let user = NewUser {
            email: &email,
            name: &name,
            role: Role::User,
            org: OrgId(org),
            locale: "en",
            password_hash: Some(&hash),
        };
        write.insert_user(user, now).await
    });
    made.expect("the database").0
}
