//! Who may be connected without having said anything whole yet, and who makes room for whom.
//!
//! Whoever only connects costs nothing to do and takes a place. Where all places are taken, those of the address that has the
//! most silent ones make room for whoever comes from elsewhere; others of that address wait, and beyond that they are hung up
//! on. So one address can keep itself out and nobody else.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::service::limits::Origin;

/// It is logged no more often than this that somebody had to make room.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// All places of a cloud.
#[derive(Clone)]
pub struct Seats(Arc<Row>);

struct Row {
    /// How many there are. As many connections may wait for one.
    all: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: usize,
    next: u64,
    /// Who has a place and has said nothing whole, the oldest first.
    silent: BTreeMap<u64, Silent>,
    waiting: VecDeque<(Origin, oneshot::Sender<Seat>)>,
    ousted: u64,
    told: Option<Instant>,
}

struct Silent {
    origin: Origin,
    ousted: CancellationToken,
}

impl Seats {
    /// So many.
    pub fn new(all: usize) -> Self {
        Self(Arc::new(Row {
            all,
            state: Mutex::default(),
        }))
    }

    /// A place, perhaps that of another who is silent; else whoever comes waits until one is free. None where too many wait.
    pub async fn take(&self, origin: Origin) -> Option<Seat> {
        let free = {
            let mut state = self.0.lock();
            if state.makes_room(self.0.all, origin) {
                return Some(self.0.seat(&mut state, origin));
            }
            state.waiting.retain(|(_, seat)| !seat.is_closed());
            if state.waiting.len() >= self.0.all {
                state.tell(origin);
                return None;
            }
            let (sender, free) = oneshot::channel();
            state.waiting.push_back((origin, sender));
            free
        };
        free.await.ok()
    }
}

impl Row {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of somebody new, which is counted already.
    fn seat(self: &Arc<Self>, state: &mut State, origin: Origin) -> Seat {
        let number = state.next;
        state.next += 1;
        let ousted = CancellationToken::new();
        let silent = Silent {
            origin,
            ousted: ousted.clone(),
        };
        state.silent.insert(number, silent);
        Seat {
            row: self.clone(),
            number,
            ousted,
        }
    }

    /// Gives the place of one who goes to the first who waits.
    fn pass_on(self: &Arc<Self>) {
        loop {
            let mut state = self.lock();
            let Some((origin, next)) = state.waiting.pop_front() else {
                state.taken -= 1;
                return;
            };
            let seat = self.seat(&mut state, origin);
            drop(state);
            let Err(mut seat) = next.send(seat) else {
                return;
            };
            // Whoever waited has gone. The place is given to the next one here, and not again where it is dropped.
            seat.withdraw();
        }
    }
}

impl State {
    /// Whether there is a place for somebody from there; counts it.
    fn makes_room(&mut self, all: usize, origin: Origin) -> bool {
        if self.taken < all {
            self.taken += 1;
            return true;
        }
        let Some(number) = self.oldest_of_most(origin) else {
            return false;
        };
        if let Some(gone) = self.silent.remove(&number) {
            gone.ousted.cancel();
            self.ousted += 1;
            self.tell(gone.origin);
        }
        true
    }

    /// The oldest silent one of the address that has most of them, where that has more than one from there would have.
    fn oldest_of_most(&self, origin: Origin) -> Option<u64> {
        let mut counts: HashMap<Origin, (usize, u64)> = HashMap::new();
        for (number, one) in &self.silent {
            counts.entry(one.origin).or_insert((0, *number)).0 += 1;
        }
        let own = counts.get(&origin).map_or(0, |(count, _)| *count);
        let most = counts.into_values().max_by_key(|(count, _)| *count);
        most.filter(|(count, _)| *count > own + 1)
            .map(|(_, oldest)| oldest)
    }

    fn tell(&mut self, origin: Origin) {
        if self.told.is_some_and(|at| at.elapsed() < TOLD_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        tracing::warn!(
            address = origin.text(),
            ousted = std::mem::take(&mut self.ousted),
            "all places are taken by connections that say nothing: those of the address with the most make room for others"
        );
    }
}

/// A place. It is another's once it is dropped.
pub struct Seat {
    row: Arc<Row>,
    number: u64,
    ousted: CancellationToken,
}

impl Seat {
    /// Whoever has it has said something whole: it is kept from now on.
    pub fn heard(&self) {
        self.row.lock().silent.remove(&self.number);
    }

    /// Is cancelled where another has the place now.
    pub fn ousted(&self) -> CancellationToken {
        self.ousted.clone()
    }

    /// Leaves the list of the silent ones without giving the place on.
    fn withdraw(&mut self) {
        self.heard();
        self.ousted.cancel();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.heard();
        // Who was ousted has no place to give.
        if !self.ousted.is_cancelled() {
            self.row.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use futures_util::FutureExt as _;

    use super::*;

    fn from(last: u8) -> Origin {
        Origin::of(IpAddr::from([192, 0, 2, last]))
    }

    fn now(seats: &Seats, last: u8) -> Option<Seat> {
        seats.take(from(last)).now_or_never().flatten()
    }

    #[test]
    fn the_silent_ones_of_one_address_make_room_for_another_the_oldest_first() {
        let seats = Seats::new(3);
        let many = [1, 1, 1].map(|last| now(&seats, last).expect("a place"));
        let other = now(&seats, 2).expect("a place of the others");
        assert!(many[0].ousted().is_cancelled());
        assert!(!many[1].ousted().is_cancelled());
        assert!(!other.ousted().is_cancelled());
        // Two of the one address and one of the other: nobody has more than a second of the other would have.
        assert!(now(&seats, 2).is_none());
        assert!(now(&seats, 3).is_some());
    }

    #[test]
    fn who_was_heard_keeps_the_place() {
        let seats = Seats::new(2);
        let busy = [1, 1].map(|last| now(&seats, last).expect("a place"));
        busy.iter().for_each(Seat::heard);
        assert!(now(&seats, 2).is_none());
        assert!(busy.iter().all(|seat| !seat.ousted().is_cancelled()));
    }

    #[tokio::test]
    async fn a_place_is_given_to_the_first_who_still_waits() {
        let seats = Seats::new(1);
        let first = now(&seats, 1).expect("a place");
        let gone = Box::pin(seats.take(from(1)));
        let mut gone = Some(gone);
        assert!(gone.as_mut().expect("one").now_or_never().is_none());
        gone.take();
        let mut waits = Box::pin(seats.take(from(1)));
        assert!(waits.as_mut().now_or_never().is_none());
        // One more than there are places is not waited with.
        assert!(seats.take(from(1)).await.is_none());
        drop(first);
        let second = waits.await.expect("the place");
        drop(second);
        assert!(now(&seats, 1).is_some());
    }

    #[test]
    fn no_place_is_lost_or_made() {
        let seats = Seats::new(2);
        for round in 0..20 {
            let taken = [1, 1, 2].map(|last| now(&seats, last));
            assert!(taken[0].is_some() && taken[1].is_some(), "{round}");
            drop(taken);
            assert_eq!(seats.0.lock().taken, 0, "{round}");
            assert!(seats.0.lock().silent.is_empty(), "{round}");
        }
    }
}
