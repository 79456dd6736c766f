//! What was said in the log already.

use std::collections::HashSet;

/// Reasons that are remembered at the most. Sources are strangers' words.
const MOST: usize = 4_096;

/// Whom something was said of, and what.
#[derive(Debug, Default)]
pub struct Noted(HashSet<(String, String)>);

impl Noted {
    /// Whether it was not said yet; now it is.
    pub fn is_new(&mut self, whom: &str, what: &str) -> bool {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert((whom.to_owned(), what.to_owned()))
    }
}
