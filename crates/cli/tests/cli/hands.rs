//! `handover devices` that change hands, against a cloud of their own.

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::Outcome;

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn a_released_device_is_claimed_with_what_is_printed() {
    let cloud = TestCloud::start();
    let label = fine(cloud.as_customer(&["devices", "release", "1", "--history", "keep"], ""));
    assert!(label.contains("claim#sqr_"), "{label}");
    let support = |arguments: &[&str], input: &str| cloud.run_as(Role::Staff, arguments, input);
    assert_eq!(fine(support(&["devices", "label", "1"], "")), label);
    let claimed = fine(support(&["claim", "-"], &label));
    assert!(claimed.contains("is now in the devices of"), "{claimed}");
    fine(support(&["devices", "undo", "1"], ""));
    let back = support(&["devices", "take-back", "1"], "");
    assert!(back.err.contains("not_held"), "{}", back.err);
    let history = support(&["devices", "history", "1", "--json"], "").lines();
    let kinds: Vec<_> = history.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, [Some("undo"), Some("claim"), Some("release")]);
}

#[test]
fn a_label_outlives_its_device() {
    let cloud = TestCloud::start();
    let support = |arguments: &[&str]| cloud.run_as(Role::Staff, arguments, "");
    let delete = [
        "devices", "delete", "1", "2", "--yes", "--key", "once", "--json",
    ];
    let deleted = support(&delete).lines();
    assert_eq!(support(&delete).lines(), deleted, "the same labels again");
    let label = deleted[0]["label"]["text"].as_str().expect("a label");
    assert!(label.contains("claim#sqr_"), "{label}");
    let tokens = support(&["tokens", "list", "--json"]).lines();
    let shown = tokens.iter().find_map(|token| {
        let id = token["id"].to_string();
        (fine(support(&["tokens", "label", &id])) == label).then_some(id)
    });
    let id = shown.expect("its token is in the list");
    let asked = support(&["tokens", "label", &id, "--renew"]);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    let renewed = fine(support(&["tokens", "label", &id, "--renew", "--yes"]));
    assert_ne!(renewed, label);
    let why = fine(support(&["why", label]));
    let advice = format!("handover tokens label {id}");
    assert!(why.contains(&advice), "{why}");
    let old = cloud.as_customer(&["claim", "-"], label);
    assert!(old.err.contains("not_claimable"), "{}", old.err);
    fine(cloud.as_customer(&["claim", "-"], &renewed));
}

#[test]
fn devices_are_moved_and_moved_back() {
    let cloud = TestCloud::start();
    let support = |arguments: &[&str]| cloud.run_as(Role::Staff, arguments, "");
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let org = fine(admin(&["organizations", "create", "Orchard"]));
    let to = ["--organization", &org, "--key", "once", "--json"];
    let transfer =
        |ids: &[&str], more: &[&str]| support(&[&["devices", "transfer"], ids, &to, more].concat());
    let preview = transfer(&["1", "99"], &["--dry-run"]);
    assert_eq!(preview.status, 1);
    assert!(preview.err.contains("1 of 2"), "{}", preview.err);
    assert!(preview.err.contains("would be erased"), "{}", preview.err);
    let kept = transfer(&["1"], &["--dry-run", "--history", "keep"]);
    assert!(!kept.err.contains("erased"), "{}", kept.err);
    for _ in 0..2 {
        fine(transfer(&["1", "2"], &[]));
    }
    // What is there already stays as it is, unless nobody is to own it.
    let there = support(&["devices", "transfer", "3", "--organization", "2"]);
    assert!(there.out.contains("same_holder"), "{}", there.out);
    let to_nobody = [
        "devices",
        "transfer",
        "3",
        "--organization",
        "2",
        "--nobody",
    ];
    fine(support(&to_nobody));
    let shown = fine(support(&["devices", "show", "3"]));
    assert!(
        shown.contains("The transfer can be undone until"),
        "{shown}"
    );
    fine(support(&["devices", "undo", "3"]));
    let moved = support(&["devices", "undo", "1", "2", "3"]);
    assert_eq!(moved.status, 1);
    assert!(moved.out.contains("undo_over"), "{}", moved.out);
    let take = ["devices", "take-back", "1", "--label", "keep"];
    let taken = fine(support(&[&take[..], &["--reason", "It drifts"]].concat()));
    assert!(taken.contains("claims again"), "{taken}");
    let label = fine(support(&["devices", "label", "1"]));
    let why = fine(support(&["why", &label]));
    let told = "its device was taken back by Sam Reed (\"It drifts\").";
    assert!(why.contains(told), "{why}");
    let history = fine(support(&["devices", "history", "1"]));
    assert!(history.contains("Green Farm (2)"), "{history}");
    let customer = cloud.as_customer(&["devices", "transfer", "2", "--organization", "1"], "");
    assert!(customer.err.contains("forbidden"), "{}", customer.err);
}

