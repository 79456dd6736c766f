//! What happens too often is refused: guesses of passwords and labels, mails to somebody's address.
//!
//! Several processes on one database count together, since they count in it.

use std::net::IpAddr;

use handover_wire::{DeviceId, OrgId};

use super::{Core, requests};
use crate::clock::Time;
use crate::domain::{Limit, TooOften};
use crate::secrets::{Digest, Purpose};
use crate::store::{StoreError, Work, Write};

/// Where a request comes from, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// An IPv4 address, or the half of an IPv6 address that one customer of a network has at the least.
    near: IpAddr,
    /// Of an IPv6 address the network that one customer has at the most, which is 65,536 of those halves.
    network: Option<IpAddr>,
}

impl Origin {
    /// Its address, as others read it.
    pub fn text(self) -> String {
        self.near.to_string()
    }

    /// The origin of a peer.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let first = |bits: u32| {
                    let network = address.to_bits() >> (128 - bits) << (128 - bits);
                    IpAddr::V6(network.into())
                };
                Self {
                    near: first(64),
                    network: Some(first(48)),
                }
            }
            address => Self {
                near: address,
                network: None,
            },
        }
    }
}

/// What is counted, and how much of it there may be (ours).
#[derive(Clone, Copy)]
pub struct Counted {
    limit: Limit,
    digest: Digest,
    /// What answers' headers call it.
    policy: &'static str,
    /// The same for the whole network that it comes from.
    network: Option<(Limit, Digest)>,
}

