//! What a device takes back.

use handover_wire::DeviceId;

use super::{StoreError, Write};

impl Write {
    /// A datastream holds nothing any more, neither now nor from before what was handed on. Its history stays.
    pub async fn erase_value(
        &mut self,
        (id, tenure): (DeviceId, i64),
        pin: u8,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM device_values WHERE device_id = $1 AND tenure <= $2 AND pin = $3")
            .bind(id.0)
            .bind(tenure)
            .bind(i64::from(pin))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