#[test]
fn whatever_is_done_for_others_says_why() {
    let cloud = TestCloud::start();
    let users = &cloud.demo.users;
    let customer = users.iter().find(|user| user.role == Role::User);
    let customer = &customer.expect("the demo has one").email;
    let admin = |arguments: &[&str], input: &str| cloud.run_as(Role::Admin, arguments, input);
    let claim = [
        "claim",
        "-",
        "--for",
        customer,
        "--reason",
        "Order 4711",
        "--json",
    ];
    let claimed = admin(&claim, cloud.unclaimed()).lines();
    let id = claimed[0]["id"].to_string();
    let tokens = admin(&["tokens", "list", "--json"], "").lines();
    let free = tokens.iter().find(|token| token["state"] == "UNCLAIMED");
    let free = free.expect("the demo has labels")["id"].to_string();
    let revoke = ["tokens", "revoke", &free, "--yes", "--reason", "Misprinted"];
    fine(admin(&revoke, ""));
    let why = fine(admin(&["why", &format!("#{free}")], ""));
    assert!(why.contains("(\"Misprinted\")"), "{why}");
    let delete = [
        "devices",
        "delete",
        &id,
        "--yes",
        "--reason",
        "Stolen & sold",
    ];
    fine(admin(&delete, ""));
    for (action, why) in [
        ("claim", "Order 4711"),
        ("revoke_tokens", "Misprinted"),
        ("delete_device", "Stolen & sold"),
    ] {
        let told = admin(&["audit", "list", "--action", action, "--json"], "").lines();
        assert_eq!(told[0]["reason"], why, "{action}");
    }
}

#[test]
fn programs_are_told_in_json_what_was_done_and_what_is_wrong() {
    let cloud = TestCloud::start();
    let support = |arguments: &[&str]| cloud.run_as(Role::Staff, arguments, "");
    let wrong = support(&["audit", "list", "--action", "x", "--json"]);
    assert_eq!(wrong.status, 2);
    let told: serde_json::Value = serde_json::from_str(&wrong.err).expect("JSON");
    assert_eq!(told["error"]["code"], "usage");
    let message = told["error"]["message"].as_str().expect("a message");
    assert!(message.contains("renew_label"), "{message}");
    let people = fine(support(&["people", "list"]));
    assert!(people.contains("Green Farm (2)"), "{people}");
    let templates = fine(support(&["templates", "list"]));
    assert!(templates.contains(" (1)"), "{templates}");
    let history = fine(support(&["devices", "history", "1"]));
    assert!(history.starts_with("TIME"), "{history}");
    let numbered = fine(support(&["why", "#4"]));
    assert!(numbered.starts_with("#4 "), "{numbered}");
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    let export = ["devices", "export", "--json", "--to", &path];
    let there = cloud.run_as(Role::Admin, &export, "");
    assert!(
        there.err.contains("Name one that is not there yet"),
        "{}",
        there.err
    );
}
