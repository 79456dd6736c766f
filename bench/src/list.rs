//! Photograph by photograph: who reads which.

use std::fmt::Write as _;

use crate::judge::Verdict;
use crate::peers::OURS;
use crate::photos::{Part, Seen, Shot};
use crate::table::{Table, number};

/// A row for each photograph: what each decoder made of it, and its milliseconds.
pub fn pictures(part: &Part) -> String {
    let Some(first) = part.pictures.first() else {
        return String::new();
    };
    let names = first.seen.iter().map(|seen| seen.decoder);
    let mut table = Table::new(["picture", "half"].into_iter().chain(names));
    for shot in &part.pictures {
        let half = format!("{:?}", shot.half).to_lowercase();
        let cells = shot.seen.iter().map(cell);
        table.row([shot.file.clone(), half].into_iter().chain(cells));
    }
    format!("{table}\n")
}

/// `yes`, `WRONG`, `PANIC` or nothing, and the milliseconds.
fn cell(seen: &Seen) -> String {
    let word = match () {
        () if seen.panicked => "PANIC ",
        () if seen.count(Verdict::Wrong) > 0 => "WRONG ",
        () if seen.is_read() => "yes ",
        () => "",
    };
    format!("{word}{:>6}", number(seen.ms))
}

/// What others read and ours does not, and the other way round.
pub fn difference(part: &Part) -> String {
    let others = |shot: &Shot| {
        let readers = shot.seen.iter().filter(|seen| seen.is_read());
        let names = readers.map(|seen| seen.decoder);
        names.filter(|&name| name != OURS).collect::<Vec<_>>()
    };
    let with_code = part.pictures.iter().filter(|shot| shot.has_code);
    let (ours, not_ours): (Vec<_>, Vec<_>) = with_code.partition(|shot| shot.is_read_by(OURS));
    let missed: Vec<_> = not_ours
        .into_iter()
        .map(|shot| (shot, others(shot)))
        .filter(|(_, others)| !others.is_empty())
        .collect();
    let alone: Vec<_> = ours.into_iter().filter(|s| others(s).is_empty()).collect();
    let mut text = format!("Missed by ours, read by any peer: {}\n", missed.len());
    for (shot, others) in missed {
        writeln!(text, "  {} ({})", shot.file, others.join(", ")).expect("a String takes all");
    }
    writeln!(text, "Read by ours alone: {}", alone.len()).expect("a String takes all");
    for shot in alone {
        writeln!(text, "  {}", shot.file).expect("a String takes all");
    }
    text.push('\n');
    text
}

/// Every text that is worth this, with its file: the words that the judge doubts.
pub fn texts(part: &Part, verdict: Verdict, title: &str) -> String {
    let mut lines = Vec::new();
    for shot in &part.pictures {
        for seen in &shot.seen {
            let texts = seen.readings.iter().filter(|text| text.verdict == verdict);
            for text in texts {
                let shown: String = text.reading.text.chars().take(60).collect();
                lines.push(format!("  {} ({}): {shown:?}", shot.file, seen.decoder));
            }
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("{title}:\n{}\n\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photos::tests::shot_of;

    #[test]
    fn what_one_reads_and_the_other_misses_is_named() {
        let right = Some(Verdict::Right);
        let part = Part {
            title: "Photographs",
            groups: Vec::new(),
            native: None,
            pictures: vec![
                shot_of("a/1", "a", &[(OURS, 1.0, right), ("y", 1.0, None)]),
                shot_of("a/2", "a", &[(OURS, 1.0, None), ("y", 1.0, right)]),
                shot_of("a/3", "a", &[(OURS, 1.0, right), ("y", 1.0, right)]),
                shot_of("a/4", "a", &[(OURS, 1.0, None), ("y", 1.0, None)]),
            ],
        };
        let expected =
            "Missed by ours, read by any peer: 1\n  a/2 (y)\nRead by ours alone: 1\n  a/1\n\n";
        assert_eq!(difference(&part), expected);
        assert_eq!(pictures(&part).lines().count(), 2 + 4 + 1);
        assert_eq!(texts(&part, Verdict::Wrong, "Wrong"), "");
        let found = texts(&part, Verdict::Right, "Right");
        assert!(found.contains("a/2 (y): \"SN1\""), "{found}");
    }
}
