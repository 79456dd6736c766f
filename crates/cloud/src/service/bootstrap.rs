//! Devices without a flashed token get theirs by what identifies them: what they say, and what their owners say to it. The
//! rules are in `domain/bootstrap.rs`.
//!
//! A stranger who asks learns nothing: whatever has the identifier or does not, the answer is the same until the device is
//! somebody's who has confirmed the very machine that asks.

use std::collections::BTreeMap;

use handover_label::AuthToken;
use handover_wire::{
    Bootstrap, BootstrapAnswer, BootstrapState, ConfirmPin, DecidePin, DeviceBootstrap, DeviceId,
    DevicePin, OrgId, PinState, Secret, TokenId,
};

use super::limits::{self, Origin};
use super::{Broken, Core, breaks, hands};
use crate::clock::Time;
use crate::domain::{
    Acting, Actor, EmailAddress, FieldError, Heard, Names, NotNamed, Pin, PinConflict, PinGone,
    Pins, PressFor, Saying, TooOften,
};
use crate::entropy;
use crate::mail::{Language, Letter};
use crate::secrets::{Digest, Purpose};
use crate::store::{
    Action, AuditRow, DeviceHands, Sought, StoreError, TokenFound, TokenKey, Work, Write, change,
};

/// Seconds after which a device that waits asks again.
const AGAIN_SECONDS: i64 = 5;
/// Characters of a device's secret.
const SECRET: std::ops::RangeInclusive<usize> = 16..=128;
/// Bytes of an identifier; a label's text is no longer.
const MOST_IDENTIFIER: usize = 4_096;

/// Why a device gets no answer.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// It asks too often, or too many ask from there.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(BootstrapError);

