use proptest::prelude::*;

use super::*;

/// Machines by number; the digits of the owner's real device are theirs to read, those of others are not.
fn secret(machine: u8) -> Digest {
    [machine; 32]
}

fn say(pins: &mut Pins, machine: u8, pressed: bool, now: Time) -> Heard {
    let saying = Saying {
        pin: secret(machine),
        pressed: pressed.then_some(PressFor::Whoever),
        owned: true,
    };
    pins.hear(saying, now).0
}

fn states(pins: &Pins) -> Vec<(u8, PinState)> {
    let all = pins.all().iter();
    all.map(|pin| (pin.digest[0], pin.state)).collect()
}

#[test]
fn the_button_confirms_what_is_alone_and_was_waited_for() {
    let at = |seconds| Time(0).plus_seconds(seconds);
    // What was said before the owner was told to press, when the press comes, and by whom.
    for (before, pressed, machine, want) in [
        (&[][..], 10, 1, Heard::ConfirmedNow),
        (&[(1, false)], 10, 1, Heard::ConfirmedNow),
        (&[(1, false)], PRESS_SECONDS + 1, 1, Heard::Waits),
        // It pressed when nobody waited for it: a machine that presses all the time hits any moment.
        (&[(1, true)], 10, 1, Heard::Waits),
        (&[(2, false)], 10, 1, Heard::Waits),
    ] {
        let mut pins = Pins::default();
        for &(machine, pressed) in before {
            say(&mut pins, machine, pressed, at(0));
        }
        pins.await_press(at(1)).expect("no conflict yet");
        let heard = say(&mut pins, machine, true, at(pressed));
        assert_eq!(heard, want, "{before:?} {pressed} {machine}");
        let again = say(&mut pins, machine, false, at(pressed));
        assert_eq!(again.gets_token(), want.gets_token(), "{before:?}");
    }
}

#[test]
fn a_conflict_is_settled_by_the_owner_alone() {
    let now = Time(0);
    let mut pins = Pins::default();
    assert_eq!(say(&mut pins, 1, false, now), Heard::Waits);
    assert!(!pins.is_conflict());
    assert_eq!(say(&mut pins, 2, false, now), Heard::Waits);
    assert!(pins.is_conflict());
    assert_eq!(pins.await_press(now), Err(PinConflict));
    assert_eq!(say(&mut pins, 1, true, now), Heard::Waits);
    pins.confirm(&secret(2)).expect("it asks");
    assert_eq!(
        states(&pins),
        [(1, PinState::Refused), (2, PinState::Confirmed)]
    );
    assert_eq!(say(&mut pins, 1, true, now), Heard::Waits);
    assert_eq!(say(&mut pins, 2, false, now), Heard::Confirmed);
    // A stranger who comes later is a conflict to be told, and keeps nothing from the device.
    assert_eq!(say(&mut pins, 3, true, now), Heard::Waits);
    assert!(pins.is_conflict());
    assert_eq!(say(&mut pins, 2, false, now), Heard::Confirmed);
    assert_eq!(pins.confirm(&secret(9)), Err(PinGone));
}

#[test]
fn nobody_is_kept_out_by_a_crowd() {
    let mut pins = Pins::default();
    for machine in 1..100 {
        say(&mut pins, machine, false, Time(i64::from(machine)));
    }
    assert_eq!(pins.candidates().count(), MOST_CANDIDATES);
    assert!(pins.get(&secret(1)).is_some(), "the first");
    let now = Time(200);
    say(&mut pins, 200, false, now);
    assert!(pins.get(&secret(200)).is_some(), "the real one");
    pins.confirm(&secret(200)).expect("its digits are read");
    for machine in 1..100 {
        say(&mut pins, machine, true, now);
    }
    assert_eq!(say(&mut pins, 200, false, now), Heard::Confirmed);
    assert!(pins.all().len() <= MOST_CANDIDATES + MOST_REFUSED);
}

