//! `cargo xtask test`: proves everything, in stages that share one workspace build.

mod api;
mod app;
mod camera;
pub mod cargo;
mod console;
mod devices;
mod failed;
mod mail;
mod postgres;
mod report;
pub mod ui;

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::failure::Failure;
use crate::{deny, house, setup};
use report::{Report, Verdict};

/// Which stages to run; all of them where nothing is said.
#[derive(Args)]
pub struct Options {
    /// Run this stage alone (may be given several times); what it needs must have run before.
    #[arg(long, value_name = "STAGE", value_parser = names())]
    only: Vec<String>,
    /// Run this stage and those after it.
    #[arg(long, value_name = "STAGE", value_parser = names(), conflicts_with = "only")]
    from: Option<String>,
}

/// How a stage that did not fail came out.
pub enum Outcome {
    /// It ran and found nothing.
    Passed,
    /// It could not run here, and why.
    Skipped(String),
}

/// One stage.
struct Stage {
    name: &'static str,
    title: &'static str,
    /// Stages without which this one makes no sense.
    needs: &'static [&'static str],
    run: fn() -> Result<Outcome, Failure>,
}

/// In this order: the cloud and the app embed the built UI, so it comes before anything that cargo compiles.
const STAGES: &[Stage] = &[
    Stage {
        name: "setup",
        title: "install what is missing",
        needs: &[],
        run: || setup::setup().map(|()| Outcome::Passed),
    },
    Stage {
        name: "ui",
        title: "build the UI, check its types, run its tests",
        needs: &["setup"],
        run: ui::stage,
    },
    Stage {
        name: "fmt",
        title: "formatting",
        needs: &[],
        run: cargo::format,
    },
    Stage {
        name: "house",
        title: "the house's rules",
        needs: &[],
        run: || house::check().map(|()| Outcome::Passed),
    },
    Stage {
        name: "deny",
        title: "dependencies: licences, sources, duplicates, advisories",
        needs: &["setup"],
        run: deny::stage,
    },
    Stage {
        name: "clippy",
        title: "lints",
        needs: &["ui"],
        run: cargo::lint,
    },
    Stage {
        name: "build",
        title: "the workspace build that the later stages share",
        needs: &["ui"],
        run: cargo::build,
    },
    Stage {
        name: "tests",
        title: "unit and integration tests",
        needs: &["build"],
        run: cargo::tests,
    },
    Stage {
        name: "postgres",
        title: "the cloud's tests on a PostgreSQL server",
        needs: &["build"],
        run: postgres::stage,
    },
    Stage {
        name: "mail",
        title: "letters through a real mail server",
        needs: &["build"],
        run: mail::stage,
    },
    Stage {
        name: "api",
        title: "every call of the API, tried by what its document says",
        needs: &["build"],
        run: api::stage,
    },
    Stage {
        name: "devices",
        title: "devices with the libraries that their makers publish",
        needs: &["setup", "build"],
        run: devices::stage,
    },
    Stage {
        name: "docs",
        title: "examples in the documentation",
        needs: &["build"],
        run: cargo::doc_tests,
    },
    Stage {
        name: "console",
        title: "the web console in a browser, a label filmed",
        needs: &["build"],
        run: console::stage,
    },
    Stage {
        name: "camera",
        title: "real cameras in a small virtual machine",
        needs: &["build"],
        run: camera::stage,
    },
    Stage {
        name: "app",
        title: "the real app in a desktop session with a real keyring",
        needs: &["build"],
        run: app::stage,
    },
];

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STAGES.iter().map(|stage| stage.name))
}

/// Runs the chosen stages. One that fails stops only those that need it, so that one run tells all there is to mend.
pub fn test(options: &Options) -> ExitCode {
    let chosen = choose(options);
    let mut report = Report::default();
    for (index, stage) in chosen.iter().enumerate() {
        println!(
            "\n[{}/{}] {}: {} …",
            index + 1,
            chosen.len(),
            stage.name,
            stage.title
        );
        let started = Instant::now();
        let verdict = judge(stage, &report);
        if let Verdict::Failed(failure) = &verdict {
            println!("{failure}");
        }
        report.add(stage.name, started.elapsed(), verdict);
    }
    report.close()
}

fn judge(stage: &Stage, report: &Report) -> Verdict {
    if let Some(needed) = stage.needs.iter().find(|name| report.is_lost(name)) {
        return Verdict::NotRun(format!("needs {needed}, which failed"));
    }
    failed::forget();
    match (stage.run)() {
        Ok(Outcome::Passed) => Verdict::Passed,
        Ok(Outcome::Skipped(why)) => {
            println!("  skipped: {why}");
            Verdict::Skipped(why)
        }
        Err(failure) => Verdict::Failed(failure.naming(&failed::names())),
    }
}

fn choose(options: &Options) -> Vec<&'static Stage> {
    if !options.only.is_empty() {
        let is_chosen = |stage: &&Stage| options.only.iter().any(|name| name == stage.name);
        return STAGES.iter().filter(is_chosen).collect();
    }
    let is_before = |stage: &&Stage| options.from.as_ref().is_some_and(|from| stage.name != from);
    STAGES.iter().skip_while(is_before).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(only: &[&str], from: Option<&str>, expected: &[&str]) {
        let options = Options {
            only: only.iter().map(ToString::to_string).collect(),
            from: from.map(ToString::to_string),
        };
        let names: Vec<_> = choose(&options).iter().map(|stage| stage.name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn stages_are_chosen_in_their_order() {
        check(&["fmt"], None, &["fmt"]);
        check(&["house", "fmt"], None, &["fmt", "house"]);
        check(&[], Some("app"), &["app"]);
        check(&[], Some("camera"), &["camera", "app"]);
    }

    #[test]
    fn a_stage_needs_only_earlier_ones() {
        for (index, stage) in STAGES.iter().enumerate() {
            for needed in stage.needs {
                assert!(
                    STAGES[..index]
                        .iter()
                        .any(|earlier| earlier.name == *needed)
                );
            }
        }
    }
}
