//! What a name looks like: to whoever reads it, whom it could be mistaken for, and to a program that shows a mail, which makes
//! links of what resembles one.

use unicode_security::skeleton;

use super::unseen::folded;

/// What a name must be that would become a link in a mail.
pub(super) const MUST_BE_NO_LINK: &str =
    "no link: without ://, www. and @, and with a space after a dot between words";

/// Dots, as addresses on the net take them (UTS #46).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Whether programs that show mails would make a link of a part of it. Whoever names themselves chooses words in mails that we
/// send to others.
pub(super) fn has_link(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    // The end of a word, a dot, and at least two signs of another word: `example.com`, and no `J. R.`, `e.V.` or `2.0`.
    let is_dotted = signs.windows(4).any(|four| {
        let [before, dot, first, second] = four else {
            return false;
        };
        let is_between = before.is_alphanumeric() && first.is_alphabetic();
        DOTS.contains(dot) && is_between && (second.is_alphanumeric() || *second == '-')
    });
    let is_mailed = signs.windows(3).any(|three| {
        let [before, at, after] = three else {
            return false;
        };
        *at == '@' && before.is_alphanumeric() && after.is_alphanumeric()
    });
    is_dotted || is_mailed || text.contains("://") || text.to_lowercase().contains("www.")
}

/// The form by which names are compared that could be taken for each other: letters of other scripts that look like others are
/// those (Unicode's UTS #39), whatever their case. A capital `I` looks like `l` and `1`, so that an `i` is one of these.
pub fn looks(name: &str) -> String {
    // A capital may look like a letter of ours where its small form does not: the Cyrillic `Н`.
    let capitals = name.chars().map(|one| match one.is_uppercase() {
        true => capital(one),
        false => one,
    });
    let capitals: String = capitals.collect();
    skeleton(&folded(&capitals))
        .collect::<String>()
        .to_lowercase()
        .replace('i', "l")
}

/// The capital of ours that another one looks like; itself where there is none.
fn capital(one: char) -> char {
    let mut buffer = [0; 4];
    let mut shown = skeleton(one.encode_utf8(&mut buffer));
    match (shown.next(), shown.next()) {
        (Some(other), None) if !one.is_ascii() && other.is_ascii_uppercase() => other,
        _ => one,
    }
}

/// The same without what tells a name from its like but does not make it another's: signs between its letters, and a number in
/// brackets behind it.
pub(super) fn bare(name: &str) -> String {
    let name = name.trim_end();
    let unnumbered = name.strip_suffix(')').and_then(|rest| {
        let stem = rest.trim_end_matches(|sign: char| sign.is_numeric());
        stem.strip_suffix('(').filter(|_| stem.len() < rest.len())
    });
    let shown = looks(unnumbered.unwrap_or(name));
    shown
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_are_told_from_names() {
        for (text, want) in [
            ("Win at https://evil.example now", true),
            ("WWW.evil", true),
            ("evil.example", true),
            ("see Evil.Com/win", true),
            ("evil\u{3002}com", true),
            ("xn.xn--p1ai", true),
            ("write to me@evil", true),
            ("t.co", true),
            ("Ada Marsh", false),
            ("J. R. R. Tolkien", false),
            ("J.R.R. Tolkien", false),
            ("Anna Berg, M. Sc.", false),
            ("Turnverein Grün e.V.", false),
            ("Pumps & Co. KG", false),
            ("Version 2.0", false),
            ("No.1 Farm", false),
            ("Café @ Home", false),
            ("...and more", false),
            ("温室。", false),
        ] {
            assert_eq!(has_link(text), want, "{text}");
        }
    }

    #[test]
    fn what_looks_alike_is_compared_as_the_same() {
        for (one, other, want) in [
            ("Green Farm", "green  farm", true),
            ("Green Farm", "Gr\u{435}\u{435}n F\u{430}rm", true),
            ("Hill", "\u{41d}ill", true),
            ("MEADOW", "\u{39c}\u{395}\u{391}DOW", true),
            ("Room 0", "Room O", true),
            ("Meadow Instruments", "Meadow lnstruments", true),
            ("Meadow Instruments", "Meadow 1nstruments", true),
            ("Green Farm", "Green Farms", false),
            ("Grün", "Grun", false),
            ("温室", "温至", false),
        ] {
            assert_eq!(looks(one) == looks(other), want, "{one} {other}");
        }
        for (one, other, want) in [
            ("Meadow Sensors", "Meadow-Sensors (2)", true),
            ("Meadow Sensors", "MEADOW SENSORS.", true),
            ("Meadow Sensors", "Meadow Sensors 2", false),
            ("Meadow Sensors", "Meadow Sensors ()", true),
            ("Meadow Sensors", "Meadow", false),
        ] {
            assert_eq!(bare(one) == bare(other), want, "{one} {other}");
        }
    }

    /// Letters of ours, and what stands for each in names that are to be taken for another (Unicode's `confusables.txt`).
    const LIKE: [(char, &[char]); 8] = [
        ('a', &['\u{430}', '\u{251}', '\u{3b1}']),
        ('c', &['\u{441}']),
        ('e', &['\u{435}', '\u{212e}']),
        ('i', &['\u{456}', '\u{3b9}', '\u{131}']),
        ('o', &['\u{43e}', '\u{3bf}', '0']),
        ('p', &['\u{440}', '\u{3c1}']),
        ('s', &['\u{455}']),
        ('y', &['\u{443}', '\u{3b3}']),
    ];

    /// A name, and the same with some of its letters in what they are mistaken for.
    fn pair() -> impl Strategy<Value = (String, String)> {
        let letter = (0..LIKE.len()).prop_flat_map(|place| {
            let (own, others) = LIKE[place];
            (0..=others.len()).prop_map(move |other| match other.checked_sub(1) {
                Some(other) => (own, others[other]),
                None => (own, own),
            })
        });
        let other = "[dfghkn -]".prop_map(|text| {
            let one = text.chars().next().unwrap_or(' ');
            (one, one)
        });
        proptest::collection::vec(prop_oneof![3 => letter, 1 => other], 1..30)
            .prop_map(|letters| letters.into_iter().unzip())
    }

    proptest! {
        #[test]
        fn a_name_in_letters_that_look_like_its_own_is_compared_as_the_same((name, like) in pair()) {
            prop_assert_eq!(looks(&name), looks(&like));
            prop_assert_eq!(bare(&name), bare(&like));
        }

        #[test]
        fn a_name_in_capitals_is_compared_as_the_same((name, like) in pair()) {
            prop_assert_eq!(looks(&name.to_uppercase()), looks(&like));
            let once = looks(&like);
            prop_assert_eq!(looks(&once), once);
        }
    }
}
