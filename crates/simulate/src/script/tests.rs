use proptest::prelude::*;

use super::*;
use crate::signal::{Signal, Source};

fn fleet(seed: u64) -> Fleet {
    let source = |pin, signal| Source { pin, signal };
    let failure = |mishap, lasts| Failure {
        mishap,
        per_hour: 6.0,
        lasts: Duration::from_secs(lasts),
    };
    Fleet {
        seed,
        lasts: Duration::from_secs(3_600),
        every: Duration::from_secs(30),
        arrive: Duration::from_secs(10),
        sources: vec![source(1, Signal::Moisture), source(2, Signal::Temperature)],
        failures: vec![
            failure(Mishap::PowerCut, 120),
            failure(Mishap::RadioLoss, 60),
            failure(Mishap::Flood, 1),
            failure(Mishap::ClockWrong, 60),
        ],
        partition: Some((Duration::from_secs(1_800), Duration::from_secs(60), 0.5)),
        uploads: 0.0,
    }
}

fn is_gone(act: &Act) -> bool {
    matches!(act, Act::Vanish { .. })
}

fn steps(seed: u64, number: u32) -> Vec<Step> {
    Script::new(&fleet(seed), number).collect()
}

proptest! {
    /// Whatever befalls a device, it is there and gone by turns, and says nothing while it is gone.
    #[test]
    fn a_device_speaks_only_while_it_is_there(seed: u64, number in 0..1_000_u32) {
        let (mut there, mut last) = (false, Duration::ZERO);
        for step in steps(seed, number) {
            prop_assert!(step.at >= last, "{step:?} is before {last:?}");
            last = step.at;
            match step.act {
                Act::Connect => prop_assert!(!std::mem::replace(&mut there, true)),
                Act::Vanish { .. } => prop_assert!(std::mem::replace(&mut there, false)),
                Act::Write { .. } => prop_assert!(there),
                Act::Upload { .. } => prop_assert!(false, "nobody asked for it"),
                Act::Clock { .. } | Act::Side { .. } => prop_assert!(false, "no mesh"),
            }
        }
        prop_assert!(last < Duration::from_secs(3_600));
    }

    #[test]
    fn the_same_seed_is_the_same_fleet(seed: u64, number in 0..1_000_u32) {
        prop_assert_eq!(steps(seed, number), steps(seed, number));
        prop_assert_ne!(steps(seed, number), steps(seed, number + 1));
    }
}

#[test]
fn mishaps_are_as_frequent_as_they_should_be() {
    let vanished = |number| {
        let steps = steps(1, number).into_iter();
        steps.filter(|step| is_gone(&step.act)).count()
    };
    let count: usize = (0..200).map(vanished).sum();
    // 6 and 6 in an hour, for somewhat less than that since nobody is hit while away, and half of a partition.
    assert!((200 * 8..200 * 13).contains(&count), "{count}");
}

#[test]
fn a_partition_hits_its_share_at_once() {
    let cut = |&number: &u32| {
        let at = Duration::from_secs(1_800);
        steps(1, number)
            .iter()
            .any(|step| step.at == at && step.act == Act::Vanish { off: false })
    };
    let hit = (0..200).filter(cut).count();
    assert!((60..140).contains(&hit), "{hit}");
}

#[test]
fn a_wrong_clock_is_wrong_for_a_while() {
    let clocks = steps(1, 3).into_iter().filter_map(|step| match step.act {
        Act::Write { clock, .. } => Some(clock),
        _ => None,
    });
    let clocks: Vec<_> = clocks.collect();
    assert!(clocks.contains(&None));
    let mut wrong: Vec<_> = clocks.into_iter().flatten().collect();
    wrong.dedup();
    assert!((2..20).contains(&wrong.len()), "{wrong:?}");
    assert!(wrong.iter().all(|by| by.abs() >= 60_000));
}

#[test]
fn a_log_that_is_uploaded_has_what_was_measured_and_is_as_frequent_as_it_should_be() {
    let logging = Fleet {
        uploads: 12.0,
        failures: Vec::new(),
        partition: None,
        ..fleet(1)
    };
    let mut count = 0;
    for number in 0..200 {
        let mut report = String::new();
        for step in Script::new(&logging, number) {
            match step.act {
                Act::Write { pin: 1, value, .. } => report = format!("V1={value}\n"),
                Act::Write { pin, value, .. } => report += &format!("V{pin}={value}\n"),
                Act::Upload { name, text } => {
                    assert_eq!((name.as_str(), &text), ("log.txt", &report));
                    count += 1;
                }
                _ => {}
            }
        }
    }
    assert!((200 * 10..200 * 14).contains(&count), "{count}");
}

#[test]
fn who_measures_nothing_comes_to_an_end() {
    let fleet = Fleet {
        sources: Vec::new(),
        ..fleet(1)
    };
    let acts: Vec<_> = Script::new(&fleet, 1).map(|step| step.act).collect();
    assert!(acts.iter().any(is_gone));
    assert!(
        acts.into_iter()
            .all(|act| !matches!(act, Act::Write { .. }))
    );
}

#[test]
fn a_gateways_clock_is_wrong_and_right_by_turns() {
    let (mut is_wrong, mut last) = (false, Duration::ZERO);
    let all: Vec<_> = clocks(&fleet(1), 2).collect();
    assert!(all.len() > 4, "{all:?}");
    for step in &all {
        assert!(step.at >= last && step.at < Duration::from_secs(3_600));
        last = step.at;
        match step.act {
            Act::Clock { wrong: Some(by) } => {
                assert!(!std::mem::replace(&mut is_wrong, true) && by.abs() >= 60_000);
            }
            Act::Clock { wrong: None } => assert!(std::mem::replace(&mut is_wrong, false)),
            _ => panic!("{step:?}"),
        }
    }
    assert_eq!(clocks(&fleet(1), 2).collect::<Vec<_>>(), all);
    let right = Fleet {
        failures: Vec::new(),
        ..fleet(1)
    };
    assert_eq!(clocks(&right, 2).count(), 0);
}
