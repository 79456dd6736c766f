//! Several people at once on few devices. In which order the cloud takes what they send is its own affair; whatever it
//! is, a label is claimed by one organization, a device is in one, what was acknowledged is in the audit, and a label that
//! was replaced claims nothing.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use handover_wire::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

/// Claims that are made together stand in the audit in the order in which they were made, as if each had come by itself.
#[tokio::test(flavor = "multi_thread")]
async fn claims_of_one_moment_are_in_the_audit_in_their_order() {
    const MANY: usize = 40;
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let body = json!({ "templateId": "TMPLsoil00001", "count": MANY });
    let made = support.post("/static-tokens/generate", body).await.json();
    let made = made["content"].as_array().expect("a list");
    let claims = made.iter().enumerate().map(|(index, token)| {
        let body = json!({ "token": token["token"] });
        let customer = &customer;
        async move { customer.claim_as(&format!("key {index}"), body).await }
    });
    for answer in join_all(claims).await {
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let claims = "SELECT COUNT(*) FROM audit WHERE action = 'claim'";
    assert_eq!(site.count(claims).await, MANY as i64);
    // On PostgreSQL they are changes of their own, side by side.
    let crossed =
        "SELECT COUNT(*) FROM audit a JOIN audit b ON a.id < b.id AND a.device_id > b.device_id
                   WHERE a.action = 'claim' AND b.action = 'claim'";
    if site.database.is_none() {
        assert_eq!(site.count(crossed).await, 0);
    }
    let other = "SELECT COUNT(*) FROM audit a JOIN devices d ON d.id = a.device_id
                 WHERE a.action = 'claim' AND (a.org_id <> d.org_id OR a.user_id <> d.owner_id)";
    assert_eq!(site.count(other).await, 0);
}

/// Two customers and support, which is the maker's staff: each of another organization.
const PEOPLE: usize = 3;
const SUPPORT: usize = 2;
/// Devices that everybody is at.
const THINGS: usize = 2;
/// What is sent at the same time.
const CROWD: usize = 12;
/// Less than the hour that access tokens are good for.
const ROUNDS: i64 = 5;
/// Seconds after which nothing can be undone.
const WINDOW: i64 = 600;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Claim,
    Release,
    Transfer(usize),
    Undo,
    Disclaim,
}

impl Step {
    /// Path, and what the audit calls it.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Claim => ("/static-tokens/claim", "claim"),
            Self::Release => ("/device/release", "release_device"),
            Self::Transfer(_) => ("/device/transfer", "transfer_device"),
            Self::Undo => ("/device/undo", "undo"),
            Self::Disclaim => ("/static-tokens/unclaim", "disclaim"),
        }
    }

    /// The status of what happened, and those of what did not.
    fn statuses(self) -> (u16, &'static [u16]) {
        match self {
            Self::Claim => (201, &[200, 404]),
            Self::Release => (200, &[404, 409]),
            Self::Transfer(_) => (204, &[400, 404, 409]),
            Self::Undo => (200, &[403, 404, 409]),
            Self::Disclaim => (200, &[404, 409]),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Claim),
        2 => Just(Step::Release),
        2 => (0..PEOPLE).prop_map(Step::Transfer),
        2 => Just(Step::Undo),
        1 => Just(Step::Disclaim),
    ]
}

/// A device with the labels that it was seen with.
struct Thing {
    device: Value,
    labels: Vec<String>,
}

struct Crowd<'a> {
    site: &'a Site,
    people: [Person<'a>; PEOPLE],
    /// Their organizations and numbers.
    places: [(i64, i64); PEOPLE],
}

