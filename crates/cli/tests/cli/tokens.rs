//! `handover tokens` against a cloud of its own.

use std::fs;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument, run_with_input};

const TEMPLATE: &str = "TMPLsoil00001";

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn a_batch_is_generated_exported_and_revoked() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let generate = [
        "tokens",
        "generate",
        "--template",
        TEMPLATE,
        "--name",
        "Spring",
        "--count",
        "20",
    ];
    let id = fine(admin(&generate));
    let shown = admin(&["tokens", "show", &id, "--json"]).lines();
    assert_eq!(shown[0]["unclaimed"], 20);
    let table = fine(admin(&["tokens", "batches"]));
    assert!(table.contains("Spring"), "{table}");
    let found = admin(&["tokens", "list", "--search", "spring 07", "--json"]).lines();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["label"], "Spring 07");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("spring.zip");
    let export = ["tokens", "export", &id, "--to", argument(&file)];
    fine(admin(&export));
    assert!(fs::read(&file).expect("a file").starts_with(b"PK"));
    let again = admin(&export);
    assert_eq!(again.status, 1, "a file that is there is not overwritten");

    let unsure = admin(&["tokens", "revoke", "--batch", &id]);
    assert!(unsure.err.contains("--yes"), "{}", unsure.err);
    assert!(unsure.err.contains("20 of them"), "{}", unsure.err);
    let absent = admin(&["tokens", "revoke", "--batch", "9999"]);
    assert_eq!(absent.status, 1);
    assert!(
        absent.err.contains("handover tokens batches"),
        "{}",
        absent.err
    );
    assert!(!absent.err.contains("--yes"), "{}", absent.err);
    let many: Vec<String> = (1..=1_001).map(|number: i64| number.to_string()).collect();
    let mut too_many = vec!["tokens", "revoke"];
    too_many.extend(many.iter().map(String::as_str));
    let refused = admin(&too_many);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("1001 tokens"), "{}", refused.err);
    assert!(!refused.err.contains("--yes"), "{}", refused.err);
    let one = found[0]["id"].to_string();
    fine(admin(&["tokens", "revoke", &one, "--yes"]));
    let rest = admin(&["tokens", "revoke", "--batch", &id, "--yes", "--json"]).lines();
    assert_eq!(rest[0]["revoked"], 19);
    let late = admin(&["tokens", "cancel", &id]);
    assert!(late.err.contains("batch_not_ready"), "{}", late.err);
}

#[test]
fn a_device_gets_its_token_once_its_owner_says_so() {
    let cloud = TestCloud::start();
    let generate = [
        "tokens",
        "generate",
        "--template",
        TEMPLATE,
        "--name",
        "Own",
        "--count",
        "1",
        "--once",
        "--kind",
        "serial",
        "--identifier",
        "PB-1",
        "--proof",
        "presence",
    ];
    let id = fine(cloud.run_as(Role::Admin, &generate, ""));
    let shown = fine(cloud.run_as(Role::Admin, &["tokens", "show", &id], ""));
    assert!(shown.contains("shown once"), "{shown}");
    let folder = tempfile::tempdir().expect("a folder");
    let (secret, token) = (folder.path().join("secret"), folder.path().join("token"));
    let device = |more: &[&str]| {
        let own = [
            "bootstrap",
            "--cloud",
            &cloud.url,
            "--identifier",
            "pb-1",
            "--once",
            "--secret-file",
            argument(&secret),
            "--token-file",
            argument(&token),
        ];
        run_with_input(&[&own, more].concat(), b"")
    };
    // Twice: the press that proves a claim confirms with it where it is the first.
    for _ in 0..2 {
        let pressed = device(&["--press"]);
        assert_eq!(pressed.status, 1, "{}", pressed.err);
    }
    let claimed = cloud.as_customer(&["claim", "--press", "--yes", "-"], "PB-1");
    assert_eq!(claimed.status, 0, "{}", claimed.err);
    let number = claimed.out.split("(number ").nth(1).expect("a number");
    let number = number.split(')').next().expect("its end");
    let waits = device(&[]);
    assert_eq!(waits.status, 1, "{}", waits.out);
    let identify = ["devices", "identify", number];
    let asks = cloud
        .as_customer(&[&identify[..], &["--json"]].concat(), "")
        .lines();
    let pin = &asks[0]["pins"][0];
    let check = pin["check"].as_str().expect("digits");
    assert!(
        waits.out.contains(&format!("shows {check}.")),
        "{}",
        waits.out
    );
    let said = cloud.as_customer(&[&identify[..], &["--confirm", check]].concat(), "");
    assert!(said.out.contains("is the device"), "{}", said.err);
    let told = device(&["--json"]).lines();
    assert_eq!(told[0]["check"], check);
    assert_eq!(told[1]["tokenFile"], argument(&token));
    assert_eq!(
        fs::read_to_string(&token).expect("a token").trim().len(),
        32
    );
    #[cfg(unix)]
    for file in [&secret, &token] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    let again = device(&[]);
    assert_eq!(again.status, 1, "a token that is there is not overwritten");
}

