//! The use cases against the real cloud, in a host that keeps its secrets in memory.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use handover_app::{
    App, BundledCloud, CameraChoice, CameraKind, Claim, DeviceQuery, FileCall, Host, SecretStore,
    SecretsKept, SignInTo,
};
use handover_cloud::{Cloud, Config};
use handover_print::{qr_luma, scene};
use handover_scan::live::OpenSource;
use handover_wire::{ClaimOutcome, ErrorBody, ErrorCode, Role, Secret, SignIn, TokenStatus, Topic};
use serde_json::{Value, json};
use tempfile::TempDir;

type Answer<T> = Result<T, ErrorBody>;

/// Secrets that outlive an [`App`], as a keyring's do.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<HashMap<String, Secret>>>);

impl Memory {
    fn clone_of(&self, name: &str) -> Secret {
        self.0.lock().expect("not poisoned")[name].clone()
    }

    fn names(&self) -> Vec<String> {
        self.0
            .lock()
            .expect("not poisoned")
            .keys()
            .cloned()
            .collect()
    }
}

#[async_trait]
impl SecretStore for Memory {
    async fn read(&self, name: &str) -> Answer<Option<Secret>> {
        Ok(self.0.lock().expect("not poisoned").get(name).cloned())
    }

    async fn write(&self, name: &str, secret: Secret) -> Answer<()> {
        self.0
            .lock()
            .expect("not poisoned")
            .insert(name.to_owned(), secret);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Answer<()> {
        self.0.lock().expect("not poisoned").remove(name);
        Ok(())
    }
}

/// A host whose cloud runs elsewhere in the test.
struct TestHost {
    secrets: Memory,
    cloud: String,
    downloads: Option<PathBuf>,
}

#[async_trait]
impl Host for TestHost {
    fn secrets(&self) -> &dyn SecretStore {
        &self.secrets
    }

    fn secrets_kept(&self) -> SecretsKept {
        SecretsKept::ThisRun
    }

    fn has_bundled_cloud(&self) -> bool {
        true
    }

    async fn bundled_cloud(&self) -> Answer<BundledCloud> {
        Ok(BundledCloud {
            url: self.cloud.clone(),
            demo_users: Vec::new(),
            mailbox: true,
        })
    }

    fn downloads(&self) -> Option<PathBuf> {
        self.downloads.clone()
    }

    fn camera_kind(&self) -> CameraKind {
        CameraKind::None
    }

    fn cameras(&self) -> Answer<Vec<CameraChoice>> {
        Ok(Vec::new())
    }

