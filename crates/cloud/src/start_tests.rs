//! Starting, stopping, and everything that may be in the way.

use std::fs;

use handover_wire::Role;

use crate::entropy::SystemEntropy;
use crate::testing::{Ground, Site};
use crate::{Cloud, Config, StartError};

async fn refusal(ground: &Ground, demo: bool) -> StartError {
    match ground.start(demo).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

/// What a cloud has left.
async fn left(demo: bool) -> Ground {
    let site = if demo {
        Site::demo().await
    } else {
        Site::empty().await
    };
    site.stop().await
}

#[tokio::test]
async fn a_demo_keeps_its_data_and_its_passwords() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&site.qr(3)).await.status, 201);
    let site = site.restart(true).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 4);
    // Without --demo it is a cloud like any other, which offers nobody's password.
    let site = site.restart(false).await;
    let info = site.get("/api/info").await.json();
    assert_eq!(info["demo"], false);
    assert_eq!(info["demoUsers"], serde_json::json!([]));
    assert_eq!(site.cloud.setup_link(), None);
}

#[tokio::test]
async fn the_demo_s_file_has_the_agreed_shape() {
    let site = Site::demo().await;
    let path = site.folder.path().join("demo.json");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("the file")).expect("JSON");
    let roles: Vec<_> = json["users"].as_array().expect("users").iter().collect();
    assert_eq!(roles.len(), 3);
    for (user, role) in roles.iter().zip([1, 2, 3]) {
        assert_eq!(user["role"], role);
        assert!(
            user["orgId"].is_i64() && user["email"].is_string() && user["password"].is_string()
        );
    }
    let tokens = json["tokens"].as_array().expect("tokens");
    let claimed = tokens
        .iter()
        .filter(|token| token["status"] == "CLAIMED")
        .count();
    assert_eq!((tokens.len(), claimed), (12, 3));
    for name in ["authToken", "qrToken", "templateId"] {
        assert!(tokens.iter().all(|token| token[name].is_string()), "{name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_are_the_owner_s_alone_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::demo().await;
    let mut names = vec!["demo.json", "key"];
    if site.database.is_none() {
        names.extend(["cloud.db", "cloud.db-wal"]);
    }
    for name in names {
        let metadata = fs::metadata(site.folder.path().join(name)).expect(name);
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn two_clouds_never_share_a_folder() {
    let site = Site::demo().await;
    let error = refusal(&site, true).await;
    assert!(matches!(error, StartError::DataDirLocked(_)), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_told_and_nothing_is_made() {
    let site = Site::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        demo: true,
        ..Config::new(
            folder.path().join("data"),
            ([127, 0, 0, 1], site.cloud.url().port().expect("a port")).into(),
        )
    };
    let error = Cloud::start(config.clone()).await.err().expect("refused");
    assert!(
        matches!(error, StartError::AddressInUse(_, "--listen")),
        "{error}"
    );
    assert!(error.to_string().contains("--listen"));
    assert!(!config.data.exists());
}

#[tokio::test]
async fn a_demo_stays_on_this_machine() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        demo: true,
        ..Config::new(folder.path(), ([0, 0, 0, 0], 0).into())
    };
    let error = Cloud::start(config).await.err().expect("refused");
    assert!(matches!(error, StartError::DemoNotLoopback(_)), "{error}");
}

#[tokio::test]
async fn public_addresses_are_checked_before_anything_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    for (demo, url, want) in [
        (true, "https://cloud.example", "--demo"),
        (true, "http://192.0.2.1:8080", "--demo"),
        (false, "ftp://cloud.example", "https://"),
        (false, "https://ada:s3cret@cloud.example", "password"),
        (false, "https://cloud.example/#a", "#"),
        (true, "https://cloud.example/a", "path"),
    ] {
        let config = Config {
            demo,
            public_url: Some(url.parse().expect("a URL")),
            ..Config::new(folder.path().join("data"), ([127, 0, 0, 1], 0).into())
        };
        let error = Cloud::start(config.clone()).await.err().expect("refused");
        let text = error.to_string();
        assert!(text.contains(want) && !text.contains("s3cret"), "{text}");
        assert!(!config.data.exists());
    }
    let config = Config {
        demo: true,
        public_url: Some("http://localhost:9090".parse().expect("a URL")),
        ..Config::new(folder.path().join("data"), ([127, 0, 0, 1], 0).into())
    };
    let cloud = Cloud::start(config).await.expect("still this machine");
    cloud.stop().await;
}

#[tokio::test]
async fn a_damaged_demo_file_is_told() {
    let left = left(true).await;
    fs::write(left.folder.path().join("demo.json"), "{").expect("written");
    let error = refusal(&left, true).await;
    assert!(matches!(error, StartError::DemoDamaged(..)), "{error}");
}

#[tokio::test]
async fn newer_data_is_left_alone() {
    let left = left(true).await;
    left.execute(
        "INSERT INTO _sqlx_migrations
         SELECT 9000, description, installed_on, success, checksum, execution_time
         FROM _sqlx_migrations WHERE version = 3",
    )
    .await;
    let path = left.folder.path().join("cloud.db");
    let before = fs::read(&path).ok();
    let error = refusal(&left, true).await;
    assert!(
        matches!(error, StartError::NewerData { found: 9000, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("newer program"));
    assert_eq!(before, fs::read(&path).ok());
}

#[tokio::test]
async fn older_data_is_brought_up_to_date() {
    let site = Site::on(Ground::on_sqlite(), true).await;
    // As it was before devices' numbers were counted, with fewer devices than the highest number says.
    for sql in [
        "UPDATE static_tokens SET claimed_at = NULL, device_id = NULL WHERE device_id = 1",
        "DELETE FROM devices WHERE id = 1",
        "DROP TABLE device_ids",
        "DELETE FROM _sqlx_migrations WHERE version = 3",
    ] {
        site.execute(sql).await;
    }
    let site = site.restart(true).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&site.qr(3)).await.json()["id"], 4);
}

#[tokio::test]
async fn the_key_must_be_the_database_s() {
    let left = left(true).await;
    let path = left.folder.path().join("key");
    fs::remove_file(&path).expect("removed");
    let error = refusal(&left, true).await;
    assert!(matches!(error, StartError::WrongKey(_)), "{error}");
    assert!(!path.exists(), "no new key over data that it cannot read");
    crate::secrets::create_key(&path, &SystemEntropy).expect("another key");
    let error = refusal(&left, true).await;
    assert!(matches!(error, StartError::WrongKey(_)), "{error}");
}

#[tokio::test]
async fn a_demo_is_not_laid_over_real_data() {
    let left = left(true).await;
    fs::remove_file(left.folder.path().join("demo.json")).expect("removed");
    let error = refusal(&left, true).await;
    assert!(matches!(error, StartError::DemoOnOtherData(_)), "{error}");
    left.start(false)
        .await
        .expect("it is a cloud without --demo");
}

#[tokio::test]
async fn what_is_no_database_is_told() {
    let left = Site::on(Ground::on_sqlite(), false).await.stop().await;
    let path = left.folder.path().join("cloud.db");
    fs::write(&path, "this is no database, whatever it is called").expect("written");
    let error = refusal(&left, false).await;
    assert!(matches!(error, StartError::Storage(..)), "{error}");
    assert!(error.to_string().contains("backup"));
}

#[tokio::test]
async fn a_file_is_no_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, "x").expect("written");
    let config = Config {
        demo: false,
        ..Config::new(path, ([127, 0, 0, 1], 0).into())
    };
    let error = Cloud::start(config).await.err().expect("refused");
    assert!(matches!(error, StartError::DataDir(..)), "{error}");
}

#[tokio::test]
async fn a_stop_lets_the_folder_and_the_port_go() {
    let site = Site::demo().await;
    let url = site.cloud.url();
    let left = site.stop().await;
    assert!(
        !left.folder.path().join("cloud.db-wal").exists(),
        "folded into the database"
    );
    let listen = url.socket_addrs(|| None).expect("an address")[0];
    let config = Config {
        listen,
        ..left.config(true)
    };
    Cloud::start(config)
        .await
        .expect("started again")
        .stop()
        .await;
}
