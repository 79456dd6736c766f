//! Letters through a real mail server: what arrives, and what is said where none does. Without the test command, which
//! knows where aiosmtpd is (`cargo xtask test --only mail`), these do nothing.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Output};

use handover_client::Method;
use handover_journeys::cloud::CloudProcess;
use handover_journeys::demo::Demo;
use handover_journeys::mail::{Mail, MailServer, PASSWORD, Tls};
use handover_journeys::program;
use handover_wire::{ClaimRequest, Role, Secret, UserId};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

const FROM: &str = "Händover <no-reply@cloud.example>";
const TO: &str = "ada@meadow.example";

/// Letters of all kinds, in two languages.
const LETTERS: usize = 38;

/// Tries the mail server with one of each letter. `trusted`: a file of certificates in place of the system's.
fn try_mail(url: &str, trusted: &Path) -> std::io::Result<Output> {
    Command::new(program("handover"))
        .args([
            "cloud",
            "try-mail",
            "--json",
            "--mail-from",
            FROM,
            "--to",
            TO,
        ])
        .env("HANDOVER_SMTP", url)
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
        .output()
}

#[test]
fn every_letter_arrives_whole() -> Outcome {
    for tls in [Tls::Later, Tls::AtOnce] {
        let folder = tempfile::tempdir()?;
        let Some(mut server) = MailServer::start(folder.path(), tls)? else {
            return Ok(());
        };
        let sent = try_mail(&server.url(PASSWORD), &server.certificate)?;
        let said = String::from_utf8(sent.stdout)?;
        assert!(sent.status.success(), "{}", String::from_utf8(sent.stderr)?);
        let told: Vec<Value> = said
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        assert_eq!(told.len(), LETTERS);
        let mut ids = BTreeSet::new();
        let mut subjects = BTreeSet::new();
        for letter in &told {
            let mail = server.receive()?;
            check(&mail, letter["language"].as_str().ok_or("a language")?)?;
            ids.insert(mail.headers["Message-ID"].clone());
            subjects.insert(mail.headers["Subject"].clone());
        }
        assert_eq!(ids.len(), LETTERS);
        for subject in [
            "Einladung zu Gärtnerei Grün",
            "Invitation to Gärtnerei Grün",
            "Wählen Sie ein neues Passwort",
        ] {
            assert!(subjects.contains(subject), "{subject}: {subjects:?}");
        }
    }
    Ok(())
}

fn check(mail: &Mail, language: &str) -> Outcome {
    assert!(mail.encrypted);
    assert_eq!(mail.defects, Vec::<String>::new());
    assert_eq!(mail.receivers, [TO]);
    assert_eq!(mail.sender, "no-reply@cloud.example");
    let header = |name: &str| mail.headers.get(name).map(String::as_str);
    assert_eq!(header("From"), Some(FROM));
    assert_eq!(header("To"), Some(TO));
    assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
    let id = header("Message-ID").ok_or("a Message-ID")?;
    assert!(
        id.starts_with('<') && id.ends_with("@cloud.example>"),
        "{id}"
    );
    let date = header("Date").ok_or("a Date")?;
    assert!(date.ends_with("+0000"), "{date}");
    assert_eq!(mail.kind, "multipart/alternative");
    let kinds: Vec<_> = mail.parts.iter().map(|part| part.kind.as_str()).collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
    for part in &mail.parts {
        assert_eq!(part.charset.as_deref(), Some("utf-8"));
        assert!(!part.text.contains('\u{fffd}'));
    }
    let html = &mail.parts[1].text;
    assert!(
        html.contains(&format!("<html lang=\"{language}\">")),
        "{html}"
    );
    // The first paragraph stands in both.
    let opening = mail.parts[0].text.lines().next().ok_or("a paragraph")?;
    assert!(html.contains(opening), "{opening}");
    Ok(())
}

#[test]
fn what_is_wrong_is_said_without_the_password() -> Outcome {
    let folder = tempfile::tempdir()?;
    let Some(server) = MailServer::start(folder.path(), Tls::Later)? else {
        return Ok(());
    };
    let other = tempfile::tempdir()?;
    let Some(stranger) = MailServer::start(other.path(), Tls::AtOnce)? else {
        return Ok(());
    };
    for (url, trusted, says) in [
        (
            server.url("wrong-p@ssw0rd"),
            &server.certificate,
            "does not let us sign in",
        ),
        (
            server.url(PASSWORD),
            &stranger.certificate,
            "certificate is not good",
        ),
        (
            stranger.url(PASSWORD),
            &server.certificate,
            "certificate is not good",
        ),
    ] {
        let sent = try_mail(&url, trusted)?;
        let text = String::from_utf8(sent.stderr)?;
        assert_eq!(sent.status.code(), Some(1), "{text}");
        assert!(text.contains(says), "{says}: {text}");
        assert!(!text.contains("ssw0rd"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn whoever_gets_a_device_gets_a_mail() -> Outcome {
    let folder = tempfile::tempdir()?;
    let Some(mut server) = MailServer::start(folder.path(), Tls::Later)? else {
        return Ok(());
    };
    let data = folder.path().join("data");
    let cloud = CloudProcess::start_in(
        &data,
        &["--demo", "--mail-from", FROM],
        &[
            ("HANDOVER_SMTP", server.url(PASSWORD).as_ref()),
            ("SSL_CERT_FILE", server.certificate.as_os_str()),
        ],
    )?;
    let support = cloud.sign_in(&data, Role::Staff).await?;
    let label = Demo::read(&data)?.unclaimed_labels().remove(0);
    let request = ClaimRequest {
        user_id: Some(UserId(3)),
        ..ClaimRequest::of_label(Secret::new(label))
    };
    let claimed = support.claim("a key", &request).await?.device();
    let claimed = claimed.ok_or("no device")?;
    // Nobody is told as long as the claim can be undone. What happens to the device next ends that.
    let next = json!({ "deviceId": claimed.device.id, "newOrgId": 1 });
    let _: Value = support
        .organization(Method::POST, "device/transfer", Some(&next))
        .await?;
    let mail =
        tokio::task::spawn_blocking(move || server.receive().map_err(|error| error.to_string()));
    let mail = mail.await??;
    assert_eq!(mail.receivers, ["customer@greenfarm.example"]);
    assert_eq!(
        mail.headers["Subject"],
        format!("{} is yours", claimed.device.name)
    );
    let _ = cloud.stop()?;
    Ok(())
}