    fn camera(&self, _id: Option<&str>) -> Answer<Box<dyn OpenSource>> {
        Err(ErrorBody::new(
            ErrorCode::NoCamera,
            "there is no camera in this test",
        ))
    }
}

async fn cloud(data: &Path, listen: SocketAddr) -> Cloud {
    let config = Config {
        demo: true,
        ..Config::new(data, listen)
    };
    Cloud::start(config).await.expect("the cloud starts")
}

/// A cloud whose next claims meet these faults, one each.
async fn faulty_cloud(data: &Path, faults: &[Value]) -> Cloud {
    let rules = faults
        .iter()
        .map(|fault| json!({ "endpoint": "POST /static-tokens/claim", "next": 1, "fault": fault }));
    let file = data.join("faults.json");
    let plan = json!({ "rules": rules.collect::<Vec<_>>() });
    std::fs::write(&file, plan.to_string()).expect("a file");
    let config = Config {
        demo: true,
        faults: Some(file),
        ..Config::new(data, anywhere())
    };
    Cloud::start(config).await.expect("the cloud starts")
}

fn anywhere() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

fn app(cloud: &Cloud, secrets: &Memory) -> App {
    app_with_downloads(cloud, secrets, None)
}

fn app_with_downloads(cloud: &Cloud, secrets: &Memory, downloads: Option<PathBuf>) -> App {
    let host = TestHost {
        secrets: secrets.clone(),
        cloud: cloud.url().to_string(),
        downloads,
    };
    App::new(Arc::new(host), || 1_700_000_000_000)
}

fn customer(cloud: &Cloud) -> SignInTo {
    let users = &cloud.demo().expect("demo data").users;
    let user = users
        .iter()
        .find(|user| user.role == Role::User)
        .expect("a customer");
    let sign_in = SignIn {
        email: user.email.clone(),
        password: user.password.clone(),
    };
    SignInTo {
        server: None,
        sign_in,
    }
}

/// What the labels of unclaimed devices say.
fn labels(cloud: &Cloud) -> Vec<Secret> {
    let tokens = &cloud.demo().expect("demo data").tokens;
    let unclaimed = tokens
        .iter()
        .filter(|token| token.status == TokenStatus::Unclaimed);
    unclaimed.map(|token| token.qr_token.clone()).collect()
}

fn claim(key: &str, text: &Secret) -> Claim {
    Claim {
        key: key.to_owned(),
        text: text.clone(),
        user_id: None,
        claim_code: None,
        ask_approval: false,
        presence: false,
        reason: None,
    }
}

async fn count(app: &App) -> u64 {
    let query = DeviceQuery {
        size: 50,
        ..DeviceQuery::default()
    };
    app.devices(query)
        .await
        .expect("the devices are listed")
        .total_elements
}

fn photograph(text: &str) -> Vec<u8> {
    let label = qr_luma(text, 8).expect("a label");
    let mut bytes = std::io::Cursor::new(Vec::new());
    scene::photograph(&label, 7, (1280, 720))
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a photograph is written");
    bytes.into_inner()
}

#[tokio::test]
async fn a_customer_claims_from_a_photograph_and_stays_signed_in() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let secrets = Memory::default();
    let first = app(&cloud, &secrets);
    assert_eq!(first.session().await.expect("no session is no error"), None);
    let session = first
        .sign_in(customer(&cloud))
        .await
        .expect("the customer signs in");
    assert!(session.bundled && session.demo);
    let before = count(&first).await;

    let photo = photograph(labels(&cloud)[0].expose());
    let found = first
        .decode_picture(photo)
        .await
        .expect("the label is read");
    let answer = first
        .claim(claim("key-1", &found.codes[0].text))
        .await
        .expect("it is claimed");
    let answer = answer.device().expect("a device");
    assert_eq!(answer.outcome, ClaimOutcome::Claimed);
    assert_eq!(answer.device.org_name, session.profile.organization.name);
    assert_eq!(count(&first).await, before + 1);
    assert_eq!(first.pending_claims().await.expect("they are listed"), []);

    let again = app(&cloud, &secrets);
    assert_eq!(again.session().await.expect("resumed"), Some(session));
    assert_eq!(count(&again).await, before + 1);
    again.sign_out().await.expect("signed out");
    assert_eq!(secrets.names(), Vec::<String>::new());
    assert_eq!(again.session().await.expect("no session is no error"), None);
    let error = again
        .devices(DeviceQuery::default())
        .await
        .expect_err("nobody is signed in");
    assert_eq!(error.code, ErrorCode::SignedOut);
}

