//! From the change that queues a letter to a mail server's answer, whatever that is.

mod server;

use std::sync::Arc;
use std::time::Duration;

use handover_wire::{Role, Secret};
use serde_json::json;

use super::outbox::Content;
use super::{Language, Letter, MailServer, Smtp};
use crate::clock::Time;
use crate::domain::{EmailAddress, Trouble};
use crate::service::{Broken, Core};
use crate::store::{LeasedMail, change};
use crate::testing::{Ground, Site};
use server::{Fault, Server};

/// A cloud whose mails go to this server.
async fn site(server: &Server) -> Site {
    let mail = Some(server.address());
    let ground = Ground {
        mail,
        ..Ground::fresh().await
    };
    Site::on(ground, true).await
}

fn ada() -> EmailAddress {
    EmailAddress::parse("ada@meadow.example").expect("an address")
}

/// Queues a letter, in a change that happens or not.
async fn queue(core: &Core, letter: &Letter, happens: bool) {
    let _: Result<(), Broken> = change!(core.store, |write| {
        write
            .queue_letter(core, &ada(), Language::De, letter)
            .await?;
        if happens {
            Ok(())
        } else {
            Err(Broken::Label("it does not happen".to_owned()))
        }
    });
}

/// How many mails are in this state.
async fn count(site: &Site, state: &'static str) -> i64 {
    site.count(match state {
        "sent" => "SELECT COUNT(*) FROM mails WHERE state = 'sent' AND sealed IS NULL",
        "failed" => "SELECT COUNT(*) FROM mails WHERE state = 'failed'",
        "queued" => "SELECT COUNT(*) FROM mails WHERE state = 'queued' AND sealed IS NOT NULL",
        // Tried once, and put off.
        _ => "SELECT COUNT(*) FROM mails WHERE state = 'queued' AND trouble IS NOT NULL",
    })
    .await
}

/// Waits until so many mails are in this state. The bound is for a test that fails.
async fn until(site: &Site, state: &'static str, mails: i64) {
    let reached = async {
        while count(site, state).await != mails {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), reached).await;
    waited.unwrap_or_else(|_| panic!("never {mails} mails are {state}"));
}

async fn trouble(site: &Site) -> String {
    let database = site.database().await;
    let trouble = sqlx::query_scalar("SELECT trouble FROM mails ORDER BY id DESC LIMIT 1")
        .fetch_one(&database)
        .await;
    database.close().await;
    trouble.expect("a trouble")
}

#[tokio::test]
async fn a_letter_is_sent_exactly_if_its_change_happens() {
    let server = Server::start([]).await;
    let site = site(&server).await;
    let core = site.cloud.core().clone();
    queue(&core, &Letter::PasswordChanged, false).await;
    queue(&core, &Letter::PasswordChanged, true).await;
    until(&site, "sent", 1).await;
    assert_eq!(site.count("SELECT COUNT(*) FROM mails").await, 1);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    for part in [
        "To: ada@meadow.example\r\n",
        "From: Handover <no-reply@cloud.example>\r\n",
        "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(mails[0].contains(part), "{part}\n{}", mails[0]);
    }
    assert_eq!(site.get("/api/mailbox").await.status, 404);
    assert_eq!(site.get("/api/info").await.json()["mailbox"], false);
}

#[tokio::test]
async fn what_goes_wrong_is_tried_again_or_given_up() {
    for (fault, state, words) in [
        (
            Fault::Answer("421 4.3.2 closing"),
            "put off",
            "answered 421",
        ),
        (
            Fault::Answer("451 4.7.1 grey ada@meadow.example"),
            "put off",
            "answered 451",
        ),
        (
            Fault::Answer("550 5.1.1 no ada@meadow.example"),
            "failed",
            "answered 550",
        ),
        (Fault::Answer("535 5.7.8 who are you"), "put off", "sign in"),
        (Fault::Answer("no SMTP at all"), "put off", "understood"),
        (Fault::Hangup, "put off", "breaks off"),
    ] {
        let server = Server::start([fault]).await;
        let site = site(&server).await;
        queue(site.cloud.core(), &Letter::PasswordChanged, true).await;
        until(&site, state, 1).await;
        let trouble = trouble(&site).await;
        assert!(trouble.contains(words), "{fault:?}: {trouble}");
        assert!(!trouble.contains("ada"), "{fault:?}: {trouble}");
        if state != "failed" {
            site.clock.pass_seconds(60);
            site.cloud.core().post.wake.notify_one();
            until(&site, "sent", 1).await;
        }
    }
}

