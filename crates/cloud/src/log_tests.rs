//! No secret in any log, at any level, of anything that a journey touches.

use std::io;
use std::sync::{Arc, Mutex};

use handover_wire::Role;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tracing_subscriber::fmt::MakeWriter;

use crate::mqtt_tests;
use crate::testing::{Site, send};
use crate::upload_tests::upload;

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// A log, and who writes it, down to this level.
    pub fn new(level: tracing::Level) -> (Self, impl tracing::Subscriber + Send + Sync) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        (log, subscriber)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_whole_journey_logs_no_secret() {
    let (log, subscriber) = Log::new(tracing::Level::TRACE);
    let _ = tracing::subscriber::set_global_default(subscriber);
    let site = Site::demo().await;
    let mut secrets = vec!["sqr_in_a_wrong_place_0000000000000000".to_owned()];
    for role in [Role::Admin, Role::Staff, Role::User] {
        let person = site.sign_in(role).await;
        for index in 0..12 {
            person.claim(&site.qr(index)).await;
            person.claim(&site.auth(index)).await;
        }
        person.get("/static-tokens").await;
        person.get("/device?deviceId=1").await;
        secrets.extend([person.access, person.refresh]);
    }
    let demo = site.cloud.demo().expect("a demo");
    for user in &demo.users {
        let body = json!({ "email": user.email, "password": user.password });
        let session = site.post("/api/session", body).await;
        let cookie = session.header("set-cookie").expect("a cookie");
        let cookie = cookie.split(';').next().expect("name and value").to_owned();
        let request = site.request(Method::POST, "/api/session/refresh");
        send(request.header("cookie", &cookie)).await;
        secrets.push(cookie.split_once('=').expect("name and value").1.to_owned());
        secrets.push(user.password.expose().to_owned());
    }
    // Where they do not belong: a wrong type, a path, a query, a text to explain.
    let misplaced = secrets[0].clone();
    site.post("/api/session", json!({ "email": 5, "password": misplaced }))
        .await;
    site.post("/api/setup", json!({ "code": [misplaced] }))
        .await;
    site.get(&format!("/claim/{misplaced}")).await;
    site.get(&format!("/api/{misplaced}")).await;
    // What a device uploads has a link with a secret of its own.
    let uploaded = upload(&site, &site.auth(0), "log.txt", b"some").await;
    let link = url::Url::parse(&uploaded.text).expect("a link");
    site.get(link.path()).await;
    let secret = link.path().rsplit('/').next().expect("a secret");
    secrets.push(secret.trim_end_matches(".txt").to_owned());
    site.get(&format!("/api/info?token={misplaced}")).await;
    site.post("/api/label/explain", json!({ "text": misplaced }))
        .await;
    // Devices bring theirs in the query, and in a frame.
    for index in 0..12 {
        let token = site.auth(index);
        for path in ["update", "get", "logEvent", "nothing", "device/meta"] {
            let path = format!("/external/api/{path}?token={token}&v1=1");
            site.get(&path).await;
        }
        let wrong = format!("/external/api/update?token={misplaced}&v1=1");
        site.get(&wrong).await;
        let url = site.cloud.url();
        let address = (url.host_str().expect("a host"), url.port().expect("a port"));
        let mut device = TcpStream::connect(address).await.expect("connected");
        let mut login = vec![29, 0, 1, 0, 32];
        login.extend(token.as_bytes());
        device.write_all(&login).await.expect("sent");
        device.read_exact(&mut [0; 5]).await.expect("an answer");
        // Where they do not belong either: a frame that is none, a topic, an event, a name.
        for frame in [[0, 0, 0], [64, 0, 9], [17, 0, 9]] {
            let mut bytes = frame.to_vec();
            bytes.extend([0, 32]);
            bytes.extend(token.as_bytes());
            // It may be cut off by now.
            let _ = device.write_all(&bytes).await;
        }
        for (user, password, topic) in [
            ("device", token.as_str(), format!("dev/{token}/ds/Light")),
            ("device", &token, format!("event/{token}")),
            ("device", &token, format!("ds/{token}")),
            ("device", &token, format!("meta/{token}")),
            ("device", &misplaced, "ds/Light".to_owned()),
            (&token, &token, "ds/Light".to_owned()),
        ] {
            let version = mqtt_tests::Version::Five;
            let mut device = mqtt_tests::Client::new(&site, version).await;
            device.send(&version.connect(user, password, 45)).await;
            device.next().await;
            device.publish(1, 1, &topic, token.as_bytes()).await;
            device.next().await;
        }
    }
    // One that takes the place of another is told of.
    let version = mqtt_tests::Version::Five;
    let mut older = mqtt_tests::Client::signed_in(&site, version, &site.auth(2)).await;
    let _newer = mqtt_tests::Client::signed_in(&site, version, &site.auth(2)).await;
    older.is_cut_off(0x8e).await;
    for index in 0..12 {
        secrets.extend([site.qr(index), site.auth(index)]);
    }
    site.cloud.stop().await;
    let log = log.text();
    assert!(log.contains("answered"), "there is a log");
    let taken = "a newer connection of a device takes the place of an older one device=";
    assert!(log.contains(taken), "who is replaced is in it");
    for secret in secrets {
        let ours = log
            .lines()
            .filter(|line| !CLIENT.iter().any(|target| line.contains(target)))
            .find(|line| line.contains(&secret));
        assert_eq!(ours, None, "a secret is in the log");
    }
}

/// The test's own HTTP client logs the addresses that it was given.
const CLIENT: [&str; 3] = ["reqwest::", "hyper_util::client", "hyper::client"];