#[tokio::test]
async fn a_claim_outlives_the_cloud_and_the_app() {
    let data = TempDir::new().expect("a folder");
    let first = cloud(data.path(), anywhere()).await;
    let address: SocketAddr = first
        .url()
        .socket_addrs(|| None)
        .expect("a loopback address")[0];
    let secrets = Memory::default();
    let before = app(&first, &secrets);
    before
        .sign_in(customer(&first))
        .await
        .expect("the customer signs in");
    let had = count(&before).await;
    let label = labels(&first)[0].clone();
    first.stop().await;

    let error = before
        .claim(claim("key-1", &label))
        .await
        .expect_err("the cloud is gone");
    assert_eq!(error.code, ErrorCode::Unreachable);
    let waiting = before.pending_claims().await.expect("they are listed");
    assert_eq!(waiting.len(), 1);
    assert!(!waiting[0].label.contains(label.expose()));
    let error = before
        .retry_claim("key-1")
        .await
        .expect_err("the cloud is still gone");
    assert_eq!(error.code, ErrorCode::Unreachable);
    drop(before);

    let second = cloud(data.path(), address).await;
    let after = app(&second, &secrets);
    after
        .session()
        .await
        .expect("resumed")
        .expect("still signed in");
    let answer = after.retry_claim("key-1").await.expect("it is claimed now");
    let device = answer.clone().device().expect("a device");
    assert_eq!(device.outcome, ClaimOutcome::Claimed);
    assert_eq!(after.pending_claims().await.expect("they are listed"), []);
    // The very same claim again, as after an answer that was lost: one device, the first answer.
    let same = after
        .claim(claim("key-1", &label))
        .await
        .expect("the first answer again");
    assert_eq!(same, answer);
    assert_eq!(count(&after).await, had + 1);
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_a_claim_is_made_once() {
    let data = TempDir::new().expect("a folder");
    // What goes wrong, what the app says of it, and how many devices the cloud has made by then.
    let rows = [
        (json!({ "kind": "lost_request" }), ErrorCode::Unreachable, 0),
        (
            json!({ "kind": "status", "status": 500 }),
            ErrorCode::Internal,
            0,
        ),
        (
            json!({ "kind": "status", "status": 503 }),
            ErrorCode::Unavailable,
            0,
        ),
        (json!({ "kind": "lost_answer" }), ErrorCode::Unreachable, 1),
        (
            json!({ "kind": "cut_off", "after": 20 }),
            ErrorCode::Unreachable,
            1,
        ),
    ];
    let mut faults: Vec<_> = rows.iter().map(|(fault, ..)| fault.clone()).collect();
    // What nobody notices: a token that has ended, and an answer that is late.
    faults.push(json!({ "kind": "session_expired" }));
    faults.push(json!({ "kind": "latency", "ms": 1 }));
    let cloud = faulty_cloud(data.path(), &faults).await;
    let app = app(&cloud, &Memory::default());
    app.sign_in(customer(&cloud))
        .await
        .expect("the customer signs in");
    let had = count(&app).await;
    let label = &labels(&cloud)[0];
    for (number, (fault, code, made)) in rows.into_iter().enumerate() {
        let answer = match number {
            0 => app.claim(claim("key-1", label)).await,
            _ => app.retry_claim("key-1").await,
        };
        assert_eq!(answer.expect_err("it went wrong").code, code, "{fault}");
        assert_eq!(count(&app).await, had + made, "{fault}");
        let waiting = app.pending_claims().await.expect("they are listed");
        assert_eq!(waiting.len(), 1, "{fault}");
    }
    let answer = app.retry_claim("key-1").await.expect("it is claimed");
    let device = answer.device().expect("a device");
    assert_eq!(device.outcome, ClaimOutcome::Claimed);
    assert_eq!(count(&app).await, had + 1);
    assert_eq!(app.pending_claims().await.expect("they are listed"), []);
}

#[tokio::test]
async fn a_waiting_claim_goes_to_its_own_cloud_alone() {
    let (here, elsewhere) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let own = cloud(here.path(), anywhere()).await;
    let other = cloud(elsewhere.path(), anywhere()).await;
    let secrets = Memory::default();
    let app = app(&own, &secrets);
    app.sign_in(customer(&own))
        .await
        .expect("the customer signs in");
    let label = labels(&own)[0].clone();
    own.stop().await;
    app.claim(claim("key-1", &label))
        .await
        .expect_err("the cloud is gone");

    // The customer of the other cloud has the same number there.
    let mut to = customer(&other);
    to.server = Some(other.url().to_string());
    app.sign_in(to)
        .await
        .expect("the other cloud's customer signs in");
    assert_eq!(app.pending_claims().await.expect("they are listed"), []);
    let error = app
        .retry_claim("key-1")
        .await
        .expect_err("it is not this cloud's");
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(
        secrets.names().contains(&"pending-claims".to_owned()),
        "and it still waits"
    );
}

#[tokio::test]
async fn too_often_is_an_answer_after_which_nothing_waits() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let app = app(&cloud, &Memory::default());
    app.sign_in(customer(&cloud))
        .await
        .expect("the customer signs in");
    let mut last = None;
    for number in 0..1_000 {
        let wrong = Secret::new(format!("sqr_{number:032}"));
        let error = app
            .claim(claim(&format!("key-{number}"), &wrong))
            .await
            .expect_err("there is no such label");
        last = Some(error.code);
        if last != Some(ErrorCode::NotClaimable) {
            break;
        }
    }
    assert_eq!(last, Some(ErrorCode::RateLimited));
    assert_eq!(app.pending_claims().await.expect("they are listed"), []);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let secrets = Memory::default();
    let first = app(&cloud, &secrets);
    first
        .sign_in(customer(&cloud))
        .await
        .expect("the customer signs in");
    let kept = secrets.clone_of("session");
    first.sign_out().await.expect("signed out");
    secrets
        .write("session", kept)
        .await
        .expect("somebody had copied it");
    let thief = app(&cloud, &secrets);
    assert_eq!(
        thief.session().await.expect("an ended session is no error"),
        None
    );
}

