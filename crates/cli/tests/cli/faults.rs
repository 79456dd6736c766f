use std::fs;

use handover_wire::Role;
use serde_json::Value;

use crate::cloud::TestCloud;
use crate::run::argument;

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
