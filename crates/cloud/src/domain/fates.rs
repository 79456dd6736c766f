//! What happens to a call where faults are wanted: the same calls in the same order meet the same faults, whatever comes
//! between those of one account and another's.

use std::collections::HashMap;

use handover_wire::{DeviceId, Fault, FaultRule, Faults, FaultsNow, RecordedCall};
use sha2::{Digest as _, Sha256};

/// The most calls that are remembered as recorded; a run of tests has fewer, and memory is bounded.
pub const MOST_RECORDED: usize = 10_000;
/// The most rules.
pub const MOST_RULES: usize = 100;
/// The longest latency, jitter included, in milliseconds: more than anybody waits.
const MOST_MS: u32 = 120_000;
/// Paths whose calls meet a fault only where a rule names them: a tester who lets everything fail still signs in, and
/// switches it off again.
const SPARED: [&str; 3] = ["/api/session", "/api/info", "/oauth2/"];
/// The path that faults are switched at.
const SWITCHES: &str = "/api/v1/organization/faults";
/// What the Platform API's paths begin with.
const ORGANIZATION: &str = "/api/v1/organization";

/// What peers do that stay connected, each by the name that rules have for it: of none of it is anything in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A device signs in, in the binary protocol.
    BinaryLogin,
    /// It says something. Signs of life and acknowledgements do not count: how many there are depends on the time.
    BinaryMessage,
    /// A device signs in, in MQTT.
    MqttLogin,
    /// It publishes or subscribes.
    MqttMessage,
    /// Somebody wants to speak TLS.
    Handshake,
}

impl Moment {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::BinaryLogin,
        Self::BinaryMessage,
        Self::MqttLogin,
        Self::MqttMessage,
        Self::Handshake,
    ];

    /// What rules call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BinaryLogin => "binary login",
            Self::BinaryMessage => "binary message",
            Self::MqttLogin => "mqtt login",
            Self::MqttMessage => "mqtt message",
            Self::Handshake => "tls handshake",
        }
    }

    fn of(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|moment| moment.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether it can happen then.
    fn takes(self, fault: Fault) -> bool {
        match fault {
            Fault::Latency { .. } | Fault::Disconnect => true,
            Fault::LostRequest | Fault::LostAnswer => self != Self::Handshake,
            Fault::Refused { .. } => matches!(self, Self::BinaryLogin | Self::MqttLogin),
            Fault::TooMuch => matches!(self, Self::BinaryMessage | Self::MqttMessage),
            Fault::Certificate { .. } => self == Self::Handshake,
            Fault::CutOff { .. }
            | Fault::Status { .. }
            | Fault::SessionExpired
            | Fault::Claim { .. } => false,
        }
    }
}

/// Whether it happens to calls of HTTP.
fn is_of_calls(fault: Fault) -> bool {
    !matches!(
        fault,
        Fault::Disconnect | Fault::Refused { .. } | Fault::TooMuch | Fault::Certificate { .. }
    )
}

/// A call, as far as faults are told apart by it, or what somebody did who stays connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// Method and path of the document, or the name of a moment.
    pub endpoint: &'a str,
    /// Who calls.
    pub account: Option<&'a str>,
    /// The device that it is about.
    pub device: Option<DeviceId>,
}

/// Why faults are not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFaults {
    /// Too many.
    #[error("there are more than {MOST_RULES} rules, or {MOST_RECORDED} recorded calls")]
    TooMany,
    /// An endpoint that is none.
    #[error("{at}: this cloud has no endpoint \"{endpoint}\"; docs/API.md lists them")]
    Endpoint {
        /// Which rule or recorded call, from 1 on.
        at: String,
        /// What it says.
        endpoint: String,
    },
    /// The endpoint that faults are switched at.
    #[error("{at}: the switches of faults work always")]
    Switches {
        /// Which rule or recorded call, from 1 on.
        at: String,
    },
    /// A number that is out of range.
    #[error("{at}: {must}")]
    Number {
        /// Which rule or recorded call, from 1 on.
        at: String,
        /// What it must be.
        must: &'static str,
    },
    /// What never happens at the endpoint that is named.
    #[error("{at}: this cannot happen at that endpoint; docs/FAULTS.md says what can")]
    Misfit {
        /// Which rule or recorded call, from 1 on.
        at: String,
    },
}

impl BadFaults {
    /// What is wrong about the endpoint that is named, in a word of the API's. None where something else is wrong.
    pub fn of_endpoint(&self) -> Option<&'static str> {
        match self {
            Self::Endpoint { .. } => Some("endpoint_unknown"),
            Self::Switches { .. } => Some("endpoint_switches"),
            Self::Misfit { .. } => Some("endpoint_misfit"),
            Self::TooMany | Self::Number { .. } => None,
        }
    }
}

/// The account's calls of an endpoint, or a device's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Caller {
    endpoint: String,
    account: Option<String>,
    device: Option<DeviceId>,
}

