//! Points of the past that a device says.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use handover_wire::DeviceId;

use super::{Sheet, Unsaid, Which};
use crate::clock::Time;
use crate::domain::{LastPoints, Value, point_time};
use crate::store::{StoreError, Write};

/// When it was, how it is drawn, and what it was.
type ReadPoint = (Time, Option<f64>, Value);

impl Sheet {
    /// Points of the past. What is sent again because nobody answered counts once.
    pub(super) async fn write_points(
        &mut self,
        write: &mut Write,
        which: &Which,
        points: &[(i64, String)],
        now: Time,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        let (pin, read) = match self.read_points(which, points, now) {
            Ok(read) => read,
            Err(unsaid) => return Ok(Err(unsaid)),
        };
        let last = match self.last.entry(pin) {
            Entry::Occupied(last) => last.into_mut(),
            Entry::Vacant(none) => {
                let whose = (self.device, self.told.tenure);
                none.insert(write.last_points(whose, pin).await?)
            }
        };
        let are_new = last.take(points.iter().map(|(at, text)| (*at, text.as_str())));
        for ((at, number, value), is_new) in read.into_iter().zip(are_new) {
            // What was measured before the present owner had the device is not theirs to see.
            if is_new && at.0 >= self.told.tenure {
                self.hold(pin, number, value, at, now);
            }
        }
        Ok(Ok(()))
    }

    /// All of the points or none of them: the datastream, and of each when, how it is drawn and what.
    fn read_points(
        &self,
        which: &Which,
        points: &[(i64, String)],
        now: Time,
    ) -> Result<(u8, Vec<ReadPoint>), Unsaid> {
        let one = self.datastream(which)?;
        let mut read = Vec::with_capacity(points.len());
        for (said, written) in points {
            let at = point_time(*said, now).ok_or(Unsaid::WrongTime)?;
            let value = Value::read(&one.data_type, &[written]).map_err(|_| Unsaid::WrongValue)?;
            read.push((at, value.plotted(&one.data_type), value));
        }
        Ok((one.pin, read))
    }
}

/// Writes down which points came last, by their datastreams.
pub(super) async fn close(
    write: &mut Write,
    whose: (DeviceId, i64),
    all: &BTreeMap<u8, LastPoints>,
) -> Result<(), StoreError> {
    for (pin, last) in all {
        write.set_last_points(whose, *pin, last).await?;
    }
    Ok(())
}
