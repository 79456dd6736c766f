//! Whether a fleet's signals are what the template of its devices takes.

use handover_simulate::Source;
use handover_wire::{DataType, TemplateParts};

use super::FleetError;
use crate::domain::{Value, datastream};

/// Refuses signals that devices of this template would send in vain.
pub(super) fn fits(sources: &[Source], parts: &TemplateParts) -> Result<(), FleetError> {
    for &signal in sources {
        let misfit = |why| Err(FleetError::Misfit { signal, why });
        let Some(one) = datastream(parts, signal.pin) else {
            return misfit("is no datastream of it");
        };
        let mut samples = signal.signal.samples().iter();
        if samples.any(|&sample| Value::read(&one.data_type, &[sample]).is_err()) {
            return misfit(match one.data_type {
                DataType::Integer { .. } => "holds whole numbers",
                DataType::Double { .. } => "holds numbers",
                DataType::String { .. } => "holds texts",
                DataType::Enum { .. } => "holds one of the values that it lists",
                DataType::Location { .. } => "holds a place",
            });
        }
    }
    Ok(())
}
