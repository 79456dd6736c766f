//! What was said in the log already.

use std::collections::HashSet;

/// Reasons that are remembered at the most. Sources are strangers' words.
const MOST: usize = 4_096;

/// Whom something was said of, and what.
#[derive(Debug, Default)]
pub struct Noted {
    said: HashSet<(String, String)>,
    is_full: bool,
}

impl Noted {
    /// Whether it was not said yet; now it is. Once as much was said as is remembered, that is said, and nothing more: who
    /// sends under ever new names fills no disk.
    pub fn is_new(&mut self, whom: &str, what: &str) -> bool {
        if self.said.len() < MOST {
            return self.said.insert((whom.to_owned(), what.to_owned()));
        }
        let known = self.said.contains(&(whom.to_owned(), what.to_owned()));
        if !known && !std::mem::replace(&mut self.is_full, true) {
            tracing::warn!(
                "more than {MOST} such lines were written: no more are until it starts again"
            );
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ever_new_names_fill_no_log() {
        let mut noted = Noted::default();
        let said = (0..3 * MOST).filter(|name| noted.is_new(&name.to_string(), "unknown"));
        assert_eq!(said.count(), MOST);
        assert!(!noted.is_new("0", "unknown"), "it was said");
    }
}
