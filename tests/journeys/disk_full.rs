//! A full disk: the claim is refused with its own code, nothing is half done, and with room again the same key claims.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use handover_journeys::cloud::{CloudProcess, refused};
use handover_journeys::demo::Demo;
use handover_wire::{ClaimOutcome, ClaimRequest, DeviceView, ErrorCode, PageQuery, Role, Secret};
use tempfile::TempDir;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A disk of 4 MiB that ends with this value.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// None where this user may not mount anything.
    fn mount() -> Outcome<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "handover-test"])
            .arg(folder.path())
            .output();
        Ok(mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self { folder }))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Leaves not a byte free.
    fn fill(&self) -> Outcome<PathBuf> {
        let path = self.folder.path().join("filling");
        let mut file = File::create(&path)?;
        for block in [64 * 1024, 4 * 1024, 1] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
        Ok(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.folder.path()).status();
        assert!(
            unmounted.is_ok_and(|status| status.success()),
            "still mounted"
        );
    }
}

#[tokio::test]
async fn nothing_is_half_done_and_the_same_key_claims_later() -> Outcome {
    let Some(disk) = SmallDisk::mount()? else {
        say("skipped: this user may not mount a tmpfs");
        return Ok(());
    };
    let data = disk.data();
    let cloud = CloudProcess::demo(&data)?;
    let customer = cloud.sign_in(&data, Role::User).await?;
    let label = Demo::read(&data)?.unclaimed_labels().remove(0);
    let request = ClaimRequest::of_label(Secret::new(label));

    let filling = disk.fill()?;
    let refusal = customer.claim("one", &request).await;
    assert_eq!(
        refusal.map_err(|error| error.code),
        Err(ErrorCode::StorageFull)
    );
    let listed = customer
        .devices("", None, &DeviceView::default(), PageQuery::default())
        .await?;
    assert_eq!(
        listed.total_elements, 3,
        "reading goes on, and nothing was changed"
    );

    fs::remove_file(filling)?;
    let answer = customer.claim("one", &request).await?.device();
    let answer = answer.ok_or("no device")?;
    assert_eq!(answer.outcome, ClaimOutcome::Claimed);
    assert_eq!(cloud.stop()?, Some(0));
    let cloud = CloudProcess::demo(&data)?;
    let customer = cloud.sign_in(&data, Role::User).await?;
    let listed = customer
        .devices("", None, &DeviceView::default(), PageQuery::default())
        .await?;
    assert_eq!(listed.total_elements, 4);
    Ok(())
}

#[test]
fn a_first_start_without_room_says_so() -> Outcome {
    let Some(disk) = SmallDisk::mount()? else {
        say("skipped: this user may not mount a tmpfs");
        return Ok(());
    };
    disk.fill()?;
    let said = refused(&disk.data(), "127.0.0.1:0", &["--demo"])?;
    assert_eq!(said.status.code(), Some(1));
    let text = String::from_utf8(said.stderr)?;
    assert!(text.contains("is full"), "{text}");
    assert!(leftovers_hold_no_secret(&disk.data()));
    Ok(())
}

fn leftovers_hold_no_secret(data: &Path) -> bool {
    !data.join("demo.json").exists()
}

/// A test that was skipped says why.
#[expect(clippy::print_stderr, reason = "the test's own report")]
fn say(text: &str) {
    eprintln!("{text}");
}
