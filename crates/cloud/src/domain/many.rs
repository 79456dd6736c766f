//! What many devices are called that are made at once.

use super::{DeviceName, FieldError};

/// Devices that are made at once at the most: what is prepared is put in its place in one change, which others wait for.
pub const MOST_DEVICES: u32 = 10_000;

/// Where the number stands.
const NUMBER: &str = "{n}";

/// What devices are called, with the place of their number in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern<'a>(&'a str);

impl<'a> Pattern<'a> {
    /// Checks what a person typed: devices of one name alone are for nobody to tell apart.
    pub fn parse(text: &'a str, count: u32) -> Result<Self, FieldError> {
        if count > 1 && !text.contains(NUMBER) {
            return Err(FieldError {
                field: "name",
                must: "a name with {n} in the place of the number, as in Pump {n}",
            });
        }
        Ok(Self(text))
    }

    /// The names of so many, from a number on.
    pub fn names(&self, first: u32, count: u32) -> Result<Vec<DeviceName>, FieldError> {
        let numbers = u64::from(first)..u64::from(first) + u64::from(count);
        let name = |number: u64| DeviceName::parse(&self.0.replace(NUMBER, &number.to_string()));
        numbers.map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_up() {
        for (text, first, count, want) in [
            ("Pump {n}", 1, 2, Some(vec!["Pump 1", "Pump 2"])),
            ("{n}-{n}", 9, 2, Some(vec!["9-9", "10-10"])),
            ("Pump", 1, 1, Some(vec!["Pump"])),
            ("Pump", 1, 2, None),
            (
                "Pump {n}",
                u32::MAX,
                2,
                Some(vec!["Pump 4294967295", "Pump 4294967296"]),
            ),
            ("Pump #{n}", 1, 2, None),
            (
                "{n}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                9,
                2,
                None,
            ),
        ] {
            let names = Pattern::parse(text, count).and_then(|pattern| pattern.names(first, count));
            let names = names.ok();
            let found: Option<Vec<&str>> = names
                .as_ref()
                .map(|names| names.iter().map(DeviceName::as_str).collect());
            assert_eq!(found, want, "{text}");
        }
    }
}
