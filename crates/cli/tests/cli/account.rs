//! `handover account`: what is done before anybody can sign in, against clouds of their own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::{Outcome, argument, command, run_with_input};

const PASSWORD: &str = "apples and pears";

fn fine(outcome: Outcome) -> Outcome {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    outcome
}

/// A cloud that nobody has set up.
struct EmptyCloud(Child);

impl EmptyCloud {
    /// Starts one; gives its set-up link, too.
    fn start(folder: &str) -> (Self, String) {
        let mut process = command(&["cloud", "--data", folder, "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let out = process.stdout.take().expect("it is piped");
        let link = BufReader::new(out)
            .lines()
            .map(|line| line.expect("it prints text"))
            .find_map(|line| Some(line.split_once("works once): ")?.1.to_owned()));
        (Self(process), link.expect("it says how it is set up"))
    }
}

impl Drop for EmptyCloud {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_empty_cloud_is_set_up_by_its_link() {
    let data = tempfile::tempdir().expect("there is room for a folder");
    let (_cloud, link) = EmptyCloud::start(argument(data.path()));
    let server = link.split("setup#").next().expect("an address");
    let look = ["account", "cloud", "--server", server, "--json"];
    let waits = || fine(run_with_input(&look, b"")).lines()[0]["needsSetup"].clone();
    assert_eq!(waits(), true);
    let set_up = [
        "account",
        "set-up",
        "-",
        "--organization",
        "Meadow Instruments",
        "--email",
        "ada@meadow.example",
        "--name",
        "Ada Marsh",
    ];
    let set_up = |input: &str| run_with_input(&set_up, input.as_bytes());
    let nothing = set_up(&format!("{link}\n"));
    assert_eq!(nothing.status, 1);
    assert!(
        nothing.err.contains("HANDOVER_NEW_PASSWORD"),
        "{}",
        nothing.err
    );
    let other = set_up(&format!("{server}link#abc\n{PASSWORD}\n"));
    assert!(other.err.contains("/setup#"), "{}", other.err);
    fine(set_up(&format!("{link}\n{PASSWORD}\n")));
    assert_eq!(waits(), false);
    let again = set_up(&format!("{link}\n{PASSWORD}\n"));
    assert!(again.err.contains("setup_link_invalid"), "{}", again.err);
    let own = [
        "organizations",
        "own",
        "--json",
        "--server",
        server,
        "--email",
        "ada@meadow.example",
    ];
    let own = fine(run_with_input(&own, format!("{PASSWORD}\n").as_bytes()));
    assert_eq!(own.lines()[0]["name"], "Meadow Instruments");
}

/// The link in the newest mail to this address, which may be on its way still, once there are so many.
fn mailed(cloud: &TestCloud, to: &str, mails: usize) -> String {
    let admin = |arguments: &[&str]| fine(cloud.run_as(Role::Admin, arguments, "")).lines();
    loop {
        let found = admin(&["mailbox", "list", "--search", to, "--json"]);
        if found.len() == mails {
            let mail = admin(&["mailbox", "show", &found[0]["id"].to_string(), "--json"]);
            let link = mail[0]["links"][0].as_str().expect("a link");
            return link.to_owned();
        }
    }
}

#[test]
fn whoever_signs_up_has_the_label_that_was_in_their_hand() {
    let cloud = TestCloud::start();
    let email = "al@client.example";
    let at = ["--server", &cloud.url, "--email", email];
    let sign_up = [&["account", "sign-up", "--label", "-", "--json"][..], &at].concat();
    let label = format!("{}\n", cloud.unclaimed());
    let asked = fine(run_with_input(&sign_up, label.as_bytes()));
    assert_eq!(asked.lines()[0]["mailed"], email);
    let link = mailed(&cloud, email, 1);
    let look = |more: &[&str]| {
        let words = [&["account", "look", "-"], more].concat();
        run_with_input(&words, format!("{link}\n").as_bytes())
    };
    let looked = fine(look(&["--json"]));
    assert_eq!(looked.lines()[0]["label"], cloud.unclaimed());
    let told = fine(look(&[])).out;
    assert!(
        told.contains("begins an account") && told.contains("--claim"),
        "{told}"
    );
    assert!(!told.contains("sqr_"), "{told}");
    let follow = [
        "account", "follow", "-", "--name", "Al Field", "--claim", "--json",
    ];
    let follow = |input: &str| run_with_input(&follow, input.as_bytes());
    let followed = fine(follow(&format!("{link}\n{PASSWORD}\n"))).lines();
    assert_eq!(followed[0]["purpose"], "sign_up");
    assert_eq!(followed[1]["outcome"], "claimed");
    assert_eq!(followed[1]["orgName"], "Al Field");
    let again = follow(&format!("{link}\n{PASSWORD}\n"));
    assert!(again.err.contains("link_used"), "{}", again.err);
    let listed = [&["devices", "list", "--json"][..], &at].concat();
    let listed = fine(run_with_input(&listed, format!("{PASSWORD}\n").as_bytes()));
    assert_eq!(listed.lines().len(), 1);
}

#[test]
fn an_account_that_is_made_is_told_of_where_its_label_claims_nothing() {
    let cloud = TestCloud::start();
    let email = "al@client.example";
    let at = ["--server", &cloud.url, "--email", email];
    let sign_up = [&["account", "sign-up", "--label", "-"][..], &at].concat();
    fine(run_with_input(&sign_up, b"sqr_nothing\n"));
    let link = mailed(&cloud, email, 1);
    let follow = ["account", "follow", "-", "--name", "Al Field", "--claim"];
    let followed = run_with_input(&follow, format!("{link}\n{PASSWORD}\n").as_bytes());
    assert_eq!(followed.status, 1, "{}", followed.out);
    assert!(
        followed.out.contains("The account is made"),
        "{}",
        followed.out
    );
    assert!(followed.err.contains("not_claimable"), "{}", followed.err);
}

#[test]
fn an_invitation_is_accepted_and_a_forgotten_password_is_another_one() {
    let cloud = TestCloud::start();
    let email = "nina@orchard.example";
    let invite = ["people", "invite", email, "--name", "Nina"];
    fine(cloud.run_as(Role::Admin, &invite, ""));
    let follow = |link: &str, password: &str| {
        let input = format!("{link}\n{password}\n");
        fine(run_with_input(
            &["account", "follow", "-"],
            input.as_bytes(),
        ))
    };
    let at = ["--server", &cloud.url, "--email", email];
    let signs_in = |password: &str| {
        let show = [&["me", "show"][..], &at].concat();
        run_with_input(&show, format!("{password}\n").as_bytes()).status == 0
    };
    assert!(!signs_in(PASSWORD));
    follow(&mailed(&cloud, email, 1), PASSWORD);
    assert!(signs_in(PASSWORD));
    let forgot = [&["account", "forgot"][..], &at].concat();
    assert_eq!(fine(run_with_input(&forgot, b"")).out, "");
    follow(&mailed(&cloud, email, 2), "plums and cherries");
    assert!(signs_in("plums and cherries") && !signs_in(PASSWORD));
}
