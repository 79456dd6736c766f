//! All that is refused, by every role, and that it changes nothing.

use handover_wire::Role;
use serde_json::{Value, json};

use super::asking::about;
use super::case::Case;
use super::endpoints::{Asked, endpoints};
use super::expected::{Expected, NOT_YOURS, refused};
use super::faults::{Counts, Faults};
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

fn is_refused(answer: &Answer, sentence: &str) -> bool {
    answer.status == 403 && answer.text.contains(sentence)
}

/// The request about this thing; all others in it are the caller's own.
fn request(tree: &Tree<'_>, things: &Things, case: &Case<'_>, thing: &Value) -> Asked {
    let (slot, caller) = (case.slot, case.caller);
    let mut named = vec![thing.clone()];
    // All or none: one that they may name goes nowhere without the other.
    if slot.is_list() && case.expected != Expected::AsOfNobody(200) {
        named.insert(0, things.home(caller, slot.kind));
    }
    let of = (case.endpoint, slot);
    about((tree, things), of, (caller, Where::Mine), named)
}

async fn check(site: &Site, (tree, things): (&Tree<'_>, &Things), case: &Case<'_>) -> Faults {
    let mut faults = Faults::default();
    let access = Some(&*case.caller.person.access);
    let thing = things.get(case.caller, case.place, case.slot.kind);
    let asked = request(tree, things, case, &thing);
    let answer = case.endpoint.call(site, access, &asked).await;
    let wrong = |answer: &Answer| format!("{}: {asked:?}: {}", case.name(), answer.short());
    let status = match case.expected {
        Expected::Refused(sentence) => {
            faults.unless(is_refused(&answer, sentence), || wrong(&answer));
            return faults;
        }
        Expected::AsOfNobody(status) => status,
        Expected::Through => return faults,
    };
    faults.unless(answer.status == status, || wrong(&answer));
    let nobodys = case.slot.kind.of_nobody();
    let other = request(tree, things, case, &nobodys);
    let other = case.endpoint.call(site, access, &other).await;
    let is_alike = told(&answer, &thing) == told(&other, &nobodys);
    faults.unless(is_alike, || {
        format!("{} is not {}", wrong(&answer), other.short())
    });
    faults
}

#[tokio::test]
async fn nobody_reaches_beyond_their_role_and_organization_and_nothing_changes() {
    let site = Site::demo().await;
    let tree = Tree::new(&site).await;
    let things = Things::make(&tree).await;
    let endpoints = endpoints();
    let before = rows(&site).await;
    let (mut faults, mut counts) = (Faults::default(), Counts::default());
    for endpoint in &endpoints {
        for caller in &tree.callers {
            if let Some(sentence) = refused(endpoint, caller.role) {
                let access = Some(&*caller.person.access);
                let answer = endpoint.call(&site, access, &endpoint.example()).await;
                let name = endpoint.name();
                faults.unless(is_refused(&answer, sentence), || {
                    format!("{name} as {:?}: {}", caller.role, answer.short())
                });
            }
        }
    }
    for case in Case::all(&endpoints, &tree) {
        if case.expected != Expected::Through {
            faults.add(check(&site, (&tree, &things), &case).await);
            counts.add(case.caller.role, case.place);
        }
    }
    let roles = [Role::Admin, Role::Staff, Role::User];
    counts.check(&roles, &[Where::Own, Where::Parent, Where::Beside]);
    counts.check(&[Role::User], &Where::ALL);
    for (table, rows) in rows(&site).await {
        faults.unless(before[&table] == rows, || {
            let new: Vec<_> = rows
                .iter()
                .filter(|row| !before[&table].contains(row))
                .collect();
            format!("a refusal wrote into {table}: {new:?}")
        });
    }
    faults.tell();
}
