//! Who is told by mail of what others did for them, within the change in which they did it.

use handover_wire::{Device, UserId};

use super::{Broken, Core};
use crate::domain::{Actor, EmailAddress};
use crate::mail::{Language, Letter};
use crate::store::{StoreError, Write};

/// Somebody claimed a device for somebody else.
pub async fn claimed_for_you(
    core: &Core,
    write: &mut Write,
    by: &Actor,
    owner: UserId,
    device: &Device,
) -> Result<(), Broken> {
    let to = write.addressee(owner).await?;
    let letter = Letter::DeviceClaimedForYou {
        device: device.name.clone(),
        by: write.name_of(by).await?,
        organization: device.org_name.clone(),
    };
    let address = EmailAddress::parse(&to.email)
        .map_err(|_| StoreError::Corrupt("somebody's address is none"))?;
    let language = Language::from_tag(&to.locale);
    write.queue_letter(core, &address, language, &letter).await
}
