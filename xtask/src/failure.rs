//! Why a step did not work, and what to do next.

use std::fmt;

/// A failed step. It always says what to do next.
#[derive(Debug)]
pub struct Failure {
    what: String,
    next: String,
}

impl Failure {
    /// What failed, and what the person in front of the terminal can do about it.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            next: next.into(),
        }
    }

    /// The same failure with those that it is made of.
    #[must_use]
    pub fn naming(mut self, parts: &[String]) -> Self {
        for part in parts {
            self.what.push_str(&format!("\n    {part}"));
        }
        self
    }

    /// The same failure with better advice.
    #[must_use]
    pub fn advise(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed: {}\n  next: {}", self.what, self.next)
    }
}