/// What the owner says comes to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// There is no such device within reach.
    #[error("there is no such device within reach")]
    NotFound(DeviceId),
    /// There is no such label within reach.
    #[error("there is no such label within reach")]
    NoSuchLabel,
    /// It is somebody else's.
    #[error("only its owner says which machine a device is, or support for them")]
    NotTheirs,
    /// It has no identifier that it could ask with.
    #[error("the device has no identifier")]
    NotIdentified,
    /// No such machine asks.
    #[error(transparent)]
    Gone(#[from] PinGone),
    /// Several machines ask.
    #[error(transparent)]
    Conflict(#[from] PinConflict),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(PinError);

impl From<NotNamed> for PinError {
    fn from(error: NotNamed) -> Self {
        match error {
            NotNamed::Gone(gone) => Self::Gone(gone),
            NotNamed::Conflict(conflict) => Self::Conflict(conflict),
        }
    }
}

/// A machine says that it is the device, and asks for its token. `pressed`: its button is pressed at this moment.
pub async fn ask(
    core: &Core,
    origin: Origin,
    request: &Bootstrap,
    pressed: bool,
) -> Result<BootstrapAnswer, BootstrapError> {
    let names = checked(request)?;
    let pin = pin_digest(core, &names, request);
    let now = core.now();
    // What was counted stays counted where the wait is the answer.
    let answered: Result<BootstrapAnswer, TooOften> = change!(core.store, |write| {
        let every = limits::bootstrap(core, origin, &pin);
        if let Err(wait) = limits::take(write, &every, now).await? {
            return Ok::<_, BootstrapError>(Err(wait));
        }
        // Whether it is written down tells of the identifier, so another mark says whether it was seen before.
        if limits::is_first(write, core, "new pin", &pin, now).await? {
            let new = limits::new_pin(core, origin, names.main());
            if let Err(wait) = limits::take(write, &new, now).await? {
                return Ok(Err(wait));
            }
            limits::note_first(write, core, "new pin", &pin, now).await?;
        }
        let template = request.template_id.as_ref();
        let found = write.find_identified(&names, template, &pin).await?;
        let token = found.as_ref().map(|found| found.id);
        let pins = write.pins(token).await?;
        let pressed_for = match pressed {
            true => {
                let maker = found.as_ref().map(|found| found.org);
                Some(PressFor::of(
                    &write.waiting_for_press(&names, maker, now).await?,
                ))
            }
            false => None,
        };
        let saying = Saying {
            pin,
            pressed: pressed_for,
            owned: found
                .as_ref()
                .is_some_and(|found| found.hands.holder().is_ok()),
        };
        let heard = hear(write, found.as_ref(), pins, saying, now).await?;
        let token = match found.filter(|_| heard.gets_token()) {
            Some(found) => Some(give(core, write, &found, &pin, now).await?),
            None => None,
        };
        Ok(Ok(BootstrapAnswer {
            state: match &token {
                Some(_) => BootstrapState::Ready,
                None => BootstrapState::Waiting,
            },
            check: check_digits(core, &pin),
            retry_after: token.is_none().then_some(AGAIN_SECONDS),
            token,
        }))
    })?;
    Ok(answered?)
}

fn checked(request: &Bootstrap) -> Result<Names, FieldError> {
    let secret = request.secret.expose();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !SECRET.contains(&secret.len()) || !secret.bytes().all(plain) {
        return Err(FieldError {
            field: "secret",
            must: "16 to 128 letters, digits, - or _",
        });
    }
    let names = Names::of(&request.identifier);
    if request.identifier.len() > MOST_IDENTIFIER || names.main().is_empty() {
        return Err(FieldError {
            field: "identifier",
            must: "what identifies a device",
        });
    }
    Ok(names)
}

/// The same secret of two devices is two pins.
fn pin_digest(core: &Core, names: &Names, request: &Bootstrap) -> Digest {
    let text = Secret::new(format!("{}\n{}", names.main(), request.secret.expose()));
    core.digest(Purpose::DeviceSecret, text.expose())
}

/// Four digits that machine and owner's page show.
fn check_digits(core: &Core, pin: &Digest) -> String {
    let digest = core.keys.digest(Purpose::DeviceCheck, pin);
    let number = digest.iter().take(6);
    let number = number.fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    format!("{:04}", number % 10_000)
}

/// What a machine is told from others by: nothing that anybody could ask with.
fn fingerprint(core: &Core, pin: &Digest) -> String {
    let digest = core.keys.digest(Purpose::PinFingerprint, pin);
    let [one, two, three, four, ..] = digest;
    format!("{one:02X}{two:02X}-{three:02X}{four:02X}")
}

/// Asks the rules, and writes down what they say.
async fn hear(
    write: &mut Write,
    found: Option<&TokenFound>,
    mut pins: Pins,
    saying: Saying,
    now: Time,
) -> Result<Heard, Broken> {
    let (heard, forgotten) = pins.hear(saying, now);
    let pin = pins.get(&saying.pin);
    let pin = pin.ok_or(StoreError::Corrupt("who speaks is not known"))?;
    write
        .note_pin(found.map(|found| found.id), pin, forgotten)
        .await?;
    if heard == Heard::ConfirmedNow
        && let Some(found) = found
    {
        let row = about_device(found, Action::ConfirmDevice, now);
        write.audit(row.detail("by its button".to_owned())).await?;
    }
    Ok(heard)
}

fn about_device(found: &TokenFound, action: Action, now: Time) -> AuditRow<'static> {
    let holder = found.hands.holder().ok();
    AuditRow {
        at: now,
        actor: &Actor::Cloud,
        action,
        org: holder.map_or(found.org, |holder| holder.org),
        device: found.device,
        user: holder.and_then(|holder| holder.owner),
        detail: None,
        reason: None,
    }
}

/// The device's token. One that is known by its digest alone is replaced: this is the only time that it is shown. So is one that
/// a machine of a former holder was given, or a gateway that the device has no longer, and which speak for it no more from then on.
async fn give(
    core: &Core,
    write: &mut Write,
    found: &TokenFound,
    pin: &Digest,
    now: Time,
) -> Result<Secret, Broken> {
    // Its owner may know it from now on, whatever becomes of their claim.
    hands::token_given(core, write, found).await?;
    let is_shown_once = found.once || found.auth.sealed.is_empty();
    let token = if is_shown_once || write.is_auth_of_before(found.id).await? {
        let token = AuthToken::from_entropy(entropy::bytes(core.entropy.as_ref()));
        let kept = core.keep(Purpose::AuthToken, token.expose());
        let kept = match is_shown_once {
            true => kept.shown_once(),
            false => kept,
        };
        write.renew_auth(found.id, &kept).await?;
        Secret::new(token.expose())
    } else {
        core.keys.open(Purpose::AuthToken, &found.auth.sealed)?
    };
    write.note_given(found.id).await?;
    // A device that lost its answer asks again, and one that is switched on may: that is no news each time.
    if limits::is_first(write, core, "given token", pin, now).await? {
        limits::note_first(write, core, "given token", pin, now).await?;
        write
            .audit(about_device(found, Action::GiveToken, now))
            .await?;
    }
    Ok(token)
}

/// Who asks for a device's token. A page that waits asks this every few seconds, so it changes nothing and waits for no
/// change.
pub async fn look(core: &Core, acting: &Acting, id: DeviceId) -> Result<DeviceBootstrap, PinError> {
    let mut look = core.store.look().await?;
    let device = find(&mut look, acting, id).await?;
    shown(core, &mut look, acting, &device, core.now()).await
}

/// The owner says which machine is the device: the one that shows these digits.
pub async fn confirm(
    core: &Core,
    acting: &Acting,
    request: &ConfirmPin,
) -> Result<DeviceBootstrap, PinError> {
    decide(core, acting, request.device_id, |pins| {
        let check = request.check.trim();
        let pin = pins.showing(|pin| check_digits(core, pin) == check)?;
        pins.confirm(&pin)?;
        Ok((Action::ConfirmDevice, Some("by its four digits")))
    })
    .await
}

/// The owner says that a machine is not the device.
pub async fn refuse(
    core: &Core,
    acting: &Acting,
    request: &DecidePin,
) -> Result<DeviceBootstrap, PinError> {
    decide(core, acting, request.device_id, |pins| {
        let pin = named(core, pins, &request.fingerprint)?;
        pins.refuse(&pin)?;
        Ok((Action::RefuseDevice, None))
    })
    .await
}

/// Forgets whatever says that it is the device: those that are on say it again.
pub async fn reset(
    core: &Core,
    acting: &Acting,
    id: DeviceId,
) -> Result<DeviceBootstrap, PinError> {
    decide(core, acting, id, |pins| {
        *pins = Pins::default();
        Ok((Action::ResetPins, None))
    })
    .await
}

/// The same for a device that nobody has yet, by whoever made its label: there is no owner to say which machine is right.
pub async fn reset_unclaimed(core: &Core, acting: &Acting, id: TokenId) -> Result<(), PinError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = write
            .sought_labels(acting.reach(), Sought::Number(id))
            .await?;
        let token = *found.first().ok_or(PinError::NoSuchLabel)?;
        let found = write.find_token(TokenKey::Id(token)).await?;
        let found = found.ok_or(PinError::NoSuchLabel)?;
        if found.hands.holder().is_ok() {
            return Err(PinError::NotTheirs);
        }
        let identifier = write.identified(token).await?;
        let identifier = identifier.ok_or(PinError::NotIdentified)?;
        write.reset_pins(token).await?;
        let row = AuditRow::about(acting, Action::ResetPins, found.org, now);
        write.audit(row.detail(identifier)).await?;
        Ok(())
    })
}

