//! Virtual pins.

use std::fmt;
use std::str::FromStr;

/// The number of a datastream, as devices name it: V0 to V255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(pub u8);

/// The text names no pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Wrong pin format.")]
pub struct NoPin;

impl Pin {
    /// A pin as the binary protocol writes it: the number alone.
    ///
    /// # Errors
    /// Where it is no number, or a larger one.
    pub fn from_number(text: &str) -> Result<Self, NoPin> {
        // `parse` would take a sign.
        let digits =
            !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(NoPin)
    }
}

/// A pin as URLs write it: `v1` or `V1`.
impl FromStr for Pin {
    type Err = NoPin;

    fn from_str(text: &str) -> Result<Self, NoPin> {
        let number = text.strip_prefix(['v', 'V']).ok_or(NoPin)?;
        Self::from_number(number)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_as_they_are_written() {
        for number in 0..=u8::MAX {
            let pin = Pin(number);
            assert_eq!(pin.to_string().parse(), Ok(pin));
            assert_eq!(pin.to_string().to_lowercase().parse(), Ok(pin));
            assert_eq!(Pin::from_number(&number.to_string()), Ok(pin));
        }
    }

    #[test]
    fn what_names_no_pin_is_refused() {
        for text in [
            "", "v", "1", "v256", "v-1", "v+1", "v1 ", " v1", "d1", "vv1", "v0001", "v١",
        ] {
            assert_eq!(text.parse::<Pin>(), Err(NoPin), "{text}");
        }
    }
}
