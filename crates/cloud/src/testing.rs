//! A real cloud for tests: its own folder, a free port, a clock that is set by hand, HTTP from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use handover_wire::Role;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use sqlx::SqlitePool;
use tempfile::TempDir;

use crate::clock::{Clock, Time};
use crate::entropy::SystemEntropy;
use crate::{Cloud, Config, StartError};

/// A clock that stands still until it is set on.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Lets time pass.
    pub fn pass_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

/// The path that all of the Platform API stands under.
pub const API: &str = "/api/v1/organization";

/// A running cloud.
pub struct Site {
    pub cloud: Cloud,
    pub clock: TestClock,
    pub folder: TempDir,
    http: Client,
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

    /// The error's code, or `-`.
    pub fn code(&self) -> String {
        match serde_json::from_str::<Value>(&self.text) {
            Ok(json) => json["error"]["code"].as_str().unwrap_or("-").to_owned(),
            Err(_) => "-".to_owned(),
        }
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
        let folder = tempfile::tempdir().expect("a folder");
        let clock = TestClock(Arc::new(AtomicI64::new(1_800_000_000_000)));
        let cloud = start_in(&folder, demo, &clock).await.expect("a cloud");
        Self {
            cloud,
            clock,
            folder,
            http: client(),
        }
    }

    /// Stops and starts again on the same folder.
    pub async fn restart(self, demo: bool) -> Self {
        self.cloud.stop().await;
        let cloud = start_in(&self.folder, demo, &self.clock)
            .await
            .expect("a cloud");
        Self {
            cloud,
            clock: self.clock,
            folder: self.folder,
            http: self.http,
        }
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
        let form = [
            ("grant_type", "user_credentials"),
            ("username", &user.email),
            ("password", user.password.expose()),
        ];
        let answer = send(self.request(Method::POST, "/oauth2/token").form(&form)).await;
        let json = answer.json();
        let text = |name: &str| json[name].as_str().expect("a token").to_owned();
        Person {
            site: self,
            access: text("access_token"),
            refresh: text("refresh_token"),
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

    /// The database, for what no endpoint does or shows yet.
    pub async fn database(&self) -> SqlitePool {
        let path = self.folder.path().join("cloud.db");
        SqlitePool::connect(&format!("sqlite:{}", path.display()))
            .await
            .expect("the database")
    }

    /// Changes the database directly.
    pub async fn execute(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.database().await)
            .await
            .expect("the change");
    }

    /// A number out of the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database().await)
            .await
            .expect("a number")
    }
}

/// Starts a cloud in a folder.
pub async fn start_in(
    folder: &TempDir,
    demo: bool,
    clock: &TestClock,
) -> Result<Cloud, StartError> {
    let config = Config {
        data: folder.path().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        demo,
        public_url: None,
    };
    Cloud::start_with(config, (Box::new(clock.clone()), Box::new(SystemEntropy))).await
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
    site: &'a Site,
    pub access: String,
    pub refresh: String,
}

impl Person<'_> {
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

    pub async fn claim(&self, text: &str) -> Answer {
        let body = serde_json::json!({ "token": text });
        self.post("/static-tokens/claim", body).await
    }

    pub async fn claim_as(&self, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, "/static-tokens/claim");
        send(request.header("Idempotency-Key", key).json(&body)).await
    }
}