/// From now on, for a while, the first press of the one machine's button confirms it.
pub async fn await_press(
    core: &Core,
    acting: &Acting,
    id: DeviceId,
) -> Result<DeviceBootstrap, PinError> {
    let now = core.now();
    change!(core.store, |write| {
        let (device, token) = theirs(write, acting, id).await?;
        write.pins(Some(token)).await?.await_press(now)?;
        write.await_press(token, Some(now)).await?;
        shown(core, write, acting, &device, now).await
    })
}

/// The pin that a person names.
fn named(core: &Core, pins: &Pins, wanted: &str) -> Result<Digest, PinGone> {
    let all = pins.all().iter().map(|pin| pin.digest);
    let wanted = wanted.trim();
    all.into_iter()
        .find(|pin| fingerprint(core, pin).eq_ignore_ascii_case(wanted))
        .ok_or(PinGone)
}

async fn decide(
    core: &Core,
    acting: &Acting,
    id: DeviceId,
    rule: impl Fn(&mut Pins) -> Result<(Action, Option<&'static str>), PinError>,
) -> Result<DeviceBootstrap, PinError> {
    let now = core.now();
    change!(core.store, |write| {
        let (device, token) = theirs(write, acting, id).await?;
        let before = write.pins(Some(token)).await?;
        let mut after = before.clone();
        let (action, detail) = rule(&mut after)?;
        write.settle_pins(token, &before, &after).await?;
        if action == Action::ResetPins {
            write.reset_pins(token).await?;
        }
        write
            .audit(AuditRow {
                at: now,
                actor: &acting.actor,
                action,
                org: device.org,
                device: Some(id),
                user: device.owner,
                detail: detail.map(str::to_owned),
                reason: None,
            })
            .await?;
        shown(core, write, acting, &device, now).await
    })
}

async fn find(work: &mut Work, acting: &Acting, id: DeviceId) -> Result<DeviceHands, PinError> {
    let found = work.device_hands(acting.reach(), id).await?;
    found.ok_or(PinError::NotFound(id))
}

/// A device that the caller may decide about, and its static token.
async fn theirs(
    write: &mut Write,
    acting: &Acting,
    id: DeviceId,
) -> Result<(DeviceHands, i64), PinError> {
    let device = find(write, acting, id).await?;
    if !may_decide(acting, &device) {
        return Err(PinError::NotTheirs);
    }
    let token = device.token.as_ref().map(|token| token.id);
    let token = token.ok_or(PinError::NotIdentified)?;
    match write.identified(token).await? {
        Some(_) => Ok((device, token)),
        None => Err(PinError::NotIdentified),
    }
}

/// Its owner, and whoever acts for them.
fn may_decide(acting: &Acting, device: &DeviceHands) -> bool {
    let for_them = handover_wire::Permission::ClaimForOthers;
    acting.actor.is(device.owner) || acting.may(for_them)
}

async fn shown(
    core: &Core,
    work: &mut Work,
    acting: &Acting,
    device: &DeviceHands,
    now: Time,
) -> Result<DeviceBootstrap, PinError> {
    let token = device.token.as_ref().map(|token| token.id);
    let identified = match token {
        Some(token) => work.identified(token).await?.is_some(),
        None => false,
    };
    let pins = work.pins(token).await?;
    let until = pins.awaited_until(now);
    let is_waiting = |pin: &Pin| pin.state == PinState::Waiting;
    let shown = |pin: &Pin| DevicePin {
        fingerprint: fingerprint(core, &pin.digest),
        check: check_digits(core, &pin.digest),
        state: pin.state,
        first_seen: pin.first_seen.0,
        last_seen: pin.last_seen.0,
        pressed_at: pin.press.map(|press| press.at.0),
    };
    Ok(DeviceBootstrap {
        identified,
        may_decide: identified && may_decide(acting, device),
        conflict: pins.is_conflict(),
        press_until: until
            .filter(|_| {
                !pins
                    .all()
                    .iter()
                    .any(|pin| pin.state == PinState::Confirmed)
            })
            .filter(|_| pins.all().iter().all(is_waiting))
            .map(|at| at.0),
        pins: pins.all().iter().map(shown).collect(),
    })
}

/// Tells maker and owners of devices that several machines say that they are: an organization's people once in an hour, of
/// all such devices in one letter, since whoever knows numbers makes as many of them as they like. Of what is nobody's
/// nobody is told: those who made it see it where they look.
///
/// Not with the call of the machine: it would tell by its length whether anything has the identifier.
pub async fn tell_due(core: &Core) -> Result<(), Broken> {
    let now = core.now();
    if !core.store.conflict_work(now).await? {
        return Ok(());
    }
    change!(core.store, |write| {
        for maker in write.makers_with_conflicts(now).await? {
            let letters = limits::conflict_letters(core, maker);
            if limits::take(write, &letters, now).await?.is_ok() {
                tell(core, write, maker, now).await?;
            }
        }
        Ok(())
    })
}

async fn tell(core: &Core, write: &mut Write, maker: OrgId, now: Time) -> Result<(), Broken> {
    let support = write.support_of(maker).await?;
    let mut letters: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for conflict in write.untold_conflicts(maker, now).await? {
        let mut people = write.addressees(conflict.holder, &Actor::Cloud).await?;
        people.extend(support.iter().cloned());
        people.sort_by(|one, other| one.email.cmp(&other.email));
        people.dedup_by(|one, other| one.email == other.email);
        for to in people {
            let devices = letters.entry((to.email, to.locale)).or_default();
            devices.push(conflict.name.clone());
        }
        let row = AuditRow {
            at: now,
            actor: &Actor::Cloud,
            action: Action::PinConflict,
            org: conflict.holder.org,
            device: Some(conflict.device),
            user: conflict.holder.owner,
            detail: Some(conflict.identifier),
            reason: None,
        };
        write.audit(row).await?;
        write.note_conflict_told(conflict.token, now).await?;
    }
    for ((email, locale), devices) in letters {
        let address = EmailAddress::parse(&email)
            .map_err(|_| StoreError::Corrupt("somebody's address is none"))?;
        let language = Language::from_tag(&locale);
        let letter = Letter::BootstrapConflict { devices };
        write
            .queue_letter(core, &address, language, &letter)
            .await?;
    }
    Ok(())
}

/// Whether a claim by identifier is proven by the button, and what that confirms.
pub(super) async fn note_claimed_by_press(write: &mut Write, token: i64) -> Result<(), Broken> {
    let before = write.pins(Some(token)).await?;
    let mut after = before.clone();
    if after.claimed_by_press() {
        write.settle_pins(token, &before, &after).await?;
    }
    Ok(())
}
