//! Whatever several people do with devices, in whatever order, with restarts in between: the cloud agrees with a model
//! that is simple enough to be believed. A device is in one organization; a label that was replaced never claims; an auth
//! token claims for customers only what nobody has had, and is known to nobody outside then; what a former owner wrote is
//! never read by whoever has it after that was erased; what was acknowledged is so.

use handover_wire::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

/// A customer, a client's staff, and support, which is the maker's staff.
const PEOPLE: usize = 3;
const CUSTOMER: usize = 0;
const SUPPORT: usize = 2;
const THINGS: usize = 2;
const WINDOW: i64 = 600;
const HALF_AN_HOUR: i64 = 1_800;

#[derive(Clone, Copy, Debug)]
enum With {
    /// The label that counts.
    Label,
    /// One that was replaced.
    OldLabel,
    AuthToken,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(With),
    Release {
        keep: bool,
    },
    Transfer {
        to: usize,
    },
    Undo,
    Disclaim {
        keep: bool,
    },
    Revoke,
    /// Calls the device something.
    Write,
    /// Looks at the device's auth token.
    Look,
    Wait(i64),
    /// A running cloud looks for what is due.
    End,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let with = prop_oneof![
        3 => Just(With::Label),
        2 => Just(With::OldLabel),
        1 => Just(With::AuthToken)
    ];
    prop_oneof![
        60 => with.prop_map(Step::Claim),
        20 => any::<bool>().prop_map(|keep| Step::Release { keep }),
        30 => (0..PEOPLE).prop_map(|to| Step::Transfer { to }),
        30 => Just(Step::Undo),
        15 => any::<bool>().prop_map(|keep| Step::Disclaim { keep }),
        3 => Just(Step::Revoke),
        30 => Just(Step::Write),
        20 => Just(Step::Look),
        20 => prop_oneof![Just(1), Just(WINDOW - 1), Just(WINDOW)].prop_map(Step::Wait),
        10 => Just(Step::End),
        2 => Just(Step::Restart),
    ]
}

/// Who does it to which device.
type Act = (usize, usize, Step);

/// What a claim or transfer can be undone to.
#[derive(Clone, Debug)]
struct Open {
    until: i64,
    by: usize,
    is_transfer: bool,
    holder: Option<usize>,
    had: bool,
    device: Option<i64>,
    words: Words,
}

/// What was written about a device.
#[derive(Clone, Debug, Default)]
struct Words {
    /// What whoever has it may read.
    open: Vec<String>,
    /// What they may not, since it was erased.
    erased: Vec<String>,
}

impl Words {
    fn erase(&mut self) {
        self.erased.append(&mut self.open);
    }
}

/// A device and its label, as they should be.
#[derive(Clone, Debug)]
struct Thing {
    /// The static token's internal id.
    token: i64,
    auth: String,
    /// None: it was replaced, and nobody has looked at the new one yet.
    label: Option<String>,
    replaced: Vec<String>,
    device: Option<i64>,
    holder: Option<usize>,
    had: bool,
    revoked: bool,
    /// Whether somebody who is not of the maker's knows the auth token.
    known: bool,
    open: Option<Open>,
    words: Words,
}

impl Thing {
    fn replace(&mut self, by: Option<String>) {
        self.replaced.extend(self.label.take());
        self.label = by;
    }

    /// What follows once nothing can be undone any more.
    fn settle(&mut self) {
        if self.open.take().is_some_and(|open| open.is_transfer) {
            self.replace(None);
        }
    }

    /// Whether somebody sees the device.
    fn is_seen_by(&self, who: usize) -> bool {
        self.device.is_some() && (who == SUPPORT || self.holder == Some(who))
    }
}

struct World {
    site: Option<Site>,
    /// Access tokens.
    access: Vec<(String, String)>,
    /// Their organizations and numbers.
    people: [(i64, i64); PEOPLE],
    now: i64,
    /// When they signed in last: access tokens are good for an hour.
    signed_in: i64,
    things: Vec<Thing>,
    /// How many things were written.
    written: usize,
}

