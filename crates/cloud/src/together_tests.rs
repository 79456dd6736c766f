//! Several clouds on one PostgreSQL database are one cloud. On SQLite, which has one process, these do nothing.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use handover_wire::{OrgId, Role};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::entropy::SystemEntropy;
use crate::service::requests;
use crate::store::{Store, StoreError, change};
use crate::testing::{Ground, Person, Site, send};
use crate::{Config, DatabaseUrl, StartError};

/// Two clouds on one database, the first with a demo.
async fn two() -> Option<(Site, Site)> {
    let one = Site::demo().await;
    let other = Site::on(one.beside()?, false).await;
    Some((one, other))
}

/// Two people at two clouds, of two organizations that both can claim every label.
async fn rivals<'a>(one: &'a Site, other: &'a Site) -> (Person<'a>, Person<'a>) {
    let customer = one.sign_in(Role::User).await;
    // Signed in there, and known here.
    let support = one.sign_in(Role::Staff).await.at(other);
    (customer, support)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_is_claimed_at_one_of_them() {
    let Some((one, other)) = two().await else {
        return;
    };
    let (customer, support) = rivals(&one, &other).await;
    let mut won = [0, 0];
    for index in 3..12 {
        let label = one.qr(index);
        let (here, there) = tokio::join!(customer.claim(&label), support.claim(&label));
        let mut outcomes = [here.outcome(), there.outcome()];
        won[usize::from(there.status == 201)] += 1;
        outcomes.sort();
        let lost = (404, "not_claimable".to_owned());
        assert_eq!(outcomes, [(201, "-".to_owned()), lost], "label {index}");
    }
    assert_eq!(won.iter().sum::<i32>(), 9);
    assert_eq!(one.count("SELECT COUNT(*) FROM devices").await, 12);
    let claims = "SELECT COUNT(*) FROM audit WHERE action = 'claim'";
    assert_eq!(one.count(claims).await, 9, "a lost attempt leaves no trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_made_once_and_its_progress_known_to_both() {
    let Some((one, other)) = two().await else {
        return;
    };
    let here = one.sign_in(Role::Admin).await;
    let there = here.at(&other);
    let body = json!({ "templateId": "TMPLsoil00001", "name": "Shared", "count": 2_000 });
    let asked = here.post("/static-tokens/batches", body).await.json();
    let target = format!("/static-tokens/batch?batchId={}", asked["id"]);
    let mut made = 0;
    let batch = loop {
        let batch = there.get(&target).await.json();
        let now = batch["made"].as_i64().expect("a number");
        assert!(now >= made, "progress goes on: {made}, {now}");
        made = now;
        if batch["state"] != "making" {
            break batch;
        }
    };
    assert_eq!(
        (&batch["state"], &batch["unclaimed"]),
        (&json!("ready"), &json!(2_000))
    );
    let places = "SELECT COUNT(DISTINCT number) FROM static_tokens WHERE batch_id IS NOT NULL";
    assert_eq!(one.count(places).await, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_answered_once_whoever_is_asked() {
    let Some((one, other)) = two().await else {
        return;
    };
    let here = one.sign_in(Role::User).await;
    let there = one.sign_in(Role::User).await.at(&other);
    for index in 3..12 {
        let key = format!("label {index}");
        let body = json!({ "token": one.qr(index) });
        let (a, b) = tokio::join!(
            here.claim_as(&key, body.clone()),
            there.claim_as(&key, body.clone())
        );
        assert_eq!((a.status, &a.text), (201, &b.text));
        assert_eq!(here.claim_as(&key, body).await.text, a.text, "and for good");
    }
    assert_eq!(one.count("SELECT COUNT(*) FROM devices").await, 12);
}

/// The first time another change comes between what was read and what is written; the second time none can.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_crossed_is_made_again() {
    let ground = Site::demo().await.stop().await;
    if ground.database.is_none() {
        return;
    }
    let place = ground.config(false).place();
    let store = Store::open(&place).await.expect("open");
    let other = Store::open(&place).await.expect("open");
    let times = AtomicUsize::new(0);
    let number: Result<i64, StoreError> = change!(store, |write| {
        // From here on the change sees the database as it is now.
        write.has_orgs().await?;
        if times.fetch_add(1, Ordering::Relaxed) == 0 {
            let crossing: Result<i64, StoreError> =
                change!(other, |write| write.next_device_number(OrgId(2), 1).await);
            assert_eq!(crossing?, 4, "after the demo's three");
        }
        write.next_device_number(OrgId(2), 1).await
    });
    assert_eq!(number.expect("made"), 5);
    assert_eq!(times.into_inner(), 2);
}

/// A claim is answered where nothing can be changed: it does not ask again and again.
#[tokio::test]
async fn a_claim_that_nobody_can_write_down_is_told_so() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    site.cloud.core().store.close_writers().await;
    let answer = customer.claim(&site.qr(3)).await;
    assert!(answer.status >= 500, "{answer:?}");
}

/// More at once than there are connections, all about the same few rows: none fails, and none is counted twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_claims_comes_through() {
    let Some((one, other)) = two().await else {
        return;
    };
    let here = one.sign_in(Role::User).await;
    let there = one.sign_in(Role::User).await.at(&other);
    let claims = (3..12).map(|index| {
        let (at, label) = (if index % 2 == 0 { &here } else { &there }, one.qr(index));
        async move { at.claim(&label).await }
    });
    let answers = futures_util::future::join_all(claims).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let names: std::collections::BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.json()["name"].to_string())
        .collect();
    assert_eq!(names.len(), 9, "each has a number of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_at_one_of_them() {
    let Some((one, other)) = two().await else {
        return;
    };
    let customer = one.sign_in(Role::User).await;
    let refresh = |site: &Site| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &customer.refresh),
        ];
        send(site.request(Method::POST, "/oauth2/token").form(&form))
    };
    let (a, b) = tokio::join!(refresh(&one), refresh(&other));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    // Whoever was second had a copy: the whole session has ended, everywhere.
    assert_eq!(customer.get("/devices").await.status, 401);
    assert_eq!(customer.at(&other).get("/devices").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_link_works_at_one_of_them() {
    let one = Site::empty().await;
    let Some(beside) = one.beside() else {
        return;
    };
    let other = Site::on(beside, false).await;
    let code = |site: &Site| {
        let link = site.cloud.setup_link().expect("a link at the first start");
        link.split_once('#').expect("a code").1.to_owned()
    };
    let body = |code: String, email: &str| {
        json!({ "code": code, "organization": "Meadow", "email": email, "name": "Ada Marsh",
                "password": "correct horse battery" })
    };
    let old = body(code(&one), "ada@meadow.example");
    assert_eq!(
        one.post("/api/setup", old).await.code(),
        "setup_link_invalid"
    );
    let newest = code(&other);
    let (a, b) = tokio::join!(
        one.post("/api/setup", body(newest.clone(), "ada@meadow.example")),
        other.post("/api/setup", body(newest, "bob@meadow.example"))
    );
    let mut outcomes = [a.code(), b.code()];
    outcomes.sort();
    assert_eq!(outcomes, ["-", "setup_link_invalid"]);
    assert_eq!(one.count("SELECT COUNT(*) FROM organizations").await, 1);
}

async fn refusal(config: Config) -> StartError {
    match crate::Cloud::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn all_have_one_key() {
    let one = Site::demo().await;
    let Some(beside) = one.beside() else {
        return;
    };
    let key = beside.folder.path().join("key");
    fs::remove_file(&key).expect("removed");
    let error = refusal(beside.config(false)).await;
    assert!(matches!(error, StartError::WrongKey(_)), "{error}");
    assert!(error.to_string().contains("--key"), "{error}");
    assert!(!key.exists(), "no new key over data that it cannot read");
    crate::secrets::create_key(&key, &SystemEntropy).expect("another key");
    let error = refusal(beside.config(false)).await;
    assert!(matches!(error, StartError::WrongKey(_)), "{error}");
    let config = Config {
        key: Some(one.folder.path().join("key")),
        ..beside.config(false)
    };
    let other = crate::Cloud::start(config).await.expect("the right key");
    other.stop().await;
}

/// A server that was restarted, or a network that was gone for a moment.
#[tokio::test]
async fn lost_connections_are_made_anew() {
    let site = Site::demo().await;
    if site.database.is_none() {
        return;
    }
    let customer = site.sign_in(Role::User).await;
    // The connections of this test bear its name.
    let ended = site
        .count(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE application_name = current_setting('application_name')
             AND pid <> pg_backend_pid()",
        )
        .await;
    assert!(ended >= 2, "readers and writers");
    assert_eq!(customer.claim(&site.qr(3)).await.status, 201);
}

#[tokio::test]
async fn a_server_that_is_away_is_told_without_the_password() {
    let ground = Ground::on_sqlite();
    // Nothing listens on port 1.
    let url = "postgres://ada:s3cret@127.0.0.1:1/handover?password=s3cret";
    let config = Config {
        database: Some(DatabaseUrl::parse(url).expect("an address")),
        ..ground.config(false)
    };
    assert!(!format!("{config:?}").contains("s3cret"));
    let error = refusal(config).await;
    assert!(matches!(error, StartError::Unreachable(..)), "{error}");
    let told = format!("{error} {error:?}");
    assert!(told.contains("postgres://ada@127.0.0.1:1/handover") && !told.contains("s3cret"));
    assert!(error.to_string().contains("--database"), "{error}");
}

/// The way to the database, which can be shut.
struct Door {
    port: u16,
    is_open: Arc<AtomicBool>,
    accepting: JoinHandle<()>,
}

impl Door {
    async fn to(host: String, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address").port();
        let is_open = Arc::new(AtomicBool::new(true));
        let door = is_open.clone();
        let accepting = tokio::spawn(async move {
            let mut through = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                if !door.load(Ordering::Relaxed) {
                    // Whoever was inside is out, too, before the knock is answered.
                    through.shutdown().await;
                    continue;
                }
                let server = TcpStream::connect((host.clone(), port)).await;
                let mut server = server.expect("the tests' database");
                through.spawn(async move {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            port: own,
            is_open,
            accepting,
        }
    }

    async fn shut(&self) {
        self.is_open.store(false, Ordering::Relaxed);
        let mut knock = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .expect("the door listens");
        // An end or an error: either way it was answered.
        let _ = knock.read(&mut [0]).await;
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_503_until_it_is_back() {
    let mut ground = Ground::fresh().await;
    let Some((host, port)) = ground.database.as_ref().and_then(DatabaseUrl::tcp) else {
        return;
    };
    let door = Door::to(host, port).await;
    ground.database = ground.database.map(|url| url.behind(door.port));
    let site = Site::on(ground, true).await;
    let customer = site.sign_in(Role::User).await;
    let away = (503, "unavailable".to_owned());
    door.shut().await;
    assert_eq!(customer.get("/devices").await.outcome(), away);
    let body = json!({ "token": site.qr(3) });
    let answer = customer.claim_as("a key", body.clone()).await;
    assert_eq!(answer.outcome(), away);
    door.open();
    assert_eq!(customer.claim_as("a key", body).await.status, 201);
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 4);
}

#[tokio::test]
async fn an_organizations_requests_are_counted_at_both() {
    let Some((one, other)) = two().await else {
        return;
    };
    let org = OrgId(2);
    for _ in 0..requests::A_MINUTE / 2 {
        for site in [&one, &other] {
            let counted = requests::count(site.cloud.core(), org).await;
            assert_eq!(counted, Ok(()));
        }
    }
    for site in [&one, &other] {
        let counted = requests::count(site.cloud.core(), org).await;
        assert_eq!(counted.map_err(|wait| wait.seconds), Err(3));
    }
}