#[tokio::test]
async fn refusals_have_codes_and_leave_nothing_waiting() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let app = app(&cloud, &Memory::default());
    let mut wrong = customer(&cloud);
    wrong.sign_in.password = Secret::new("not the password");
    let error = app.sign_in(wrong).await.expect_err("the password is wrong");
    assert_eq!(error.code, ErrorCode::WrongCredentials);
    let mut insecure = customer(&cloud);
    insecure.server = Some("http://cloud.example.com".to_owned());
    let error = app
        .sign_in(insecure)
        .await
        .expect_err("the address is insecure");
    assert_eq!(error.code, ErrorCode::InvalidAddress);

    app.sign_in(customer(&cloud))
        .await
        .expect("the customer signs in");
    let nobodys = Secret::new("sqr_0123456789abcdefghijklmnopqrstuv");
    let error = app
        .claim(claim("key-1", &nobodys))
        .await
        .expect_err("nobody's label");
    assert_eq!(error.code, ErrorCode::NotClaimable);
    let serial = Secret::new("AA:BB:CC:DD:EE:FF");
    let error = app
        .claim(claim("key-2", &serial))
        .await
        .expect_err("an identifier alone");
    assert_eq!(error.code, ErrorCode::ProofRequired);
    let label = &labels(&cloud)[0];
    app.claim(claim("key-3", label))
        .await
        .expect("it is claimed");
    let again = app
        .claim(claim("key-4", label))
        .await
        .expect("it is the customer's");
    let again = again.device().expect("a device");
    assert_eq!(again.outcome, ClaimOutcome::AlreadyYours);
    let error = app
        .claim(claim("key-3", &nobodys))
        .await
        .expect_err("the key was used");
    assert_eq!(error.code, ErrorCode::IdempotencyConflict);
    assert_eq!(app.pending_claims().await.expect("they are listed"), []);
}

#[tokio::test]
async fn pictures_without_a_label_say_what_is_wrong() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let app = app(&cloud, &Memory::default());
    let blank = {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_pixel(64, 64, image::Luma([200]))
            .write_to(&mut bytes, image::ImageFormat::Png)
            .expect("a picture is written");
        bytes.into_inner()
    };
    let half = blank[..blank.len() / 2].to_vec();
    for (picture, expected) in [
        (Vec::new(), ErrorCode::EmptyPicture),
        (b"%PDF-1.7 a document".to_vec(), ErrorCode::UnknownPicture),
        (half, ErrorCode::BrokenPicture),
        (blank, ErrorCode::NoCodeFound),
    ] {
        let error = app
            .decode_picture(picture)
            .await
            .expect_err("there is no label in it");
        assert_eq!(error.code, expected);
    }
}

