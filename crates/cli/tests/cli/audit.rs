//! `handover audit` against a cloud of its own.

use handover_wire::Role;

use crate::cloud::TestCloud;

#[test]
fn the_audit_is_listed_exported_and_verified() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    assert_eq!(admin(&["organizations", "create", "Orchard"]).status, 0);
    let made = [
        "audit",
        "list",
        "--action",
        "create_organization",
        "--person",
        "1",
    ];
    let table = admin(&made);
    assert!(table.out.contains("create_organization"), "{}", table.out);
    let listed = admin(&[&made[..], &["--as", "actor", "--json"]].concat()).lines();
    assert_eq!(listed[0]["action"], "create_organization");
    for (from, to, want) in [
        ("2020-01-01", "2200-01-01T10:00", true),
        ("2200-01-01T00:00:00Z", "2201-01-01", false),
        ("0", "1577836800000", false),
    ] {
        let times = ["--from", from, "--to", to, "--json"];
        let found = admin(&[&made[..], &times].concat()).lines();
        assert_eq!(!found.is_empty(), want, "{from} {to}");
    }
    let file = admin(&["audit", "export", "--json"]).lines();
    assert_eq!(file[0]["action"], "export_audit");
    let table = admin(&["audit", "export"]);
    assert!(
        table.out.starts_with("entry,sequence,time,"),
        "{}",
        table.out
    );

    let whole = admin(&["audit", "verify", "--json"]);
    assert_eq!(whole.status, 0, "{}", whole.err);
    let mark = whole.lines()[0]["mark"]
        .as_str()
        .expect("a mark")
        .to_owned();
    assert_eq!(admin(&["audit", "verify", "--mark", &mark]).status, 0);
    let later = admin(&["audit", "verify", "--mark", &format!("9{mark}")]);
    assert_eq!(later.status, 1);
    assert!(
        later.err.contains("not the one that was noted"),
        "{}",
        later.err
    );
    let staff = cloud.run_as(Role::Staff, &["audit", "verify"], "");
    assert!(staff.err.contains("forbidden"), "{}", staff.err);
    let staff = cloud.run_as(Role::Staff, &["audit", "verify", "--json"], "");
    let error: serde_json::Value = serde_json::from_str(&staff.err).expect("JSON");
    assert_eq!(
        (staff.status, &error["error"]["code"]),
        (1, &"forbidden".into())
    );
}
