//! Nodes that the mesh heard and that are not this gateway's: while its join window is open, the cloud is told their addresses.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handover_device::Stranger;
use tokio::sync::Notify;

use super::roster::Rosters;

/// Strangers that the cloud is told of at once. Who comes beyond that is heard again.
const MOST: usize = 16;
/// Between two times that it is told.
const PAUSE: Duration = Duration::from_secs(5);

/// Who is to be told of next.
#[derive(Default)]
pub struct Asking {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    is_open: bool,
    heard: BTreeSet<Stranger>,
}

impl Asking {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The join window is open, or is not. Whoever was heard before that has to be heard again.
    pub fn open(&self, is_open: bool) {
        let mut state = self.state();
        state.is_open = is_open;
        if !is_open {
            state.heard.clear();
        }
    }

    /// Somebody was heard.
    pub fn note(&self, stranger: Stranger) {
        let mut state = self.state();
        if state.is_open && state.heard.len() < MOST {
            state.heard.insert(stranger);
            self.wake.notify_one();
        }
    }

    /// Waits until somebody was heard, and takes all who were.
    async fn next(&self) -> Vec<Stranger> {
        loop {
            let heard = std::mem::take(&mut self.state().heard);
            if !heard.is_empty() {
                return heard.into_iter().collect();
            }
            self.wake.notified().await;
        }
    }

    /// Tells the cloud, again and again.
    pub async fn run(&self, rosters: &Rosters) {
        loop {
            let told = rosters.cloud().strangers(&self.next().await).await;
            rosters.note(&told);
            match told {
                Ok(window) => self.open(window.until.is_some()),
                // They are heard again.
                Err(why) => tracing::debug!(%why, "the cloud was not told who asks to join"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use handover_device::{Address, Derivation};

    use super::*;

    fn stranger(number: u8) -> Stranger {
        Stranger {
            address: Address([number; 8]),
            derivation: Derivation(0),
        }
    }

    #[tokio::test]
    async fn who_is_heard_while_the_window_is_open_is_told_of_once_and_no_more_than_fit() {
        let asking = Asking::default();
        asking.note(stranger(1));
        asking.open(true);
        for number in 2..100 {
            asking.note(stranger(number));
            asking.note(stranger(2));
        }
        let told = asking.next().await;
        assert_eq!(told.len(), MOST);
        assert_eq!(told[0], stranger(2), "what was before it was open is not");
        asking.note(stranger(3));
        assert_eq!(asking.next().await, [stranger(3)]);
        asking.note(stranger(4));
        asking.open(false);
        asking.open(true);
        asking.note(stranger(5));
        assert_eq!(asking.next().await, [stranger(5)]);
    }
}