async fn sign_in_admin(cloud: &Cloud, app: &App) {
    let users = &cloud.demo().expect("demo data").users;
    let admin = users.iter().find(|user| user.role == Role::Admin);
    let admin = admin.expect("an administrator");
    let sign_in = SignIn {
        email: admin.email.clone(),
        password: admin.password.clone(),
    };
    let to = SignInTo {
        server: None,
        sign_in,
    };
    app.sign_in(to).await.expect("signed in");
}

#[tokio::test]
async fn a_table_becomes_a_batch_as_its_bytes_are() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let app = app(&cloud, &Memory::default());
    sign_in_admin(&cloud, &app).await;
    let target = "static-tokens/import?templateId=TMPLsoil00001&name=Beds";
    let named = app.upload(target, "Device Name\nBeet süd\n".as_bytes());
    let named = named.await.expect("an answer");
    assert_eq!(named["batch"]["count"], 1, "{named}");
    let latin = app.upload(target, b"Device Name\nBeet s\xfcd\n").await;
    let refused = latin.expect_err("no UTF-8");
    assert_eq!(refused.code, ErrorCode::UnreadableTable);
    let elsewhere = app.upload("../../session", b"x").await;
    let refused = elsewhere.expect_err("leads elsewhere");
    assert_eq!(refused.code, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn files_are_saved_whole_and_beside_those_that_are_there() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let downloads = data.path().join("Downloads");
    let app = app_with_downloads(&cloud, &Memory::default(), Some(downloads.clone()));
    sign_in_admin(&cloud, &app).await;
    let file = |target: &str, name: &str| FileCall {
        target: target.to_owned(),
        name: name.to_owned(),
    };
    for want in ["audit.csv", "audit (2).csv"] {
        let saved = app.download(file("audit/export", "../x/audit.csv")).await;
        assert_eq!(Path::new(&saved.expect("saved")), downloads.join(want));
        let text = std::fs::read_to_string(downloads.join(want)).expect("a file");
        assert!(text.contains("export_audit"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(downloads.join(want)).expect("a file");
            let mode = mode.permissions().mode();
            assert_eq!(mode & 0o077, 0, "what was exported is its owner's alone");
        }
    }
    let missing = app
        .download(file("audit/export?orgId=4711", "audit.csv"))
        .await;
    assert_eq!(missing.expect_err("refused").code, ErrorCode::NotFound);
    let there = std::fs::read_dir(&downloads).expect("a folder").count();
    assert_eq!(there, 2, "nothing else is left behind");
}

#[tokio::test]
async fn an_open_page_hears_of_changes_until_somebody_signs_out() {
    let data = TempDir::new().expect("a folder");
    let cloud = cloud(data.path(), anywhere()).await;
    let app = Arc::new(app(&cloud, &Memory::default()));
    app.sign_in(customer(&cloud)).await.expect("signed in");
    let (tell, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let listening = tokio::spawn({
        let app = app.clone();
        async move { app.listen(|changes| drop(tell.send(changes.topics))).await }
    });
    // Where it begins.
    heard.recv().await.expect("an event");
    let [label, ..] = &labels(&cloud)[..] else {
        panic!("the demo has labels");
    };
    app.claim(claim("once", label)).await.expect("claimed");
    assert_eq!(heard.recv().await, Some(vec![Topic::Devices]));
    app.sign_out().await.expect("signed out");
    listening.await.expect("no panic").expect("an end");
    assert_eq!(heard.recv().await, None);
}