#[test]
fn digits_name_a_machine_that_shows_them_alone() {
    let mut pins = Pins::default();
    for machine in [1, 2, 12] {
        say(&mut pins, machine, false, Time(0));
    }
    // What a machine shows here is its last figure.
    for (shown, want) in [
        (1, Ok(secret(1))),
        (2, Err(NotNamed::Conflict(PinConflict))),
        (3, Err(NotNamed::Gone(PinGone))),
    ] {
        assert_eq!(pins.showing(|pin| pin[0] % 10 == shown), want, "{shown}");
    }
}

#[test]
fn a_claim_by_the_button_confirms_its_first_press() {
    for (presses, others, want) in [(1, 0, true), (2, 0, false), (1, 1, false), (0, 0, false)] {
        let mut pins = Pins::default();
        for _ in 0..presses.max(1) {
            say(&mut pins, 1, presses > 0, Time(0));
        }
        if others > 0 {
            say(&mut pins, 2, false, Time(0));
        }
        assert_eq!(pins.claimed_by_press(), want, "{presses} {others}");
    }
}

#[test]
fn a_press_is_theirs_who_waits_for_it_alone() {
    use PressFor::{Nobody, Only, Whoever};
    let [one, other] = [UserId(1), UserId(2)];
    for (waiting, whose, for_one, for_other) in [
        (&[][..], Whoever, true, true),
        (&[one], Only(one), true, false),
        (&[one, other], Nobody, false, false),
    ] {
        let press = Press {
            at: Time(0),
            whose: PressFor::of(waiting),
        };
        assert_eq!(press.whose, whose);
        for (seconds, counts) in [(0, true), (PRESS_SECONDS, true), (PRESS_SECONDS + 1, false)] {
            let now = Time(0).plus_seconds(seconds);
            let proves = |owner| press.proves_presence(owner, now);
            assert_eq!(
                proves(Some(one)),
                counts && for_one,
                "{waiting:?} {seconds}"
            );
            assert_eq!(
                proves(Some(other)),
                counts && for_other,
                "{waiting:?} {seconds}"
            );
            assert_eq!(
                proves(None),
                counts && whose == Whoever,
                "{waiting:?} {seconds}"
            );
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Pass(i64),
    Say(u8, bool),
    Await,
    Confirm(u8),
    Refuse(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..400_i64).prop_map(Step::Pass),
        (0..7_u8, any::<bool>()).prop_map(|(machine, pressed)| Step::Say(machine, pressed)),
        Just(Step::Await),
        (0..7_u8).prop_map(Step::Confirm),
        (0..7_u8).prop_map(Step::Refuse),
    ]
}

proptest! {
    /// A model beside it that knows two things: whom the owner named last, and whether a press was waited for while one
    /// machine alone was there. Nobody else ever gets the token.
    #[test]
    fn only_whom_the_owner_meant_gets_the_token(steps in prop::collection::vec(step(), 1..60)) {
        let mut now = Time(0);
        let mut pins = Pins::default();
        let (mut named, mut told) = (None, None::<Time>);
        for step in steps {
            match step {
                Step::Pass(seconds) => now = now.plus_seconds(seconds),
                Step::Await => if pins.await_press(now).is_ok() { told = Some(now) },
                Step::Confirm(machine) => if pins.confirm(&secret(machine)).is_ok() { named = Some(machine) },
                Step::Refuse(machine) => {
                    let known = pins.refuse(&secret(machine)).is_ok();
                    if known && named == Some(machine) { named = None }
                }
                Step::Say(machine, pressed) => {
                    let alone = pins.candidates().all(|pin| pin.digest == secret(machine));
                    let heard = say(&mut pins, machine, pressed, now);
                    if heard == Heard::ConfirmedNow {
                        let told = told.expect("the owner was told to press");
                        prop_assert!(pressed && alone && now < told.plus_seconds(PRESS_SECONDS));
                        named = Some(machine);
                    }
                    prop_assert_eq!(heard.gets_token(), named == Some(machine));
                    prop_assert!(pins.get(&secret(machine)).is_some(), "whoever speaks is known");
                }
            }
            // A restart: it comes back from the database.
            pins = Pins::of(pins.all.clone(), pins.awaited);
            let confirmed = pins.all().iter().filter(|pin| pin.state == PinState::Confirmed);
            prop_assert!(confirmed.count() <= 1);
            prop_assert!(pins.candidates().count() <= MOST_CANDIDATES);
        }
    }
}
