//! What labels say.

use handover_label::{QrToken, app_link, claim_link};

use super::random::Random;

/// What a label says: ours, and what else is stuck to devices. All of it is made up from a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// A QR token of ours: version 3.
    Token,
    /// A token with the number of its organization: version 3.
    OrgToken,
    /// A link that opens the app: version 4.
    AppLink,
    /// A link to a cloud: version 5.
    ClaimLink,
    /// A link to a cloud with a long name: version 6.
    LongLink,
    /// A short serial number: version 1.
    Serial,
    /// A GS1 Digital Link with serial, batch and date: version 7.
    Gs1Link,
}

impl Wording {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Token,
        Self::OrgToken,
        Self::AppLink,
        Self::ClaimLink,
        Self::LongLink,
        Self::Serial,
        Self::Gs1Link,
    ];

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::OrgToken => "org-token",
            Self::AppLink => "app-link",
            Self::ClaimLink => "claim-link",
            Self::LongLink => "long-link",
            Self::Serial => "serial",
            Self::Gs1Link => "gs1-link",
        }
    }

    /// The text for a seed; every seed gives another one.
    #[must_use]
    pub fn text(self, seed: u64) -> String {
        let mut random = Random::part(seed, self as u64);
        match self {
            Self::Token => token(&mut random).expose().to_owned(),
            Self::OrgToken => token(&mut random).with_org(1 + random.below(90_000) as i64),
            Self::AppLink => app_link(&token(&mut random)),
            Self::ClaimLink => link("https://cloud.handover.example/", &mut random),
            Self::LongLink => link(
                "https://devices.building-automation.example:8443/",
                &mut random,
            ),
            Self::Serial => format!("SN{:08}", random.below(100_000_000)),
            Self::Gs1Link => format!(
                "https://id.gs1.example/01/0{:013}/10/B{:06}/21/{:012}?11=26{:02}{:02}&17=31{:02}01&240=HX-{:05}&91=handover-north",
                random.next() % 10_000_000_000_000,
                random.below(1_000_000),
                random.next() % 1_000_000_000_000,
                1 + random.below(12),
                1 + random.below(28),
                1 + random.below(12),
                random.below(100_000),
            ),
        }
    }
}

fn token(random: &mut Random) -> QrToken {
    let mut entropy = [0; 24];
    for bytes in entropy.chunks_exact_mut(8) {
        bytes.copy_from_slice(&random.next().to_le_bytes());
    }
    QrToken::from_entropy(entropy)
}

fn link(cloud: &str, random: &mut Random) -> String {
    let cloud = cloud.parse().expect("it is the address of a cloud");
    claim_link(&cloud, &token(random))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr_luma;

    #[test]
    fn symbols_have_the_version_that_is_said() {
        let check = |wording: Wording, version: u32| {
            for seed in 0..10 {
                let side = qr_luma(&wording.text(seed), 1).expect("it fits").width();
                assert_eq!((side - 8 - 17) / 4, version, "{wording:?}");
            }
        };
        check(Wording::Token, 3);
        check(Wording::OrgToken, 3);
        check(Wording::AppLink, 4);
        check(Wording::ClaimLink, 5);
        check(Wording::LongLink, 6);
        check(Wording::Serial, 1);
        check(Wording::Gs1Link, 7);
    }
}
