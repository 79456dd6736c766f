//! What a fleet is: how many devices, what they measure, and what befalls them.

use std::str::FromStr;
use std::time::Duration;

use crate::signal::Source;

/// What befalls a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mishap {
    /// It has no power: nothing says so to the cloud, and afterwards it begins anew.
    PowerCut,
    /// Nobody hears it; it goes on measuring, and what it measured is lost.
    RadioLoss,
    /// Its firmware sends as fast as it can.
    Flood,
    /// Its clock is wrong, and it says of what it measures when that was.
    ClockWrong,
}

impl Mishap {
    /// Each by its name.
    const ALL: [(&'static str, Self); 4] = [
        ("power-cut", Self::PowerCut),
        ("radio-loss", Self::RadioLoss),
        ("flood", Self::Flood),
        ("clock-wrong", Self::ClockWrong),
    ];
}

/// How often something befalls a device, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    /// What.
    pub mishap: Mishap,
    /// How often in an hour, on average.
    pub per_hour: f64,
    /// For how long; half of it to all of it.
    pub lasts: Duration,
}

/// The text names no failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a failure is written like power-cut=2/h:30s: power-cut, radio-loss, flood or clock-wrong, how often in an hour, and for how many seconds at most"
)]
pub struct NoFailure;

impl FromStr for Failure {
    type Err = NoFailure;

    fn from_str(text: &str) -> Result<Self, NoFailure> {
        let (name, rest) = text.split_once('=').ok_or(NoFailure)?;
        let (often, long) = rest.split_once("/h:").ok_or(NoFailure)?;
        let known = Mishap::ALL.iter().find(|(known, _)| *known == name);
        let mishap = known.ok_or(NoFailure)?.1;
        let seconds: f64 = long
            .strip_suffix('s')
            .and_then(|long| long.parse().ok())
            .ok_or(NoFailure)?;
        let per_hour: f64 = often.parse().map_err(|_| NoFailure)?;
        let sensible = (0.0..=3_600.0).contains(&per_hour) && (0.001..=86_400.0).contains(&seconds);
        match sensible {
            true => Ok(Self {
                mishap,
                per_hour,
                lasts: Duration::from_secs_f64(seconds),
            }),
            false => Err(NoFailure),
        }
    }
}

/// A fleet: with the same one, every device does the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Where chance begins.
    pub seed: u64,
    /// For how long it runs.
    pub lasts: Duration,
    /// How long from one report to the next; each is up to a tenth early or late.
    pub every: Duration,
    /// Within which time the devices come, one after the other.
    pub arrive: Duration,
    /// What each measures.
    pub sources: Vec<Source>,
    /// What befalls each.
    pub failures: Vec<Failure>,
    /// When the network fails, for how long, and for which share of the devices (0 to 1): all of those at once.
    pub partition: Option<(Duration, Duration, f64)>,
    /// How often in an hour each uploads its log, on average, and with each report at the most. Only devices that speak for
    /// themselves do.
    pub uploads: f64,
}

impl Fleet {
    /// The same for the gateways of hubs: they are there before their nodes come, and measure nothing.
    pub fn of_gateways(&self) -> Self {
        Self {
            arrive: Duration::ZERO,
            sources: Vec::new(),
            uploads: 0.0,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (text, want) in [
            ("power-cut=2/h:30s", Some((Mishap::PowerCut, 2.0, 30_000))),
            (
                "radio-loss=0.5/h:1.5s",
                Some((Mishap::RadioLoss, 0.5, 1_500)),
            ),
            ("flood=1/h:2s", Some((Mishap::Flood, 1.0, 2_000))),
            ("clock-wrong=1/h:9s", Some((Mishap::ClockWrong, 1.0, 9_000))),
            ("flood=1/h:2", None),
            ("flood=-1/h:2s", None),
            ("flood=1/h:0s", None),
            ("flood=NaN/h:2s", None),
            ("fire=1/h:2s", None),
            ("flood", None),
        ] {
            let read = text.parse::<Failure>().ok();
            let read = read.map(|one| (one.mishap, one.per_hour, one.lasts.as_millis()));
            assert_eq!(read, want, "{text}");
        }
    }
}