impl Crowd<'_> {
    /// Everybody claims each of a few new labels at the same time: for each one organization gets it.
    async fn claim_all(&self) -> Vec<Thing> {
        let body = json!({ "templateId": "TMPLsoil00001", "count": THINGS });
        let made = self.people[SUPPORT]
            .post("/static-tokens/generate", body)
            .await
            .json();
        let labels: Vec<String> = (0..THINGS)
            .map(|index| {
                made["content"][index]["token"]
                    .as_str()
                    .expect("a label")
                    .to_owned()
            })
            .collect();
        let mut things = Vec::new();
        // Twice each: somebody's second claim finds that it is theirs.
        let everybody = || (0..2 * PEOPLE).map(|who| &self.people[who % PEOPLE]);
        let claims = labels
            .iter()
            .map(|label| join_all(everybody().map(|person| person.claim(label))));
        for (label, answers) in labels.iter().zip(join_all(claims).await) {
            let with = |status: u16| -> Vec<usize> {
                let all = answers.iter().enumerate();
                let found = all.filter(|(_, answer)| answer.status == status);
                found.map(|(at, _)| at).collect()
            };
            let [won] = with(201)[..] else {
                panic!("one gets it: {answers:?}");
            };
            assert_eq!(with(200), [(won + PEOPLE) % (2 * PEOPLE)], "{answers:?}");
            assert_eq!(with(404).len(), 2 * (PEOPLE - 1), "{answers:?}");
            things.push(Thing {
                device: answers[won].json()["id"].clone(),
                labels: vec![label.clone()],
            });
        }
        things
    }

    async fn act(&self, who: usize, thing: &Thing, step: Step) -> Answer {
        let device = &thing.device;
        let body = match step {
            Step::Claim => json!({ "token": thing.labels[0] }),
            Step::Release => json!({ "deviceId": device, "history": "keep" }),
            Step::Transfer(to) => {
                let (org, user) = self.places[to];
                json!({ "deviceId": device, "newOrgId": org, "newUserId": user })
            }
            Step::Undo => json!({ "deviceId": device }),
            Step::Disclaim => json!({ "deviceId": device, "label": "renew" }),
        };
        // What is support's alone to do, support does.
        let who = match step {
            Step::Transfer(_) | Step::Disclaim => SUPPORT,
            _ => who,
        };
        let answer = self.people[who].post(step.names().0, body).await;
        let (done, others) = step.statuses();
        let known = answer.status == done || others.contains(&answer.status);
        assert!(known, "{who} {step:?}: {answer:?}");
        answer
    }

    /// All at once. What was acknowledged, by its name in the audit.
    async fn act_all(
        &self,
        things: &mut [Thing],
        acts: &[(usize, usize, Step)],
    ) -> BTreeMap<String, i64> {
        let answers = acts
            .iter()
            .map(|&(who, which, step)| self.act(who, &things[which], step));
        let answers = join_all(answers).await;
        let mut done = BTreeMap::new();
        for (&(_, which, step), answer) in acts.iter().zip(answers) {
            if answer.status != step.statuses().0 {
                continue;
            }
            *done.entry(step.names().1.to_owned()).or_default() += 1;
            if step == Step::Release {
                let label = answer.json()["label"]["text"].as_str().map(str::to_owned);
                things[which].labels.extend(label);
            }
        }
        done
    }

    /// Each device is in one organization, and of all its labels the one that counts now alone claims.
    async fn check(&self, things: &[Thing]) {
        for Thing { device, labels } in things {
            let path = format!("/device?deviceId={device}");
            let found = self.people[SUPPORT].get(&path).await;
            if found.status == 404 {
                // Its first claim was undone: it is as if there had never been one.
                continue;
            }
            let found = found.json();
            for (person, (org, _)) in self.people.iter().zip(self.places).take(SUPPORT) {
                let list = person.get("/devices?size=1000").await.json();
                let rows = list["content"].as_array().expect("a list");
                let listed = rows.iter().any(|row| row["id"] == *device);
                assert_eq!(listed, found["orgId"] == org, "{org} {found}");
            }
            let path = format!("/device/label?deviceId={device}");
            let label = self.people[SUPPORT].get(&path).await.json();
            let counts = label["text"].as_str().expect("a label");
            for old in labels.iter().filter(|old| !counts.ends_with(old.as_str())) {
                let answers = join_all(self.people.iter().map(|person| person.claim(old))).await;
                let refused = answers.iter().all(|answer| answer.status == 404);
                assert!(refused, "a label that was replaced: {answers:?}");
            }
            let answer = self.people[0].claim(counts).await;
            let want = match found["ownerUserId"].as_i64() {
                None => 201,
                Some(owner) if owner == self.places[0].1 => 200,
                Some(_) => 404,
            };
            assert_eq!(answer.status, want, "{answer:?} {found}");
        }
    }

    async fn audited(&self) -> BTreeMap<String, i64> {
        let database = self.site.database().await;
        let counts = "SELECT action, COUNT(*) FROM audit GROUP BY action";
        let rows: Vec<(String, i64)> = sqlx::query_as(counts)
            .fetch_all(&database)
            .await
            .expect("the audit");
        database.close().await;
        rows.into_iter().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_first() {
    let site = Site::demo().await;
    let (neighbour, org, user) = site.client("Orchard", "o@orchard.example").await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let crowd = Crowd {
        site: &site,
        people: [customer, neighbour, support],
        places: [(2, 3), (org, user), (1, 2)],
    };
    let mut runner = TestRunner::new(Config::default());
    let acts = prop::collection::vec((0..PEOPLE, 0..THINGS, step()), CROWD);
    for _ in 0..ROUNDS {
        let mut things = crowd.claim_all().await;
        let before = crowd.audited().await;
        let acts = acts.new_tree(&mut runner).expect("a value").current();
        let done = crowd.act_all(&mut things, &acts).await;
        let after = crowd.audited().await;
        let count = |counts: &BTreeMap<String, i64>, name| counts.get(name).copied().unwrap_or(0);
        for (_, _, step) in &acts {
            let name = step.names().1;
            let audited = count(&after, name) - count(&before, name);
            assert_eq!(audited, count(&done, name), "{name} {acts:?}");
        }
        site.clock.pass_seconds(WINDOW);
        site.end_moves().await;
        crowd.check(&things).await;
    }
}
