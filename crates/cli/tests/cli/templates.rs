//! `handover templates` against a cloud of its own.

use std::fs;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument};

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn what_is_shown_makes_another_one() {
    let cloud = TestCloud::start();
    let staff = |arguments: &[&str]| cloud.run_as(Role::Staff, arguments, "");
    let shown = fine(staff(&["templates", "show", "TMPLsoil00001"]));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("template.json");
    fs::write(&file, shown.replace("Soil sensor", "Copied sensor")).expect("written");
    let id = fine(staff(&["templates", "create", argument(&file)]));
    assert!(id.starts_with("TMPL"), "{id}");
    let copy = fine(staff(&["templates", "show", &id]));
    assert!(copy.contains("\"pin\":9"), "{copy}");
    let listed = fine(staff(&["templates", "list", "--search", "copied"]));
    assert!(listed.contains(&id), "{listed}");

    fs::write(&file, r#"{"name": "Bare sensor"}"#).expect("written");
    let unsaid = staff(&["templates", "edit", &id, argument(&file)]);
    assert!(unsaid.err.contains("revision"), "{}", unsaid.err);
    let edit = ["templates", "edit", &id, argument(&file), "--overwrite"];
    let edited = staff(&[&edit[..], &["--json"]].concat()).lines();
    assert_eq!(edited[0]["name"], "Bare sensor");
    // What was shown before that is of an older revision.
    fs::write(&file, shown.replace("Soil sensor", "Late sensor")).expect("written");
    let late = staff(&["templates", "edit", &id, argument(&file)]);
    assert!(late.err.contains("template_changed"), "{}", late.err);
    let bare = fine(staff(&["templates", "show", &id]));
    assert!(bare.contains("\"datastreams\":[]"), "{bare}");

    fs::write(&file, "{").expect("written");
    let unread = staff(&["templates", "create", argument(&file)]);
    assert_eq!(unread.status, 1);
    assert!(unread.err.contains("template.json"), "{}", unread.err);

    let kept = staff(&["templates", "delete", "TMPLsoil00001"]);
    assert!(kept.err.contains("template_in_use"), "{}", kept.err);
    fine(staff(&["templates", "delete", &id]));
    let gone = staff(&["templates", "show", &id]);
    assert!(gone.err.contains("not_found"), "{}", gone.err);
}
