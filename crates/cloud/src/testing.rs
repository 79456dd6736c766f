//! A real cloud for tests: its own folder, a free port, a clock that is set by hand, HTTP from outside.
//!
//! The database is SQLite in that folder or, with `HANDOVER_TEST_DATABASE=postgres://...`, a schema of its own there,
//! which stays behind: it is the database of a server that is thrown away (`cargo xtask test --only postgres`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use handover_wire::Role;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::{AnyPool, ConnectOptions as _, SqlSafeStr};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::clock::{Clock, Time};
use crate::entropy::{SystemEntropy, bytes};
use crate::store::Place;
use crate::{Cloud, Config, DatabaseUrl, MailServer, StartError};

/// A clock that stands still until it is set on.
#[derive(Clone)]
pub struct TestClock(Arc<watch::Sender<i64>>);

impl TestClock {
    /// Lets time pass.
    pub fn pass_seconds(&self, seconds: i64) {
        self.0.send_modify(|now| *now += seconds * 1_000);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(*self.0.borrow())
    }

    fn pass(&self, time: Duration) -> BoxFuture<'static, ()> {
        let mut shown = self.0.subscribe();
        let until = *shown.borrow() + i64::try_from(time.as_millis()).expect("a short time");
        Box::pin(async move {
            let passed = shown.wait_for(|now| *now >= until).await;
            passed.expect("a cloud has its clock until it ends");
        })
    }
}

/// The path that all of the Platform API stands under.
pub const API: &str = "/api/v1/organization";

/// The database that tests use, where it is not SQLite.
pub const DATABASE: &str = "HANDOVER_TEST_DATABASE";

/// What a cloud stands on, before it starts and after it ended.
pub struct Ground {
    pub folder: TempDir,
    /// The test's own schema, where it is on PostgreSQL.
    pub database: Option<DatabaseUrl>,
    pub clock: TestClock,
    /// Where its mails go.
    pub mail: Option<MailServer>,
}

impl Ground {
    /// Nothing has ever started here.
    pub async fn fresh() -> Self {
        let database = match std::env::var(DATABASE) {
            Ok(url) => Some(own_schema(&url).await),
            Err(_) => None,
        };
        Self {
            database,
            ..Self::on_sqlite()
        }
    }

    /// The same, for what concerns SQLite alone.
    pub fn on_sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            database: None,
            clock: TestClock(Arc::new(watch::Sender::new(1_800_000_000_000))),
            mail: None,
        }
    }

    /// Another folder with the same database and key, as another process has it. None on SQLite, which has one process.
    pub fn beside(&self) -> Option<Self> {
        let other = Self {
            database: Some(self.database.clone()?),
            clock: self.clock.clone(),
            mail: self.mail.clone(),
            ..Self::on_sqlite()
        };
        let key = |ground: &Self| ground.folder.path().join("key");
        std::fs::copy(key(self), key(&other)).expect("a key");
        Some(other)
    }

    pub fn config(&self, demo: bool) -> Config {
        Config {
            database: self.database.clone(),
            demo,
            // Most tests count what there is. The demo's own has them.
            demo_buttons: false,
            mail: self.mail.clone(),
            ..Config::new(self.folder.path(), ([127, 0, 0, 1], 0).into())
        }
    }

    pub async fn start(&self, demo: bool) -> Result<Cloud, StartError> {
        self.start_as(self.config(demo)).await
    }

    pub async fn start_as(&self, config: Config) -> Result<Cloud, StartError> {
        let world = (
            Box::new(self.clock.clone()) as _,
            Box::new(SystemEntropy) as _,
        );
        Cloud::start_with(config, world).await
    }

    /// The database, for what no endpoint does or shows yet.
    pub async fn database(&self) -> AnyPool {
        let options = self.config(false).place().options().expect("an address");
        AnyPool::connect_with(options).await.expect("the database")
    }

    /// Changes the database directly.
    pub async fn execute(&self, sql: impl SqlSafeStr) {
        let database = self.database().await;
        sqlx::query(sql)
            .execute(&database)
            .await
            .expect("the change");
        database.close().await;
    }

    /// A number out of the database.
    pub async fn count(&self, sql: impl SqlSafeStr) -> i64 {
        let database = self.database().await;
        let number = sqlx::query_scalar(sql).fetch_one(&database).await;
        database.close().await;
        number.expect("a number")
    }
}

