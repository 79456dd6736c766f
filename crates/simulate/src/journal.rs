//! What a fleet did, as lines of JSON: who reads it plays the same again.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::script::{Act, Step};

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
    /// A line says nothing of a device.
    #[error("line {line} is no line of a journal: {why}")]
    Line {
        /// Which, from 1 on.
        line: usize,
        /// Why.
        why: serde_json::Error,
    },
}

/// What each device did, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal(pub BTreeMap<u32, Vec<Step>>);

impl Journal {
    /// Reads a file.
    ///
    /// # Errors
    /// Where it is none, with the line.
    pub fn read(from: impl BufRead) -> Result<Self, NoJournal> {
        let mut all = BTreeMap::<u32, Vec<Step>>::new();
        for (index, line) in from.lines().enumerate() {
            let line = line?;
            let entry = serde_json::from_str::<Entry>(&line);
            let entry = entry.map_err(|why| NoJournal::Line {
                line: index + 1,
                why,
            })?;
            all.entry(entry.device).or_default().push(Step {
                at: Duration::from_micros(entry.at),
                act: entry.act,
            });
        }
        for steps in all.values_mut() {
            // What is at one time stays as it stands.
            steps.sort_by_key(|step| step.at);
        }
        Ok(Self(all))
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
