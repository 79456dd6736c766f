//! The same over TLS: HTTP and the binary protocol told apart within it, with the certificate that the cloud makes.

use std::path::Path;

use handover_wire::Role;
use reqwest::{Certificate, Client};
use serde_json::json;
use tokio::net::TcpListener;

use crate::testing::{Ground, Site};
use crate::{CertificateFiles, StartError};

fn trusting(certificate: &Path) -> Client {
    // The process has one provider of cryptography; whoever comes second finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = std::fs::read(certificate).expect("a certificate");
    let certificate = Certificate::from_pem(&pem).expect("PEM");
    Client::builder()
        .tls_certs_only([certificate])
        .build()
        .expect("a client")
}

#[tokio::test]
async fn whoever_trusts_the_certificate_speaks_https() {
    let ground = Ground::fresh().await;
    let mut config = ground.config(true);
    config.tls = Some(([127, 0, 0, 1], 0).into());
    let site = Site::with(ground, config).await;
    let identity = site.cloud.identity().expect("an identity");
    assert!(identity.is_own);
    assert_eq!(identity.fingerprint.split(':').count(), 32);
    let client = trusting(&identity.certificate);
    let (plain, tls) = (site.cloud.url(), site.cloud.doors().tls.expect("a port"));
    let port = plain.port().expect("a port");
    for url in [
        format!("https://localhost:{port}/api/info"),
        format!("https://127.0.0.1:{}/api/info", tls.port()),
    ] {
        let answer = client.get(&url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{url}");
    }
    // The session's cookie comes back over TLS alone where it was set over TLS, whatever the public address is.
    let user = &site.cloud.demo().expect("a demo").users[2];
    let body = json!({ "email": user.email, "password": user.password });
    for (scheme, is_secure) in [("https", true), ("http", false)] {
        let url = format!("{scheme}://127.0.0.1:{port}/api/session");
        let begun = client.post(url).json(&body).send().await;
        let begun = begun.expect("an answer");
        let cookie = begun.headers().get("set-cookie").expect("a cookie");
        let cookie = cookie.to_str().expect("text");
        assert_eq!(cookie.contains("Secure"), is_secure, "{cookie}");
    }
    let in_plain = format!("http://{tls}/api/info");
    assert!(reqwest::get(&in_plain).await.is_err(), "TLS alone");
    // Nobody else is trusted, and the certificate stays when the cloud starts again.
    let fingerprint = identity.fingerprint.clone();
    let stranger = Client::builder()
        .tls_certs_only([])
        .build()
        .expect("a client");
    assert!(
        stranger
            .get(format!("https://{tls}/"))
            .send()
            .await
            .is_err()
    );
    let site = site.restart(true).await;
    let again = site.cloud.identity().expect("an identity");
    assert_eq!(again.fingerprint, fingerprint);
    site.sign_in(Role::User).await;
}

#[tokio::test]
async fn the_operator_s_certificate_is_shown() {
    let site = Site::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let made = site.cloud.identity().expect("an identity");
    let files = CertificateFiles {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    let key = site.folder.path().join("tls-key.pem");
    std::fs::copy(&made.certificate, &files.certificate).expect("a copy");
    std::fs::copy(&key, &files.key).expect("a copy");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&key).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let ground = Ground::fresh().await;
    let mut config = ground.config(false);
    config.certificate = Some(files.clone());
    let own = Site::with(ground, config).await;
    let shown = own.cloud.identity().expect("an identity");
    assert!(!shown.is_own);
    assert_eq!(shown.fingerprint, made.fingerprint);
    assert_eq!(
        own.cloud.doors().mqtt,
        None,
        "only a demo speaks it unasked"
    );
    for (cert, key, want) in [
        (&files.key, &files.key, "it holds no certificate in PEM"),
        (
            &files.certificate,
            &files.certificate,
            "it holds no key in PEM",
        ),
    ] {
        let ground = Ground::fresh().await;
        let mut config = ground.config(false);
        config.certificate = Some(CertificateFiles {
            certificate: cert.clone(),
            key: key.clone(),
        });
        let error = ground
            .start_as(config)
            .await
            .map(drop)
            .expect_err("no start");
        assert!(matches!(error, StartError::Certificate(..)), "{error}");
        assert!(error.to_string().contains(want), "{error}");
    }
}

#[tokio::test]
async fn a_taken_port_is_named_by_its_option() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = taken.local_addr().expect("an address");
    let ground = Ground::fresh().await;
    let mut config = ground.config(false);
    config.mqtts = Some(address);
    let error = ground
        .start_as(config)
        .await
        .map(drop)
        .expect_err("no start");
    assert!(error.to_string().contains("--mqtts"), "{error}");
    let mut config = ground.config(true);
    config.mqtt = Some(([0, 0, 0, 0], 0).into());
    let error = ground
        .start_as(config)
        .await
        .map(drop)
        .expect_err("no start");
    assert!(matches!(error, StartError::DemoNotLoopback(_)), "{error}");
}
