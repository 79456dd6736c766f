//! Messages that are spread over several symbols (structured append).

use std::fmt;

use serde::Serialize;

use super::Content;

/// A code's place in a message that is spread over several codes. Its text is a part of the message and means nothing alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Part {
    /// From 1.
    pub index: u8,
    /// How many parts there are: 1 to 16.
    pub of: u8,
    /// Which message it is.
    #[serde(flatten)]
    pub set: Set,
}

/// What the parts of one message have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Set {
    /// Of QR codes: all bytes of the whole message, exclusive or (ISO/IEC 18004, clause 8.3).
    Parity(u8),
    /// Of Data Matrix: the file's identification, its two codewords (ISO/IEC 16022, clause 5.6.3).
    File(u16),
}

impl Part {
    fn is_of_the_same(self, other: Self) -> bool {
        (self.of, self.set) == (other.of, other.set)
    }
}

/// The whole message of which these are parts: each once, in order, with the parity that they state.
fn whole<'a>(parts: impl Iterator<Item = (Part, &'a Content)>) -> Option<Content> {
    let mut parts: Vec<_> = parts.collect();
    parts.sort_by_key(|(part, _)| part.index);
    parts.dedup_by_key(|(part, _)| part.index);
    let (first, _) = *parts.first()?;
    let are_one = parts.iter().all(|(part, _)| part.is_of_the_same(first));
    if !are_one || parts.len() != usize::from(first.of) {
        return None;
    }
    let mut content = Content {
        gs1: parts[0].1.gs1,
        ..Content::default()
    };
    parts.iter().for_each(|(_, part)| content.append(part));
    let parity = content.bytes.iter().fold(0, |sum, byte| sum ^ byte);
    let is_right = match first.set {
        Set::Parity(stated) => stated == parity,
        Set::File(_) => true,
    };
    is_right.then_some(content)
}

/// The parts that were seen so far, in a picture or a film: those of the messages that were seen last.
#[derive(Default)]
pub(crate) struct Parts {
    seen: Vec<(Part, Content)>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parts({})", self.seen.len())
    }
}

/// A message has 16 parts at most. More than four messages are not followed at a time.
const MOST: usize = 64;

impl Parts {
    /// Remembers a part, and gives the whole message if all its parts have been seen.
    pub(crate) fn add(&mut self, part: Part, content: &Content) -> Option<Content> {
        // What was seen last counts: a label may have been changed for another one with the same parity.
        self.seen.retain(|(known, _)| *known != part);
        self.seen.push((part, content.clone()));
        if self.seen.len() > MOST {
            self.seen.remove(0);
        }
        let same = self
            .seen
            .iter()
            .filter(|(known, _)| known.is_of_the_same(part));
        whole(same.map(|(part, content)| (*part, content)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Coding;

    #[test]
    fn parts_make_a_whole_in_their_order_with_the_parity_that_they_state() {
        let check = |rows: &[(u8, u8, &[u8])], xor: u8, expected: Option<&str>| {
            let parity = rows
                .iter()
                .flat_map(|row| row.2)
                .fold(xor, |sum, byte| sum ^ byte);
            let mut parts = Parts::default();
            let mut last = None;
            for &(index, of, bytes) in rows {
                let part = Part {
                    index,
                    of,
                    set: Set::Parity(parity),
                };
                last = parts.add(part, &Content::new(bytes.to_vec(), Coding::Unstated));
            }
            assert_eq!(last.map(|whole| whole.text().0).as_deref(), expected);
        };
        check(&[(1, 2, b"one "), (2, 2, b"two")], 0, Some("one two"));
        check(&[(3, 3, b"c"), (1, 3, b"a"), (2, 3, b"b")], 0, Some("abc"));
        // A character whose bytes are in two symbols.
        check(&[(1, 2, b"Gr\xc3"), (2, 2, b"\xbcn")], 0, Some("Grün"));
        check(&[(1, 1, b"alone")], 0, Some("alone"));
        check(&[(1, 3, b"a"), (3, 3, b"c")], 0, None);
        check(&[(1, 2, b"a"), (2, 2, b"b")], 1, None);
    }
}
