//! Lists that have more in them than is listed, against a cloud of their own.

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::Outcome;

const TEMPLATE: &str = "TMPLsoil00001";

/// What a list says beside its rows, and how many those are.
#[track_caller]
fn check(listed: &Outcome, rows: usize, says: &str) {
    assert_eq!(listed.status, 0, "{}", listed.err);
    assert_eq!(listed.out.lines().count(), rows, "{}", listed.err);
    match says {
        "" => assert_eq!(listed.err, ""),
        says => assert!(listed.err.contains(says), "{}", listed.err),
    }
}

#[test]
fn a_search_that_lists_the_newest_alone_says_so() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let labels = [
        "tokens",
        "generate",
        "--template",
        TEMPLATE,
        "--name",
        "Zzz",
        "--count",
        "1001",
    ];
    let devices = [
        "devices",
        "create",
        "Zzz {n}",
        "--template",
        TEMPLATE,
        "--count",
        "1001",
    ];
    let [labels, devices] = [admin(&labels), admin(&devices)];
    assert_eq!((labels.status, devices.status), (0, 0), "{}", devices.err);
    // What was made by hand has labels, too.
    let of_batch = ["--batch", labels.out.trim()];
    for (list, of) in [("tokens", &of_batch[..]), ("devices", &[][..])] {
        let listed = |more: &[&str]| {
            let own = [list, "list", "--search", "zzz"];
            admin(&[&own[..], of, more].concat())
        };
        // In its own order it is gone through to the end.
        check(&listed(&["--json"]), 1_001, "");
        let heading = 1;
        let sorted = listed(&["--sort", "name"]);
        check(&sorted, 1_000 + heading, "the newest 1,000 of them alone");
        let sorted = listed(&["--sort", "name", "--json"]);
        check(&sorted, 1_000, "newest_alone");
        let told = serde_json::from_str(&sorted.err);
        let told: serde_json::Value = told.expect("standard error is one JSON object");
        assert!(told["notice"]["next"].is_string(), "{}", sorted.err);
    }
    let few = admin(&[
        "devices", "list", "--search", "zzz 100", "--sort", "name", "--json",
    ]);
    check(&few, 3, "");
}
