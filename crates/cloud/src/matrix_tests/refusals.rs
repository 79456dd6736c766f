//! All that is refused, by every role, and that it changes nothing.

use handover_wire::Role;
use serde_json::{Value, json};

use super::Counts;
use super::asking::about;
use super::endpoints::{Asked, Endpoint, endpoints};
use super::expected::{Expected, NOT_YOURS, expected, refused};
use super::rows::rows;
use super::standing::Things;
use super::things::Where;
use super::tree::Tree;
use crate::domain::may;
use crate::testing::{Answer, Site};

#[tokio::test]
async fn every_endpoint_asks_for_a_token_and_for_its_permission() {
    let site = Site::demo().await;
    let people = [
        (Role::User, site.sign_in(Role::User).await),
        (Role::Staff, site.sign_in(Role::Staff).await),
        (Role::Admin, site.sign_in(Role::Admin).await),
    ];
    for endpoint in endpoints() {
        let name = endpoint.name();
        let nothing = Asked {
            query: Vec::new(),
            body: json!({}),
        };
        for access in [None, Some("made up")] {
            let answer = endpoint.call(&site, access, &nothing).await;
            let outcome = (401, "unauthenticated".to_owned());
            assert_eq!(answer.outcome(), outcome, "{name}");
        }
        for (role, person) in &people {
            let access = Some(&*person.access);
            let answer = endpoint.call(&site, access, &nothing).await;
            let refused = answer.status == 403 && answer.text.contains(NOT_YOURS);
            let allowed = endpoint.permission.is_none_or(|one| may(*role, one));
            assert_eq!(refused, !allowed, "{name} as {role:?}: {answer:?}");
            assert_ne!(answer.status, 500, "{name} as {role:?}: {answer:?}");
        }
    }
}

/// The answer, without the number of what was asked about.
fn told(answer: &Answer, thing: &Value) -> (u16, String) {
    let number = thing.to_string();
    let number = number.trim_matches('"');
    (answer.status, answer.text.replace(number, "#"))
}

#[tokio::test]
async fn nobody_reaches_beyond_their_role_and_organization_and_nothing_changes() {
    let site = Site::demo().await;
    let tree = Tree::new(&site).await;
    let things = Things::make(&tree).await;
    let before = rows(&site).await;
    let mut counts = Counts::default();
    for endpoint in &endpoints() {
        for caller in &tree.callers {
            let access = Some(&*caller.person.access);
            if let Some(sentence) = refused(endpoint, caller.role) {
                let answer = endpoint.call(&site, access, &endpoint.example()).await;
                check_refused(endpoint, &answer, sentence);
            }
            for slot in &endpoint.slots {
                let places = Where::ALL.into_iter();
                for place in places.filter(|place| place.has(slot.kind)) {
                    let expected = expected(endpoint, slot, caller.role, place);
                    if expected == Expected::Through {
                        continue;
                    }
                    let thing = things.get(caller, place, slot.kind);
                    let make = |thing: Value| {
                        // All or none: one that they may name goes nowhere without the other.
                        let with = match slot.is_list() && expected != Expected::ToldUnknown {
                            true => vec![things.home(caller, slot.kind), thing],
                            false => vec![thing],
                        };
                        about(
                            (&tree, &things),
                            (endpoint, slot),
                            (caller, Where::Mine),
                            with,
                        )
                    };
                    let asked = make(thing.clone());
                    let answer = endpoint.call(&site, access, &asked).await;
                    counts.add(caller.role, place);
                    let at = format!(
                        "{} {} as {:?} {place:?}: {asked:?}",
                        endpoint.name(),
                        slot.name(),
                        caller.role
                    );
                    match expected {
                        Expected::Refused(sentence) => {
                            check_refused(endpoint, &answer, sentence);
                            continue;
                        }
                        Expected::NotFound => assert_eq!(answer.status, 404, "{at}: {answer:?}"),
                        _ => assert_eq!(answer.status, 200, "{at}: {answer:?}"),
                    }
                    let nobodys = slot.kind.of_nobody();
                    let other = endpoint.call(&site, access, &make(nobodys.clone())).await;
                    assert_eq!(told(&answer, &thing), told(&other, &nobodys), "{at}");
                }
            }
        }
    }
    let roles = [Role::Admin, Role::Staff, Role::User];
    counts.check(&roles, &[Where::Own, Where::Parent, Where::Beside]);
    counts.check(&[Role::User], &Where::ALL);
    for (table, rows) in rows(&site).await {
        assert_eq!(before[&table], rows, "{table} was changed by a refusal");
    }
}

fn check_refused(endpoint: &Endpoint, answer: &Answer, sentence: &str) {
    let name = endpoint.name();
    assert_eq!(answer.status, 403, "{name}: {answer:?}");
    assert!(answer.text.contains(sentence), "{name}: {answer:?}");
}