/// What those at the top are told of mails that did not arrive.
#[tokio::test]
async fn mails_that_wait_are_counted_with_the_reason() {
    let server = Server::start([
        Fault::Answer("451 4.7.1 grey ada@meadow.example"),
        Fault::Answer("550 5.1.1 no ada@meadow.example"),
    ])
    .await;
    let site = site(&server).await;
    let admin = site.sign_in(Role::Admin).await;
    let told = async || {
        let answer = admin.get("/mail/waiting").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    assert_eq!(told().await, json!({ "waiting": 0, "failed": 0 }));

    queue(site.cloud.core(), &Letter::PasswordChanged, true).await;
    until(&site, "put off", 1).await;
    let since = told().await["oldest"].clone();
    assert!(since.is_i64(), "{since}");
    let refused = |status: u16| json!({ "kind": "answered", "status": status });
    let want = json!({ "waiting": 1, "failed": 0, "oldest": since, "trouble": refused(451) });
    assert_eq!(told().await, want);

    // The next one is given up: what waits is still what matters most.
    queue(site.cloud.core(), &Letter::PasswordChanged, true).await;
    until(&site, "failed", 1).await;
    let want = json!({ "waiting": 1, "failed": 1, "oldest": since, "trouble": refused(451) });
    assert_eq!(told().await, want);

    site.clock.pass_seconds(60);
    site.cloud.core().post.wake.notify_one();
    until(&site, "sent", 1).await;
    let want = json!({ "waiting": 0, "failed": 1, "trouble": refused(550) });
    assert_eq!(told().await, want);
    // It is told of for a week.
    site.clock.pass_seconds(7 * 24 * 3_600);
    let admin = site.sign_in(Role::Admin).await;
    let after = admin.get("/mail/waiting").await.json();
    assert_eq!(after, json!({ "waiting": 0, "failed": 0 }));
    for role in [Role::Staff, Role::User] {
        let other = site.sign_in(role).await;
        assert_eq!(other.get("/mail/waiting").await.status, 403);
    }
}

/// Whoever waits in vain for an invitation is named to those who see them, until they are gone.
#[tokio::test]
async fn a_mail_that_was_given_up_names_whom_it_was_for() {
    let server = Server::start([Fault::Answer("550 5.1.1 no such mailbox")]).await;
    let site = site(&server).await;
    let admin = site.sign_in(Role::Admin).await;
    let invite = json!({ "email": "nina@meadow.example", "name": "Nina", "roleId": 2 });
    let nina = admin.post("/users/invite", invite).await.json()["id"].clone();
    until(&site, "failed", 1).await;
    let told = admin.get("/mail/waiting").await.json();
    let mail = &told["givenUp"][0];
    assert_eq!(
        (&mail["to"], &mail["userId"], &mail["trouble"]["status"]),
        (&json!("nina@meadow.example"), &nina, &json!(550))
    );
    let subject = mail["subject"].as_str().expect("a text");
    assert!(subject.contains("Meadow Instruments"), "{subject}");
    assert!(!told.to_string().contains("/link#"), "{told}");
    let removed = admin.delete(&format!("/user?userId={nina}")).await;
    assert_eq!(removed.status, 204, "{removed:?}");
    let told = admin.get("/mail/waiting").await.json();
    assert_eq!((&told["failed"], told.get("givenUp")), (&json!(1), None));
}

/// The connection breaks after the mail has arrived and before the answer: it comes twice, as the same mail.
#[tokio::test]
async fn a_mail_that_comes_twice_is_the_same() {
    let server = Server::start([Fault::HangupAfterMail]).await;
    let site = site(&server).await;
    queue(site.cloud.core(), &Letter::PasswordChanged, true).await;
    until(&site, "put off", 1).await;
    site.clock.pass_seconds(60);
    site.cloud.core().post.wake.notify_one();
    until(&site, "sent", 1).await;
    let ids: Vec<_> = server
        .mails()
        .iter()
        .map(|mail| {
            mail.lines()
                .find(|line| line.starts_with("Message-ID: "))
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert!(
        ids[0]
            .as_ref()
            .is_some_and(|id| id.ends_with("@cloud.example>")),
        "{ids:?}"
    );
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_waited_for() {
    let server = Server::start([]).await;
    let away = Ground {
        // Nobody listens there.
        mail: Some(server::at("smtp://127.0.0.1:1?tls=none")),
        ..Ground::fresh().await
    };
    let site = Site::on(away, true).await;
    let support = site.sign_in(Role::Staff).await;
    let body = json!({ "token": site.qr(3), "userId": 3 });
    assert_eq!(support.post("/static-tokens/claim", body).await.status, 201);
    site.clock.pass_seconds(600);
    site.end_moves().await;
    until(&site, "put off", 1).await;
    let mut ground = site.stop().await;
    ground.mail = Some(server.address());
    ground.clock.pass_seconds(60);
    let site = Site::on(ground, true).await;
    until(&site, "sent", 1).await;
    assert!(server.mails()[0].contains("Subject: Soil sensor 4 is yours\r\n"));
}

#[tokio::test]
async fn a_mail_server_may_not_take_forever() {
    let server = Server::start([Fault::Silence]).await;
    let smtp = Smtp::patient(&server.address(), Duration::from_millis(50)).expect("a way");
    let sent = smtp.send(&content("hello"), "id", Time(0)).await;
    assert_eq!(sent, Err(Trouble::TooSlow));
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let server = Server::start([]).await;
    let mut address = server.address();
    address.protection = super::server::Protection::StartTls;
    let smtp = Smtp::new(&address).expect("a way");
    let sent = smtp.send(&content("hello"), "id", Time(0)).await;
    assert_eq!(sent, Err(Trouble::Unsuitable));
    address.protection = super::server::Protection::Tls;
    let smtp = Smtp::new(&address).expect("a way");
    let sent = smtp.send(&content("hello"), "id", Time(0)).await;
    assert_eq!(sent, Err(Trouble::Insecure));
    assert!(server.mails().is_empty());
}

/// A mail is one process's alone until its lease ends; who comes back later changes nothing.
#[tokio::test]
async fn a_mail_is_tried_by_one_at_a_time() {
    let site = Site::on(Ground::fresh().await, true).await;
    let core = site.cloud.core();
    // Kept, since there is no mail server; queued by hand, with nobody to deliver.
    queue(core, &Letter::PasswordChanged, true).await;
    site.execute("UPDATE mails SET state = 'queued', next_try = created_at")
        .await;
    let first = lease(core).await.expect("it is due");
    assert!(lease(core).await.is_none(), "it is somebody's");
    site.clock.pass_seconds(crate::domain::LEASE_SECONDS);
    let second = lease(core).await.expect("nobody came back");
    assert_eq!((first.queued.attempts, second.queued.attempts), (1, 2));
    settle(core, &first, Err(Trouble::Answered(550))).await;
    assert_eq!(count(&site, "queued").await, 1, "too late");
    settle(core, &second, Ok(())).await;
    assert_eq!(count(&site, "sent").await, 1);
}

async fn lease(core: &Core) -> Option<LeasedMail> {
    let now = core.now();
    let leased: Result<_, Broken> = change!(core.store, |write| Ok(write.lease_mail(now).await?));
    leased.expect("a database")
}

async fn settle(core: &Core, leased: &LeasedMail, outcome: Result<(), Trouble>) {
    let state = leased.queued.after(outcome, core.now());
    let settled: Result<(), Broken> = change!(core.store, |write| Ok(write
        .settle_mail(leased, state, outcome.err(), None)
        .await?));
    settled.expect("a database");
}

/// On SQLite, which has one process, this does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn two_clouds_send_each_mail_once() {
    const MAILS: i64 = 30;
    let server = Server::start([]).await;
    let one = site(&server).await;
    let Some(beside) = one.beside() else { return };
    let other = Site::on(beside, false).await;
    for site in [&one, &other] {
        for _ in 0..MAILS / 2 {
            let core: Arc<Core> = site.cloud.core().clone();
            queue(&core, &Letter::PasswordChanged, true).await;
        }
    }
    until(&one, "sent", MAILS).await;
    let mut ids: Vec<_> = server.mails();
    assert_eq!(ids.len(), usize::try_from(MAILS).expect("positive"));
    ids.sort();
    ids.dedup();
    assert_eq!(
        ids.len(),
        usize::try_from(MAILS).expect("positive"),
        "one came twice"
    );
}

fn content(subject: &str) -> Content {
    Content {
        to: ada().as_str().to_owned(),
        subject: subject.to_owned(),
        text: Secret::new("text"),
        html: Secret::new("<p>html</p>"),
        links: Vec::new(),
    }
}

#[test]
fn a_subject_adds_no_header() {
    let server = server::at("smtps://mail.example");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let _inside = runtime.enter();
    let smtp = Smtp::new(&server).expect("a way");
    for subject in [
        "a\r\nBcc: b@evil.example",
        "a\n\nbody",
        "ä\r\n Bcc: b@evil.example",
        "=?utf-8?B?DQpCY2M6IGJAZXZpbC5leGFtcGxl?=",
    ] {
        let message = smtp
            .message(&content(subject), "id", Time(0))
            .expect("a mail");
        let text = String::from_utf8(message.formatted()).expect("text");
        let (head, _) = text.split_once("\r\n\r\n").expect("a head");
        let names: Vec<_> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default())
            .collect();
        let want = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ];
        assert_eq!(names, want, "{subject:?}: {head}");
        assert!(!head.replace('\r', "").contains("\nBcc"), "{head}");
    }
}

#[test]
fn addresses_that_no_mail_can_have_are_told() {
    let server: MailServer = server::at("smtps://mail.example");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let _inside = runtime.enter();
    let smtp = Smtp::new(&server).expect("a way");
    for (to, good) in [
        ("ada@meadow.example", true),
        ("ada@bücher.example", true),
        ("ada,eve@meadow.example", false),
        ("<ada>@meadow.example", false),
    ] {
        let content = Content {
            to: to.to_owned(),
            ..content("hello")
        };
        let made = smtp.message(&content, "id", Time(0));
        assert_eq!(made.is_ok(), good, "{to}");
    }
}
