//! The same over TLS: HTTP and the binary protocol told apart within it, with the certificate that the cloud makes.

use std::path::Path;
use std::sync::Arc;

use handover_wire::Role;
use reqwest::{Certificate, Client};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::living_tests::value_of;
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
async fn devices_speak_the_binary_protocol_in_tls_on_either_port() {
    let ground = Ground::fresh().await;
    let mut config = ground.config(true);
    config.tls = Some(([127, 0, 0, 1], 0).into());
    let site = Site::with(ground, config).await;
    let customer = site.sign_in(Role::User).await;
    let identity = site.cloud.identity().expect("an identity");
    let certificate = CertificateDer::from_pem_file(&identity.certificate).expect("PEM");
    let mut trusted = RootCertStore::empty();
    trusted.add(certificate).expect("a certificate");
    let client = ClientConfig::builder()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(client));
    let plain = site.cloud.url().port().expect("a port");
    let tls = site.cloud.doors().tls.expect("a port").port();
    for (port, value) in [(plain, "23"), (tls, "24")] {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        let name = ServerName::try_from("localhost").expect("a name");
        let device = connector.connect(name, stream.expect("connected")).await;
        let mut device = device.expect("TLS");
        let login = [&[29, 0, 1, 0, 32][..], site.auth(2).as_bytes()].concat();
        device.write_all(&login).await.expect("sent");
        let mut answer = [0; 5];
        device.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, [0, 0, 1, 0, 200]);
        let body = format!("vw\x001\0{value}");
        let length = u8::try_from(body.len()).expect("short");
        let write = [&[20, 0, 2, 0, length][..], body.as_bytes()].concat();
        device.write_all(&write).await.expect("sent");
        // What it asks for is what it has written.
        device
            .write_all(b"\x10\0\x03\0\x04vr\x001")
            .await
            .expect("sent");
        let mut told = vec![0; 5 + body.len()];
        device.read_exact(&mut told).await.expect("a message");
        assert_eq!(&told[5..], body.as_bytes());
        let shown = value_of(&customer, 3, "v1").await;
        assert_eq!(shown.to_string(), format!("{value}.0"));
    }
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
