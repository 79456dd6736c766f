//! What devices measure: believable, and the same for the same seed.

use std::f64::consts::TAU;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use handover_device::Dice;

const DAY: f64 = 86_400.0;

/// A kind of signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Degrees Celsius outdoors: warm in the afternoon, with weather that comes and goes.
    Temperature,
    /// Per cent: dries out over days, and is watered.
    Moisture,
    /// Volts of a cell that is charged by day.
    Battery,
    /// Decibels over a milliwatt, with people who walk through.
    Radio,
    /// A number that only grows, until the device is switched off.
    Counter,
    /// 0 or 1, a few times an hour.
    Switch,
}

/// The text names no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a signal is written like V1=temperature: temperature, moisture, battery, radio, counter or switch, on V0 to V255"
)]
pub struct NoSignal;

impl Signal {
    const ALL: [(&'static str, Self); 6] = [
        ("temperature", Self::Temperature),
        ("moisture", Self::Moisture),
        ("battery", Self::Battery),
        ("radio", Self::Radio),
        ("counter", Self::Counter),
        ("switch", Self::Switch),
    ];

    /// What it may be measured as, by which is known whether a datastream takes it.
    #[must_use]
    pub fn samples(self) -> &'static [&'static str] {
        match self {
            Self::Temperature => &["21.5", "-3.5"],
            Self::Moisture => &["75"],
            Self::Battery => &["3.71"],
            Self::Radio => &["-72"],
            Self::Counter => &["0", "7200"],
            Self::Switch => &["0", "1"],
        }
    }
}

/// A signal, and the datastream that it is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The datastream.
    pub pin: u8,
    /// What is measured.
    pub signal: Signal,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Signal::ALL
            .iter()
            .find(|(_, signal)| *signal == self.signal);
        let name = known.map_or("", |(name, _)| name);
        write!(f, "V{}={name}", self.pin)
    }
}

impl FromStr for Source {
    type Err = NoSignal;

    fn from_str(text: &str) -> Result<Self, NoSignal> {
        let (pin, name) = text.split_once('=').ok_or(NoSignal)?;
        let pin = pin.strip_prefix(['V', 'v']).ok_or(NoSignal)?;
        let known = Signal::ALL.iter().find(|(known, _)| *known == name);
        Ok(Self {
            pin: pin.parse().map_err(|_| NoSignal)?,
            signal: known.ok_or(NoSignal)?.1,
        })
    }
}

/// A signal of one device.
#[derive(Clone, Debug)]
pub struct Measured {
    source: Source,
    dice: Dice,
    /// What differs from device to device.
    level: f64,
    /// What wanders from measurement to measurement.
    drift: f64,
    last: Duration,
    /// When the device was switched on last.
    on: Duration,
}

impl Measured {
    /// The signal of a device that has this seed.
    pub fn new(source: Source, seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ u64::from(source.pin).rotate_left(32));
        let level = dice.fraction();
        Self {
            source,
            dice,
            level,
            drift: 0.0,
            last: Duration::ZERO,
            on: Duration::ZERO,
        }
    }

    /// The device was switched on at this time: what it counted is forgotten.
    pub fn switch_on(&mut self, at: Duration) {
        self.on = at;
    }

    /// The datastream.
    pub fn pin(&self) -> u8 {
        self.source.pin
    }

    /// What is measured at this time of the fleet's day, which begins at noon. Asked in the order of time.
    pub fn at(&mut self, time: Duration) -> String {
        let passed = time.saturating_sub(self.last).as_secs_f64();
        self.last = time;
        // What wanders comes back within an hour or so, however often it is asked.
        let keeps = (-passed / 3_600.0).exp();
        let spread = (1.0 - keeps * keeps).sqrt();
        let push = self.dice.fraction() + self.dice.fraction() + self.dice.fraction() - 1.5;
        self.drift = self.drift * keeps + push * spread;
        let sun = (time.as_secs_f64() / DAY * TAU).cos();
        let (level, drift) = (self.level, self.drift);
        match self.source.signal {
            Signal::Temperature => format!("{:.1}", 10.0 + 8.0 * level + 6.0 * sun + 2.0 * drift),
            Signal::Moisture => {
                let days = time.as_secs_f64() / DAY + 3.0 * level;
                format!("{:.0}", 75.0 - 15.0 * (days % 3.0) + 3.0 * drift)
            }
            Signal::Battery => format!("{:.2}", 3.7 + 0.2 * level + 0.2 * sun + 0.02 * drift),
            Signal::Radio => format!("{:.0}", -65.0 - 30.0 * level + 6.0 * drift),
            Signal::Counter => {
                let each = 1.0 + 4.0 * level;
                let counting = time.saturating_sub(self.on);
                format!("{:.0}", counting.as_secs_f64() / 60.0 * each)
            }
            Signal::Switch => u8::from(drift > 0.3).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (text, want) in [
            ("V1=temperature", Some((1, Signal::Temperature))),
            ("v255=switch", Some((255, Signal::Switch))),
            ("V256=switch", None),
            ("1=switch", None),
            ("V1=heat", None),
            ("V1", None),
        ] {
            let read = text.parse::<Source>().ok();
            assert_eq!(
                read.map(|source| (source.pin, source.signal)),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_of_each_stays_within_what_its_sensor_could_say() {
        for (signal, least, most) in [
            (Signal::Temperature, -40.0, 85.0),
            (Signal::Moisture, 0.0, 100.0),
            (Signal::Battery, 3.0, 4.3),
            (Signal::Radio, -150.0, 0.0),
            (Signal::Counter, 0.0, 7_200.0),
            (Signal::Switch, 0.0, 1.0),
        ] {
            for seed in 0..50 {
                let mut measured = Measured::new(Source { pin: 1, signal }, seed);
                for minute in 0..1_440 {
                    let text = measured.at(Duration::from_secs(60 * minute));
                    let value: f64 = text.parse().expect("a number");
                    assert!(
                        (least..=most).contains(&value),
                        "{signal:?} {seed} {minute} {value}"
                    );
                }
            }
        }
    }
}