impl Counted {
    /// The same as answers' headers call it.
    fn called(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    fn each(&self) -> impl Iterator<Item = (Limit, &Digest)> {
        let network = self.network.as_ref();
        let network = network.map(|(limit, digest)| (*limit, digest));
        std::iter::once((self.limit, &self.digest)).chain(network)
    }
}

/// How many times as much as from one origin there may be from a whole network.
const NETWORK: i64 = 8;

fn counted(core: &Core, what: &str, whose: &str, at_once: i64, every: i64) -> Counted {
    Counted {
        limit: Limit { at_once, every },
        digest: core.digest(Purpose::Counted, &format!("{what} {whose}")),
        policy: "claims",
        network: None,
    }
}

/// The same by where it comes from, and perhaps for whom.
fn counted_from(
    core: &Core,
    what: &str,
    (origin, whose): (Origin, &str),
    at_once: i64,
    every: i64,
) -> Counted {
    let of = |from: IpAddr| format!("{from} {whose}");
    let network = origin.network.map(|network| {
        let what = format!("{what} network");
        let every = (every / NETWORK).max(1);
        let wide = counted(core, &what, &of(network), at_once * NETWORK, every);
        (wide.limit, wide.digest)
    });
    Counted {
        network,
        ..counted(core, what, &of(origin.near), at_once, every)
    }
}

/// Requests of one organization, by as many as a process takes at a time: as published, whatever is asked and answered.
pub fn requests(core: &Core, org: OrgId) -> Counted {
    let blocks = requests::A_MINUTE / requests::AT_A_TIME;
    let every = 60 / i64::from(blocks);
    counted(core, "requests", &org.to_string(), blocks.into(), every)
}

/// How often strangers of a gateway's mesh are looked for: 6 times at once, and then every 5 seconds, as a gateway tells of them.
pub fn strangers(core: &Core, gateway: DeviceId) -> Counted {
    counted(core, "strangers", &gateway.to_string(), 6, 5)
}

/// Wrong passwords: 10 from one origin for one address, 60 from one origin, 200 for one address from wherever. Only the
/// last can lock somebody out for whom others guess, and takes many origins at once.
pub fn sign_in(core: &Core, origin: Origin, email: &str) -> [Counted; 3] {
    [
        counted_from(core, "sign-in both", (origin, email), 10, 60),
        counted_from(core, "sign-in origin", (origin, ""), 60, 10),
        counted(core, "sign-in address", email, 200, 20),
    ]
    .map(|one| one.called("sign-in"))
}

/// Mails that somebody who is not signed in can have sent: 5 from one origin to one address, 30 from one origin, 20 to one
/// address from wherever. As with passwords only the last can be used up by others, and takes many origins.
pub fn mail(core: &Core, origin: Origin, email: &str) -> [Counted; 3] {
    [
        counted_from(core, "mail both", (origin, email), 5, 1_800),
        counted_from(core, "mail origin", (origin, ""), 30, 60),
        counted(core, "mail address", email, 20, 1_800),
    ]
    .map(|one| one.called("mails"))
}

/// Invitations: 5 by one account to one address, 200 by one account and one a minute after those, 20 to one address by whomever.
/// Whoever invites chooses whom we write to, so it is not many thousands a day.
pub fn invitation(core: &Core, account: &str, email: &str) -> [Counted; 3] {
    let both = format!("{account} {email}");
    [
        counted(core, "invitation both", &both, 5, 600),
        counted(core, "invitation account", account, 200, 60),
        counted(core, "invitation address", email, 20, 600),
    ]
    .map(|one| one.called("invitations"))
}

/// Of these three the two that are the caller's own: what others do does not show in them.
pub fn own([both, caller, _]: [Counted; 3]) -> [Counted; 2] {
    [both, caller]
}

/// Labels that claim nothing: 100 by one account, 300 from one origin. What claims does not count, nor does the same key
/// again.
pub fn claim(core: &Core, account: &str, origin: Origin) -> [Counted; 2] {
    [
        claim_account(core, account),
        counted_from(core, "claim origin", (origin, ""), 300, 5),
    ]
}

/// The part of that which is the account's own.
pub fn claim_account(core: &Core, account: &str) -> Counted {
    counted(core, "claim account", account, 100, 10)
}

/// Identifiers without any proof that claim nothing: 20 by one account, 60 from one origin. Where a batch asks for no
/// proof the identifier is all there is to guess.
pub fn bare_identifier(core: &Core, account: &str, origin: Origin) -> [Counted; 2] {
    [
        bare_account(core, account),
        counted_from(core, "claim bare origin", (origin, ""), 60, 20),
    ]
}

/// The part of that which is the account's own.
pub fn bare_account(core: &Core, account: &str) -> Counted {
    counted(core, "claim bare account", account, 20, 60)
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
/// alone: strangers would keep the device out. Nor on a network: a maker's factory may be one.
pub fn bootstrap(core: &Core, origin: Origin, pin: &Digest) -> [Counted; 2] {
    [
        counted(core, "bootstrap origin", &origin.near.to_string(), 120, 1),
        counted(core, "bootstrap pin", &hex(pin), 20, 3),
    ]
}

/// Machines that say for the first time that they are a device: 200 from one origin, 5 of those for one identifier.
pub fn new_pin(core: &Core, origin: Origin, identifier: &str) -> [Counted; 2] {
    [
        counted_from(core, "pin origin", (origin, ""), 200, 20),
        counted_from(core, "pin both", (origin, identifier), 5, 600),
    ]
}

/// Letters about machines that say to be a device of what one organization made: one an hour.
pub fn conflict_letters(core: &Core, maker: OrgId) -> [Counted; 1] {
    let whose = maker.to_string();
    [counted(core, "conflict letters", &whose, 1, 3_600)]
}

/// Auth tokens that are no device's: 60 from one origin. A right one is not counted.
pub fn device_token(core: &Core, origin: Origin) -> [Counted; 1] {
    [counted_from(
        core,
        "device token origin",
        (origin, ""),
        60,
        5,
    )]
}

/// Auth tokens that are no device's and that one gateway names for nodes which ask to join: as many. Its own token is right, so
/// what others at its address get wrong does not count.
pub fn joining(core: &Core, gateway: DeviceId) -> [Counted; 1] {
    let whose = gateway.to_string();
    [counted(core, "joining", &whose, 60, 5)]
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
    /// What of, as answers' headers call it.
    pub policy: &'static str,
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
    fn of(one: &Counted, free_at: Option<Time>, now: Time) -> Self {
        let Limit { at_once, every } = one.limit;
        let (left, wait) = one.limit.left(free_at, now);
        Self {
            policy: one.policy,
            most: at_once,
            window: at_once * every,
            left,
            wait,
        }
    }

    /// The same where nothing may happen before these seconds are over.
    pub fn after(self, wait: Option<i64>) -> Self {
        match wait {
            Some(wait) => Self {
                left: 0,
                wait,
                ..self
            },
            None => self,
        }
    }

    /// Whichever is the nearest to its end.
    fn smallest(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let nearness = |budget: &Self| (budget.left, -budget.wait);
        all.into_iter().min_by_key(nearness)
    }
}

/// What is left of whichever of these is the nearest to its end.
pub async fn smallest(
    work: &mut Work,
    all: &[Counted],
    now: Time,
) -> Result<Option<Budget>, StoreError> {
    Ok(Budget::smallest(left(work, all, now).await?))
}

/// The same after whatever was done, for an answer's headers. None where the database does not say: an answer does not fail
/// for them.
pub async fn told(core: &Core, all: &[Counted]) -> Option<Budget> {
    if all.is_empty() {
        return None;
    }
    let told = async {
        let mut look = core.store.look().await?;
        smallest(&mut look, all, core.now()).await
    };
    told.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what is left of a limit cannot be told");
        None
    })
}

