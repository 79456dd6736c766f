//! In which order stages should run: each next one is that which reads most for its time.

use serde::Serialize;

/// What one stage alone makes of each photograph.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alone {
    /// The stage's name.
    pub stage: &'static str,
    /// For each photograph whether it is read, and the milliseconds of processor time.
    pub glances: Vec<(bool, f64)>,
}

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The stage's name.
    pub stage: &'static str,
    /// Photographs that it reads and none before it does.
    pub adds: usize,
    /// Its milliseconds on all photographs that none before it reads.
    pub ms: f64,
}

impl Step {
    fn after(alone: &Alone, is_read: &[bool]) -> Self {
        let unread = alone
            .glances
            .iter()
            .zip(is_read)
            .filter(|(_, read)| !**read);
        let (mut adds, mut ms) = (0, 0.0);
        for ((read, time), _) in unread {
            adds += usize::from(*read);
            ms += time;
        }
        Self {
            stage: alone.stage,
            adds,
            ms,
        }
    }

    /// Readings for a millisecond.
    pub fn worth(&self) -> f64 {
        self.adds as f64 / self.ms.max(1e-9)
    }
}

/// These stages in the order in which they stand.
pub fn as_it_stands(stages: &[Alone]) -> Vec<Step> {
    let mut is_read = unread(stages);
    let step = |alone| take(alone, &mut is_read);
    stages.iter().map(step).collect()
}

/// The greedy order. Of stages that are worth the same the one that stands earlier comes first; those that add nothing come
/// last, the cheapest first.
pub fn greedy(stages: &[Alone]) -> Vec<Step> {
    let mut is_read = unread(stages);
    let mut left: Vec<&Alone> = stages.iter().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let steps: Vec<Step> = left
            .iter()
            .map(|alone| Step::after(alone, &is_read))
            .collect();
        let best = (1..steps.len()).fold(0, |best, index| {
            let (known, new) = (&steps[best], &steps[index]);
            let is_better = new.worth() > known.worth()
                || (new.adds == 0 && known.adds == 0 && new.ms < known.ms);
            if is_better { index } else { best }
        });
        order.push(take(left.remove(best), &mut is_read));
    }
    order
}

/// Milliseconds that an order takes on average for so many photographs, if each ends with the first stage that reads it and
/// stages learn nothing from each other.
pub fn mean_ms(order: &[Step], photographs: usize) -> f64 {
    order.iter().map(|step| step.ms).sum::<f64>() / photographs as f64
}

fn unread(stages: &[Alone]) -> Vec<bool> {
    let photographs = stages.iter().map(|alone| alone.glances.len()).max();
    vec![false; photographs.unwrap_or(0)]
}

fn take(alone: &Alone, is_read: &mut [bool]) -> Step {
    let step = Step::after(alone, is_read);
    for ((read, _), known) in alone.glances.iter().zip(is_read) {
        *known |= read;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alone(stage: &'static str, reads: &[u8], ms: f64) -> Alone {
        let glances = reads.iter().map(|&read| (read == 1, ms)).collect();
        Alone { stage, glances }
    }

    #[test]
    fn what_reads_most_for_its_time_comes_first() {
        let stages = [
            alone("slow", &[1, 1, 1, 0], 10.0),
            alone("same", &[1, 0, 0, 0], 1.5),
            alone("nothing", &[0, 0, 0, 0], 0.1),
            alone("quick", &[1, 1, 0, 0], 1.0),
        ];
        let names = |order: &[Step]| order.iter().map(|step| step.stage).collect::<Vec<_>>();
        let order = greedy(&stages);
        // Two photographs are left for the slow one; nothing is left that the other two read.
        assert_eq!(names(&order), ["quick", "slow", "nothing", "same"]);
        let adds: Vec<_> = order.iter().map(|step| step.adds).collect();
        assert_eq!(adds, [2, 1, 0, 0]);
        assert_eq!(mean_ms(&order, 4), (4.0 + 20.0 + 0.1 + 1.5) / 4.0);
        let stands = as_it_stands(&stages);
        assert_eq!(names(&stands), ["slow", "same", "nothing", "quick"]);
        assert_eq!(mean_ms(&stands, 4), (40.0 + 1.5 + 0.1 + 1.0) / 4.0);
        assert_eq!(greedy(&[]), []);
    }

    proptest! {
        #[test]
        fn every_order_reads_what_any_stage_reads(
            reads in prop::collection::vec(prop::collection::vec((any::<bool>(), 0.1..9.0_f64), 12), 1..8),
        ) {
            let stages: Vec<_> = reads.into_iter().map(|glances| Alone { stage: "x", glances }).collect();
            let sum = |order: Vec<Step>| order.iter().map(|step| step.adds).sum::<usize>();
            let any = (0..12).filter(|&index| stages.iter().any(|alone| alone.glances[index].0)).count();
            prop_assert_eq!(sum(greedy(&stages)), any);
            prop_assert_eq!(sum(as_it_stands(&stages)), any);
        }
    }
}
