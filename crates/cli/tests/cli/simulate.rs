use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use handover_wire::Role;
use serde_json::Value;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument, run};

/// The devices of the demo's unclaimed labels.
struct Fleet {
    cloud: TestCloud,
    folder: tempfile::TempDir,
}

impl Fleet {
    fn new() -> Self {
        let fleet = Self {
            cloud: TestCloud::start(),
            folder: tempfile::tempdir().expect("a folder"),
        };
        let tokens = fleet.cloud.demo.tokens.iter();
        let tokens: String = tokens
            .map(|token| format!("{}\n", token.auth_token.expose()))
            .collect();
        fs::write(fleet.file("tokens"), tokens).expect("a file");
        fleet
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn simulate(&self, more: &[&str]) -> Outcome {
        let tokens = self.file("tokens");
        let fixed = [
            "simulate",
            "--server",
            &self.cloud.url,
            "--tokens",
            argument(&tokens),
            "--json",
        ];
        run(&[&fixed, more].concat())
    }

    /// What each device did, as it was recorded.
    fn recorded(&self, name: &str) -> BTreeMap<u64, Vec<Value>> {
        recorded(&self.file(name))
    }
}

fn recorded(file: &Path) -> BTreeMap<u64, Vec<Value>> {
    let text = fs::read_to_string(file).expect("a record");
    let mut all = BTreeMap::<u64, Vec<Value>>::new();
    let mut lines = text.lines();
    let first: Value = serde_json::from_str(lines.next().expect("a first line")).expect("JSON");
    assert_eq!(first["recording"], 1, "{first}");
    for line in lines {
        let entry: Value = serde_json::from_str(line).expect("JSON");
        let device = entry["device"].as_u64().expect("a number");
        all.entry(device).or_default().push(entry);
    }
    all
}

#[test]
fn a_fleet_lives_and_what_it_did_is_played_again() {
    let fleet = Fleet::new();
    let record = fleet.file("first");
    let options = [
        "--for",
        "60",
        "--every",
        "5",
        "--arrive",
        "2",
        "--speed",
        "60",
        "--seed",
        "3",
        "--failure",
        "radio-loss=60/h:5s",
        "--failure",
        "flood=20/h:1s",
        "--uploads",
        "720",
    ];
    let first = fleet.simulate(&[&options[..], &["--record", argument(&record)]].concat());
    assert_eq!(first.status, 0, "{}", first.err);
    let told = &first.lines()[0];
    assert_eq!(
        (&told["strangers"], &told["refused"]),
        (&0.into(), &0.into()),
        "{told}"
    );
    let devices = fleet
        .cloud
        .run_as(Role::Admin, &["devices", "list", "--json"], "")
        .lines();
    let simulated: Vec<_> = devices
        .iter()
        .filter(|device| device["hardwareInfo"]["boardType"] == "simulated")
        .collect();
    assert_eq!(simulated.len(), fleet.cloud.demo.tokens.len());

    let done = fleet.recorded("first");
    assert_eq!(done.len(), fleet.cloud.demo.tokens.len());
    assert!(done.values().flatten().any(|entry| entry["do"] == "vanish"));
    // With each report it has uploaded its log, in place of the one before.
    let id = simulated[0]["id"].to_string();
    let files = ["devices", "files", &id, "--json"];
    let files = fleet.cloud.run_as(Role::Admin, &files, "").lines();
    let names: Vec<_> = files.iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["log.txt"]);
    let (record, again) = (argument(&record), fleet.file("again"));
    let replayed = fleet.simulate(&[
        "--replay",
        record,
        "--speed",
        "60",
        "--record",
        argument(&again),
    ]);
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert_eq!(fleet.recorded("again"), done);
    assert!(!replayed.err.contains("of old"), "{}", replayed.err);
    // One of before there was a first line plays as well, and it is said what it lacks.
    let text = fs::read_to_string(record).expect("a record");
    let (_, rest) = text.split_once('\n').expect("lines");
    let old = fleet.file("old");
    fs::write(&old, rest).expect("written");
    let from_old = fleet.file("from-old");
    let replayed = fleet.simulate(&[
        "--replay",
        argument(&old),
        "--speed",
        "60",
        "--record",
        argument(&from_old),
    ]);
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert!(
        replayed.err.contains("does not say its topology"),
        "{}",
        replayed.err
    );
    assert_eq!(fleet.recorded("from-old"), done);