impl Caller {
    /// A device that is connected is known by itself, whoever has it: so each meets the same, however those of several come
    /// between each other.
    fn of(call: &Call) -> Self {
        let by_device = Moment::of(call.endpoint).is_some();
        Self {
            endpoint: call.endpoint.to_owned(),
            account: call.account.filter(|_| !by_device).map(str::to_owned),
            device: call.device.filter(|_| by_device),
        }
    }

    /// As chance is drawn by it.
    fn words(&self) -> String {
        match (&self.account, self.device) {
            (Some(account), _) => account.clone(),
            (None, Some(device)) => format!("device {device}"),
            (None, None) => String::new(),
        }
    }
}

/// What goes wrong, and what has.
#[derive(Debug, Default)]
pub struct Fates {
    faults: Faults,
    happened: Vec<u32>,
    calls: HashMap<Caller, u32>,
    to_play: HashMap<(Caller, u32), Vec<Fault>>,
    recorded: Vec<RecordedCall>,
}

impl Fates {
    /// Begins anew with these. `endpoints` has all that there are, as the document names them.
    pub fn new(mut faults: Faults, endpoints: &[String]) -> Result<Self, BadFaults> {
        if faults.rules.len() > MOST_RULES || faults.recorded.len() > MOST_RECORDED {
            return Err(BadFaults::TooMany);
        }
        for (index, rule) in faults.rules.iter_mut().enumerate() {
            check_rule(&format!("rule {}", index + 1), rule, endpoints)?;
        }
        let recorded = std::mem::take(&mut faults.recorded);
        for (index, call) in recorded.iter().enumerate() {
            let at = format!("recorded call {}", index + 1);
            endpoint(&at, &call.endpoint, endpoints)?;
            let met = call.faults.iter();
            met.copied()
                .try_for_each(|fault| check_fault(&at, fault, Some(&call.endpoint)))?;
        }
        let to_play = recorded.into_iter().map(|call| {
            let caller = Caller {
                endpoint: call.endpoint,
                account: call.account,
                device: call.device,
            };
            ((caller, call.call), call.faults)
        });
        let to_play = to_play.collect();
        Ok(Self {
            happened: vec![0; faults.rules.len()],
            faults,
            calls: HashMap::new(),
            to_play,
            recorded: Vec::new(),
        })
    }

    /// Whether a rule is of one device, so that it has to be known which one a call is about.
    pub fn asks_for_device(&self) -> bool {
        self.faults.rules.iter().any(|rule| rule.device.is_some())
    }

    /// Whether a rule is of one account, so that it has to be known who has a device.
    pub fn asks_for_account(&self) -> bool {
        self.faults.rules.iter().any(|rule| rule.account.is_some())
    }

    /// What happens to this call, in order; the last may be one that ends it.
    pub fn meets(&mut self, call: &Call) -> Vec<Fault> {
        let caller = Caller::of(call);
        let count = self.calls.entry(caller.clone()).or_default();
        *count += 1;
        let key = (caller, *count);
        let mut met = self.to_play.remove(&key).unwrap_or_default();
        let (caller, number) = key;
        for index in 0..self.faults.rules.len() {
            if met.last().is_some_and(|last| ends(*last)) {
                break;
            }
            met.extend(self.of_rule(index, call, (&caller, number)));
        }
        if !met.is_empty() && self.recorded.len() < MOST_RECORDED {
            self.recorded.push(RecordedCall {
                endpoint: caller.endpoint,
                account: caller.account,
                device: caller.device,
                call: number,
                faults: met.clone(),
            });
        }
        met
    }

    /// What a rule does to the call, with its chance taken and its count gone down.
    fn of_rule(&mut self, index: usize, call: &Call, whose: (&Caller, u32)) -> Option<Fault> {
        let rule = &mut self.faults.rules[index];
        let lot = |what: &str| draw(self.faults.seed, index, whose, what);
        if !is_of(rule, call)
            || rule
                .percent
                .is_some_and(|percent| lot("fate") * 100.0 >= percent)
        {
            return None;
        }
        rule.next = match rule.next {
            Some(0) => return None,
            Some(more) => Some(more - 1),
            None => None,
        };
        self.happened[index] = self.happened[index].saturating_add(1);
        Some(match rule.fault {
            // What chance added is in the recording as it came.
            Fault::Latency { ms, jitter } => Fault::Latency {
                ms: ms + scaled(jitter, lot("jitter")),
                jitter: 0,
            },
            other => other,
        })
    }

    /// What goes wrong at present.
    pub fn now(&self) -> FaultsNow {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        FaultsNow {
            faults: self.faults.clone(),
            happened: self.happened.clone(),
            to_play: count(self.to_play.len()),
            recorded: count(self.recorded.len()),
        }
    }

    /// What has happened, to be played again: without any rule, since what they did is in it.
    pub fn recording(&self) -> Faults {
        Faults {
            seed: self.faults.seed,
            rules: Vec::new(),
            recorded: self.recorded.clone(),
        }
    }
}

/// Whether nothing more can happen after it.
fn ends(fault: Fault) -> bool {
    !matches!(fault, Fault::Latency { .. })
}

