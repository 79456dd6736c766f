use handover_wire::ClaimFault;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const DEVICES: &str = "GET /api/v1/organization/devices";
const SESSION: &str = "POST /api/session";

fn endpoints() -> Vec<String> {
    let switches = format!("PUT {SWITCHES}");
    [DEVICES, CLAIM, SESSION, &switches, "GET /external/api/get"]
        .map(str::to_owned)
        .into()
}

fn plan(plan: Value) -> Faults {
    serde_json::from_value(plan).expect("a plan")
}

fn fates(rules: Value) -> Fates {
    Fates::new(plan(json!({"seed": 7, "rules": rules})), &endpoints()).expect("good rules")
}

fn call<'a>(endpoint: &'a str, account: &'a str) -> Call<'a> {
    Call {
        endpoint,
        account: (!account.is_empty()).then_some(account),
        device: None,
    }
}

#[test]
fn a_rule_is_of_the_calls_that_it_names() {
    let lost = json!({"kind": "lost_request"});
    let claim = json!({"kind": "claim", "answer": "not_claimable"});
    let rows = [
        (json!({"fault": lost}), DEVICES, "", true),
        (json!({"fault": lost}), SESSION, "", false),
        (
            json!({"fault": lost}),
            "GET /api/v1/organization/faults/recorded",
            "",
            false,
        ),
        (
            json!({"fault": lost}),
            "PUT /api/v1/organization/faults",
            "",
            false,
        ),
        (
            json!({"fault": lost, "endpoint": "post /api/session"}),
            SESSION,
            "",
            true,
        ),
        (
            json!({"fault": lost, "endpoint": "GET /devices"}),
            DEVICES,
            "",
            true,
        ),
        (
            json!({"fault": lost, "endpoint": "GET /devices"}),
            CLAIM,
            "",
            false,
        ),
        (
            json!({"fault": lost, "account": "a@b.example"}),
            DEVICES,
            "A@B.example",
            true,
        ),
        (
            json!({"fault": lost, "account": "a@b.example"}),
            DEVICES,
            "c@b.example",
            false,
        ),
        (
            json!({"fault": lost, "account": "a@b.example"}),
            DEVICES,
            "",
            false,
        ),
        (json!({"fault": lost, "device": 3}), DEVICES, "", false),
        (json!({"fault": lost, "percent": 0}), DEVICES, "", false),
        (json!({"fault": lost, "percent": 100}), DEVICES, "", true),
        (json!({"fault": lost, "next": 0}), DEVICES, "", false),
        (json!({"fault": claim}), CLAIM, "", true),
        (json!({"fault": claim}), DEVICES, "", false),
    ];
    for (rule, endpoint, account, want) in rows {
        let met = fates(json!([rule])).meets(&call(endpoint, account));
        assert_eq!(!met.is_empty(), want, "{rule} {endpoint} {account}");
    }
}

#[test]
fn what_is_no_plan_is_refused_with_its_place() {
    let lost = json!({"kind": "lost_request"});
    for (rules, words) in [
        (
            json!([{"fault": lost}, {"fault": lost, "endpoint": "GET /device"}]),
            "rule 2: this cloud has no endpoint \"GET /device\"",
        ),
        (
            json!([{"fault": lost, "endpoint": "PUT /faults"}]),
            "rule 1: the switches of faults work always",
        ),
        (
            json!([{"fault": lost, "percent": 101}]),
            "rule 1: percent must be",
        ),
        (
            json!([{"fault": {"kind": "latency", "ms": 120_000, "jitter": 1}}]),
            "rule 1: ms and jitter",
        ),
        (
            json!([{"fault": {"kind": "status", "status": 200}}]),
            "rule 1: status must be",
        ),
        (
            json!([{"fault": {"kind": "claim", "answer": "not_claimable"}, "endpoint": "GET /devices"}]),
            "rule 1: an answer of claims",
        ),
    ] {
        let refused = Fates::new(plan(json!({"rules": rules})), &endpoints());
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.starts_with(words), "{refused}");
    }
    let recorded = json!({"recorded": [{"endpoint": "GET /x", "call": 1, "faults": []}]});
    let refused = Fates::new(plan(recorded), &endpoints()).expect_err("refused");
    assert!(
        refused.to_string().starts_with("recorded call 1: "),
        "{refused}"
    );
    for misspelt in [
        json!({"rule": []}),
        json!({"rules": [{"fault": lost, "chance": 1}]}),
    ] {
        serde_json::from_value::<Faults>(misspelt).expect_err("a field that is none");
    }
}