/// Makes a schema that nobody else has, and the address under which a connection is in it.
async fn own_schema(url: &str) -> DatabaseUrl {
    let name = format!("t{:032x}", u128::from_ne_bytes(bytes(&SystemEntropy)));
    let url = DatabaseUrl::parse(url).expect("HANDOVER_TEST_DATABASE is an address");
    let options = Place::Server(url.clone()).options().expect("an address");
    let mut connection = options.connect().await.expect("the tests' database");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}")))
        .execute(&mut connection)
        .await
        .expect("a schema");
    url.with("options[search_path]", &name)
        .with("application_name", &name)
}

/// A running cloud.
pub struct Site {
    pub cloud: Cloud,
    ground: Ground,
    http: Client,
}

impl std::ops::Deref for Site {
    type Target = Ground;

    fn deref(&self) -> &Ground {
        &self.ground
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// All but those that differ from answer to answer by design.
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} is answered with {:?}", self.status, self.text))
    }

    /// Status and body, for what is told of many.
    pub fn short(&self) -> String {
        format!("{} {}", self.status, self.text)
    }

    /// The error's code, or `-`.
    pub fn code(&self) -> String {
        match serde_json::from_str::<Value>(&self.text) {
            Ok(json) => json["error"]["code"].as_str().unwrap_or("-").to_owned(),
            Err(_) => "-".to_owned(),
        }
    }

    /// What an error says of itself beside its code.
    pub fn attribute(&self, name: &str) -> String {
        let attribute = &self.json()["error"]["attributes"][name];
        attribute.as_str().unwrap_or("-").to_owned()
    }

    /// Status and code, for tables of expectations.
    pub fn outcome(&self) -> (u16, String) {
        (self.status, self.code())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Site {
    /// With demo data.
    pub async fn demo() -> Self {
        Self::start(true).await
    }

    /// As at the very first start.
    pub async fn empty() -> Self {
        Self::start(false).await
    }

    async fn start(demo: bool) -> Self {
        Self::on(Ground::fresh().await, demo).await
    }

    /// On this ground.
    pub async fn on(ground: Ground, demo: bool) -> Self {
        let config = ground.config(demo);
        Self::with(ground, config).await
    }

    /// The same as it is configured.
    pub async fn with(ground: Ground, config: Config) -> Self {
        Self {
            cloud: ground.start_as(config).await.expect("a cloud"),
            ground,
            http: client(),
        }
    }

    /// Stops, and leaves its folder and database.
    pub async fn stop(self) -> Ground {
        self.cloud.stop().await;
        self.ground
    }

    /// Stops and starts again on the same folder.
    pub async fn restart(self, demo: bool) -> Self {
        Self::on(self.stop().await, demo).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.cloud.url().join(path).expect("a path");
        self.http.request(method, url)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// Signs one of the demo's people in.
    pub async fn sign_in(&self, role: Role) -> Person<'_> {
        let demo = self.cloud.demo().expect("a demo");
        let user = demo.users.iter().find(|user| user.role == role);
        let user = user.expect("one of each role");
        let signed_in = self.sign_in_as(&user.email, user.password.expose());
        signed_in.await.expect("the demo's password is right")
    }

    /// Signs in with address and password. None where that is refused.
    pub async fn sign_in_as(&self, email: &str, password: &str) -> Option<Person<'_>> {
        let form = [
            ("grant_type", "user_credentials"),
            ("username", email),
            ("password", password),
        ];
        let answer = send(self.request(Method::POST, "/oauth2/token").form(&form)).await;
        let json = answer.json();
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Some(Person {
            site: self,
            access: text("access_token")?,
            refresh: text("refresh_token")?,
        })
    }

    /// The mails to an address, the newest first, as the demo's mailbox shows them.
    pub async fn mails(&self, to: &str) -> Vec<Value> {
        let list = self.get("/api/mailbox?size=1000").await.json();
        let mut mails = Vec::new();
        for mail in list["content"].as_array().expect("a list") {
            if mail["to"] == to {
                let path = format!("/api/mailbox/mail?id={}", mail["id"]);
                mails.push(self.get(&path).await.json());
            }
        }
        mails
    }

    /// The secret of the link in the newest of so many mails to an address, once they are there: some are written after
    /// the answer.
    pub async fn link(&self, to: &str, mails: usize) -> String {
        loop {
            let found = self.mails(to).await;
            if found.len() >= mails {
                let link = found[0]["links"][0].as_str().expect("a link");
                let (page, secret) = link.split_once('#').expect("a fragment");
                assert!(page.ends_with("/link"), "{page}");
                return secret.to_owned();
            }
            tokio::task::yield_now().await;
        }
    }

    /// A client of the maker's beside the demo's, with one person in it, and what both are numbered.
    pub async fn client(&self, name: &str, email: &str) -> (Person<'_>, i64, i64) {
        let admin = self.sign_in(Role::Admin).await;
        let made = admin.post("/create", json!({ "name": name })).await.json();
        let org = made["id"].as_i64().expect("a number");
        let (person, user) = self.customer_of(org, email).await;
        (person, org, user)
    }

    /// One more customer of an organization, and their number.
    pub async fn customer_of(&self, org: i64, email: &str) -> (Person<'_>, i64) {
        self.member(org, email, Role::User).await
    }

    /// One more person of an organization, whom the maker invited, and their number.
    pub async fn member(&self, org: i64, email: &str, role: Role) -> (Person<'_>, i64) {
        let admin = self.sign_in(Role::Admin).await;
        let invited = json!({ "email": email, "name": "Somebody", "roleId": role, "orgId": org });
        let user = admin.post("/users/invite", invited).await.json();
        let code = self.link(email, 1).await;
        let follow = json!({ "code": code, "password": "correct horse" });
        let followed = self.request(Method::POST, "/api/link/follow").json(&follow);
        assert_eq!(send(followed).await.status, 204);
        let person = self.sign_in_as(email, "correct horse").await;
        let person = person.expect("they have chosen that password");
        (person, user["id"].as_i64().expect("a number"))
    }

    /// A machine of the maker's, signed in.
    pub async fn machine(&self, name: &str) -> Person<'_> {
        let admin = self.sign_in(Role::Admin).await;
        let made = admin.post("/oauth-clients", json!({ "name": name })).await;
        let made = made.json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", text("clientId")),
            ("client_secret", text("clientSecret")),
        ];
        let session = send(self.request(Method::POST, "/oauth2/token").form(&form)).await;
        let session = session.json();
        self.person(session["access_token"].as_str().expect("a token"), "")
    }

    /// Somebody whose session is known.
    pub fn person(&self, access: &str, refresh: &str) -> Person<'_> {
        Person {
            site: self,
            access: access.to_owned(),
            refresh: refresh.to_owned(),
        }
    }

    /// Does what follows from claims and transfers whose time is over, as a running cloud does every little while.
    pub async fn end_moves(&self) {
        let ended = crate::service::hands::end_due(self.cloud.core()).await;
        ended.expect("the database");
    }

    /// Waits until the audit is sealed, which a running cloud does a moment after each change: whoever counts store calls
    /// would count those, too.
    pub async fn sealed(&self) {
        while self
            .count("SELECT COUNT(*) FROM audit WHERE seq IS NULL")
            .await
            > 0
        {
            tokio::task::yield_now().await;
        }
    }

    /// The QR token of the demo's box.
    pub fn qr(&self, index: usize) -> String {
        let demo = self.cloud.demo().expect("a demo");
        demo.tokens[index].qr_token.expose().to_owned()
    }

    /// The auth token of the demo's box.
    pub fn auth(&self, index: usize) -> String {
        let demo = self.cloud.demo().expect("a demo");
        demo.tokens[index].auth_token.expose().to_owned()
    }
}

