//! What a node of a mesh said, as its gateway heard it: once, however often it is told, and by whichever gateway.

use handover_wire::{MeshHop, MeshRefusal};

use super::{Job, Sheet, Unsaid, Via, Which};
use crate::clock::Time;
use crate::domain::{Taken, Value, Way, counts_under, point_time};
use crate::service::Core;
use crate::store::{MeshStanding, StoreError, Write};

/// A node's message.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardMessage {
    /// Under which derivation it was heard.
    pub derivation: i64,
    /// The life of the node that sent it.
    pub life: u32,
    /// Its number within that.
    pub sequence: i64,
    /// The relays that say to have carried it.
    pub path: Vec<MeshHop>,
    /// How loud the gateway heard the last of them, or the node.
    pub signal: i8,
    /// When, in milliseconds since the epoch, as the gateway says.
    pub heard_at: i64,
    /// What datastreams hold.
    pub values: Vec<(Which, Vec<String>)>,
    /// What happened.
    pub events: Vec<(String, Option<String>)>,
}

/// What one change finds out about a node's messages.
pub(super) struct Hearing {
    standing: MeshStanding,
    /// Lives that were heard.
    heard: Vec<u32>,
    /// Lives that are forgotten.
    forgotten: Vec<u32>,
    way: Option<(handover_wire::DeviceId, Way)>,
}

impl Sheet {
    /// A node's message. It counts once, and what of it the template does not take is left out.
    pub(super) async fn take_heard(
        &mut self,
        core: &Core,
        write: &mut Write,
        (job, message): (&Job, &HeardMessage),
        now: Time,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        let Via::Gateway(gateway) = job.via else {
            return Ok(Err(Unsaid::NotItsGateway));
        };
        if self.hearing.is_none() {
            let standing = write.mesh_standing(self.device).await?;
            self.hearing = standing.map(|standing| Hearing {
                standing,
                heard: Vec::new(),
                forgotten: Vec::new(),
                way: None,
            });
        }
        let Some(hearing) = &mut self.hearing else {
            return Ok(Err(Unsaid::NotItsGateway));
        };
        if let Err(unsaid) = hearing.count(message) {
            return Ok(Err(unsaid));
        }
        // A clock that is wrong says nothing, and what it heard counts as heard now.
        let at = point_time(message.heard_at, now).unwrap_or(now);
        hearing.way = Some((
            gateway,
            Way {
                node: self.device,
                path: message.path.clone(),
                signal: message.signal,
                heard_at: at,
            },
        ));
        let mut unsaid = Vec::new();
        // What was said before the present owner had it is not theirs to see.
        if at.0 >= self.told.tenure {
            for (which, written) in &message.values {
                if let Err(why) = self.heard_value(which, written, at, now) {
                    unsaid.push((which.to_string(), why));
                }
            }
            for (code, description) in &message.events {
                let heard = self.event(write, code, description.as_deref(), at).await?;
                if let Err(why) = heard {
                    unsaid.push((code.clone(), why));
                }
            }
        }
        self.is_there(core, write, job.via, (at, now)).await?;
        self.said_something = true;
        Ok(match unsaid.is_empty() {
            true => Ok(()),
            false => Err(Unsaid::InPart(unsaid)),
        })
    }

    fn heard_value(
        &mut self,
        which: &Which,
        written: &[String],
        at: Time,
        now: Time,
    ) -> Result<(), Unsaid> {
        let one = self.datastream(which)?;
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        let value = Value::read(&one.data_type, &written).map_err(|_| Unsaid::WrongValue)?;
        let (pin, number) = (one.pin, value.plotted(&one.data_type));
        self.hold(pin, number, value, at, now);
        Ok(())
    }
}

impl Hearing {
    /// Whether the message counts, which it does once.
    fn count(&mut self, message: &HeardMessage) -> Result<(), Unsaid> {
        let standing = &mut self.standing;
        let (first, present) = (standing.first_derivation, standing.derivation);
        counts_under(message.derivation, first, present).map_err(Unsaid::Refused)?;
        let lives = &mut standing.lives;
        let (taken, dropped) = lives.take(message.life, message.derivation, message.sequence);
        self.forgotten.extend(dropped);
        match taken {
            Taken::Known => Err(Unsaid::Known),
            Taken::TooOld => Err(Unsaid::Refused(MeshRefusal::TooOld)),
            Taken::New => {
                if !self.heard.contains(&message.life) {
                    self.heard.push(message.life);
                }
                Ok(())
            }
        }
    }

    /// Writes down what was found out.
    pub(super) async fn close(
        self,
        write: &mut Write,
        node: handover_wire::DeviceId,
    ) -> Result<(), StoreError> {
        let lives = &self.standing.lives;
        for life in self.forgotten {
            write.forget_life(node, life, lives.forgotten).await?;
        }
        for life in lives
            .all
            .iter()
            .filter(|one| self.heard.contains(&one.life))
        {
            write.keep_life(node, life).await?;
        }
        if let Some((gateway, way)) = self.way {
            write.set_way(gateway, &way).await?;
        }
        Ok(())
    }
}
