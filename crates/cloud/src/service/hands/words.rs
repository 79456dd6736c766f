//! What people called a device and noted about it, where whoever has it next sees nothing of what was before.

use handover_wire::OrgId;

use crate::domain::DeviceName;
use crate::service::Broken;
use crate::store::{DeviceHands, Write};

/// A device that was just put into an organization gets the name and the metadata of its label, as at a claim; without a label,
/// a name with a number, and none. What an undo brings back is kept. Whoever made it wrote what there is for whoever has it
/// first: that stays. Says whether there are other words now.
pub(super) async fn begin_anew(
    write: &mut Write,
    device: &DeviceHands,
    org: OrgId,
) -> Result<bool, Broken> {
    if device.is_as_made {
        return Ok(false);
    }
    let label = device.token.as_ref();
    let given = DeviceName::of_label(label.and_then(|label| label.name.as_deref()));
    let name = match given {
        Some(name) => name,
        None => {
            let number = write.next_device_number(org, device.template).await?;
            DeviceName::numbered(&device.template_name, number)
        }
    };
    write.rename_device(device.id, &name).await?;
    let metadata = label.map(|label| label.metadata.clone());
    write
        .set_metadata(device.id, &metadata.unwrap_or_default())
        .await?;
    Ok(true)
}

/// What is erased has no name any more but in the audit.
pub(super) fn called(device: &DeviceHands) -> String {
    format!("called {:?}", device.name)
}

/// The same at the end of a detail; nothing where it is called that still.
pub(super) fn called_before(device: &DeviceHands, is_anew: bool) -> String {
    match is_anew {
        true => format!(", {}", called(device)),
        false => String::new(),
    }
}
