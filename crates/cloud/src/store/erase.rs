//! What a device takes back.

use handover_wire::DeviceId;

use super::{StoreError, Write};

impl Write {
    /// A datastream holds nothing any more, neither now nor of what was kept for its present holder. Its history stays, and
    /// so does what a former holder had, which an undo brings back.
    pub async fn erase_value(
        &mut self,
        (id, tenure): (DeviceId, i64),
        pin: u8,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM device_values WHERE device_id = $1 AND pin = $3 AND (tenure = $2 OR EXISTS
                 (SELECT 1 FROM devices d WHERE d.id = $1
                  AND device_values.tenure BETWEEN d.kept_from AND d.kept_to))",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(i64::from(pin))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
