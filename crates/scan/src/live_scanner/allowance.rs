//! How long a frame may take.

/// Frames get their whole budget while there is credit. It grows by a few quick looks' time with each frame, so that a
/// scene without a code costs little in the long run, on any machine and at any size.
#[derive(Debug)]
pub(super) struct Allowance {
    budget: f64,
    credit: f64,
    /// The most that credit can be.
    most: f64,
    /// What the quick look takes: a running mean. None before the first.
    quick: Option<f64>,
    /// The least that it has taken: what the machine needs where nothing in the scene holds it up.
    least_quick: f64,
}

/// Milliseconds of credit at the beginning, in budgets, for frames of so many pixels: a label that is in view from the
/// beginning is read at once. Two budgets read no label sooner on the generated films. Smaller frames get less, since all
/// that is looked at in them takes less.
const FIRST_CREDIT: f64 = 1.0;
const PIXELS: f64 = 1280.0 * 720.0;
const LEAST_CREDIT: f64 = 1.0 / 3.0;

/// So many quick looks it is at least, up to a budget: on a slow machine the first one must leave time for reading.
const FIRST_LOOKS: f64 = 3.0;

/// The part of the budget after which nothing more is begun: what has begun goes on for some time.
const USABLE: f64 = 0.9;

/// How much of a faster and of a slower quick look goes into the running mean.
const FALL: f64 = 0.5;
const RISE: f64 = 0.125;

/// What a frame may take in the long run, in quick looks, where nothing looks like a code.
const PLAIN: f64 = 1.3;

/// The same where something does.
const PROMISING: f64 = 2.0;

/// What a frame may take at least, in quick looks, whatever the ones before it took.
const LEAST: f64 = 1.2;

impl Allowance {
    pub(super) fn new(budget: f64) -> Self {
        let budget = budget * USABLE;
        Self {
            budget,
            credit: FIRST_CREDIT * budget,
            most: FIRST_CREDIT * budget,
            quick: None,
            least_quick: f64::INFINITY,
        }
    }

    /// The milliseconds for the next frame.
    pub(super) fn of_frame(&mut self, is_promising: bool) -> f64 {
        let gain = if is_promising { PROMISING } else { PLAIN };
        self.credit = (self.credit + self.looks(gain)).min(self.most);
        self.credit.max(self.looks(LEAST)).min(self.budget)
    }

    /// The milliseconds of so many quick looks, of which one is at this scene and the others at one that holds nothing up.
    fn looks(&self, count: f64) -> f64 {
        self.quick
            .map_or(0.0, |quick| quick + (count - 1.0) * self.least_quick)
    }

    /// Whether the machine is so slow that so many quick looks do not fit into the budget. A scene full of spots, which is
    /// slow to look at anywhere, does not make it one.
    pub(super) fn is_less_than_looks(&self, looks: f64) -> bool {
        looks * self.least_quick > self.budget
    }

    /// Forgets what the quick look takes: it takes something else in frames of another size, of so many pixels.
    pub(super) fn forget_looks(&mut self, pixels: u64) {
        self.quick = None;
        self.least_quick = f64::INFINITY;
        let part = (pixels as f64 / PIXELS).clamp(LEAST_CREDIT, 1.0);
        self.most = FIRST_CREDIT * self.budget * part;
        self.credit = self.credit.min(self.most);
    }

    /// What the quick look takes at a scene that holds nothing up.
    pub(super) fn idle(&self) -> f64 {
        self.least_quick
    }

    /// Learns what the quick look takes.
    pub(super) fn quick_look_took(&mut self, ms: f64) {
        if self.quick.is_none() {
            let most = self.most;
            self.most = most.max(FIRST_LOOKS * ms).min(FIRST_CREDIT * self.budget);
            self.credit += self.most - most;
        }
        let mean = self.quick.unwrap_or(ms);
        // The first one is slow, since nothing is in the processor's caches; it should not give credit for long.
        let part = if ms < mean { FALL } else { RISE };
        self.quick = Some(mean + (ms - mean) * part);
        self.least_quick = self.least_quick.min(ms);
    }

    /// Takes a frame's time from the credit.
    pub(super) fn frame_took(&mut self, ms: f64) {
        self.credit = (self.credit - ms).max(-self.budget);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The milliseconds that so many frames take which use all that they may, after a quick look of one.
    fn spent(frames: usize, is_promising: bool) -> f64 {
        let mut allowance = Allowance::new(8.0 / USABLE);
        let mut sum = 0.0;
        for _ in 0..frames {
            let allowed = allowance.of_frame(is_promising);
            assert!(allowed <= 8.0, "{allowed}");
            allowance.quick_look_took(1.0);
            allowance.frame_took(allowed.max(1.0));
            sum += allowed.max(1.0);
        }
        sum
    }

    #[test]
    fn the_first_frame_gets_its_budget_and_later_ones_what_is_left() {
        assert_eq!(spent(1, false), 8.0);
        let check = |is_promising, expected: f64| {
            let mean = (spent(1000, is_promising) - 8.0) / 1000.0;
            assert!((mean - expected).abs() < 0.05, "{mean}");
        };
        check(false, PLAIN);
        check(true, PROMISING);
    }

    #[test]
    fn credit_comes_back_while_frames_are_cheap() {
        let mut allowance = Allowance::new(8.0 / USABLE);
        for _ in 0..100 {
            allowance.of_frame(false);
            allowance.quick_look_took(1.0);
            allowance.frame_took(1.0);
        }
        assert_eq!(allowance.of_frame(false), 8.0);
    }

    #[test]
    fn only_a_machine_is_slow_never_a_scene() {
        let mut allowance = Allowance::new(8.0 / USABLE);
        allowance.quick_look_took(5.0);
        assert!(allowance.is_less_than_looks(3.0));
        allowance.quick_look_took(1.0);
        allowance.quick_look_took(5.0);
        assert!(!allowance.is_less_than_looks(3.0));
    }
}
