use std::fs;

use handover_wire::Role;
use serde_json::Value;

use crate::cloud::TestCloud;
use crate::run::{argument, command, finish};

#[test]
fn faults_are_switched_recorded_and_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    fs::write(&file, "").expect("a file");
    let cloud = TestCloud::start_with(&["--faults", argument(&file)]);
    let faults =
        |arguments: &[&str]| cloud.run_as(Role::Admin, &[&["faults"], arguments].concat(), "");

    let added = faults(&[
        "add",
        "claim=device_limit",
        "--of",
        "customer@greenfarm.example",
        "--next",
        "1",
    ]);
    assert_eq!(added.status, 0, "{}", added.err);
    assert!(added.out.contains("claim=device_limit"), "{}", added.out);
    let added = faults(&[
        "add",
        "status=503,7",
        "--endpoint",
        "get /overview",
        "--json",
    ]);
    let rules = &added.lines()[0]["faults"]["rules"];
    assert_eq!(rules.as_array().map(Vec::len), Some(2), "{}", added.out);

    let label = cloud.unclaimed();
    let refused = cloud.as_customer(&["claim", "-"], label);
    assert_ne!(refused.status, 0, "{}", refused.out);
    let claimed = cloud.as_customer(&["claim", "-"], label);
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    let overview = cloud.as_customer(&["overview"], "");
    assert_ne!(overview.status, 0, "{}", overview.out);

    let recorded = faults(&["recorded"]);
    let run: Value = recorded.lines().remove(0);
    assert_eq!(run["recorded"].as_array().map(Vec::len), Some(2), "{run}");
    fs::write(&file, recorded.out).expect("a file");
    let off = faults(&["off"]);
    assert!(!off.out.contains("503"), "{}", off.out);
    let played = faults(&["switch", argument(&file), "--json"]);
    assert_eq!(played.lines()[0]["toPlay"], 2, "{}", played.out);
}

#[test]
fn a_cloud_that_was_started_without_them_has_none() {
    let cloud = TestCloud::start();
    let refused = cloud.run_as(Role::Admin, &["faults", "add", "lost-answer"], "");
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("without --faults"), "{}", refused.err);
}

#[test]
fn a_wrong_certificate_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    fs::write(&file, "").expect("a file");
    let cloud = TestCloud::start_with(&["--faults", argument(&file)]);
    let user = &cloud.demo.users[2];
    let server = cloud.url.replace("http://127.0.0.1", "https://localhost");
    let ask = || {
        let mut command = command(&["me", "show", "--server", &server, "--email", &user.email]);
        command.env("SSL_CERT_FILE", cloud.data.path().join("tls-cert.pem"));
        command.env("HANDOVER_PASSWORD", user.password.expose());
        finish(command.output().expect("it starts"))
    };
    for (wrong, said) in [
        ("expired", "has expired"),
        ("other_name", "another server's"),
        ("unknown_authority", "Nobody whom this machine trusts"),
    ] {
        let fault = format!("certificate={wrong}");
        let added = ["faults", "add", &fault, "--next", "1"];
        let added = cloud.run_as(Role::Admin, &added, "");
        assert_eq!(added.status, 0, "{}", added.err);
        let refused = ask();
        assert!(
            refused.err.contains("untrusted_server"),
            "{wrong}: {}",
            refused.err
        );
        assert!(refused.err.contains(said), "{wrong}: {}", refused.err);
        let fine = ask();
        assert_eq!(fine.status, 0, "{wrong}: {}", fine.err);
    }
}

#[test]
fn a_cloud_plays_a_fleet() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    fs::write(&file, "").expect("a file");
    let cloud = TestCloud::start_with(&["--faults", argument(&file)]);
    let fleet = |arguments: &[&str]| {
        let outcome = cloud.run_as(Role::Admin, &[&["fleet"], arguments].concat(), "");
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        outcome
    };
    let until_over = || loop {
        let now = fleet(&["show", "--json"]).lines().remove(0);
        if !["making", "pairing", "running", "deleting"]
            .iter()
            .any(|one| now["phase"] == *one)
        {
            return now;
        }
    };
    fleet(&[
        "start",
        "--topology",
        "hub",
        "--count",
        "5",
        "--for",
        "10",
        "--speed",
        "20",
    ]);
    let now = until_over();
    assert_eq!(
        (&now["phase"], &now["devices"]),
        (&"ended".into(), &6.into()),
        "{now}"
    );
    let recording = folder.path().join("run.jsonl");
    fleet(&["recorded", "--to", argument(&recording)]);
    fleet(&[
        "play",
        argument(&recording),
        "--topology",
        "hub",
        "--gateways",
        "1",
        "--speed",
        "20",
    ]);
    assert_eq!(until_over()["phase"], "ended");
    assert!(fleet(&["delete"]).out.contains("deleting"));
    assert_eq!(until_over()["devices"], 0);
    let none = cloud.run_as(Role::Admin, &["fleet", "stop"], "");
    assert!(none.err.contains("fleet_not_ready"), "{}", none.err);
}
