//! What lists of devices are asked for: the same words for all of them.

use handover_wire::TemplateId;
use serde::Deserialize;

use crate::domain::{DeviceFilter, FieldError, Listed, Reach, device_state};
use crate::http::error::ApiFailure;
use crate::service::Core;

/// Which devices.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Filtered {
    /// Only those in this state (ours).
    #[serde(default)]
    #[param(value_type = Option<handover_wire::DeviceState>)]
    state: Option<String>,
    /// Only those of this template (ours).
    #[serde(default)]
    template_id: Option<TemplateId>,
}

/// In which order.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sorted {
    /// The order (ours): the newest first where absent.
    #[serde(default)]
    #[param(value_type = Option<handover_wire::DeviceSort>)]
    sort: Option<String>,
}

/// From where on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The `next` of the page before, in the same order (ours). It takes as long at the end of the list as at its start, which
    /// `page` does not.
    #[serde(default)]
    after: Option<String>,
}

impl Filtered {
    /// The filter. A template that nobody there can see is refused like one that does not exist.
    pub async fn within(self, core: &Core, reach: Reach) -> Result<DeviceFilter, ApiFailure> {
        let state = self.state.as_deref().map(device_state).transpose()?;
        let template = match self.template_id {
            None => None,
            Some(id) => {
                let found = core.store.template_within(reach, &id).await?;
                Some(found.ok_or(FieldError {
                    field: "templateId",
                    must: "a template that can be seen from the organization",
                })?)
            }
        };
        Ok(DeviceFilter { state, template })
    }
}

/// All of it.
pub fn listed(sorted: &Sorted, filter: DeviceFilter, after: &After) -> Result<Listed, FieldError> {
    Listed::parse(sorted.sort.as_deref(), filter, after.after.as_deref())
}
