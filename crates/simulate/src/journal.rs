//! What a fleet did, as lines of JSON: who reads it plays the same again. The first line says what kind of a fleet it was; files of
//! before there was such a line are read, too.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::script::{Act, Step};

/// The form of files that are written.
const FORM: u32 = 1;

/// How a fleet's devices reach the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// Each by itself.
    Direct,
    /// Gateways speak for them.
    Hub,
    /// They carry each other's messages to gateways.
    Mesh,
}

/// What kind of a fleet was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// How its devices reached the cloud.
    pub topology: Topology,
    /// Where chance began. Where a mesh's nodes are follows from it.
    pub seed: u64,
    /// How many of the first numbers are gateways'.
    pub gateways: u32,
    /// How many devices beside them.
    pub devices: u32,
}

impl Recorded {
    /// How many numbers it has, gateways' too.
    fn numbers(self) -> u32 {
        self.gateways.saturating_add(self.devices)
    }
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    recording: u32,
    topology: Topology,
    seed: u64,
    gateways: u32,
    devices: u32,
}

/// What every first line has, also one of a form to come.
#[derive(Deserialize)]
struct Form {
    recording: u32,
}

impl First {
    /// Reads a line. None where it is not a first line.
    fn read(line: &str) -> Option<Result<Recorded, NoJournal>> {
        let Form { recording } = serde_json::from_str(line).ok()?;
        if recording != FORM {
            return Some(Err(NoJournal::Newer { form: recording }));
        }
        let read = serde_json::from_str::<Self>(line).map(|first| Recorded {
            topology: first.topology,
            seed: first.seed,
            gateways: first.gateways,
            devices: first.devices,
        });
        Some(read.map_err(|why| NoJournal::Line { line: 1, why }))
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which device, from 0 on.
    pub device: u32,
    /// Microseconds after the fleet's start.
    pub at: u64,
    /// What it did.
    #[serde(flatten)]
    pub act: Act,
}

/// Why a file is no journal.
#[derive(Debug, thiserror::Error)]
pub enum NoJournal {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// A later version has written it.
    #[error(
        "it is of form {form}, which a later version has written: this one reads form {FORM} and what is older"
    )]
    Newer {
        /// Its form.
        form: u32,
    },
    /// A line says nothing of a device.
    #[error("line {line} is no line of a journal: {why}")]
    Line {
        /// Which, from 1 on.
        line: usize,
        /// Why.
        why: serde_json::Error,
    },
    /// A line is of a device that the first line does not count.
    #[error(
        "line {line} is of device {device}, and by its first line the recording has {numbers}, from 0 on"
    )]
    Stranger {
        /// Which, from 1 on.
        line: usize,
        /// The device's number.
        device: u32,
        /// How many numbers there are, gateways' too.
        numbers: u32,
    },
    /// There is no line in it.
    #[error(
        "it is empty: give a file that `handover fleet recorded` or `handover simulate --record` has written"
    )]
    Empty,
}

/// What was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// What kind of a fleet it was; none in a file of before that was written down.
    pub of: Option<Recorded>,
    /// What each device did, in the order of time.
    pub steps: BTreeMap<u32, Vec<Step>>,
}

impl Journal {
    /// Reads a file.
    ///
    /// # Errors
    /// Where it is none, with the line.
    pub fn read(from: impl BufRead) -> Result<Self, NoJournal> {
        let mut all = BTreeMap::<u32, Vec<Step>>::new();
        let mut of = None::<Recorded>;
        for (index, line) in from.lines().enumerate() {
            let line = line?;
            if index == 0
                && let Some(first) = First::read(&line)
            {
                of = Some(first?);
                continue;
            }
            let entry = serde_json::from_str::<Entry>(&line);
            let entry = entry.map_err(|why| NoJournal::Line {
                line: index + 1,
                why,
            })?;
            if let Some(of) = of
                && entry.device >= of.numbers()
            {
                return Err(NoJournal::Stranger {
                    line: index + 1,
                    device: entry.device,
                    numbers: of.numbers(),
                });
            }
            all.entry(entry.device).or_default().push(Step {
                at: Duration::from_micros(entry.at),
                act: entry.act,
            });
        }
        if of.is_none() && all.is_empty() {
            return Err(NoJournal::Empty);
        }
        for steps in all.values_mut() {
            // What is at one time stays as it stands.
            steps.sort_by_key(|step| step.at);
        }
        Ok(Self { of, steps: all })
    }

    /// How many numbers it has.
    pub fn numbers(&self) -> u32 {
        let last = self.steps.last_key_value();
        last.map_or(0, |(last, _)| last.saturating_add(1))
    }

    /// Writes the first line.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(to: &mut impl Write, of: Recorded) -> io::Result<()> {
        let first = First {
            recording: FORM,
            topology: of.topology,
            seed: of.seed,
            gateways: of.gateways,
            devices: of.devices,
        };
        serde_json::to_writer(&mut *to, &first)?;
        to.write_all(b"\n")
    }

    /// Writes one line.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(to: &mut impl Write, device: u32, step: &Step) -> io::Result<()> {
        let entry = Entry {
            device,
            at: u64::try_from(step.at.as_micros()).unwrap_or(u64::MAX),
            act: step.act.clone(),
        };
        serde_json::to_writer(&mut *to, &entry)?;
        to.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = r#"{"device":1,"at":5,"do":"write","pin":1,"value":"61"}"#;

    #[test]
    fn a_recording_says_what_kind_of_a_fleet_it_was_and_an_old_one_is_read_without() {
        let of = Recorded {
            topology: Topology::Mesh,
            seed: 7,
            gateways: 2,
            devices: 50,
        };
        let mut bytes = Vec::new();
        Journal::begin(&mut bytes, of).expect("memory");
        let first = r#"{"recording":1,"topology":"mesh","seed":7,"gateways":2,"devices":50}"#;
        assert_eq!(String::from_utf8_lossy(&bytes), format!("{first}\n"));
        bytes.extend(WRITE.as_bytes());
        let read = Journal::read(&*bytes).expect("a journal");
        assert_eq!((read.of, read.numbers()), (Some(of), 2));
        let old = Journal::read(WRITE.as_bytes()).expect("a journal");
        assert_eq!((old.of, old.steps), (None, read.steps));
        for (text, why) in [
            (r#"{"recording":2,"more":1}"#, "a later version"),
            (r#"{"recording":1,"topology":"ring"}"#, "line 1"),
            ("{}", "line 1"),
        ] {
            let wrong = Journal::read(text.as_bytes()).expect_err(text);
            assert!(wrong.to_string().contains(why), "{wrong}");
        }
    }

    #[test]
    fn a_file_with_nothing_in_it_is_no_recording() {
        let wrong = Journal::read(&b""[..]).expect_err("empty");
        assert!(wrong.to_string().contains("empty"), "{wrong}");
    }

    #[test]
    fn a_line_of_a_device_that_the_first_does_not_count_is_told_with_its_number() {
        let first = r#"{"recording":1,"topology":"hub","seed":7,"gateways":2,"devices":10}"#;
        let text = |device: u32| {
            format!("{first}\n{WRITE}\n{{\"device\":{device},\"at\":0,\"do\":\"connect\"}}\n")
        };
        // Gateways have the first numbers, and the devices those after them.
        assert!(Journal::read(text(11).as_bytes()).is_ok());
        let wrong = Journal::read(text(12).as_bytes()).expect_err("a stranger");
        let wrong = wrong.to_string();
        assert!(wrong.contains("line 3 is of device 12"), "{wrong}");
    }
}
