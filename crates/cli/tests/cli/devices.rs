//! `handover devices` made by hand, exported and imported, against a cloud of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument, run};

const TEMPLATE: &str = "TMPLsoil00001";

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn devices_are_made_exported_and_imported_again() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let create = [
        "devices",
        "create",
        "Pump {n}",
        "--template",
        TEMPLATE,
        "--count",
        "3",
    ];
    let dry = fine(admin(
        &[&create[..], &["--first", "9", "--dry-run"]].concat(),
    ));
    assert_eq!(
        dry.lines().collect::<Vec<_>>(),
        ["Pump 9", "Pump 10", "Pump 11"]
    );
    let made = admin(&[&create[..], &["--json"]].concat());
    let numbers = made.lines()[0]["deviceIds"].as_array().map(Vec::len);
    assert_eq!(numbers, Some(3), "{}", made.out);
    let found = admin(&["devices", "list", "--search", "pump 2", "--json"]).lines();
    let id = found[0]["id"].to_string();

    let set = [
        "devices",
        "edit",
        &id,
        "--name",
        "Pump two",
        "--set",
        "Serial Number==1+1",
    ];
    fine(admin(&set));
    let shown = fine(admin(&["devices", "show", &id]));
    assert!(
        shown.contains("Pump two") && shown.contains("=1+1"),
        "{shown}"
    );
    let token = fine(admin(&["devices", "token", &id]));
    assert_eq!(token.len(), 32);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("devices.csv");
    let export = ["devices", "export", "--to", argument(&file)];
    fine(admin(&export));
    assert_eq!(
        admin(&export).status,
        1,
        "a file that is there is not overwritten"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it is full of secrets");
    }
    let table = fs::read_to_string(&file).expect("a table");
    assert_eq!(table.lines().count(), 4);
    assert!(table.contains(&token) && table.contains("'=1+1"), "{table}");

    let import = [
        "devices",
        "import",
        argument(&file),
        "--template",
        TEMPLATE,
        "--organization",
        "2",
    ];
    let looked = admin(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(looked.out.trim(), "3 of 3 rows are good");
    assert!(looked.err.contains("Auth Token"), "{}", looked.err);
    assert_eq!(fine(admin(&import)), "3 devices are made");
    fs::write(&file, "Device Name\nPump 4\nPump/5\n").expect("written");
    let faulty = admin(&import);
    assert_eq!(faulty.status, 1);
    assert!(faulty.err.contains("line 3:"), "{}", faulty.err);
    let work = admin(&[&import[..], &["--good-rows", "--no-wait"]].concat());
    let work = fine(work);
    while fine(admin(&["devices", "work", &work])).contains("prepared") {}
    let late = admin(&["devices", "cancel", &work]);
    assert!(late.err.contains("batch_not_ready"), "{}", late.err);
}

#[test]
fn devices_are_deleted_once_it_is_meant() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let asked = admin(&["devices", "delete", "1", "99"]);
    assert_eq!(asked.status, 1);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    let some = admin(&["devices", "delete", "1", "99", "--yes"]);
    assert_eq!(some.status, 1, "one of them is not there");
    assert!(some.out.contains("deleted") && some.out.contains("not_found"));
    let left = fine(admin(&["devices", "list", "--json"]));
    assert_eq!(left.lines().count(), 2);
}

#[test]
fn a_short_search_is_refused_rather_than_everything_listed() {
    let cloud = TestCloud::start();
    let short = cloud.run_as(Role::Admin, &["devices", "list", "--search", "So "], "");
    assert_eq!((short.status, short.out.as_str()), (1, ""));
    assert!(short.err.contains("3 characters"), "{}", short.err);
}

#[test]
fn a_command_leaves_no_session_behind() {
    let cloud = TestCloud::start();
    let sessions = || fine(cloud.run_as(Role::User, &["me", "sessions", "--json"], ""));
    let before = sessions().lines().count();
    for _ in 0..3 {
        fine(cloud.run_as(Role::User, &["devices", "list"], ""));
    }
    assert_eq!(sessions().lines().count(), before);
}

#[test]
fn help_says_where_the_number_stands_and_the_password_comes_from() {
    let help = fine(run(&["devices", "create", "--help"]));
    assert!(help.contains("Pump {n}"), "{help}");
    assert!(help.contains("HANDOVER_PASSWORD"), "{help}");
}

#[test]
fn a_limit_is_set_and_told() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    fine(admin(&["organizations", "limit", "2", "4"]));
    let listed = fine(admin(&["organizations", "list"]));
    assert!(listed.contains(" (1)"), "below which: {listed}");
    assert!(
        listed.lines().any(|line| line.ends_with("3           4")),
        "{listed}"
    );
    let create = [
        "devices",
        "create",
        "Pump {n}",
        "--template",
        TEMPLATE,
        "--organization",
        "2",
        "--count",
        "2",
    ];
    let full = admin(&create);
    assert_eq!(full.status, 1);
    assert!(full.err.contains("device_limit"), "{}", full.err);
    let none = admin(&["organizations", "limit", "2", "none", "--json"]).lines();
    assert!(none[0].get("deviceLimit").is_none());
    fine(admin(&create));
    let unsure = admin(&["organizations", "limit", "2", "many"]);
    assert_eq!(unsure.status, 2);
}

/// A device says something over its HTTPS API.
fn says_over_http(url: &str, query: &str) {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).expect("the cloud is there");
    let request = format!("GET /external/api/{query} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    assert!(answer.contains(" 200 "), "{answer}");
}

#[test]
fn whoever_sets_a_number_out_of_its_range_is_told_and_what_waits_is_marked() {
    let cloud = TestCloud::start();
    let customer = |arguments: &[&str]| cloud.run_as(Role::User, arguments, "");
    let set = customer(&["devices", "set", "1", "V5", "5000"]);
    assert_eq!(set.status, 0, "{}", set.err);
    // Nobody has connected as this device.
    assert!(set.out.contains("V5 waits for the device"), "{}", set.out);
    assert!(set.err.contains("V5 holds 1440 now"), "{}", set.err);
    let within = customer(&["devices", "set", "1", "V5", "30", "--json"]);
    assert_eq!((within.status, within.err.as_str()), (0, ""));
    assert_eq!(within.lines()[0]["delivery"], "waits", "{}", within.out);
    let instead = customer(&["devices", "set", "1", "V5", "-1", "--json"]);
    assert_eq!(instead.lines()[0]["value"], 1.0, "{}", instead.out);
    // This one is there over HTTPS, and asks.
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let token = fine(admin(&["devices", "token", "3"]));
    says_over_http(&cloud.url, &format!("update?token={token}&v1=20"));
    let asks = customer(&["devices", "set", "3", "V5", "30"]);
    let words = "V5 waits until the device asks for it";
    assert!(asks.out.contains(words), "{}", asks.out);
    let asks = customer(&["devices", "set", "3", "V5", "31", "--json"]);
    assert_eq!(
        asks.lines()[0]["delivery"],
        "waits_until_asked",
        "{}",
        asks.out
    );
    let shown = fine(customer(&["devices", "show", "1"]));
    assert!(shown.contains("Clara Green"), "{shown}");
    assert!(shown.contains("1 (waits for the device)"), "{shown}");
    assert_eq!(shown.matches("waits for the device").count(), 1, "{shown}");
}
