//! Properties of datastreams, as published: how a datastream is shown, which devices may change.

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Any text in one line.
    Text,
    /// A colour: `#` and six or eight hexadecimal digits, or its English name.
    Color,
    /// Yes or no.
    Switch,
    /// A number.
    Number,
    /// A whole number from 0 on.
    Count,
    /// Hundredths, 0 to 100.
    Share,
}

/// Each by its name.
const PROPERTIES: [(&str, Kind); 17] = [
    ("color", Kind::Color),
    ("isDisabled", Kind::Switch),
    ("isHidden", Kind::Switch),
    ("label", Kind::Text),
    ("labels", Kind::Text),
    ("max", Kind::Number),
    ("min", Kind::Number),
    ("offLabel", Kind::Text),
    ("onLabel", Kind::Text),
    ("opacity", Kind::Share),
    ("page", Kind::Count),
    ("rotation", Kind::Number),
    ("scale", Kind::Number),
    ("step", Kind::Number),
    ("suffix", Kind::Text),
    ("url", Kind::Text),
    ("urls", Kind::Text),
];

/// Why nothing is shown like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoProperty {
    /// There is no such property.
    Name,
    /// It does not hold such a value, but this.
    Value(&'static str),
}

impl Kind {
    fn holds(self, value: &str) -> bool {
        let number = || {
            value
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
        };
        match self {
            Self::Text => !value.contains(char::is_control),
            Self::Color => is_color(value),
            Self::Switch => ["true", "false", "1", "0"].contains(&value),
            Self::Number => number().is_some(),
            Self::Count => value.parse::<u32>().is_ok(),
            Self::Share => number().is_some_and(|number| (0.0..=100.0).contains(&number)),
        }
    }

    fn must(self) -> &'static str {
        match self {
            Self::Text => "a text in one line",
            Self::Color => "a colour like #23C48E or red",
            Self::Switch => "true or false",
            Self::Number => "a number",
            Self::Count => "a whole number, 0 or more",
            Self::Share => "a number from 0 to 100",
        }
    }
}

fn is_color(value: &str) -> bool {
    match value.strip_prefix('#') {
        Some(digits) => {
            matches!(digits.len(), 6 | 8) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        }
        None => {
            (3..=20).contains(&value.len()) && value.bytes().all(|one| one.is_ascii_alphabetic())
        }
    }
}

/// Whether a datastream can be shown like that.
///
/// # Errors
/// Where it cannot.
pub fn check_property(name: &str, value: &str) -> Result<(), NoProperty> {
    let kind = PROPERTIES.iter().find(|(known, _)| *known == name);
    let (_, kind) = kind.ok_or(NoProperty::Name)?;
    match kind.holds(value) {
        true => Ok(()),
        false => Err(NoProperty::Value(kind.must())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_property_holds_what_it_is_for() {
        for (name, value, want) in [
            ("label", "Soil, wet", true),
            ("label", "", true),
            ("label", "two\nlines", false),
            ("labels", "low,high", true),
            ("color", "#23C48E", true),
            ("color", "#23C48EFF", true),
            ("color", "red", true),
            ("color", "#23C48", false),
            ("color", "23C48E", false),
            ("color", "url(x)", false),
            ("isHidden", "true", true),
            ("isDisabled", "0", true),
            ("isDisabled", "perhaps", false),
            ("min", "-1.5", true),
            ("max", "much", false),
            ("step", "NaN", false),
            ("opacity", "100", true),
            ("opacity", "101", false),
            ("page", "2", true),
            ("page", "-1", false),
        ] {
            assert_eq!(check_property(name, value).is_ok(), want, "{name} {value}");
        }
        assert_eq!(check_property("taste", "salty"), Err(NoProperty::Name));
        let wrong = check_property("color", "loud");
        assert_eq!(
            wrong,
            Ok(()),
            "whoever shows it knows which names there are"
        );
    }
}