fn client() -> Client {
    // Another test of this process may have been first, which is just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}

/// Sends it and reads the answer.
pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
        .collect();
    headers.sort();
    let text = response.text().await.expect("a body");
    Answer {
        status,
        headers,
        text,
    }
}

/// Somebody who is signed in.
pub struct Person<'a> {
    pub site: &'a Site,
    pub access: String,
    pub refresh: String,
}

impl Person<'_> {
    /// The same person, with the same session, at another cloud.
    pub fn at<'b>(&self, site: &'b Site) -> Person<'b> {
        Person {
            site,
            access: self.access.clone(),
            refresh: self.refresh.clone(),
        }
    }

    /// A request below the Platform API.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.site
            .request(method, &format!("{API}{path}"))
            .bearer_auth(&self.access)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// The number of a batch that they ask for, once it is made.
    pub async fn made_batch(&self, body: Value) -> i64 {
        let asked = self.post("/static-tokens/batches", body).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let id = asked.json()["id"].as_i64().expect("a number");
        let target = format!("/static-tokens/batch?batchId={id}");
        while self.get(&target).await.json()["state"] == "making" {
            tokio::task::yield_now().await;
        }
        id
    }

    /// Claims as the app does: each time with a key of its own.
    pub async fn claim(&self, text: &str) -> Answer {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let key = format!("claim {}", KEYS.fetch_add(1, Ordering::Relaxed));
        self.claim_as(&key, serde_json::json!({ "token": text }))
            .await
    }

    pub async fn claim_as(&self, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, "/static-tokens/claim");
        send(request.header("Idempotency-Key", key).json(&body)).await
    }
}
