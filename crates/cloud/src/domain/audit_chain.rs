//! The audit's chain: each sealed row has a number, and a keyed digest over the digest before it and all of its fields.
//!
//! Rows are chained a moment after they were written, in one place, since each change would otherwise have to know the
//! row before its own, and no two changes could happen side by side.

use handover_wire::AuditFault;

use crate::secrets::{Digest, Keys, Purpose};

/// A row as it is sealed: all that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealable {
    /// Its number in the database.
    pub id: i64,
    /// When.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// What.
    pub action: String,
    /// In which organization.
    pub org: Option<i64>,
    /// To which device.
    pub device: Option<i64>,
    /// For whom.
    pub user: Option<i64>,
    /// What else there is to know.
    pub detail: Option<String>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
}

/// A place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1 on.
    pub seq: i64,
    /// Over everything up to here.
    pub digest: Digest,
}

impl Link {
    /// What is before the first row.
    pub const START: Self = Self {
        seq: 0,
        digest: [0; 32],
    };

    /// The place of the row that follows.
    pub fn next(self, keys: &Keys, row: &Sealable) -> Self {
        let seq = self.seq + 1;
        Self {
            seq,
            digest: keys.digest(Purpose::AuditLink, message(&self.digest, seq, row)),
        }
    }

    /// As a person notes it: the number and the digest in hexadecimal.
    pub fn mark(self) -> String {
        let digits: String = self
            .digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}:{digits}", self.seq)
    }

    /// Reads what `mark` writes.
    pub fn of_mark(text: &str) -> Option<Self> {
        let (seq, digits) = text.trim().split_once(':')?;
        let mut digest = [0; 32];
        if digits.len() != 2 * digest.len() {
            return None;
        }
        for (index, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self {
            seq: seq.parse().ok()?,
            digest,
        })
    }

    /// Shows that the chain ended here once, to whoever has the key.
    pub fn proof(self, keys: &Keys) -> Digest {
        let seq = self.seq.to_be_bytes();
        keys.digest(Purpose::AuditEnd, [&seq[..], &self.digest].concat())
    }
}

/// What a digest is over: every field with its length before it, so that none can pass for another.
fn message(previous: &Digest, seq: i64, row: &Sealable) -> Vec<u8> {
    let mut message = previous.to_vec();
    let mut field = |bytes: Option<&[u8]>| match bytes {
        None => message.push(0),
        Some(bytes) => {
            message.push(1);
            message.extend((bytes.len() as u64).to_be_bytes());
            message.extend(bytes);
        }
    };
    for number in [
        Some(seq),
        Some(row.id),
        Some(row.at),
        row.org,
        row.device,
        row.user,
    ] {
        field(
            number
                .map(i64::to_be_bytes)
                .as_ref()
                .map(|bytes| &bytes[..]),
        );
    }
    for text in [Some(&row.actor), Some(&row.action), row.detail.as_ref()] {
        field(text.map(String::as_bytes));
    }
    // Rows were sealed before there were reasons, and those without one are sealed like them still. Nothing else stands
    // after the detail, so none can be taken away or put there.
    if let Some(reason) = &row.reason {
        field(Some(reason.as_bytes()));
    }
    message
}

/// A look at the chain, from its first row on, that stops where a row is not as it was sealed.
pub struct Walk<'a> {
    keys: &'a Keys,
    last: Link,
    /// A place that somebody has noted.
    noted: Option<Link>,
}

impl<'a> Walk<'a> {
    /// Before the first row.
    pub fn new(keys: &'a Keys, noted: Option<Link>) -> Self {
        Self {
            keys,
            last: Link::START,
            noted,
        }
    }

    /// The last row that is as it was sealed.
    pub fn last(&self) -> Link {
        self.last
    }

