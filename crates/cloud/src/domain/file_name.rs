//! What a file is called that a device uploaded: shown, offered for saving, and never a place on any disk.

use super::unseen::seen;

/// A file's name: 1 to 100 characters that can be seen, of no folder, as any system takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

/// What systems do not take in a name, beside what separates folders.
const NOT_TAKEN: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];
/// What names devices on Windows, with any ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
/// The same with a digit behind it.
const NUMBERED: [&str; 2] = ["com", "lpt"];

impl FileName {
    /// The most characters that it has.
    pub const MOST: usize = 100;
    /// The most characters of an ending.
    const MOST_ENDING: usize = 16;

    /// Makes a name of whatever a device calls its file.
    pub fn clean(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String = seen(last)
            .chars()
            .map(|one| if NOT_TAKEN.contains(&one) { '_' } else { one })
            .collect();
        let name = shown.trim_matches(['.', ' ']);
        let name = match name {
            "" => "file".to_owned(),
            name if is_reserved(name) => format!("_{name}"),
            name => name.to_owned(),
        };
        Self(shortened(&name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind its last point, where that is plain enough for an address: up to eight letters and digits.
    pub fn ending(&self) -> Option<String> {
        let (_, ending) = self.0.rsplit_once('.')?;
        let is_plain = (1..=8).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_plain.then(|| ending.to_ascii_lowercase())
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_ascii_lowercase();
    let is_numbered = |known: &&str| {
        let rest = stem.strip_prefix(*known);
        rest.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    RESERVED.contains(&stem.as_str()) || NUMBERED.iter().any(is_numbered)
}

/// A name of that many characters at most, with its ending.
fn shortened(name: &str) -> String {
    if name.chars().count() <= FileName::MOST {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = match ending.chars().count() {
        1..=FileName::MOST_ENDING => format!(".{ending}"),
        _ => String::new(),
    };
    let room = FileName::MOST - ending.chars().count();
    let stem: String = name.chars().take(room).collect();
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_nothing_of_folders_and_hides_nothing() {
        let long = "a".repeat(300);
        for (text, want) in [
            ("image.png", "image.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\log.txt", "log.txt"),
            ("..", "file"),
            ("", "file"),
            (" . ", "file"),
            (".env", "env"),
            ("a\u{0}b\r\nc.txt", "ab c.txt"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("a<b>:c|d?e*\"f\".txt", "a_b__c_d_e__f_.txt"),
            ("Messung Frühling.csv", "Messung Frühling.csv"),
            ("NUL", "_NUL"),
            ("com1.log", "_com1.log"),
            ("command.log", "command.log"),
            ("name. ", "name"),
        ] {
            assert_eq!(FileName::clean(text).as_str(), want, "{text:?}");
        }
        let name = FileName::clean(&format!("{long}.tar.gz"));
        assert!(name.as_str().ends_with("a.gz"), "{name:?}");
        assert_eq!(name.as_str().chars().count(), FileName::MOST);
    }

    #[test]
    fn an_ending_is_plain_or_left_out() {
        for (text, want) in [
            ("image.PNG", Some("png")),
            ("a.b.csv", Some("csv")),
            ("none", None),
            ("odd.ü", None),
            ("long.abcdefghi", None),
        ] {
            assert_eq!(FileName::clean(text).ending().as_deref(), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_it_is_called_a_name_comes_of_it_and_stays_as_it_is(text in any::<String>()) {
            let name = FileName::clean(&text);
            let count = name.as_str().chars().count();
            prop_assert!((1..=FileName::MOST).contains(&count));
            let is_bad = |one: char| one.is_control() || NOT_TAKEN.contains(&one) || matches!(one, '/' | '\\');
            prop_assert!(!name.as_str().chars().any(is_bad));
            prop_assert_eq!(FileName::clean(name.as_str()), name);
        }
    }
}
