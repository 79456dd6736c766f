use proptest::prelude::*;

use super::*;

const START: Time = Time(1_800_000_000_000);
const MAKER: OrgId = OrgId(9);

fn of(org: i64) -> Holder {
    Holder {
        org: OrgId(org),
        owner: Some(UserId(org * 10)),
    }
}

fn claiming(with: ClaimWith, org: i64) -> Claiming {
    Claiming {
        with,
        into: of(org),
        by_maker: OrgId(org) == MAKER,
    }
}

fn end() -> Time {
    START.plus_seconds(UNDO_SECONDS)
}

#[test]
fn who_has_what_is_moved() {
    let to = |owner| Destination {
        org: OrgId(1),
        owner,
    };
    let nobodys = |org| Holder {
        org: OrgId(org),
        owner: None,
    };
    let held = |by| Hands::from(Was::Claimed(by));
    let person = NewOwner::Person(UserId(7));
    let sevens = Holder {
        org: OrgId(1),
        owner: Some(UserId(7)),
    };
    for (owner, now, want) in [
        (person, held(of(1)), sevens),
        (person, Hands::Seen, sevens),
        (NewOwner::Nobody, held(of(1)), nobodys(1)),
        (NewOwner::Nobody, held(of(2)), nobodys(1)),
        (NewOwner::AsItIs, held(of(1)), of(1)),
        (NewOwner::AsItIs, held(nobodys(1)), nobodys(1)),
        (NewOwner::AsItIs, held(of(2)), nobodys(1)),
        (NewOwner::AsItIs, Hands::Released, nobodys(1)),
    ] {
        assert_eq!(to(owner).holder(now), want, "{owner:?} {now:?}");
    }
}

#[test]
fn the_table_of_claims() {
    use ClaimWith::{AuthToken, Gateway, QrToken};
    let held = |org| Hands::from(Was::Claimed(of(org)));
    let moving = |to, until| Hands::InTransfer {
        from: Was::Claimed(of(3)),
        to: of(to),
        until,
    };
    let taken = |was| Some(Some(was));
    let yours = Some(None);
    for (hands, with, org, want) in [
        (Hands::Minted, QrToken, 1, taken(Was::Minted)),
        (Hands::Seen, QrToken, 1, taken(Was::Minted)),
        (Hands::Seen, AuthToken, 1, taken(Was::Minted)),
        (Hands::Minted, AuthToken, 1, taken(Was::Minted)),
        (Hands::Released, QrToken, 1, taken(Was::Released)),
        (Hands::Released, AuthToken, 1, None),
        (Hands::Released, AuthToken, 9, taken(Was::Released)),
        (held(1), QrToken, 1, yours),
        (held(1), AuthToken, 1, yours),
        (held(2), QrToken, 1, None),
        (held(2), AuthToken, 9, None),
        (moving(1, end()), QrToken, 1, yours),
        (moving(2, end()), QrToken, 1, None),
        (moving(2, end()), QrToken, 3, None),
        // Its label was replaced when its time was over; the auth token is what it was.
        (moving(1, START), QrToken, 1, None),
        (moving(1, START), AuthToken, 1, yours),
        // What waits with a gateway goes with it, and nothing else does.
        (Hands::Seen, Gateway, 1, taken(Was::Minted)),
        (Hands::Released, Gateway, 1, taken(Was::Released)),
        (held(2), Gateway, 1, None),
        (Hands::Revoked, Gateway, 1, None),
        (Hands::Revoked, QrToken, 1, None),
        (Hands::Revoked, AuthToken, 9, None),
    ] {
        let found = match hands.claim(claiming(with, org), START) {
            Ok(Claimed::Now { was, .. }) => Some(Some(was)),
            Ok(Claimed::AlreadyYours) => Some(None),
            Err(NotClaimable) => None,
        };
        assert_eq!(found, want, "{hands:?} {with:?} {org}");
    }
}

#[test]
fn a_claim_and_a_transfer_can_be_undone_until_their_time_is_over() {
    let claimed = |was: Hands| match was.claim(claiming(ClaimWith::QrToken, 1), START) {
        Ok(Claimed::Now { hands, .. }) => hands,
        other => panic!("{other:?}"),
    };
    let transferred = |was: Hands| was.transfer(of(2), START).expect("another holder").1;
    let (claim, transfer) = (MoveKind::Claim, MoveKind::Transfer);
    for (hands, kind, back) in [
        (claimed(Hands::Minted), claim, Was::Minted),
        (claimed(Hands::Released), claim, Was::Released),
        (transferred(Hands::Minted), transfer, Was::Minted),
        (transferred(Hands::Released), transfer, Was::Released),
        // What came before a transfer is not undone with it.
        (
            transferred(claimed(Hands::Minted)),
            transfer,
            Was::Claimed(of(1)),
        ),
    ] {
        assert_eq!(hands.open_until(), Some(end()));
        assert_eq!(hands.undo(Time(end().0 - 1)), Ok(Undone { kind, back }));
        assert_eq!(hands.undo(end()), Err(UndoOver));
        assert_eq!(Hands::from(back).undo(START), Err(UndoOver), "once");
    }
}