/// Whether the rule is of such calls.
fn is_of(rule: &FaultRule, call: &Call) -> bool {
    let path = call.endpoint.split(' ').nth(1).unwrap_or_default();
    let moment = Moment::of(call.endpoint);
    let is_certificate = matches!(rule.fault, Fault::Certificate { .. });
    let endpoint = match &rule.endpoint {
        Some(endpoint) => endpoint == call.endpoint,
        None if moment == Some(Moment::Handshake) => is_certificate,
        None => !SPARED.iter().any(|spared| path.starts_with(spared)),
    };
    let fits = match moment {
        Some(moment) => moment.takes(rule.fault),
        None => is_of_calls(rule.fault),
    };
    let claims = call.endpoint == CLAIM || !matches!(rule.fault, Fault::Claim { .. });
    let account = |account: &String| {
        let same = |caller: &str| caller.eq_ignore_ascii_case(account);
        call.account.is_some_and(same)
    };
    !path.starts_with(SWITCHES)
        && endpoint
        && fits
        && claims
        && rule.account.as_ref().is_none_or(account)
        && rule.device.is_none_or(|device| call.device == Some(device))
}

/// The endpoint that claims.
const CLAIM: &str = "POST /api/v1/organization/static-tokens/claim";

/// Checks a rule, and writes its endpoint as the document does.
fn check_rule(at: &str, rule: &mut FaultRule, endpoints: &[String]) -> Result<(), BadFaults> {
    if let Some(named) = &mut rule.endpoint {
        *named = endpoint(at, named, endpoints)?;
    }
    if rule
        .percent
        .is_some_and(|percent| !(0.0..=100.0).contains(&percent))
    {
        return Err(number(at, "percent must be from 0 to 100"));
    }
    let is_handshake = matches!(rule.fault, Fault::Certificate { .. })
        || rule.endpoint.as_deref().and_then(Moment::of) == Some(Moment::Handshake);
    if is_handshake && (rule.account.is_some() || rule.device.is_some()) {
        return Err(number(
            at,
            "a certificate is shown before anybody says who they are: leave out account and device",
        ));
    }
    check_fault(at, rule.fault, rule.endpoint.as_deref())
}

/// An endpoint that something may happen to, as the document names it.
fn endpoint(at: &str, named: &str, endpoints: &[String]) -> Result<String, BadFaults> {
    if let Some(moment) = Moment::of(named) {
        return Ok(moment.name().to_owned());
    }
    let (at, full) = (at.to_owned(), whole(named));
    if full.contains(SWITCHES) {
        return Err(BadFaults::Switches { at });
    }
    match endpoints.contains(&full) {
        true => Ok(full),
        false => Err(BadFaults::Endpoint {
            at,
            endpoint: named.to_owned(),
        }),
    }
}

fn number(at: &str, must: &'static str) -> BadFaults {
    BadFaults::Number {
        at: at.to_owned(),
        must,
    }
}

/// Checks what happens, and whether it can happen there; nowhere named is wherever it can.
fn check_fault(at: &str, fault: Fault, endpoint: Option<&str>) -> Result<(), BadFaults> {
    let fits = endpoint.is_none_or(|endpoint| match Moment::of(endpoint) {
        Some(moment) => moment.takes(fault),
        None => is_of_calls(fault),
    });
    let must = match fault {
        Fault::Latency { ms, jitter } if ms.saturating_add(jitter) > MOST_MS => {
            "ms and jitter must be 120000 at most together"
        }
        Fault::Status { status, .. } if !(400..=599).contains(&status) => {
            "status must be from 400 to 599"
        }
        Fault::Claim { .. } if endpoint.is_some_and(|endpoint| endpoint != CLAIM) => {
            "an answer of claims is for POST /static-tokens/claim alone"
        }
        _ if !fits => return Err(BadFaults::Misfit { at: at.to_owned() }),
        _ => return Ok(()),
    };
    Err(number(at, must))
}

/// `get /devices` as the document has it.
fn whole(endpoint: &str) -> String {
    let (method, path) = endpoint.trim().split_once(' ').unwrap_or((endpoint, ""));
    let (method, path) = (method.to_uppercase(), path.trim());
    match path.starts_with("/api/")
        || path.starts_with("/oauth2/")
        || path.starts_with("/external/")
    {
        true => format!("{method} {path}"),
        false => format!("{method} {ORGANIZATION}{path}"),
    }
}

/// A number from 0 to below 1 that is always the same for the same call.
fn draw(seed: u32, rule: usize, (caller, number): (&Caller, u32), what: &str) -> f64 {
    let (endpoint, who) = (&caller.endpoint, caller.words());
    let text = format!("{seed}\n{rule}\n{endpoint}\n{who}\n{number}\n{what}");
    let digest = Sha256::digest(text);
    let first = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    f64::from(first) / (f64::from(u32::MAX) + 1.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "below `most`, and not negative"
)]
fn scaled(most: u32, lot: f64) -> u32 {
    (f64::from(most) * lot) as u32
}

#[cfg(test)]
mod tests;