    let text = fs::read_to_string(record).expect("a record");
    let secret = |token: &handover_cloud::DemoToken| text.contains(token.auth_token.expose());
    assert!(!fleet.cloud.demo.tokens.iter().any(secret));
}

#[test]
fn a_recording_with_nothing_in_it_is_refused_and_nothing_else_is_played() {
    let fleet = Fleet::new();
    let empty = fleet.file("empty");
    fs::write(&empty, "").expect("written");
    let replayed = fleet.simulate(&["--replay", argument(&empty)]);
    let play = ["fleet", "play", argument(&empty)];
    let played = fleet.cloud.run_as(Role::Admin, &play, "");
    for outcome in [replayed, played] {
        assert_eq!(outcome.status, 1, "{}", outcome.err);
        assert!(outcome.err.contains("it is empty"), "{}", outcome.err);
    }
}

#[test]
fn tokens_that_the_cloud_does_not_know_are_told() {
    let fleet = Fleet::new();
    fs::write(fleet.file("tokens"), "abcdefghijklmnopqrstuvwxyz012345\n").expect("a file");
    let outcome = fleet.simulate(&["--for", "1", "--arrive", "0"]);
    assert_eq!(outcome.status, 1);
    assert!(outcome.err.contains("does not know"), "{}", outcome.err);
    fs::write(fleet.file("tokens"), "sqr_no-auth-token\n").expect("a file");
    let outcome = fleet.simulate(&[]);
    assert!(
        outcome.err.contains("token 1 is no auth token"),
        "{}",
        outcome.err
    );
    assert!(!outcome.err.contains("sqr_"), "{}", outcome.err);
}

#[test]
fn a_fleet_that_ends_before_any_device_connects_is_no_success() {
    let fleet = Fleet::new();
    let month = "2592000";
    let outcome = fleet.simulate(&["--for", "1", "--arrive", month, "--speed", "10"]);
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(
        outcome.err.contains("before any device connected"),
        "{}",
        outcome.err
    );
}

