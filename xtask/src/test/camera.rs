//! The scanner against real Video4Linux devices.

use super::Outcome;
use crate::camera_vm::{self, Ended};
use crate::failure::Failure;
use crate::project;

/// Boots the small machine.
pub fn stage() -> Result<Outcome, Failure> {
    let target = project::target();
    match camera_vm::run(&target, &target.join("camera-vm"))? {
        Ended::Passed(scenarios) => {
            println!("  {scenarios} scenarios passed");
            Ok(Outcome::Passed)
        }
        Ended::Skipped(why) => Ok(Outcome::Skipped(why)),
    }
}
