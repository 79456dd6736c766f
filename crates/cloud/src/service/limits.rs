//! What happens too often is refused: guesses of passwords and labels, mails to somebody's address.
//!
//! Several processes on one database count together, since they count in it.

use std::net::IpAddr;

use super::Core;
use crate::clock::Time;
use crate::domain::{Limit, TooOften};
use crate::secrets::{Digest, Purpose};
use crate::store::{StoreError, Write};

/// Where a request comes from, as far as it is counted: an IPv4 address, or the half of an IPv6 address that one
/// customer of a network has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(IpAddr);

impl Origin {
    /// Its address, as others read it.
    pub fn text(self) -> String {
        self.0.to_string()
    }

    /// The origin of a peer.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                IpAddr::V6(network.into())
            }
            address => address,
        })
    }
}

/// What is counted, and how much of it there may be (ours).
#[derive(Clone, Copy)]
pub struct Counted {
    limit: Limit,
    digest: Digest,
}

fn counted(core: &Core, what: &str, whose: &str, at_once: i64, every: i64) -> Counted {
    Counted {
        limit: Limit { at_once, every },
        digest: core.digest(Purpose::Counted, &format!("{what} {whose}")),
    }
}

/// Wrong passwords: 10 from one origin for one address, 60 from one origin, 200 for one address from wherever. Only the
/// last can lock somebody out for whom others guess, and takes many origins at once.
pub fn sign_in(core: &Core, origin: Origin, email: &str) -> [Counted; 3] {
    let from = origin.0.to_string();
    [
        counted(core, "sign-in both", &format!("{from} {email}"), 10, 60),
        counted(core, "sign-in origin", &from, 60, 10),
        counted(core, "sign-in address", email, 200, 20),
    ]
}

/// Mails that somebody who is not signed in can have sent: 5 to one address, 30 from one origin.
pub fn mail(core: &Core, origin: Origin, email: &str) -> [Counted; 2] {
    [
        counted(core, "mail address", email, 5, 1_800),
        counted(core, "mail origin", &origin.0.to_string(), 30, 60),
    ]
}

/// Invitations: 200 by one account, 5 to one address.
pub fn invitation(core: &Core, account: &str, email: &str) -> [Counted; 2] {
    [
        counted(core, "invitation account", account, 200, 10),
        counted(core, "invitation address", email, 5, 600),
    ]
}

/// Labels that claim nothing: 100 by one account, 300 from one origin. What claims does not count, nor does the same key
/// again.
pub fn claim(core: &Core, account: &str, origin: Origin) -> [Counted; 2] {
    [
        counted(core, "claim account", account, 100, 10),
        counted(core, "claim origin", &origin.0.to_string(), 300, 5),
    ]
}

/// Identifiers without any proof that claim nothing: 20 by one account, 60 from one origin. Where a batch asks for no
/// proof the identifier is all there is to guess.
pub fn bare_identifier(core: &Core, account: &str, origin: Origin) -> [Counted; 2] {
    [
        counted(core, "claim bare account", account, 20, 60),
        counted(core, "claim bare origin", &origin.0.to_string(), 60, 20),
    ]
}

/// Wrong claim codes of one account for one identifier: 5.
pub fn claim_code(core: &Core, account: &str, identifier: &str) -> [Counted; 1] {
    let both = format!("{account} {identifier}");
    [counted(core, "claim code", &both, 5, 600)]
}

/// Wrong claim codes for one identifier, of whomever: 20. A right one passes this all the same: by guessing, strangers must
/// not be able to lock out whoever has the device.
pub fn claim_target(core: &Core, identifier: &str) -> Counted {
    counted(core, "claim target", identifier, 20, 600)
}

/// Claims that ask for approval: 10 by one account.
pub fn approval(core: &Core, account: &str) -> [Counted; 1] {
    [counted(core, "approval account", account, 10, 3_600)]
}

/// Claims by identifier that wait for a button: 10 by one account, 3 of those for one identifier. One that waits is sent again
/// as often as its sender likes.
pub fn presence(core: &Core, account: &str, identifier: &str) -> [Counted; 2] {
    let both = format!("{account} {identifier}");
    [
        counted(core, "presence account", account, 10, 1_800),
        counted(core, "presence both", &both, 3, 3_600),
    ]
}

/// What devices ask before they have a token: 120 calls from one origin, 20 of one machine. No limit is on an identifier
/// alone: strangers would keep the device out.
pub fn bootstrap(core: &Core, origin: Origin, pin: &Digest) -> [Counted; 2] {
    [
        counted(core, "bootstrap origin", &origin.0.to_string(), 120, 1),
        counted(core, "bootstrap pin", &hex(pin), 20, 3),
    ]
}

/// Machines that say for the first time that they are a device: 200 from one origin, 5 of those for one identifier.
pub fn new_pin(core: &Core, origin: Origin, identifier: &str) -> [Counted; 2] {
    let from = origin.0.to_string();
    let both = format!("{from} {identifier}");
    [
        counted(core, "pin origin", &from, 200, 20),
        counted(core, "pin both", &both, 5, 600),
    ]
}

