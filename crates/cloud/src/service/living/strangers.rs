//! What gateways are refused, so that a log has a line for it once, and not for each of thousands of messages.

use std::collections::HashMap;

use crate::secrets::Digest;

/// Tokens that are told apart: whoever tries more of them gets no more lines for that.
const MOST: usize = 64;

/// Tokens that somebody named and that are no node of theirs, by their digests, each with how often.
#[derive(Default)]
pub struct Strangers {
    known: HashMap<Digest, u64>,
    /// Refusals of tokens beyond those that are told apart.
    others: u64,
}

impl Strangers {
    /// One was named once more. Gives whether that is to be told: the first time, and where it is told apart.
    pub fn note(&mut self, token: Digest) -> bool {
        if let Some(times) = self.known.get_mut(&token) {
            *times += 1;
            return false;
        }
        if self.known.len() == MOST {
            self.others += 1;
            return false;
        }
        self.known.insert(token, 1);
        true
    }

    /// How many tokens there were, and how often one of them was refused; none where no more is to be told than was.
    pub fn told(&self) -> Option<(usize, u64)> {
        let times: u64 = self.known.values().sum::<u64>() + self.others;
        (times > self.known.len() as u64).then_some((self.known.len(), times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_and_all_are_counted() {
        let mut strangers = Strangers::default();
        let token = |number: u8| [number; 32];
        assert_eq!(strangers.told(), None);
        assert!(strangers.note(token(1)));
        assert_eq!(strangers.told(), None);
        assert!(!strangers.note(token(1)));
        assert!(strangers.note(token(2)));
        assert_eq!(strangers.told(), Some((2, 3)));
        let told = (3..200).filter(|&number| strangers.note(token(number)));
        assert_eq!(told.count(), MOST - 2);
        assert_eq!(strangers.told(), Some((MOST, 200)));
    }
}
