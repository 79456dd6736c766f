//! `handover claim` and `handover devices list` against a cloud of their own.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener};
#[cfg(unix)]
use std::process::Command;
use std::thread;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{command, run_with_input};

#[test]
fn a_label_is_claimed_and_listed() {
    let cloud = TestCloud::start();
    let before = cloud
        .as_customer(&["devices", "list", "--json"], "")
        .lines()
        .len();

    let claimed = cloud.as_customer(&["claim", "-"], cloud.unclaimed());
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    assert!(
        claimed.out.contains("is now in the devices of Green Farm"),
        "{}",
        claimed.out
    );

    let again = cloud.as_customer(&["claim", "-"], cloud.unclaimed());
    assert_eq!(again.status, 0, "{}", again.err);
    assert!(again.out.contains("was already in"), "{}", again.out);

    let devices = cloud
        .as_customer(&["devices", "list", "--json"], "")
        .lines();
    assert_eq!(devices.len(), before + 1);
    assert!(devices.iter().all(|device| device.get("token").is_none()));
}

#[test]
fn support_is_told_why_a_label_does_not_claim() {
    let cloud = TestCloud::start();
    let why = |arguments: &[&str], input: &str| {
        let arguments = [&["why"], arguments].concat();
        let told = cloud.run_as(Role::Staff, &arguments, input);
        assert_eq!(told.status, 0, "{}", told.err);
        told
    };
    let free = why(&["-"], cloud.unclaimed());
    assert!(
        free.out.contains("Nothing keeps it from claiming"),
        "{}",
        free.out
    );
    assert!(!free.out.contains("sqr_"), "{}", free.out);
    let claimed = cloud.as_customer(&["claim", "-"], cloud.unclaimed());
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    let taken = why(&["-"], cloud.unclaimed());
    assert!(
        taken.out.contains("Clara Green at Green Farm"),
        "{}",
        taken.out
    );
    let whose = "its device was claimed for Clara Green at Green Farm (2) by Clara Green.";
    assert!(taken.out.contains(whose), "{}", taken.out);
    let whom = "customer@greenfarm.example";
    let theirs = why(&["-", "--for", whom], cloud.unclaimed());
    assert!(theirs.out.contains("has it already"), "{}", theirs.out);
    let json = why(&["-", "--json"], cloud.unclaimed());
    assert_eq!(json.lines()[0]["labels"][0]["obstacles"][0], "claimed");
    let number = cloud.demo.buttons.first().expect("the demo has buttons");
    let pressed = why(&[number], "");
    assert!(pressed.out.contains("heard of no press"), "{}", pressed.out);
    let id = why(&[number, "--json"], "").lines()[0]["labels"][0]["tokenId"].to_string();
    let reset = cloud.run_as(Role::Staff, &["tokens", "reset-machines", &id], "");
    assert_eq!(reset.status, 0, "{}", reset.err);
    let unknown = why(&["zeppelin"], "");
    assert!(unknown.out.contains("Nothing of yours"), "{}", unknown.out);
    let refused = cloud.as_customer(&["why", "-"], cloud.unclaimed());
    assert!(refused.err.contains("forbidden"), "{}", refused.err);
}

#[test]
fn support_claims_for_a_client() {
    let cloud = TestCloud::start();
    let customer = cloud.demo.users.iter().find(|user| user.role == Role::User);
    let customer = &customer.expect("the demo has a customer").email;
    let claim = |whom: &str| {
        let arguments = ["claim", "-", "--json", "--for", whom];
        cloud.run_as(Role::Staff, &arguments, cloud.unclaimed())
    };
    let unknown = claim("nobody@meadow.example");
    assert_eq!(unknown.status, 1);
    assert!(unknown.err.contains("people list"), "{}", unknown.err);
    let claimed = claim(&customer.to_uppercase());
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    assert_eq!(claimed.lines()[0]["orgName"], "Green Farm");
    assert_eq!(claimed.lines()[0]["outcome"], "claimed");

    let overview = cloud.run_as(Role::Staff, &["overview", "--json", "--days", "2"], "");
    assert_eq!(overview.status, 0, "{}", overview.err);
    let claims = |day: usize| overview.lines()[0]["days"][day]["claims"].as_u64();
    // Whoever tests at midnight sees it yesterday.
    assert_eq!(claims(0).max(claims(1)), Some(1));
    let shown = cloud.run_as(Role::Staff, &["overview"], "");
    assert_eq!(shown.out.lines().count(), 33, "{}", shown.out);
}

