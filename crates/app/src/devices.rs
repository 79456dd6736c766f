//! The devices of whoever is signed in.

use handover_client::Result;
use handover_wire::{Device, DeviceDetails, DeviceId, LabelImage, Page, PageQuery};

use crate::{App, DeviceQuery, Rename};

impl App {
    /// A page of devices.
    ///
    /// # Errors
    /// `signed_out`, `session_expired`, or what keeps the server from being reached.
    pub async fn devices(&self, query: DeviceQuery) -> Result<Page<Device>> {
        let (client, _) = self.signed_in().await?;
        let page = PageQuery {
            page: Some(query.page),
            size: Some(query.size),
        };
        client
            .devices(&query.search, query.org_id, &query.view, page)
            .await
    }

    /// One device with its values.
    ///
    /// # Errors
    /// `not_found`, or as for [`App::devices`].
    pub async fn device(&self, id: DeviceId) -> Result<DeviceDetails> {
        let (client, _) = self.signed_in().await?;
        client.device(id).await
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// `invalid_request` where the name is not one, or as for [`App::device`].
    pub async fn rename_device(&self, rename: Rename) -> Result<Device> {
        let (client, _) = self.signed_in().await?;
        client.rename_device(rename.device_id, &rename.name).await
    }

    /// A label to try, where the cloud has demo data.
    ///
    /// # Errors
    /// `not_found` where it has none, or as for [`App::devices`].
    pub async fn demo_label(&self) -> Result<LabelImage> {
        let (client, _) = self.signed_in().await?;
        client.demo_label().await
    }
}