impl World {
    async fn new() -> Self {
        let site = Site::demo().await;
        let (_, org, _) = site.client("Orchard", "c@orchard.example").await;
        let (_, user) = site.member(org, "o@orchard.example", Role::Staff).await;
        Self {
            site: Some(site),
            access: Vec::new(),
            people: [(2, 3), (org, user), (1, 2)],
            now: 0,
            signed_in: 0,
            things: Vec::new(),
            written: 0,
        }
    }

    fn site(&self) -> &Site {
        self.site.as_ref().expect("it runs")
    }

    async fn sign_in(&mut self) {
        let site = self.site();
        let neighbour = site.sign_in_as("o@orchard.example", "correct horse").await;
        let people = [
            site.sign_in(Role::User).await,
            neighbour.expect("they can sign in"),
            site.sign_in(Role::Staff).await,
        ];
        self.access = people.map(|one| (one.access, one.refresh)).to_vec();
        self.signed_in = self.now;
    }

    fn person(&self, who: usize) -> Person<'_> {
        let (access, refresh) = &self.access[who];
        self.site().person(access, refresh)
    }

    async fn post(&self, who: usize, path: &str, body: Value) -> Answer {
        self.person(who).post(path, body).await
    }

    /// New labels, of which nobody knows anything.
    async fn begin(&mut self) {
        self.sign_in().await;
        let body = json!({ "templateId": "TMPLsoil00001", "count": THINGS });
        let made = self.post(SUPPORT, "/static-tokens/generate", body).await;
        let newest = self.site().count("SELECT MAX(id) FROM static_tokens").await;
        let first = newest + 1 - i64::try_from(THINGS).expect("few");
        let tokens = made.json()["content"].as_array().expect("a list").clone();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        self.things = (first..)
            .zip(tokens)
            .map(|(token, made)| Thing {
                token,
                auth: text(&made["deviceToken"]),
                label: Some(text(&made["token"])),
                replaced: Vec::new(),
                device: None,
                holder: None,
                had: false,
                revoked: false,
                known: false,
                open: None,
                words: Words::default(),
            })
            .collect();
    }

    /// Does it, and asserts that the answer is the model's.
    async fn act(&mut self, (who, which, step): Act) {
        match step {
            Step::Claim(with) => self.claim(who, which, with).await,
            Step::Release { keep } => self.release(who, which, keep).await,
            Step::Transfer { to } => self.transfer(which, to).await,
            Step::Undo => self.undo(who, which).await,
            Step::Disclaim { keep } => self.disclaim(which, keep).await,
            Step::Revoke => self.revoke(which).await,
            Step::Write => self.write(who, which).await,
            Step::Look => self.look(who, which).await,
            Step::Wait(seconds) => {
                self.site().clock.pass_seconds(seconds);
                self.now += seconds;
                if self.now > self.signed_in + HALF_AN_HOUR {
                    self.sign_in().await;
                }
            }
            Step::End => self.site().end_moves().await,
            Step::Restart => {
                let site = self.site.take().expect("it runs");
                self.site = Some(site.restart(true).await);
            }
        }
        self.read(which).await;
    }

    /// Whoever sees a device gives it a name and metadata that nothing else has.
    async fn write(&mut self, who: usize, which: usize) {
        let thing = &self.things[which];
        let (Some(device), true, false) = (thing.device, thing.is_seen_by(who), thing.revoked)
        else {
            return;
        };
        self.written += 1;
        let text = format!("Word {} of {who}", self.written);
        let body = json!({ "name": text, "metaFields": { "Serial Number": text } });
        let path = format!("/device?deviceId={device}");
        let answer = self.person(who).put(&path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.things[which].words.open.push(text);
    }

    /// Nobody reads what was erased.
    async fn read(&self, which: usize) {
        let thing = &self.things[which];
        let (Some(device), false) = (thing.device, thing.words.erased.is_empty()) else {
            return;
        };
        let who = thing.holder.unwrap_or(SUPPORT);
        let path = format!("/device?deviceId={device}");
        let found = self.person(who).get(&path).await;
        assert_eq!(found.status, 200, "{found:?}");
        for text in &thing.words.erased {
            let text = format!("\"{text}\"");
            assert!(!found.text.contains(&text), "{text}: {found:?}");
        }
    }

    fn is_over(&self, which: usize) -> bool {
        let open = self.things[which].open.as_ref();
        open.is_none_or(|open| open.until <= self.now)
    }

    async fn claim(&mut self, who: usize, which: usize, with: With) {
        if self.is_over(which) {
            self.things[which].settle();
        }
        let text = match with {
            With::Label => self.label(which).await,
            With::OldLabel => self.things[which].replaced.last().cloned(),
            With::AuthToken => Some(self.things[which].auth.clone()),
        };
        let Some(text) = text else { return };
        let answer = self.post(who, "/static-tokens/claim", json!({ "token": text }));
        let answer = answer.await;
        let thing = &mut self.things[which];
        let can = match with {
            With::Label => true,
            With::OldLabel => false,
            With::AuthToken => !thing.had || who == SUPPORT || thing.holder == Some(who),
        };
        let want = match thing.holder {
            _ if !can || thing.revoked => 404,
            None => 201,
            Some(holder) if holder == who => 200,
            Some(_) => 404,
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 201 {
            let device = answer.json()["id"].as_i64().expect("a number");
            assert!(thing.device.is_none_or(|before| before == device));
            thing.open = Some(Open {
                until: self.now + WINDOW,
                by: who,
                is_transfer: false,
                holder: None,
                had: thing.had,
                device: thing.device,
                words: thing.words.clone(),
            });
            thing.device = Some(device);
            thing.holder = Some(who);
            thing.had = true;
        }
    }

    /// The label that counts, as staff see it where it was replaced by itself.
    async fn label(&mut self, which: usize) -> Option<String> {
        let thing = &self.things[which];
        if thing.label.is_some() || thing.revoked {
            return thing.label.clone();
        }
        let path = format!("/device/label?deviceId={}", thing.device?);
        let shown = self.person(SUPPORT).get(&path).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        let text = shown.json()["text"].as_str().expect("a text").to_owned();
        assert!(!thing.replaced.iter().any(|old| text.ends_with(old)));
        self.things[which].label = Some(text.clone());
        Some(text)
    }

    async fn release(&mut self, who: usize, which: usize, keep: bool) {
        let Some(device) = self.things[which].device else {
            return;
        };
        let history = if keep { "keep" } else { "erase" };
        let body = json!({ "deviceId": device, "history": history });
        let answer = self.post(who, "/device/release", body).await;
        let thing = &mut self.things[which];
        let want = if !thing.is_seen_by(who) {
            404
        } else if thing.holder.is_none() || thing.revoked {
            409
        } else {
            200
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 200 {
            let text = answer.json()["label"]["text"].as_str().map(str::to_owned);
            thing.settle();
            thing.replace(text);
            thing.holder = None;
            thing.device = thing.device.filter(|_| keep);
            if !keep {
                thing.words.erase();
            }
        }
    }

    async fn transfer(&mut self, which: usize, to: usize) {
        let Some(device) = self.things[which].device else {
            return;
        };
        let (org, user) = self.people[to];
        let body = json!({ "deviceId": device, "newOrgId": org, "newUserId": user });
        let answer = self.post(SUPPORT, "/device/transfer", body).await;
        let thing = &mut self.things[which];
        let want = if thing.revoked {
            409
        } else if thing.holder == Some(to) {
            400
        } else {
            204
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 204 {
            thing.settle();
            thing.open = Some(Open {
                until: self.now + WINDOW,
                by: SUPPORT,
                is_transfer: true,
                holder: thing.holder,
                had: thing.had,
                device: thing.device,
                words: thing.words.clone(),
            });
            // Nobody said that it is kept. What the maker's staff wrote may stay, and what waits for the next is theirs.
            if thing.holder.is_some_and(|holder| holder != SUPPORT) {
                thing.words.erase();
            }
            thing.holder = Some(to);
            thing.had = true;
        }
    }

    async fn undo(&mut self, who: usize, which: usize) {
        let Some(device) = self.things[which].device else {
            return;
        };
        let over = self.is_over(which);
        let answer = self.post(who, "/device/undo", json!({ "deviceId": device }));
        let answer = answer.await;
        let thing = &mut self.things[which];
        let want = match &thing.open {
            _ if !thing.is_seen_by(who) => 404,
            Some(open) if !over && !thing.revoked => {
                if open.by == who || who == SUPPORT {
                    200
                } else {
                    403
                }
            }
            _ => 409,
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 200
            && let Some(open) = thing.open.take()
        {
            thing.holder = open.holder;
            thing.had = open.had;
            thing.device = open.device;
            thing.words = open.words;
        }
    }

    async fn disclaim(&mut self, which: usize, keep: bool) {
        let thing = &self.things[which];
        let Some(device) = thing.device else { return };
        // With the maker's own people it may be as if nobody ever had it, which its own tests are about.
        let keep = keep && thing.holder != Some(SUPPORT);
        let label = if keep { "keep" } else { "renew" };
        let over = self.is_over(which);
        let body = json!({ "deviceId": device, "label": label });
        let answer = self.post(SUPPORT, "/static-tokens/unclaim", body).await;
        let thing = &mut self.things[which];
        let want = match thing.holder {
            Some(_) if !thing.revoked => 200,
            _ => 409,
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 200 {
            if keep && !over {
                // A transfer that nobody was told of has not replaced the label, which stays good.
                thing.open = None;
            } else {
                thing.settle();
            }
            if !keep {
                thing.replace(None);
            }
            if thing.holder != Some(SUPPORT) {
                thing.words.erase();
            }
            thing.holder = None;
        }
    }

    async fn look(&mut self, who: usize, which: usize) {
        let Some(device) = self.things[which].device else {
            return;
        };
        let path = format!("/device/token?deviceId={device}");
        let answer = self.person(who).get(&path).await;
        let thing = &mut self.things[which];
        let want = match who {
            CUSTOMER => 403,
            _ if !thing.is_seen_by(who) => 404,
            _ => 200,
        };
        assert_eq!(answer.status, want, "{answer:?} {thing:?}");
        if want == 200 {
            assert_eq!(answer.json()["token"], thing.auth, "{thing:?}");
            if who != SUPPORT {
                thing.known = true;
                if !thing.revoked {
                    thing.settle();
                }
            }
        }
    }

    async fn revoke(&mut self, which: usize) {
        let database = self.site().database().await;
        sqlx::query("UPDATE static_tokens SET revoked_at = 1 WHERE id = $1")
            .bind(self.things[which].token)
            .execute(&database)
            .await
            .expect("the change");
        database.close().await;
        self.things[which].revoked = true;
    }

    /// Every device is in the one organization that it should be in, and in the list of nobody else.
    async fn check(&self) {
        let mut lists = Vec::new();
        for who in 0..SUPPORT {
            let list = self.person(who).get("/devices?size=1000").await.json();
            lists.push(list["content"].as_array().expect("a list").clone());
        }
        let database = self.site().database().await;
        for thing in &self.things {
            // Nobody outside knows the token of a device that never had an owner.
            let had: Option<i64> =
                sqlx::query_scalar("SELECT first_claimed_at FROM static_tokens WHERE id = $1")
                    .bind(thing.token)
                    .fetch_one(&database)
                    .await
                    .expect("its row");
            assert!(!thing.known || had.is_some(), "{thing:?}");
        }
        database.close().await;
        for thing in &self.things {
            let Some(device) = thing.device else { continue };
            let path = format!("/device?deviceId={device}");
            let found = self.person(SUPPORT).get(&path).await.json();
            let (org, owner) = match thing.holder {
                Some(who) => (self.people[who].0, json!(self.people[who].1)),
                None => (self.people[SUPPORT].0, Value::Null),
            };
            assert_eq!(found["orgId"], org, "{thing:?}");
            assert_eq!(found["ownerUserId"], owner, "{thing:?}");
            for (who, list) in lists.iter().enumerate() {
                let listed = list.iter().any(|row| row["id"] == device);
                assert_eq!(listed, thing.holder == Some(who), "{who} {thing:?}");
            }
        }
    }
}

#[test]
fn the_cloud_agrees_with_the_model() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let mut world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(Config {
        cases: 12,
        // A world goes on from case to case, so a failing one is told as it is.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    });
    let acts = prop::collection::vec((0..PEOPLE, 0..THINGS, step()), 40);
    for _ in 0..runner.config().cases {
        let acts = acts.new_tree(&mut runner).expect("a value").current();
        runtime.block_on(async {
            world.begin().await;
            for act in acts {
                world.act(act).await;
            }
            world.check().await;
        });
    }
}
