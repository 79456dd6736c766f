//! Characters that show nothing of themselves. Names that differ in those alone look the same, so that names are without them,
//! and what is left of them is not compared.

use unicode_normalization::UnicodeNormalization as _;

/// What a text must be that has such characters.
pub(super) const MUST_BE_SEEN: &str = "without characters that cannot be seen";

/// Whether a character turns around or hides what is beside it, or stands there as nothing or as a space that is none: with it
/// a name looks like another one.
fn is_deceiving(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

/// Whether a character chooses between two ways to draw the one before it: an emoji in colours, a sign as it is written in one
/// country.
fn is_variation(character: char) -> bool {
    matches!(
        character,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether a character says only how those beside it are joined. Words of some scripts are written with these.
fn is_joining(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Whether all of a text shows something, or belongs to what does.
pub(super) fn is_seen(text: &str) -> bool {
    let mut after_visible = false;
    text.chars().all(|character| {
        let is_good = match character {
            _ if character.is_control() || is_deceiving(character) => false,
            _ if is_variation(character) => after_visible,
            _ => true,
        };
        let shows = !is_variation(character) && !is_joining(character);
        after_visible = shows && !character.is_whitespace();
        is_good
    })
}

/// What is seen of a text: without all of those, in Unicode's composed form, and with one space wherever there is white space
/// between words.
pub(super) fn seen(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let shown = word.chars().filter(|&one| {
            !(one.is_control() || is_deceiving(one) || is_variation(one) || is_joining(one))
        });
        shown.nfc().collect::<String>()
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A name as it is compared with others and searched for.
pub fn folded(name: &str) -> String {
    seen(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_told_from_what_belongs_to_a_character() {
        for (text, want) in [
            ("Hill Farm", true),
            // An emoji in colours, one of several, a keycap, a sign of a Japanese family's name.
            ("\u{2764}\u{fe0f} Farm", true),
            ("\u{2764}\u{fe0f}\u{200d}\u{1f525}", true),
            ("1\u{fe0f}\u{20e3}", true),
            ("\u{845b}\u{e0100}", true),
            // Persian and Hindi words.
            ("\u{645}\u{6cc}\u{200c}\u{62e}", true),
            ("\u{915}\u{94d}\u{200d}\u{937}", true),
            ("\u{fe0f}Farm", false),
            ("Hill \u{fe0f}Farm", false),
            ("Hill\u{fe0f}\u{fe0f}", false),
            ("Hill\u{200d}\u{fe0f}", false),
            ("Hill\u{34f}Farm", false),
            ("\u{115f}\u{1160}", false),
            ("Hill\u{3164}", false),
            ("Hill\u{ffa0}", false),
            ("\u{2800}\u{2800}\u{2800}", false),
            ("Hill \u{202e}mraF", false),
            ("Hill\u{200b}Farm", false),
            ("Hill\u{e0041}", false),
            ("Hill\nFarm", false),
            ("Hill\u{7}", false),
        ] {
            assert_eq!(is_seen(text), want, "{text:?}");
        }
    }

    #[test]
    fn what_looks_the_same_is_folded_to_the_same() {
        for same in [
            "hill farm",
            " Hill  Farm ",
            "HILL\u{a0}FARM",
            "Hill\u{2003}\tFarm",
            "Hill\u{200d} Farm",
            "Hill\u{fe0f} Farm",
            "Hi\u{e0100}ll Farm",
            "\u{feff}Hill Farm",
            "Hi\u{ad}ll Fa\u{34f}rm",
            "Hill \u{3164} Farm",
            "\u{202e}Hill\u{2028}Farm",
        ] {
            assert_eq!(folded(same), "hill farm", "{same:?}");
        }
        assert_eq!(folded("Man\u{303}ana"), "ma\u{f1}ana");
        assert_eq!(folded("n\u{200d}\u{303}"), "\u{f1}");
    }

    proptest! {
        #[test]
        fn what_is_seen_is_seen_as_it_is(text in ".{0,60}") {
            let once = seen(&text);
            prop_assert!(is_seen(&once));
            prop_assert_eq!(seen(&once), once);
        }
    }
}
