//! What can be asked of the cloud can be asked for by a command: no endpoint escapes this table.

use std::collections::BTreeSet;

use handover_wire::Role;

use crate::cloud::TestCloud;
use crate::run::run;

/// Each operation of the API, and the command that does it.
const OPERATIONS: &[(&str, &str)] = &[
    ("approvals", "approvals list"),
    ("approveClaim", "approvals approve"),
    ("audit", "audit list"),
    ("awaitPress", "devices identify"),
    ("batch", "tokens show"),
    ("batches", "tokens batches"),
    ("bootstrap", "bootstrap"),
    ("bootstrapPresence", "bootstrap"),
    ("cancelBatch", "tokens cancel"),
    ("cancelDeviceWork", "devices cancel"),
    ("changePassword", "me password"),
    ("changeRole", "people role"),
    ("changeSettings", "settings"),
    ("checkAudit", "audit verify"),
    ("claim", "claim"),
    ("confirmDevice", "devices identify"),
    ("createBatch", "tokens generate"),
    ("createDevice", "devices create"),
    ("createDevices", "devices create"),
    ("createOauthClient", "machines create"),
    ("createOrganization", "organizations create"),
    ("createTemplate", "templates create"),
    ("deleteDevice", "devices delete"),
    ("deleteFile", "devices delete-file"),
    ("deleteFleet", "fleet delete"),
    ("deleteOrganization", "organizations delete"),
    ("deleteTemplate", "templates delete"),
    ("decideJoin", "gateways accept"),
    ("device", "devices show"),
    ("deviceBootstrap", "devices identify"),
    ("deviceEvents", "devices events"),
    ("deviceFile", "devices file"),
    ("deviceFiles", "devices files"),
    ("deviceHistory", "devices values"),
    ("deviceLabel", "devices label"),
    ("deviceMoves", "devices history"),
    ("deviceOnline", "devices show"),
    ("deviceProperties", "devices properties"),
    ("deviceToken", "devices token"),
    ("deviceWork", "devices work"),
    ("devices", "devices list"),
    ("editProfile", "me edit"),
    ("editTemplate", "templates edit"),
    ("endSessions", "me sign-out"),
    ("events", "events"),
    ("explainLabel", "explain"),
    ("followLink", "account follow"),
    ("forgotPassword", "account forgot"),
    ("info", "account cloud"),
    ("lookAtLink", "account look"),
    ("organizationProfile", "organizations own"),
    ("register", "account sign-up"),
    ("setUp", "account set-up"),
    ("exportAudit", "audit export"),
    ("exportBatch", "tokens export"),
    ("exportDevices", "devices export"),
    ("faults", "faults show"),
    ("findStaticTokens", "tokens list"),
    ("fleet", "fleet show"),
    ("gateway", "gateways show"),
    ("gatewayLabels", "gateways waiting"),
    ("generateStaticTokens", "tokens generate"),
    ("importDevices", "devices import"),
    ("importStaticTokens", "tokens import"),
    ("inviteAgain", "people invite-again"),
    ("inviteUser", "people invite"),
    ("mail", "mailbox show"),
    ("mailbox", "mailbox list"),
    ("me", "me show"),
    ("oauthClients", "machines list"),
    ("overview", "overview"),
    ("playFleet", "fleet play"),
    ("recordedFaults", "faults recorded"),
    ("recordedFleet", "fleet recorded"),
    ("refuseClaim", "approvals refuse"),
    ("refuseDevice", "devices identify"),
    ("releaseDevice", "devices release"),
    ("releaseGateway", "gateways release"),
    ("removeUser", "people remove"),
    ("mesh", "gateways mesh"),
    ("moveNode", "gateways move"),
    ("openJoinWindow", "gateways window"),
    ("pairNode", "gateways pair"),
    ("replaceGateway", "gateways replace"),
    ("takeGatewayBack", "gateways take-back"),
    ("transferGateway", "gateways transfer"),
    ("unpairNode", "gateways unpair"),
    ("renameDevice", "devices rename"),
    ("renameOrganization", "organizations rename"),
    ("renewLabel", "tokens label"),
    ("resetMachines", "tokens reset-machines"),
    ("resetPins", "devices identify"),
    ("restoreUser", "people restore"),
    ("revokeOauthClient", "machines revoke"),
    ("revokeStaticTokens", "tokens revoke"),
    ("searchDevices", "devices list"),
    ("searchOrganizations", "organizations list"),
    ("sessions", "me sessions"),
    ("setDeviceLimit", "organizations limit"),
    ("setValue", "devices set"),
    ("settings", "settings"),
    ("staticTokens", "tokens list"),
    ("subOrganizations", "organizations list"),
    ("suspendUser", "people suspend"),
    ("startFleet", "fleet start"),
    ("stopFleet", "fleet stop"),
    ("switchFaults", "faults switch"),
    ("template", "templates show"),
    ("templateDatastreams", "templates show"),
    ("templateEvents", "templates show"),
    ("templateMetaFields", "templates show"),
    ("templates", "templates list"),
    ("tokenLabel", "tokens label"),
    ("transferDevice", "devices transfer"),
    ("transferDeviceToOrganization", "devices transfer"),
    ("transferDeviceToOwner", "devices transfer"),
    ("transferDevices", "devices transfer"),
    ("unclaim", "devices take-back"),
    ("undoDeviceMove", "devices undo"),
    ("undoDeviceMoves", "devices undo"),
    ("user", "people list"),
    ("userProfile", "me show"),
    ("users", "people list"),
    ("waitTogether", "gateways wait"),
    ("waitingMail", "mailbox waiting"),
    ("whyNotClaimable", "why"),
];