/// Auth tokens that are no device's: 60 from one origin. A right one is not counted.
pub fn device_token(core: &Core, origin: Origin) -> [Counted; 1] {
    [counted(
        core,
        "device token origin",
        &origin.0.to_string(),
        60,
        5,
    )]
}

/// Seconds for which something is remembered to have happened.
const REMEMBERED: i64 = 30 * 24 * 3_600;

fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether this has not happened to that before, as far as is remembered.
pub async fn is_first(
    write: &mut Write,
    core: &Core,
    what: &str,
    whose: &Digest,
    now: Time,
) -> Result<bool, StoreError> {
    let mark = counted(core, what, &hex(whose), 1, REMEMBERED);
    let until = write.free_at(&[&mark.digest]).await?;
    Ok(until.into_iter().flatten().all(|until| until <= now))
}

/// It has happened.
pub async fn note_first(
    write: &mut Write,
    core: &Core,
    what: &str,
    whose: &Digest,
    now: Time,
) -> Result<(), StoreError> {
    let mark = counted(core, what, &hex(whose), 1, REMEMBERED);
    let until = now.plus_seconds(REMEMBERED);
    write.set_free_at(&mark.digest, until).await
}

/// What an account has left of what it may get wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How often at once, where it was right all the time.
    pub most: i64,
    /// Seconds after which all of that is there again.
    pub window: i64,
    /// How often now.
    pub left: i64,
    /// Seconds after which it is one more; none where it is all.
    pub wait: i64,
}

impl Budget {
    /// What is left where that is the time from which all of it is there again.
    fn of(Limit { at_once, every }: Limit, free_at: Option<Time>, now: Time) -> Self {
        let (left, wait) = Limit { at_once, every }.left(free_at, now);
        Self {
            most: at_once,
            window: at_once * every,
            left,
            wait,
        }
    }
}

/// What is left of whichever of these is the nearest to its end.
pub async fn smallest(
    write: &mut Write,
    all: &[Counted],
    now: Time,
) -> Result<Option<Budget>, StoreError> {
    let digests: Vec<&Digest> = all.iter().map(|one| &one.digest).collect();
    let times = write.free_at(&digests).await?;
    let left = all.iter().zip(times);
    let left = left.map(|(one, free_at)| Budget::of(one.limit, free_at, now));
    Ok(left.min_by_key(|budget| (budget.left, -budget.wait)))
}

/// Counts one more of what is not refused for it, and says whether it was too many.
pub async fn note(
    write: &mut Write,
    counted: &Counted,
    now: Time,
) -> Result<Option<TooOften>, StoreError> {
    Ok(take(write, std::slice::from_ref(counted), now).await?.err())
}

/// One more of each that may happen and is not counted yet.
pub struct Allowed(Vec<Next>);

/// One of them, and until when it is counted with one more.
struct Next {
    digest: Digest,
    then: Time,
}

/// Whether one more of each may happen. It is counted in the same change, or did not happen.
pub async fn allow(
    write: &mut Write,
    counted: &[Counted],
    now: Time,
) -> Result<Result<Allowed, TooOften>, StoreError> {
    let digests: Vec<&Digest> = counted.iter().map(|one| &one.digest).collect();
    let times = write.free_at(&digests).await?;
    let next = counted.iter().zip(times).map(|(counted, free_at)| {
        let then = counted.limit.take(free_at, now)?;
        Ok(Next {
            digest: counted.digest,
            then,
        })
    });
    Ok(next.collect::<Result<_, _>>().map(Allowed))
}

/// Counts what was allowed.
pub async fn count(write: &mut Write, allowed: &Allowed) -> Result<(), StoreError> {
    for next in &allowed.0 {
        write.set_free_at(&next.digest, next.then).await?;
    }
    Ok(())
}

/// Counts one more of each, or none where one of them is too many.
pub async fn take(
    write: &mut Write,
    counted: &[Counted],
    now: Time,
) -> Result<Result<(), TooOften>, StoreError> {
    match allow(write, counted, now).await? {
        Ok(allowed) => Ok(Ok(count(write, &allowed).await?)),
        Err(too_often) => Ok(Err(too_often)),
    }
}

/// Takes one back of each: it was right after all.
pub async fn give_back(write: &mut Write, counted: &[Counted]) -> Result<(), StoreError> {
    let digests: Vec<&Digest> = counted.iter().map(|one| &one.digest).collect();
    let times = write.free_at(&digests).await?;
    for (one, free_at) in counted.iter().zip(times) {
        if let Some(free_at) = free_at {
            let free_at = one.limit.give_back(free_at);
            write.set_free_at(&one.digest, free_at).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for (address, want) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            let origin = Origin::of(address.parse().expect("an address"));
            assert_eq!(origin.0.to_string(), want, "{address}");
        }
    }
}
