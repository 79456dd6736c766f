//! `handover organizations` and `handover people` against a cloud of their own.

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::Outcome;

fn fine(outcome: Outcome) -> String {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome.out.trim().to_owned()
}

#[test]
fn a_client_is_made_invited_and_taken_out_again() {
    let cloud = TestCloud::start();
    let admin = |arguments: &[&str]| cloud.run_as(Role::Admin, arguments, "");
    let org = fine(admin(&["organizations", "create", "Orchard & Söhne"]));
    let listed = admin(&["organizations", "list", "--json", "--search", "söhne"]).lines();
    assert_eq!(listed[0]["id"].to_string(), org);
    let renamed = admin(&["organizations", "rename", &org, "Orchard", "--json"]).lines();
    assert_eq!(renamed[0]["name"], "Orchard");

    let nina = "nina@orchard.example";
    let arguments = [
        "people",
        "invite",
        nina,
        "--name",
        "Nina",
        "--organization",
        &org,
    ];
    let id = fine(admin(&arguments));
    let table = fine(admin(&["people", "list", "--organization", &org]));
    assert!(table.contains("invited"), "{table}");
    let again = admin(&arguments);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("email_in_use"), "{}", again.err);
    fine(admin(&["people", "invite-again", &id]));
    let mails = admin(&["mailbox", "list", "--json"]).lines();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let mail = fine(admin(&["mailbox", "show", &mails[0]["id"].to_string()]));
    assert!(mail.contains("/link#"), "{mail}");
    fine(admin(&["people", "role", &id, "staff"]));
    let early = admin(&["people", "suspend", &id]);
    assert!(early.err.contains("wrong_status"), "{}", early.err);

    let kept = admin(&["organizations", "delete", &org]);
    assert!(kept.err.contains("not_empty"), "{}", kept.err);
    let removed = admin(&["people", "remove", &id]);
    assert_eq!(removed.status, 0, "{}", removed.err);
    assert!(removed.err.contains("go on"), "{}", removed.err);
    assert!(
        removed.err.contains("handover machines revoke"),
        "{}",
        removed.err
    );
    fine(admin(&["organizations", "delete", &org]));
    assert_eq!(
        fine(admin(&[
            "organizations",
            "list",
            "--json",
            "--search",
            "orchard"
        ])),
        ""
    );
}

#[test]
fn customers_invite_nobody() {
    let cloud = TestCloud::start();
    let invited = cloud.as_customer(&["people", "invite", "a@b.example", "--name", "A"], "");
    assert_eq!(invited.status, 1);
    assert!(invited.err.contains("forbidden"), "{}", invited.err);
}