/// Those that no command does, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("beginSession", "each command signs in by itself"),
    ("deviceBatch", "a device says it"),
    ("deviceGet", "a device says it"),
    ("deviceGetAll", "a device says it"),
    ("deviceHistoryExport", "a device says it"),
    ("deviceIsConnected", "a device says it"),
    ("gatewayJoin", "a device says it"),
    ("gatewayMesh", "a device says it"),
    ("gatewayNodes", "a device says it"),
    ("gatewayOrders", "a device says it"),
    ("gatewayStrangers", "a device says it"),
    ("deviceLogEvent", "a device says it"),
    ("deviceMeta", "a device says it"),
    ("devicePoints", "a device says it"),
    ("deviceProperty", "a device says it"),
    ("deviceSetMeta", "a device says it"),
    ("deviceProvision", "a device says it"),
    ("deviceUpdate", "a device says it"),
    ("deviceUpload", "a device says it"),
    ("demoLabel", "`demo photo` draws one without a cloud"),
    ("endSession", "each command signs in by itself"),
    ("refreshSession", "each command signs in by itself"),
    ("revoke", "each command signs in by itself"),
    ("token", "each command signs in by itself"),
    ("uploadedFile", "whoever has the link opens it"),
];

#[test]
fn every_operation_has_a_command_or_a_reason() {
    let document = serde_json::to_value(handover_cloud::openapi()).expect("it is a document");
    let paths = document["paths"].as_object().expect("it has paths");
    let operations = paths
        .values()
        .flat_map(|path| path.as_object().expect("operations").values());
    let there: BTreeSet<_> = operations
        .map(|operation| operation["operationId"].as_str().expect("a name"))
        .collect();
    let told: BTreeSet<_> = OPERATIONS
        .iter()
        .chain(WITHOUT)
        .map(|&(name, _)| name)
        .collect();
    assert_eq!(there, told);
}

#[test]
fn every_command_stands_alone() {
    let commands: BTreeSet<_> = OPERATIONS.iter().map(|&(_, command)| command).collect();
    for command in commands {
        let words: Vec<_> = command.split(' ').chain(["--help"]).collect();
        let help = run(&words);
        assert_eq!(help.status, 0, "{command}: {}", help.err);
        assert!(help.out.contains("Usage: handover"), "{command}");
    }
}

#[test]
fn ones_own_account_is_looked_after() {
    let cloud = TestCloud::start();
    let me = |arguments: &[&str], input: &str| {
        let outcome = cloud.as_customer(&[&["me"], arguments].concat(), input);
        assert_eq!(outcome.status, 0, "{arguments:?}: {}", outcome.err);
        outcome
    };
    let edit = ["edit", "--name", "Nina", "--language", "de"];
    assert_eq!(me(&edit, "").out, "");
    let edited = me(&[&edit[..], &["--json"]].concat(), "");
    assert_eq!(edited.lines()[0]["name"], "Nina");
    assert_eq!(me(&["show", "--json"], "").lines()[0]["name"], "Nina");
    let sessions = me(&["sessions", "--json"], "").lines();
    assert!(sessions.iter().any(|session| session["current"] == true));
    me(&["sign-out"], "");
    let left = me(&["sessions", "--json"], "").lines();
    assert_eq!(left.len(), 1, "each command ends its own");
    let changed = me(&["password", "--json"], "apples and pears");
    assert_eq!(changed.lines()[0]["passwordChanged"], true);
    let old = cloud.as_customer(&["me", "show"], "");
    assert_eq!(old.status, 1, "the password is another one");
}

#[test]
fn the_maker_chooses_and_makes_credentials() {
    let cloud = TestCloud::start();
    let maker = |arguments: &[&str]| {
        let outcome = cloud.run_as(Role::Admin, arguments, "");
        assert_eq!(outcome.status, 0, "{arguments:?}: {}", outcome.err);
        outcome
    };
    for (choice, want) in [("off", false), ("on", true)] {
        let chosen = maker(&["settings", "--sign-up", choice, "--json"]);
        assert_eq!(chosen.lines()[0]["signUp"], want);
    }
    assert!(maker(&["settings"]).out.contains("sign-up"));
    let machine = &maker(&["machines", "create", "Order system", "--json"]).lines()[0];
    let id = machine["clientId"].as_str().unwrap_or_default();
    assert!(id.starts_with("oa2-client-id_"), "{id}");
    assert_eq!(
        maker(&["machines", "list", "--json"]).lines()[0]["name"],
        "Order system"
    );
    maker(&["machines", "revoke", id]);
    assert!(maker(&["machines", "list", "--json"]).lines().is_empty());
    let events = maker(&["events", "--count", "1", "--json"]);
    let topics = events.lines()[0]["topics"].as_array().map(Vec::len);
    assert_eq!(topics, Some(handover_wire::Topic::ALL.len()));
    let refused = cloud.as_customer(&["settings"], "");
    assert!(refused.err.contains("forbidden"), "{}", refused.err);
}

#[test]
fn a_device_gets_another_name() {
    let cloud = TestCloud::start();
    let devices = || {
        cloud
            .as_customer(&["devices", "list", "--json"], "")
            .lines()
    };
    let id = devices()[0]["id"].to_string();
    let renamed = cloud.as_customer(&["devices", "rename", &id, "Barn door"], "");
    assert_eq!(renamed.status, 0, "{}", renamed.err);
    assert!(devices().iter().any(|device| device["name"] == "Barn door"));
    let wrong = cloud.as_customer(&["devices", "rename", &id, "<b>"], "");
    assert_eq!(wrong.status, 1);
    let again = ["devices", "rename", &id, "Barn gate", "--json"];
    let again = &cloud.as_customer(&again, "").lines()[0];
    assert_eq!(
        (&again["name"], &again["token"]),
        (&"Barn gate".into(), &serde_json::Value::Null)
    );
}