#[test]
fn nothing_is_said_to_a_cloud_that_is_not_there_or_is_far_away() {
    let fleet = Fleet::new();
    let tokens = fleet.file("tokens");
    for (server, said) in [
        ("http://127.0.0.1:1", "no cloud answers"),
        ("https://cloud.example", "without TLS"),
    ] {
        let options = ["--for", "1", "--arrive", "0", "--tokens", argument(&tokens)];
        let outcome = run(&[&["simulate", "--server", server], &options[..]].concat());
        assert_eq!(outcome.status, 1, "{}", outcome.err);
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}

/// Devices of a template that are made by hand, and their export.
fn made(cloud: &TestCloud, template: &str, name: &str, count: &str, file: &Path) {
    let staff = |arguments: &[&str]| {
        let outcome = cloud.run_as(Role::Admin, arguments, "");
        assert_eq!(outcome.status, 0, "{}", outcome.err);
    };
    staff(&[
        "devices",
        "create",
        name,
        "--count",
        count,
        "--template",
        template,
    ]);
    let search = name.trim_end_matches(" {n}");
    staff(&[
        "devices",
        "export",
        "--search",
        search,
        "--to",
        argument(file),
    ]);
}

#[test]
fn gateways_speak_for_their_nodes_and_what_they_did_is_played_again() {
    let cloud = TestCloud::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    fs::write(file("template"), r#"{"name": "Hub", "gatewayApi": true}"#).expect("written");
    let draft = file("template");
    let template = ["templates", "create", argument(&draft)];
    let template = cloud.run_as(Role::Admin, &template, "").out;
    let (gateways, nodes) = (file("gateways.csv"), file("nodes.csv"));
    made(&cloud, template.trim(), "Hub {n}", "2", &gateways);
    made(&cloud, "TMPLsoil00001", "Node {n}", "6", &nodes);
    let hub = [
        "simulate",
        "--topology",
        "hub",
        "--mqtt",
        &cloud.mqtt,
        "--json",
        "--speed",
        "30",
        "--gateways",
        argument(&gateways),
    ];
    let options = [
        "--for",
        "30",
        "--every",
        "3",
        "--failure",
        "power-cut=60/h:4s",
    ];
    let first = file("first");
    let pairing = [
        "--pair",
        "--tokens",
        argument(&nodes),
        "--record",
        argument(&first),
    ];
    let paired = cloud.run_as(Role::Admin, &[&hub[..], &options, &pairing].concat(), "");
    assert_eq!(paired.status, 0, "{}", paired.err);
    let told = &paired.lines()[0];
    assert_eq!(
        (&told["refused"], &told["strangers"]),
        (&0.into(), &0.into()),
        "{told}"
    );
    assert!(told["sent"].as_u64() > Some(30), "{told}");
    let done = recorded(&first);
    assert_eq!(done.len(), 8);
    let writes = |one: &&Value| one["do"] == "write";
    assert_eq!(
        done[&0].iter().filter(writes).count(),
        0,
        "a gateway measures nothing"
    );
    // Each gateway asks the cloud which nodes it speaks for.
    let again = file("again");
    let found = [
        "--replay",
        argument(&first),
        "--record",
        argument(&again),
        "--server",
        &cloud.url,
    ];
    let replayed = run(&[&hub[..], &found].concat());
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert_eq!(recorded(&again), done);
}

#[test]
fn nodes_of_a_mesh_carry_what_others_say_and_what_they_did_is_played_again() {
    let cloud = TestCloud::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let template = |name: &str, text: &str| {
        fs::write(file(name), text).expect("written");
        let draft = file(name);
        let made = cloud.run_as(Role::Admin, &["templates", "create", argument(&draft)], "");
        made.out.trim().to_owned()
    };
    let hub = template("hub", r#"{"name": "Hub", "gatewayApi": true}"#);
    let probe = template(
        "probe",
        r#"{"name": "Probe", "mesh": true, "datastreams":
            [{"pin": 1, "name": "Moisture", "dataType": {"kind": "double"}}]}"#,
    );
    let (gateways, nodes) = (file("gateways.csv"), file("nodes.csv"));
    made(&cloud, &hub, "Hub {n}", "2", &gateways);
    made(&cloud, &probe, "Node {n}", "10", &nodes);
    let mesh = [
        "simulate",
        "--topology",
        "mesh",
        "--mqtt",
        &cloud.mqtt,
        "--json",
        "--speed",
        "5",
        "--gateways",
        argument(&gateways),
        "--tokens",
        argument(&nodes),
    ];
    let alone = run(&[&mesh[..], &["--server", &cloud.url]].concat());
    assert!(alone.err.contains("pair them first"), "{}", alone.err);
    let (first, again) = (file("first"), file("again"));
    let options = [
        "--pair",
        "--signal",
        "V1=moisture",
        "--for",
        "20",
        "--every",
        "4",
        "--failure",
        "power-cut=200/h:3s",
        "--failure",
        "clock-wrong=400/h:3s",
        "--partition",
        "5",
        "5",
        "40",
        "--record",
        argument(&first),
    ];
    let paired = cloud.run_as(Role::Admin, &[&mesh[..], &options].concat(), "");
    assert_eq!(paired.status, 0, "{}", paired.err);
    let told = &paired.lines()[0];
    assert!(told["sent"].as_u64() > Some(20), "{told}");
    assert_eq!(
        (&told["arrived"], &told["unsent"]),
        (&told["sent"], &0.into()),
        "{told}"
    );
    let done = recorded(&first);
    assert_eq!(done.len(), 12);
    for what in ["side", "clock", "vanish", "write"] {
        let did = done.values().flatten().any(|one| one["do"] == what);
        assert!(did, "{what}");
    }
    let found = [
        "--server",
        &cloud.url,
        "--replay",
        argument(&first),
        "--record",
        argument(&again),
    ];
    // The recording says that it is of a mesh, and is played as one.
    let without: Vec<&str> = mesh
        .iter()
        .copied()
        .filter(|word| !["--topology", "mesh"].contains(word))
        .collect();
    let replayed = run(&[&without[..], &found].concat());
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert_eq!(replayed.lines()[0]["arrived"], told["arrived"]);
    assert_eq!(recorded(&again), done);
    let other = [&without[..], &found, &["--topology", "hub"]].concat();
    let other = run(&other);
    assert_ne!(other.status, 0);
    assert!(other.err.contains("leave out --topology"), "{}", other.err);
}
