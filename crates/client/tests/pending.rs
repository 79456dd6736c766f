//! Claims that wait, against a model: whatever is kept, settled, and wherever the program ends in between.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use handover_client::{PendingClaims, Result, SecretStore, WaitingClaim};
use handover_wire::{ErrorBody, ErrorCode, Secret, UserId};
use proptest::prelude::*;

/// A keyring that outlives the program, and can be locked.
#[derive(Clone, Default)]
struct Keyring {
    secrets: Arc<Mutex<HashMap<String, Secret>>>,
    locked: Arc<AtomicBool>,
}

impl Keyring {
    fn open(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, Secret>>> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(ErrorBody::new(ErrorCode::KeyringUnavailable, "locked"));
        }
        Ok(self.secrets.lock().expect("not poisoned"))
    }
}

#[async_trait]
impl SecretStore for Keyring {
    async fn read(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.open()?.get(name).cloned())
    }

    async fn write(&self, name: &str, secret: Secret) -> Result<()> {
        self.open()?.insert(name.to_owned(), secret);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.open()?.remove(name);
        Ok(())
    }
}

#[derive(Clone, Debug)]
enum Step {
    Keep(u8),
    Settle(u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..6_u8).prop_map(Step::Keep),
        2 => (0..6_u8).prop_map(Step::Settle),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 0..30)
}

fn waiting(key: u8) -> WaitingClaim {
    WaitingClaim {
        key: key.to_string(),
        text: Secret::new("sqr_0123456789abcdefghijklmnopqrstuv"),
        user_id: None,
        claim_code: None,
        ask_approval: false,
        presence: false,
        reason: None,
        cloud: None,
        claimer: UserId(1),
        since: 0,
    }
}

async fn keys(pending: &PendingClaims<Keyring>) -> Vec<String> {
    let list = pending.list().await;
    list.into_iter().map(|claim| claim.key).collect()
}

/// The model: keys in the order in which they were first kept.
fn model(keys: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Keep(key) if keys.contains(key) => {}
        Step::Keep(key) => keys.push(*key),
        Step::Settle(key) => keys.retain(|known| known != key),
        Step::Restart => {}
    }
}

async fn play(steps: &[Step], keyring: &Keyring) -> (Vec<String>, Vec<String>) {
    let mut pending = PendingClaims::new(keyring.clone(), "pending");
    let mut expected = Vec::new();
    for step in steps {
        // A locked keyring is told; the claims wait in memory all the same.
        let _ = match step {
            Step::Keep(key) => pending.keep(waiting(*key)).await,
            Step::Settle(key) => pending.settle(&key.to_string()).await,
            Step::Restart => {
                pending = PendingClaims::new(keyring.clone(), "pending");
                Ok(())
            }
        };
        model(&mut expected, step);
    }
    let expected = expected.iter().map(u8::to_string).collect();
    (keys(&pending).await, expected)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

proptest! {
    #[test]
    fn what_waits_outlives_the_program(steps in steps()) {
        let keyring = Keyring::default();
        let (found, expected) = run(play(&steps, &keyring));
        let left = keyring.secrets.lock().expect("not poisoned").contains_key("pending");
        prop_assert_eq!(left, !expected.is_empty(), "nothing is left where nothing waits");
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_locked_keyring_loses_nothing_of_this_run(mut steps in steps()) {
        steps.retain(|step| !matches!(step, Step::Restart));
        let keyring = Keyring::default();
        keyring.locked.store(true, Ordering::SeqCst);
        let (found, expected) = run(play(&steps, &keyring));
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_keyring_that_is_unlocked_late_loses_nothing_of_earlier_runs() {
    run(async {
        let keyring = Keyring::default();
        let earlier = PendingClaims::new(keyring.clone(), "pending");
        earlier.keep(waiting(1)).await.expect("it is kept");
        keyring.locked.store(true, Ordering::SeqCst);
        let pending = PendingClaims::new(keyring.clone(), "pending");
        pending
            .keep(waiting(2))
            .await
            .expect_err("the keyring is locked");
        assert_eq!(keys(&pending).await, ["2"]);
        keyring.locked.store(false, Ordering::SeqCst);
        pending.keep(waiting(3)).await.expect("it is kept");
        let later = PendingClaims::new(keyring, "pending");
        assert_eq!(keys(&later).await, ["1", "2", "3"]);
    });
}
