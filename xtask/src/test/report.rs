//! What each stage came to, and how long it took.

use std::process::ExitCode;
use std::time::Duration;

use crate::failure::Failure;

/// How a stage ended.
pub enum Verdict {
    Passed,
    /// It cannot run on this machine.
    Skipped(String),
    /// A stage that it needs failed.
    NotRun(String),
    Failed(Failure),
}

/// The stages so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    took: Duration,
    verdict: Verdict,
}

impl Report {
    /// Takes down one stage.
    pub fn add(&mut self, name: &'static str, took: Duration, verdict: Verdict) {
        self.rows.push(Row {
            name,
            took,
            verdict,
        });
    }

    /// Whether the stage failed or was not run for another's failure.
    pub fn is_lost(&self, name: &str) -> bool {
        let is_lost = |row: &Row| matches!(row.verdict, Verdict::Failed(_) | Verdict::NotRun(_));
        self.rows.iter().any(|row| row.name == name && is_lost(row))
    }

    /// Prints minutes by stage, what failed, and at the very end the closing line.
    pub fn close(self) -> ExitCode {
        println!("\nstage      minutes");
        for row in &self.rows {
            println!("{}", row.line());
        }
        let total: Duration = self.rows.iter().map(|row| row.took).sum();
        println!("{:<10} {:>7.1}", "all", minutes(total));
        let mut code = ExitCode::SUCCESS;
        for (name, failure) in self.failed() {
            println!("\n{name} {failure}\n  then: cargo xtask test --from {name}");
            code = ExitCode::FAILURE;
        }
        println!("\n{}", self.closing_line());
        code
    }

    fn failed(&self) -> impl Iterator<Item = (&'static str, &Failure)> {
        self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::Failed(failure) => Some((row.name, failure)),
            _ => None,
        })
    }

    /// A stage that was not run counts as failed: nothing was proved.
    fn closing_line(&self) -> String {
        let count =
            |is: fn(&Verdict) -> bool| self.rows.iter().filter(|row| is(&row.verdict)).count();
        let passed = count(|verdict| matches!(verdict, Verdict::Passed));
        let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_)));
        let failed = self.rows.len() - passed - skipped;
        let mut line = format!("{passed} passed, {failed} failed");
        if skipped > 0 {
            line.push_str(&format!(", {skipped} skipped"));
        }
        line
    }
}

impl Row {
    fn line(&self) -> String {
        let verdict = match &self.verdict {
            Verdict::Passed => "passed".into(),
            Verdict::Skipped(why) => format!("skipped: {why}"),
            Verdict::NotRun(why) => format!("not run: {why}"),
            Verdict::Failed(_) => "FAILED".into(),
        };
        format!("{:<10} {:>7.1}  {verdict}", self.name, minutes(self.took))
    }
}

fn minutes(took: Duration) -> f64 {
    took.as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verdicts: Vec<Verdict>, closing: &str) {
        let mut report = Report::default();
        for verdict in verdicts {
            report.add("stage", Duration::from_secs(90), verdict);
        }
        assert_eq!(report.closing_line(), closing);
    }

    #[test]
    fn the_closing_line_counts_stages() {
        check(vec![], "0 passed, 0 failed");
        check(vec![Verdict::Passed, Verdict::Passed], "2 passed, 0 failed");
        check(
            vec![
                Verdict::Passed,
                Verdict::Failed(Failure::new("it", "mend it")),
                Verdict::NotRun("needs it".into()),
                Verdict::Skipped("no qemu".into()),
            ],
            "1 passed, 2 failed, 1 skipped",
        );
    }

    #[test]
    fn a_lost_stage_takes_those_that_need_it_with_it() {
        let mut report = Report::default();
        report.add("ui", Duration::ZERO, Verdict::Passed);
        report.add("build", Duration::ZERO, Verdict::NotRun("needs x".into()));
        assert!(!report.is_lost("ui"));
        assert!(report.is_lost("build"));
        assert!(!report.is_lost("never heard of"));
    }
}
