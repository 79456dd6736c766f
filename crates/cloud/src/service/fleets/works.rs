//! What was asked to be made for fleets, as the cloud's folder has it: written down before it is asked for, so that what comes
//! of it is known whatever happens meanwhile.

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use handover_device::AuthToken;
use handover_wire::{DeviceId, DeviceWork, TemplateId, WorkId};
use serde::{Deserialize, Serialize};

use super::{Fleets, Trouble};
use crate::domain::{Acting, Actor};
use crate::durable;
use crate::secrets::Purpose;
use crate::service::many::{self, ManyError};
use crate::service::{Broken, Core};
use crate::store::{WorkEnd, change};

/// Between two looks at how far the making is.
pub const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A device that was made.
pub type Own = (DeviceId, AuthToken);

/// By whom and under which key a work was asked for: it is found by that where nobody came to write down its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    actor: String,
    key: String,
}

/// A work that makes devices, or has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    #[serde(default)]
    asked: Option<Asked>,
    #[serde(default)]
    id: Option<WorkId>,
    /// The first and the last of its devices, once there are any.
    #[serde(default)]
    first: Option<DeviceId>,
    #[serde(default)]
    last: Option<DeviceId>,
    is_gateways: bool,
    template: TemplateId,
}

impl Work {
    /// One that is to be asked for.
    pub fn new(actor: &Actor, key: String, is_gateways: bool, template: TemplateId) -> Self {
        Self {
            asked: Some(Asked {
                actor: actor.to_string(),
                key,
            }),
            id: None,
            first: None,
            last: None,
            is_gateways,
            template,
        }
    }

    /// Its number, and which devices it made; none as long as it has made none.
    fn made(&self) -> Option<(WorkId, (DeviceId, DeviceId))> {
        Some((self.id?, self.first.zip(self.last)?))
    }

    /// Looks what has become of it. False where nothing has, nor will.
    async fn look(&mut self, core: &Core) -> Result<bool, Broken> {
        if self.made().is_some() {
            return Ok(true);
        }
        if self.id.is_none() {
            self.id = self.find(core).await?;
        }
        let Some(id) = self.id else { return Ok(false) };
        match core.store.work_end(id).await? {
            WorkEnd::None => Ok(true),
            WorkEnd::Nothing => Ok(false),
            WorkEnd::Devices(first, last) => {
                (self.first, self.last) = (Some(first), Some(last));
                Ok(true)
            }
        }
    }

    /// The number of what was asked for, where it was.
    async fn find(&self, core: &Core) -> Result<Option<WorkId>, Broken> {
        let Some(Asked { actor, key }) = &self.asked else {
            return Ok(None);
        };
        let Some(actor) = Actor::parse(actor) else {
            return Ok(None);
        };
        let kept = change!(core.store, |write| write.kept_answer(&actor, key).await)?;
        let kept = kept.map(|kept| serde_json::from_str::<DeviceWork>(&kept.body));
        Ok(kept.transpose()?.map(|work| work.id))
    }
}

/// All of them.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Works(Vec<Work>);

impl Works {
    /// What the folder has; nothing where it has nothing.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join("fleet.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// The same, once it was looked what became of each. The folder has it then.
    pub async fn look(core: &Core, fleets: &Fleets) -> Result<Self, Trouble> {
        let before = Self::read(&fleets.folder);
        let mut works = Self::default();
        for mut work in before.0.iter().cloned() {
            if work.look(core).await? {
                works.0.push(work);
            }
        }
        if works != before {
            works.write(&fleets.folder)?;
        }
        works.count(core, fleets).await?;
        Ok(works)
    }

    /// The same, once nothing is made any more.
    pub async fn settled(core: &Core, fleets: &Fleets) -> Result<Self, Trouble> {
        loop {
            let works = Self::look(core, fleets).await?;
            if !works.are_making() {
                return Ok(works);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// The same, once what is being made was given up, which then makes nothing.
    pub async fn halted(core: &Core, fleets: &Fleets, acting: &Acting) -> Result<Self, Trouble> {
        let works = Self::look(core, fleets).await?;
        for id in works.making() {
            match many::cancel(core, acting, id).await {
                // It may just have come to its end.
                Ok(()) | Err(ManyError::Over(_) | ManyError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Self::look(core, fleets).await
    }

    /// There is nothing any more.
    pub fn forget(folder: &Path) -> io::Result<()> {
        Self::default().write(folder)
    }

    /// Puts down what is about to be asked for.
    pub fn add(&mut self, folder: &Path, work: Work) -> io::Result<()> {
        self.0.push(work);
        self.write(folder)
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        durable::write_private(&folder.join("fleet.json"), &text)
    }

    /// Whether some of them are still made, or nobody has looked.
    pub fn are_making(&self) -> bool {
        self.0.iter().any(|work| work.made().is_none())
    }

    fn making(&self) -> Vec<WorkId> {
        let making = self.0.iter().filter(|work| work.made().is_none());
        making.filter_map(|work| work.id).collect()
    }

    /// Counts the devices of them that are still there and says how many are the fleet's; what somebody else has by now is not.
    pub async fn count(&self, core: &Core, fleets: &Fleets) -> Result<u64, Broken> {
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        let (mut theirs, mut of_others) = (0, 0);
        for (id, devices) in self.0.iter().filter_map(Work::made) {
            let made = core.store.made_count(id, devices).await?;
            theirs += number(made.theirs);
            of_others += number(made.of_others);
        }
        fleets.devices.store(theirs, Ordering::Relaxed);
        fleets.left.store(of_others, Ordering::Relaxed);
        Ok(theirs)
    }

    /// The highest number behind this in the names of what was made and is still there; 0 where there is none.
    pub async fn highest(&self, core: &Core, called: &str) -> Result<u32, Broken> {
        let mut highest = 0;
        for (id, devices) in self.0.iter().filter_map(Work::made) {
            let names = core.store.made_names(id, devices).await?;
            let numbers = names.iter().filter_map(|name| {
                let number = name.strip_prefix(called)?.strip_prefix(' ')?;
                number.parse().ok()
            });
            highest = numbers.fold(highest, u32::max);
        }
        Ok(highest)
    }

    /// The numbers of those that made devices of this kind: gateways or others, of this template or of any.
    pub fn of<'a>(
        &'a self,
        is_gateways: bool,
        template: Option<&'a TemplateId>,
    ) -> impl Iterator<Item = WorkId> + 'a {
        self.kind(is_gateways, template)
            .filter_map(|work| Some(work.made()?.0))
    }

    fn kind<'a>(
        &'a self,
        is_gateways: bool,
        template: Option<&'a TemplateId>,
    ) -> impl Iterator<Item = &'a Work> + 'a {
        self.0.iter().filter(move |work| {
            work.is_gateways == is_gateways && template.is_none_or(|one| *one == work.template)
        })
    }

    /// The devices of this kind that are still there, without those that somebody else has by now.
    pub async fn devices(
        &self,
        core: &Core,
        is_gateways: bool,
        template: Option<&TemplateId>,
    ) -> Result<Vec<Own>, Broken> {
        let mut all = Vec::new();
        for (id, devices) in self.kind(is_gateways, template).filter_map(Work::made) {
            for (id, sealed) in core.store.made_secrets(id, devices).await? {
                let token = core.keys.open_kept(Purpose::AuthToken, &sealed)?;
                let token = token.and_then(|token| AuthToken::new(token.expose()).ok());
                all.extend(token.map(|token| (id, token)));
            }
        }
        Ok(all)
    }
}
