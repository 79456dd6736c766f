//! The command line `handover`.

mod account;
mod approvals;
mod audit;
mod bootstrap;
mod camera;
mod caution;
mod claim;
mod cloud;
mod demo;
mod devices;
mod entry;
mod events;
mod explain;
mod failure;
mod faults;
mod fleet;
mod gateway;
mod gateways;
mod import_report;
mod log;
mod machines;
mod mailbox;
mod me;
mod organizations;
mod overview;
mod pages;
mod people;
mod printable;
mod runtime;
mod save;
mod scan;
mod settings;
mod signals;
mod simulate;
mod table;
mod templates;
mod times;
mod tokens;
mod why;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use failure::Failure;
use printable::printable;

/// Takes a connected product from the maker's production line to the customer's hands.
#[derive(Parser)]
#[command(name = "handover", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit status:
  0  all was done
  1  something was not done; standard error says what (`scan` says it in the file's own line)
  2  the command line is wrong

With --json what standard error says of a failure is a JSON object: error.code, error.message, and error.next for what to
do now.";

#[derive(Subcommand)]
enum Command {
    /// Runs the bundled cloud.
    Cloud(Box<cloud::CloudArguments>),
    /// Reads the codes in pictures, or in front of a camera.
    Scan(scan::ScanArguments),
    /// Says what a label's text is, and whether it can be claimed.
    ///
    /// Secrets in it are masked.
    Explain(explain::ExplainArguments),
    /// Claims the device of a label.
    Claim(claim::ClaimArguments),
    /// Plays a device without a flashed token: it asks for one by what identifies it, and shows four digits.
    Bootstrap(bootstrap::BootstrapArguments),
    /// Why a label does not claim: the true reason, for the support of whoever made it.
    Why(why::WhyArguments),
    /// Claims by a device's number that wait for your support's word.
    Approvals(approvals::ApprovalsArguments),
    /// The devices of your organization and those below it, and in whose hands they are.
    Devices(devices::DevicesArguments),
    /// Runs a gateway on this machine: takes what nodes say to the cloud, and to nodes what people set.
    ///
    /// Which nodes it speaks for is arranged in the cloud: `handover gateways`.
    Gateway(gateway::GatewayArguments),
    /// Gateways, the nodes that they speak for, and those that want to be.
    ///
    /// `handover gateway` runs one.
    Gateways(gateways::GatewaysArguments),
    /// The organizations below your own.
    Organizations(organizations::OrganizationsArguments),
    /// Devices in numbers, and claims day by day.
    Overview(overview::OverviewArguments),
    /// Who belongs to your organization and those below it.
    People(people::PeopleArguments),
    /// The kinds of devices, each with its datastreams, metadata fields and events.
    Templates(templates::TemplatesArguments),
    /// Static tokens: the labels of devices to come, in batches.
    Tokens(tokens::TokensArguments),
    /// Who did what, for whom: lists, exports, verifies.
    Audit(audit::AuditArguments),
    /// What changes, as it changes.
    Events(events::EventsArguments),
    /// What is done before anybody can sign in: set-up, sign-up, mailed links, a forgotten password.
    Account(entry::EntryArguments),
    /// Your own account: name, language, password, and where you are signed in.
    Me(me::MeArguments),
    /// What is chosen for the whole cloud.
    Settings(settings::SettingsArguments),
    /// What goes wrong on demand, in a cloud for tests.
    Faults(faults::FaultsArguments),
    /// A fleet of devices that a cloud for tests plays by itself.
    Fleet(fleet::FleetArguments),
    /// Credentials for programs.
    Machines(machines::MachinesArguments),
    /// The mails of a cloud that has no mail server, for its administrators.
    Mailbox(mailbox::MailboxArguments),
    /// Plays a fleet of devices, for tests: what they measure and what befalls them follows from a seed.
    Simulate(simulate::SimulateArguments),
    /// Cameras.
    Camera(camera::CameraArguments),
    /// Shows the whole way without a window, and makes pictures of labels to try it with.
    Demo(demo::DemoArguments),
}

fn main() -> ExitCode {
    let matches = match Arguments::command().try_get_matches() {
        Ok(matches) => matches,
        // Who asked for JSON reads no prose, also where the command line itself is not right.
        Err(error)
            if error.use_stderr() && std::env::args().any(|argument| argument == "--json") =>
        {
            let _ = writeln!(io::stderr(), "{}", Failure::usage(&error.to_string()));
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
    let json = wants_json(&matches);
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let outcome = match arguments.command {
        Command::Cloud(arguments) => cloud::run(*arguments),
        Command::Scan(arguments) => scan::run(arguments),
        Command::Explain(arguments) => done(explain::run(&arguments)),
        Command::Claim(arguments) => done(claim::run(&arguments)),
        Command::Bootstrap(arguments) => done(bootstrap::run(&arguments)),
        Command::Why(arguments) => done(why::run(&arguments)),
        Command::Approvals(arguments) => done(approvals::run(&arguments)),
        Command::Devices(arguments) => done(devices::run(&arguments)),
        Command::Gateway(arguments) => done(gateway::run(&arguments)),
        Command::Gateways(arguments) => done(gateways::run(&arguments)),
        Command::Organizations(arguments) => done(organizations::run(&arguments)),
        Command::Overview(arguments) => done(overview::run(&arguments)),
        Command::People(arguments) => done(people::run(&arguments)),
        Command::Templates(arguments) => done(templates::run(&arguments)),
        Command::Tokens(arguments) => done(tokens::run(&arguments)),
        Command::Audit(arguments) => done(audit::run(&arguments)),
        Command::Events(arguments) => done(events::run(&arguments)),
        Command::Account(arguments) => done(entry::run(&arguments)),
        Command::Me(arguments) => done(me::run(&arguments)),
        Command::Settings(arguments) => done(settings::run(&arguments)),
        Command::Faults(arguments) => done(faults::run(&arguments)),
        Command::Fleet(arguments) => done(fleet::run(&arguments)),
        Command::Machines(arguments) => done(machines::run(&arguments)),
        Command::Mailbox(arguments) => done(mailbox::run(&arguments)),
        Command::Simulate(arguments) => done(simulate::run(&arguments)),
        Command::Camera(arguments) => done(camera::run(&arguments)),
        Command::Demo(arguments) => done(demo::run(&arguments)),
    };
    outcome.unwrap_or_else(|failure| {
        if !failure.is_closed_pipe() {
            // A server's or a system's words are in it, which must not steer the terminal. With nobody to read the message the exit status is what is left to say.
            let _ = match json {
                true => writeln!(io::stderr(), "{}", failure.json()),
                false => {
                    let message = printable(&failure.to_string());
                    writeln!(io::stderr(), "handover: {message}")
                }
            };
        }
        ExitCode::FAILURE
    })
}

/// Whether the command that was given was told to print JSON.
fn wants_json(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some((_, below)) => wants_json(below),
        None => matches!(matches.try_get_one::<bool>("json"), Ok(Some(true))),
    }
}

fn done(outcome: Result<(), Failure>) -> Result<ExitCode, Failure> {
    outcome.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    /// They draw a label of a cloud, and ask none.
    const DRAWN: [&str; 2] = ["handover demo photo", "handover demo film"];

    /// Hands over every command that has none below it, with its name in full.
    fn each(command: &Command, named: &str, see: &mut dyn FnMut(&str, &Command)) {
        for below in command.get_subcommands() {
            each(below, &format!("{named} {}", below.get_name()), see);
        }
        if !command.has_subcommands() {
            see(named, command);
        }
    }

    /// Programs talk to the cloud by these: none of them makes them read what is meant for people.
    #[test]
    fn whatever_talks_to_a_cloud_prints_json() {
        let (mut seen, mut without) = (0, Vec::new());
        each(&Arguments::command(), "handover", &mut |named, command| {
            let has = |name| command.get_arguments().any(|one| one.get_id() == name);
            seen += usize::from(has("server"));
            if has("server") && !has("json") && !DRAWN.contains(&named) {
                without.push(named.to_owned());
            }
        });
        assert!(seen > 90, "{seen} commands talk to a cloud");
        assert_eq!(without, [""; 0]);
    }
}
