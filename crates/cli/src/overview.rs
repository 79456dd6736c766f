//! `handover overview`: devices in numbers, and claims day by day.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_cloud::{Clock as _, SystemClock, Time};
use handover_wire::{OrgId, Overview};
use serde::Serialize;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;
use crate::table;

/// Milliseconds of a day of UTC.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Of what, and of how many days.
#[derive(Args)]
pub struct OverviewArguments {
    #[command(flatten)]
    account: Account,
    /// The organization, with all below it; your own unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// Days of claims, of UTC, today's the last.
    #[arg(long, value_name = "NUMBER", default_value = "30", value_parser = clap::value_parser!(u8).range(1..=100))]
    days: u8,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// An overview whose stretches have names.
#[derive(Serialize)]
struct Shown {
    devices: u64,
    online: u64,
    days: Vec<Day>,
}

#[derive(Serialize)]
struct Day {
    day: String,
    claims: u64,
}

/// Prints it.
pub fn run(arguments: &OverviewArguments) -> Result<(), Failure> {
    let today = SystemClock.now().0.div_euclid(DAY);
    let first = today + 1 - i64::from(arguments.days);
    let midnights: Vec<i64> = (first..=today + 1).map(|day| day * DAY).collect();
    let bounds: Vec<String> = midnights.iter().map(i64::to_string).collect();
    let found: Overview = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("bounds", Some(bounds.join(","))),
            ("orgId", arguments.organization.map(|id| id.to_string())),
        ];
        let target = pages::target("overview", &parameters);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let days = midnights.iter().zip(&found.claims);
    let shown = Shown {
        devices: found.devices,
        online: found.online,
        days: days
            .map(|(&at, &claims)| Day {
                // The date, without the time of day.
                day: Time(at).in_iso_8601().chars().take(10).collect(),
                claims,
            })
            .collect(),
    };
    print(&shown, arguments.json)
}

fn print(shown: &Shown, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        return Ok(pages::write_json(&mut out, std::slice::from_ref(shown))?);
    }
    writeln!(
        out,
        "{} devices, {} connected.\n",
        shown.devices, shown.online
    )?;
    let mut lines = vec![["DAY (UTC)".to_owned(), "CLAIMS".to_owned()]];
    lines.extend(
        shown
            .days
            .iter()
            .map(|Day { day, claims }| [day.clone(), claims.to_string()]),
    );
    Ok(table::write(&mut out, &lines)?)
}