    /// Looks at the row that stands next.
    pub fn step(&mut self, row: &Sealable, found: Link) -> Result<(), AuditFault> {
        let right = self.last.next(self.keys, row);
        if found.seq > right.seq {
            return Err(AuditFault::Missing { seq: right.seq });
        }
        if found != right {
            return Err(AuditFault::Changed { seq: found.seq });
        }
        if let Some(noted) = self.noted
            && noted.seq == right.seq
            && noted != right
        {
            return Err(AuditFault::Replaced { seq: right.seq });
        }
        self.last = right;
        Ok(())
    }

    /// Looks whether this is where the chain ends. None: nobody has written down where.
    pub fn end(&self, end: Option<(Link, Digest)>) -> Result<(), AuditFault> {
        let proven = end.filter(|(end, proof)| *proof == end.proof(self.keys));
        let Some((end, _)) = proven else {
            return Err(AuditFault::EndUnproven);
        };
        if end.seq > self.last.seq {
            let seq = self.last.seq + 1;
            return Err(AuditFault::CutOff { seq });
        }
        if end != self.last {
            let seq = end.seq + 1;
            return Err(AuditFault::BeyondEnd { seq });
        }
        match self.noted {
            Some(noted) if noted.seq > end.seq => Err(AuditFault::Replaced { seq: noted.seq }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(id: i64) -> Sealable {
        Sealable {
            id,
            at: 1_000 + id,
            actor: "user 2".to_owned(),
            action: "claim".to_owned(),
            org: Some(1),
            device: (id % 2 == 0).then_some(id),
            user: None,
            detail: None,
            reason: (id % 3 == 0).then(|| "It is broken".to_owned()),
        }
    }

    type Chain = Vec<(Sealable, Link)>;

    fn chain(keys: &Keys, rows: i64) -> Chain {
        let mut last = Link::START;
        let sealed = (1..=rows).map(|id| {
            last = last.next(keys, &row(id));
            (row(id), last)
        });
        sealed.collect()
    }

    fn check(keys: &Keys, chain: &Chain, end: Option<(Link, Digest)>) -> Result<(), AuditFault> {
        check_noted(keys, chain, end, None)
    }

    fn check_noted(
        keys: &Keys,
        chain: &Chain,
        end: Option<(Link, Digest)>,
        noted: Option<Link>,
    ) -> Result<(), AuditFault> {
        let mut walk = Walk::new(keys, noted);
        for (row, link) in chain {
            walk.step(row, *link)?;
        }
        walk.end(end)
    }

    #[test]
    fn an_older_copy_is_not_what_was_noted() {
        let keys = Keys::new(&[7; 32]);
        let whole = chain(&keys, 5);
        let older = whole[..3].to_vec();
        for (chain, noted, want) in [
            (&whole, whole[4].1, None),
            (&whole, whole[2].1, None),
            (&whole, Link::START, None),
            (&older, whole[2].1, None),
            (&older, whole[4].1, Some(AuditFault::Replaced { seq: 5 })),
            (
                &whole,
                Link {
                    seq: 3,
                    digest: [9; 32],
                },
                Some(AuditFault::Replaced { seq: 3 }),
            ),
        ] {
            assert_eq!(Link::of_mark(&noted.mark()), Some(noted));
            let found = check_noted(&keys, chain, end_of(&keys, chain), Some(noted));
            assert_eq!(found.err(), want);
        }
        for text in [
            "",
            "3",
            "3:",
            "3:12",
            "x:00",
            &format!("3:{}", "ä".repeat(32)),
        ] {
            assert_eq!(Link::of_mark(text), None, "{text}");
        }
    }

    fn end_of(keys: &Keys, chain: &Chain) -> Option<(Link, Digest)> {
        let end = chain.last().map_or(Link::START, |(_, link)| *link);
        Some((end, end.proof(keys)))
    }

    #[test]
    fn whoever_has_no_key_is_found_out() {
        let (keys, others) = (Keys::new(&[7; 32]), Keys::new(&[8; 32]));
        let whole = chain(&keys, 5);
        let end = end_of(&keys, &whole);
        type Deed = fn(&mut Chain);
        let deeds: [(Deed, Option<AuditFault>); 11] = [
            (|_| (), None),
            (
                |chain| chain[2].0.at += 1,
                Some(AuditFault::Changed { seq: 3 }),
            ),
            (
                |chain| chain[2].0.reason = Some("It is fine".to_owned()),
                Some(AuditFault::Changed { seq: 3 }),
            ),
            (
                |chain| chain[2].0.reason = None,
                Some(AuditFault::Changed { seq: 3 }),
            ),
            (
                |chain| chain[3].0.reason = Some("It is broken".to_owned()),
                Some(AuditFault::Changed { seq: 4 }),
            ),
            (
                |chain| drop(chain.remove(2)),
                Some(AuditFault::Missing { seq: 3 }),
            ),
            (
                |chain| drop(chain.remove(0)),
                Some(AuditFault::Missing { seq: 1 }),
            ),
            (
                |chain| chain.truncate(3),
                Some(AuditFault::CutOff { seq: 4 }),
            ),
            (|chain| chain.clear(), Some(AuditFault::CutOff { seq: 1 })),
            (
                |chain| {
                    let (one, other) = (chain[1].0.clone(), chain[2].0.clone());
                    (chain[1].0, chain[2].0) = (other, one);
                },
                Some(AuditFault::Changed { seq: 2 }),
            ),
            (
                |chain| {
                    chain.push((
                        row(6),
                        Link {
                            seq: 6,
                            digest: [1; 32],
                        },
                    ))
                },
                Some(AuditFault::Changed { seq: 6 }),
            ),
        ];
        for (deed, want) in deeds {
            let mut changed = whole.clone();
            deed(&mut changed);
            assert_eq!(check(&keys, &changed, end).err(), want);
        }
        for (end, want) in [
            (None, AuditFault::EndUnproven),
            (end_of(&others, &whole), AuditFault::EndUnproven),
            (
                end_of(&keys, &chain(&keys, 3)),
                AuditFault::BeyondEnd { seq: 4 },
            ),
        ] {
            assert_eq!(check(&keys, &whole, end), Err(want));
        }
        assert_eq!(
            check(&others, &whole, end_of(&others, &whole)),
            Err(AuditFault::Changed { seq: 1 })
        );
    }

    /// As they were sealed before there were reasons: what has none is sealed like that for good.
    #[test]
    fn rows_without_a_reason_are_sealed_as_before() {
        let marks: Vec<_> = chain(&Keys::new(&[7; 32]), 2)
            .iter()
            .map(|(_, link)| link.mark())
            .collect();
        assert_eq!(
            marks,
            [
                "1:83a7a9b9117f940f5760fca54f80f7ceb6286b9e81268f6fa5c138bdb745ec24",
                "2:f8ae483db68996e64949b40619eb7602c2bf932823ce5393348ec1338e66b97a",
            ]
        );
    }

    fn any_row() -> impl Strategy<Value = Sealable> {
        let number = || prop::option::of(0..3_i64);
        let text = "[ab\0]{0,3}";
        (
            0..3_i64,
            0..3_i64,
            text,
            text,
            number(),
            number(),
            number(),
            prop::option::of(text),
            prop::option::of(text),
        )
            .prop_map(
                |(id, at, actor, action, org, device, user, detail, reason)| Sealable {
                    id,
                    at,
                    actor,
                    action,
                    org,
                    device,
                    user,
                    detail,
                    reason,
                },
            )
    }

    proptest! {
        #[test]
        fn no_two_rows_are_sealed_alike(one in any_row(), other in any_row()) {
            let previous = [0; 32];
            let alike = message(&previous, 1, &one) == message(&previous, 1, &other);
            prop_assert_eq!(alike, one == other);
        }
    }
}