#[test]
fn a_table_is_imported_and_its_faults_are_told_by_line() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("devices.csv");
    let table = "Name;MAC;Colour\nPump 1;4A:33:54:68:C9:F1;red\nPump 2;4A:33:54:68:C9;\n";
    fs::write(&file, table).expect("a file");
    let import = [
        "tokens",
        "import",
        argument(&file),
        "--template",
        TEMPLATE,
        "--name",
        "Pumps",
        "--identifier",
        "MAC",
        "--kind",
        "eui48",
        "--map",
        "Name=Device Name",
    ];
    let refused = admin(&import);
    assert_eq!(refused.status, 1);
    assert!(
        refused.err.contains("line 3: \"4A:33:54:68:C9\""),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("--good-rows"), "{}", refused.err);
    let told = "metadata that the template has no field for: Colour (";
    assert!(refused.err.contains(told), "{}", refused.err);
    // For programs the report is on standard output, and standard error is one object.
    let told = admin(&[&import[..], &["--json"]].concat());
    let failure: serde_json::Value = serde_json::from_str(&told.err).expect("one JSON object");
    assert_eq!(failure["error"]["code"], "rows_at_fault");
    assert_eq!(told.lines()[0]["faults"][0]["line"], 3);
    assert_eq!(
        told.lines()[0]["looksLike"],
        serde_json::json!({ "MAC": "eui48" })
    );
    let none = folder.path().join("none.csv");
    fs::write(&none, "Name;MAC\nPump 2;4A:33:54:68:C9\n").expect("a file");
    let mut import_none = import;
    import_none[2] = argument(&none);
    for more in [&[][..], &["--good-rows"]] {
        let refused = admin(&[&import_none[..], more].concat());
        assert!(
            refused.err.contains("no row of the table is good"),
            "{}",
            refused.err
        );
        assert!(!refused.err.contains("--good-rows"), "{}", refused.err);
    }
    let id = fine(admin(&[&import[..], &["--good-rows"]].concat()));
    let found = admin(&["tokens", "list", "--batch", &id, "--json"]).lines();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["name"], "Pump 1");
    assert_eq!(found[0]["identifier"], "4A335468C9F1");
}

#[test]
fn devices_are_claimed_by_their_numbers() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let customer = |arguments: &[&str]| cloud.run_as(Role::User, arguments, "");
    let id = fine(admin(&[
        "tokens",
        "generate",
        "--template",
        TEMPLATE,
        "--name",
        "Named",
        "--count",
        "2",
        "--identifier",
        "GF-08",
        "--kind",
        "pattern",
        "--pattern",
        "GF-[0-9]+",
        "--proof",
        "staff-approval",
    ]));
    let shown = fine(admin(&["tokens", "show", &id]));
    assert!(shown.contains("approval by support"), "{shown}");

    let bare = customer(&["claim", "GF-08"]);
    assert!(bare.err.contains("--yes"), "{}", bare.err);
    let wrong = customer(&["claim", "GF-08", "--code", "0000-0000"]);
    assert!(wrong.err.contains("not_claimable"), "{}", wrong.err);
    let said = "The label fell off";
    for (device, why) in [("GF-08", said), ("GF-09", "")] {
        let ask = ["claim", device, "--ask-approval", "--reason", why];
        let asked = fine(customer(&ask));
        assert!(asked.contains("Support is asked"), "{asked}");
    }
    let waiting = admin(&["approvals", "list", "--json"]).lines();
    assert_eq!(waiting[0]["identifier"], "GF-08");
    let said_of = |one: usize| waiting[one]["askReason"].as_str();
    assert_eq!((said_of(0), said_of(1)), (Some(said), None));
    let table = fine(admin(&["approvals", "list"]));
    assert!(table.contains(said), "{table}");
    let [one, other] = [0, 1].map(|index: usize| waiting[index]["id"].to_string());
    let approve = ["approvals", "approve", &one, "--reason", "The invoice"];
    let approved = fine(admin(&approve));
    assert!(approved.contains("Green Farm (2)"), "{approved}");
    let refuse = ["approvals", "refuse", &other, "--reason", "Sold"];
    let refused = admin(&[&refuse[..], &["--json"]].concat()).lines();
    assert_eq!(refused[0]["reason"], "Sold");
    let late = admin(&["approvals", "approve", &other]);
    assert!(late.err.contains("already_decided"), "{}", late.err);
    let refused = fine(admin(&["approvals", "list", "--state", "refused"]));
    assert!(
        refused.contains("GF-09") && refused.contains("Green Farm (2)"),
        "{refused}"
    );
    let approved = fine(admin(&["approvals", "list", "--state", "approved"]));
    let me = admin(&["approvals", "list", "--state", "approved", "--json"]).lines();
    let me = me[0]["decidedBy"].as_str().expect("who decided");
    for (table, why) in [(&refused, "Sold"), (&approved, "The invoice")] {
        assert!(table.contains(why) && table.contains(me), "{table}");
    }
}