#[test]
fn a_label_is_kept_while_no_customer_has_had_it() {
    let held = |org| Hands::from(Was::Claimed(of(org)));
    for (hands, is_first, want) in [
        (held(9), true, LabelChoice::Keep),
        (held(9), false, LabelChoice::Renew),
        (held(1), true, LabelChoice::Renew),
        (Hands::Released, true, LabelChoice::Renew),
    ] {
        let found = hands.label_after_disclaim(MAKER, is_first);
        assert_eq!(found, want, "{hands:?} {is_first}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(ClaimWith, i64),
    Transfer(i64),
    Release,
    Undo,
    Revoke,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let with = prop_oneof![
        Just(ClaimWith::QrToken),
        Just(ClaimWith::AuthToken),
        Just(ClaimWith::Gateway)
    ];
    prop_oneof![
        6 => (with, prop_oneof![1..4_i64, Just(9)]).prop_map(|(with, org)| Step::Claim(with, org)),
        3 => (1..4_i64).prop_map(Step::Transfer),
        2 => Just(Step::Release),
        3 => Just(Step::Undo),
        1 => Just(Step::Revoke),
        3 => prop_oneof![Just(1), Just(UNDO_SECONDS - 1), Just(UNDO_SECONDS)].prop_map(Step::Wait),
    ]
}

proptest! {
    /// Whatever happens in whatever order: what nobody has is claimed and nothing else is, an auth token claims for
    /// customers only what nobody has had, an undo brings back exactly what was, in time and once, and revoked is the end.
    #[test]
    fn histories_keep_the_rules(steps in prop::collection::vec(step(), 0..60)) {
        let mut hands = Hands::Minted;
        let mut now = START;
        let mut before = None;
        for step in steps {
            let held = hands.holder().ok();
            match step {
                Step::Wait(seconds) => now = now.plus_seconds(seconds),
                Step::Revoke => (hands, before) = (Hands::Revoked, None),
                Step::Claim(with, org) => match hands.claim(claiming(with, org), now) {
                    Ok(Claimed::Now { was, hands: next }) => {
                        prop_assert_eq!(held, None);
                        let auth = with == ClaimWith::AuthToken;
                        prop_assert!(!auth || was == Was::Minted || OrgId(org) == MAKER);
                        prop_assert_eq!(next.holder(), Ok(of(org)));
                        before = Some((was, now));
                        hands = next;
                    }
                    Ok(Claimed::AlreadyYours) => {
                        prop_assert_eq!(held.map(|by| by.org), Some(OrgId(org)));
                    }
                    Err(NotClaimable) => {}
                },
                Step::Transfer(org) => if let Ok((was, next)) = hands.transfer(of(org), now) {
                    prop_assert_ne!(held, Some(of(org)));
                    prop_assert_eq!(next.holder(), Ok(of(org)));
                    before = Some((was, now));
                    hands = next;
                },
                Step::Release => match hands.release() {
                    Ok(next) => (hands, before) = (next, None),
                    Err(NotHeld) => prop_assert_eq!(held, None),
                },
                Step::Undo => match hands.undo(now) {
                    Ok(Undone { back, .. }) => {
                        let (was, at) = before.take().expect("there was something to undo");
                        prop_assert_eq!(back, was);
                        prop_assert!(now.0 - at.0 < UNDO_SECONDS * 1_000);
                        hands = back.into();
                    }
                    Err(UndoOver) => if let Some((_, at)) = before {
                        prop_assert!(now.0 - at.0 >= UNDO_SECONDS * 1_000);
                    },
                },
            }
        }
    }
}

#[test]
fn what_the_next_one_sees_is_what_was_chosen() {
    let here = Holder {
        org: OrgId(1),
        owner: None,
    };
    let there = Holder {
        org: OrgId(2),
        owner: None,
    };
    let claimed = Was::Claimed(here);
    for (was, to, chosen, tests_shown, want) in [
        (claimed, there, None, true, Sees::Nothing),
        (claimed, here, None, false, Sees::Before),
        (claimed, there, Some(History::Keep), false, Sees::Before),
        (claimed, here, Some(History::Erase), false, Sees::Nothing),
        (Was::Released, there, None, false, Sees::Kept),
        (Was::Released, there, Some(History::Keep), true, Sees::Kept),
        (
            Was::Released,
            there,
            Some(History::Erase),
            true,
            Sees::Nothing,
        ),
        (Was::Minted, there, None, false, Sees::Nothing),
        (Was::Minted, there, None, true, Sees::Before),
        (Was::Minted, there, Some(History::Keep), false, Sees::Before),
        (
            Was::Minted,
            there,
            Some(History::Erase),
            true,
            Sees::Nothing,
        ),
    ] {
        let sees = was.receiver_sees(to, chosen, tests_shown);
        assert_eq!(sees, want, "{was:?} {chosen:?} {tests_shown}");
    }
    for (was, tests_shown, want) in [
        (Was::Minted, false, Sees::Nothing),
        (Was::Minted, true, Sees::Before),
        (Was::Released, true, Sees::Kept),
    ] {
        assert_eq!(was.claimer_sees(tests_shown), want, "{was:?}");
    }
}