#[test]
fn the_next_calls_meet_it_and_then_no_more() {
    let mut fates = fates(json!([
        {"next": 2, "fault": {"kind": "latency", "ms": 5}},
        {"next": 1, "fault": {"kind": "claim", "answer": "device_limit"}},
        {"fault": {"kind": "status", "status": 503}},
    ]));
    let slow = Fault::Latency { ms: 5, jitter: 0 };
    let full = Fault::Claim {
        answer: ClaimFault::DeviceLimit,
    };
    let down = Fault::Status {
        status: 503,
        retry_after: None,
    };
    for want in [vec![slow, full], vec![slow, down], vec![down]] {
        assert_eq!(fates.meets(&call(CLAIM, "")), want);
    }
    let now = fates.now();
    assert_eq!(now.happened, [2, 1, 2]);
    assert_eq!((now.faults.rules[0].next, now.recorded), (Some(0), 3));
}

#[test]
fn chance_is_as_often_as_it_says() {
    let mut fates = fates(json!([{"percent": 30, "fault": {"kind": "lost_answer"}}]));
    let met = (0..1000).filter(|_| !fates.meets(&call(DEVICES, "a")).is_empty());
    assert_eq!(met.count(), 293, "the seed is fixed, so the count is");
}

/// Calls of two people, as they come.
fn calls() -> impl Strategy<Value = Vec<(bool, bool)>> {
    prop::collection::vec((any::<bool>(), any::<bool>()), 0..60)
}

fn play(fates: &mut Fates, calls: &[(bool, bool)]) -> Vec<((bool, bool), Vec<Fault>)> {
    let one = |&(who, what): &(bool, bool)| {
        let account = if who { "a@b.example" } else { "c@d.example" };
        let endpoint = if what { DEVICES } else { CLAIM };
        ((who, what), fates.meets(&call(endpoint, account)))
    };
    calls.iter().map(one).collect()
}

fn chancy(seed: u32) -> Fates {
    let rules = json!([
        {"percent": 40, "fault": {"kind": "latency", "ms": 10, "jitter": 1000}},
        {"percent": 30, "fault": {"kind": "lost_request"}},
        {"percent": 30, "fault": {"kind": "cut_off", "after": 9}},
    ]);
    Fates::new(plan(json!({"seed": seed, "rules": rules})), &endpoints()).expect("good rules")
}

proptest! {
    /// What one meets does not hang on when the other calls.
    #[test]
    fn each_meets_the_same_however_calls_interleave(seed: u32, calls in calls()) {
        let mut sorted = calls.clone();
        sorted.sort_unstable();
        let mut one = play(&mut chancy(seed), &calls);
        let other = play(&mut chancy(seed), &sorted);
        one.sort_by_key(|(call, _)| *call);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_recorded_run_is_played_again(seed: u32, calls in calls()) {
        let mut first = chancy(seed);
        let met = play(&mut first, &calls);
        let mut again = Fates::new(first.recording(), &endpoints()).expect("a recording is a plan");
        prop_assert_eq!(&met, &play(&mut again, &calls));
        prop_assert_eq!(again.now().to_play, 0);
        prop_assert_eq!(again.recording().recorded, first.recording().recorded);
    }
}
