//! `handover gateways` against a cloud of its own.

use std::fs;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument};

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn nodes_are_paired_moved_and_let_go() {
    let cloud = TestCloud::start();
    let staff = |arguments: &[&str], input: &str| cloud.run_as(Role::Staff, arguments, input);
    let gateways = |arguments: &[&str], input: &str| {
        let all = [&["gateways"], arguments].concat();
        staff(&all, input)
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("template.json");
    fs::write(&file, r#"{"name": "Hub", "gatewayApi": true}"#).expect("written");
    let template = fine(staff(&["templates", "create", argument(&file)], ""));
    let hubs = ["devices", "create", "Hub {n}", "--count", "2", "--template"];
    fine(staff(&[&hubs[..], &[&template]].concat(), ""));
    let list = [
        "devices", "list", "--search", "Hub", "--sort", "name", "--json",
    ];
    let hubs = staff(&list, "").lines();
    let ids: Vec<_> = hubs.iter().map(|hub| hub["id"].to_string()).collect();
    let [one, two] = &ids[..] else {
        panic!("{ids:?}");
    };
    // By its label, which claims it, and by its number.
    let label = ["pair", one, "--label", "-"];
    assert_eq!(fine(gateways(&label, cloud.unclaimed())), "");
    let paired = [&label[..], &["--json"]].concat();
    let paired = gateways(&paired, cloud.unclaimed()).lines();
    let part = gateways(&["show", one, "--json"], "").lines();
    let node = part[0]["nodes"][0]["deviceId"].to_string();
    assert_eq!(paired[0]["nodeId"].to_string(), node);
    let taken = gateways(&["pair", two, &node], "");
    assert!(taken.err.contains("not_pairable"), "{}", taken.err);
    assert!(taken.err.contains("move it"), "{}", taken.err);
    let none = gateways(&["pair", &node, two], "");
    assert!(none.err.contains("no_gateway"), "{}", none.err);
    let moved = gateways(&["move", &node, two, "--json"], "").lines();
    assert_eq!(moved[0]["nodeId"].to_string(), node);
    let shown = fine(gateways(&["show", &node], ""));
    assert!(shown.contains("Hub 2"), "{shown}");
    assert_eq!(fine(gateways(&["replace", two, one], "")), "1 nodes moved");
    let opened = fine(gateways(&["window", one], ""));
    assert!(opened.starts_with("open until"), "{opened}");
    let shown = fine(gateways(&["show", one], ""));
    assert!(
        shown.contains("may ask") && shown.contains("never connected"),
        "{shown}"
    );
    assert_eq!(
        fine(gateways(&["window", one, "--minutes", "0"], "")),
        "closed"
    );
    let drawn = fine(gateways(&["mesh", one], ""));
    assert!(drawn.contains("Nothing was heard"), "{drawn}");
    let drawn = gateways(&["mesh", &node, "--json"], "").lines();
    assert_eq!(drawn[0]["links"], serde_json::json!([]));
    let asked = gateways(&["accept", one, &node], "");
    assert!(asked.err.contains("not_found"), "{}", asked.err);
    fine(gateways(&["unpair", &node], ""));
    let shown = fine(gateways(&["show", &node], ""));
    assert!(shown.contains("no gateway"), "{shown}");
    // Released together: what would become of each first, and then their labels.
    fine(gateways(&["pair", one, &node], ""));
    let tried = fine(gateways(&["release", one, "--dry-run"], ""));
    assert_eq!(tried.matches("would be").count(), 2, "{tried}");
    let released = gateways(&["release", one, "--json"], "").lines();
    assert_eq!(released.len(), 2, "{released:?}");
    let label = released[0]["label"]["text"].as_str().expect("a label");
    // Whoever claims the gateway has its node, too.
    let claimed = staff(&["claim", "--json", "-"], label).lines();
    assert_eq!(
        claimed[0]["nodes"].as_array().map(Vec::len),
        Some(1),
        "{claimed:?}"
    );
}