/// What is left of each of these.
pub async fn left(work: &mut Work, all: &[Counted], now: Time) -> Result<Vec<Budget>, StoreError> {
    let digests: Vec<&Digest> = all.iter().map(|one| &one.digest).collect();
    let times = work.free_at(&digests).await?;
    let left = all.iter().zip(times);
    let left = left.map(|(one, free_at)| Budget::of(one, free_at, now));
    Ok(left.collect())
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
    now: Option<Time>,
    then: Time,
}

impl Allowed {
    /// What is left of whichever of these is the nearest to its end, as long as nothing was counted. None where that was not
    /// asked for all of them.
    pub fn smallest(&self, all: &[Counted], now: Time) -> Option<Option<Budget>> {
        let of = |one: &Counted| {
            let next = self.0.iter().find(|next| next.digest == one.digest)?;
            Some(Budget::of(one, next.now, now))
        };
        let left: Option<Vec<Budget>> = all.iter().map(of).collect();
        left.map(Budget::smallest)
    }
}

/// Whether one more of each may happen. It is counted in the same change, or did not happen.
pub async fn allow(
    write: &mut Write,
    counted: &[Counted],
    now: Time,
) -> Result<Result<Allowed, TooOften>, StoreError> {
    let times = write.free_at(&digests(counted)).await?;
    Ok(judge(counted, times, now))
}

/// What is looked up for that.
pub fn digests(counted: &[Counted]) -> Vec<&Digest> {
    let each = counted.iter().flat_map(Counted::each);
    each.map(|(_, digest)| digest).collect()
}

/// The same by what was found.
pub fn judge(
    counted: &[Counted],
    times: Vec<Option<Time>>,
    now: Time,
) -> Result<Allowed, TooOften> {
    let each = counted.iter().flat_map(Counted::each);
    let next = each.zip(times).map(|((limit, digest), free_at)| {
        let then = limit.take(free_at, now)?;
        Ok(Next {
            digest: *digest,
            now: free_at,
            then,
        })
    });
    next.collect::<Result<_, _>>().map(Allowed)
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
    let all: Vec<(Limit, &Digest)> = counted.iter().flat_map(Counted::each).collect();
    let digests: Vec<&Digest> = all.iter().map(|(_, digest)| *digest).collect();
    let times = write.free_at(&digests).await?;
    for ((limit, digest), free_at) in all.into_iter().zip(times) {
        if let Some(free_at) = free_at {
            let free_at = limit.give_back(free_at);
            write.set_free_at(digest, free_at).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for (address, near, network) in [
            ("192.0.2.7", "192.0.2.7", None),
            ("::ffff:192.0.2.7", "192.0.2.7", None),
            (
                "2001:db8:1:2:3:4:5:6",
                "2001:db8:1:2::",
                Some("2001:db8:1::"),
            ),
            ("::1", "::", Some("::")),
        ] {
            let origin = Origin::of(address.parse().expect("an address"));
            assert_eq!(origin.near.to_string(), near, "{address}");
            let found = origin.network.map(|network| network.to_string());
            assert_eq!(found.as_deref(), network, "{address}");
        }
    }
}