#[test]
fn what_cannot_be_claimed_is_told() {
    let cloud = TestCloud::start();
    let check = |label: &str, said: &str| {
        let outcome = cloud.as_customer(&["claim", "--yes", "-"], label);
        assert_eq!(outcome.status, 1, "{label}");
        assert!(outcome.err.contains(said), "{label}: {}", outcome.err);
    };
    check("sqr_00000000000000000000000000000000", "not_claimable");
    check("352656106118683", "proof_required");
    check("", "claims nothing");
    check(&"7".repeat(5_000), "claims nothing");
}

/// As programs read it: the claim that waits on standard output, what went wrong on standard error, and 1 at the end.
#[test]
fn a_button_that_nobody_presses_is_no_success() {
    let cloud = TestCloud::start();
    let number = cloud.demo.buttons.first().expect("the demo has buttons");
    let claim = ["claim", "-", "--yes", "--press", "--wait", "1"];
    let waited = cloud.as_customer(&[&claim[..], &["--json"]].concat(), number);
    assert_eq!(waited.status, 1, "{}", waited.err);
    assert_eq!(waited.lines()[0]["outcome"], "pending_presence");
    let error = waited.err.lines().last().expect("it says why");
    let error: serde_json::Value = serde_json::from_str(error).expect("JSON");
    assert_eq!(error["error"]["code"], "not_pressed");
    let told = cloud.as_customer(&claim, number);
    assert_eq!((told.status, told.out.as_str()), (1, ""), "{}", told.err);
    assert!(told.err.contains("Nobody pressed"), "{}", told.err);
}

#[test]
fn doubtful_labels_are_sent_only_after_a_yes() {
    let cloud = TestCloud::start();
    let elsewhere = format!("https://other.example/claim#{}", cloud.unclaimed());
    let key = "0123456789abcdefghijklmnopqrstu-";
    for label in ["352656106118683", key, &elsewhere] {
        let outcome = cloud.as_customer(&["claim", "-"], label);
        assert_eq!(outcome.status, 1, "{label}");
        assert!(outcome.err.contains("--yes"), "{label}: {}", outcome.err);
        assert!(outcome.err.contains("was not sent"), "{}", outcome.err);
    }
    let claimed = cloud.as_customer(&["claim", "--yes", "-"], &elsewhere);
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    // The bundled cloud's port changes from start to start.
    let yesterday = format!("http://127.0.0.1:1/claim#{}", cloud.unclaimed());
    let again = cloud.as_customer(&["claim", "-"], &yesterday);
    assert!(again.out.contains("was already in"), "{}", again.err);
}

#[test]
fn a_server_cannot_steer_the_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody calls");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).expect("it asks something");
        let body = r#"{"error":"invalid_grant","error_description":"\u001b[2Jgone\u009b31m"}"#;
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream
            .write_all(format!("{head}{body}").as_bytes())
            .expect("it listens");
        // What is still unread when a connection is closed would cut the answer off.
        stream.shutdown(Shutdown::Write).expect("it is open");
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    let arguments = [
        "devices",
        "list",
        "--server",
        &url,
        "--email",
        "a@b.example",
    ];
    let outcome = run_with_input(&arguments, b"password\n");
    server.join().expect("it answered");
    assert_eq!(outcome.status, 1);
    assert!(outcome.err.contains("gone"), "{}", outcome.err);
    let is_steering = |c: char| c.is_control() && c != '\n';
    assert!(!outcome.err.contains(is_steering), "{:?}", outcome.err);
}

#[cfg(unix)]
#[test]
fn what_the_system_refuses_is_named() {
    let check = |command: &mut Command, said: &str| {
        let output = command.output().expect("it starts");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && err.contains(said), "{err}");
    };
    // A folder can be opened, and not be read.
    let folder = fs::File::open("/").expect("there is a root");
    check(command(&["explain", "-"]).stdin(folder), "Standard input");
    let no_room = "/nowhere/at/all";
    check(
        command(&["demo", "journey"]).env("TMPDIR", no_room),
        "temporary folder",
    );
}

#[test]
fn a_wrong_password_and_an_absent_cloud_are_told() {
    let check = |server: &str, said: &str| {
        let arguments = [
            "devices",
            "list",
            "--server",
            server,
            "--email",
            "customer@greenfarm.example",
        ];
        let outcome = run_with_input(&arguments, b"wrong\n");
        assert_eq!(outcome.status, 1, "{server}");
        assert!(outcome.err.contains(said), "{server}: {}", outcome.err);
        assert!(outcome.out.is_empty());
    };
    let cloud = TestCloud::start();
    check(&cloud.url, "wrong_credentials");
    let url = cloud.url.clone();
    drop(cloud);
    check(&url, "unreachable");
    check("http://cloud.example", "invalid_address");
    check("not an address", "invalid_address");
}
