//! What is within reach goes through: reads, and changes of things that nothing has happened to.

use handover_wire::Role;
use serde_json::{Value, json};

use super::asking::{Named, about, ask, lasting, others};
use super::branch::person;
use super::case::Case;
use super::endpoints::{Asked, Endpoint, endpoints};
use super::expected::{Expected, unfit};
use super::faults::{Counts, Faults};
use super::slots::Slot;
use super::standing::Things;
use super::things::{Kind, Where};
use super::tree::Tree;
use crate::testing::{Answer, Site, send};

#[tokio::test]
async fn what_is_within_reach_goes_through() {
    let site = Site::demo().await;
    let tree = Tree::new(&site).await;
    let standing = Things::make(&tree).await;
    let endpoints = endpoints();
    let mut faults = Faults::default();
    let (mut reads, mut changes) = (Counts::default(), Counts::default());
    for case in Case::all(&endpoints, &tree) {
        if case.expected == Expected::Through {
            let answer = go(&site, (&tree, &standing), &case).await;
            faults.unless(is_good(&case, &answer), || {
                format!("{}: {}", case.name(), answer.short())
            });
            let counts = match case.endpoint.is_read() {
                true => &mut reads,
                false => &mut changes,
            };
            counts.add(case.caller.role, case.place);
        }
    }
    for counts in [reads, changes] {
        let places = [Where::Mine, Where::Own, Where::Child];
        counts.check(&[Role::Admin, Role::Staff], &places);
        counts.check(&[Role::User], &[Where::Mine, Where::Own]);
    }
    faults.tell();
}

fn is_good(case: &Case<'_>, answer: &Answer) -> bool {
    match unfit(&case.endpoint.short(), &case.slot.name(), case.place) {
        Some((status, code)) => answer.outcome() == (status, code.to_owned()),
        // What goes through each by itself says so in the answer.
        None => (200..300).contains(&answer.status) && !answer.text.contains("\"error\":{"),
    }
}

/// Makes what the request names, all of it in one place, and sends it. Reads are of what stays.
async fn go(site: &Site, (tree, standing): (&Tree<'_>, &Things), case: &Case<'_>) -> Answer {
    let &Case {
        endpoint,
        slot,
        caller,
        place,
        ..
    } = case;
    let access = Some(&*caller.person.access);
    if endpoint.is_read() {
        let thing = standing.get(caller, place, slot.kind);
        let others_are = (caller, with(case));
        let asked = about((tree, standing), (endpoint, slot), others_are, vec![thing]);
        return endpoint.call(site, access, &asked).await;
    }
    let mut named: Vec<Named<'_>> = Vec::new();
    for other in others(endpoint, slot) {
        let thing = match lasting(tree, with(case), other.kind) {
            Some(thing) => thing,
            None => {
                let place = with(case).at(other.kind);
                tree.fresh(caller, place, other.kind).await
            }
        };
        named.push((other, vec![thing]));
    }
    let mut things = vec![tree.fresh(caller, place, slot.kind).await];
    if slot.is_list() {
        things.push(tree.fresh(caller, place, slot.kind).await);
    }
    named.push((slot, things));
    let mut asked = ask(tree, endpoint, &named);
    prepare(
        site,
        (tree, with(case)),
        (endpoint, slot),
        &named,
        &mut asked,
    )
    .await;
    endpoint.call(site, access, &asked).await
}

/// Where what goes with a thing is: below, where that is below; but people and templates of one's own organization are there
/// for every organization below it.
fn with(case: &Case<'_>) -> Where {
    match (case.slot.kind, case.place) {
        (Kind::Org, _) | (_, Where::Parent | Where::Beside) => Where::Own,
        (_, place) => place,
    }
}

/// Does what has to be done before.
async fn prepare(
    site: &Site,
    (tree, place): (&Tree<'_>, Where),
    (endpoint, slot): (&Endpoint, &Slot),
    named: &[Named<'_>],
    asked: &mut Asked,
) {
    let branch = tree.branch(place);
    let of = |name: &str| named.iter().find(|(slot, _)| slot.name() == name);
    let one = |name: &str| of(name).map_or(Value::Null, |(_, things)| things[0].clone());
    match &*endpoint.short() {
        "POST /static-tokens/claim" => {
            asked.body["token"] = json!(tree.own.label(Kind::Device).await)
        }
        "POST /gateway/move" => {
            let other = branch.fresh(Kind::Gateway).await;
            let pair = json!({ "gatewayId": other, "nodeId": one("nodeId") });
            branch.post("/gateway/pair", pair).await;
        }
        "POST /gateway/decide" => {
            let gateway = one("gatewayId");
            let window = json!({ "gatewayId": gateway, "minutes": 5 });
            branch.post("/gateway/window", window).await;
            let mut join = site.request(reqwest::Method::POST, "/external/api/gateway/join");
            for (header, device) in [
                ("X-Gateway-Token", gateway),
                ("X-Node-Token", one("nodeId")),
            ] {
                let token = branch
                    .get(&format!("/device/token?deviceId={device}"))
                    .await;
                join = join.header(header, token["token"].as_str().expect("a token"));
            }
            assert_eq!(send(join).await.status, 200);
        }
        // Whoever gets a device is of the organization that it goes to.
        short if short.ends_with("/to-owner") && slot.name() == "newOrgId" => {
            let org = one("newOrgId").as_i64().expect("a number");
            asked.body["newUserId"] = json!(person(site, org).await);
        }
        short if short.starts_with("POST /gateway/") && slot.name() == "nodeIds.*" => {
            for node in &named.last().expect("the slot").1 {
                let pair = json!({ "gatewayId": one("deviceId"), "nodeId": node });
                branch.post("/gateway/pair", pair).await;
            }
        }
        _ => {}
    }
}
