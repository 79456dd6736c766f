//! QR codes: from grey pixels to what they say.
//!
//! A look at the picture, at some size and with some threshold, finds finder patterns (`finder`, `ring`). Those of all
//! looks are kept together (`pool`), grouped to triples (`group`), mapped to the code's modules (`locate`, `patterns`,
//! `warp`, `refine`), sampled (`grid`, `equalizer`) and read (`read`, and `symbol` beside this module).

mod algebra;
mod drawn;
mod equalizer;
mod finder;
mod grid;
mod group;
mod hidden;
mod locate;
mod pair;
mod patterns;
mod pool;
mod pyramid;
mod read;
mod refine;
mod ring;
mod search;
mod timing;
mod warp;

pub(crate) use drawn::drawn;
pub(crate) use finder::{Spot, crossings, spots};
pub(crate) use grid::Grid;
pub(crate) use group::{Triple, triples};
pub(crate) use pair::{Pair, pairs};
pub(crate) use pyramid::Pyramid;
pub(crate) use read::{Sight, read_contrast};
pub(crate) use ring::Finder;
pub(crate) use search::Search;
