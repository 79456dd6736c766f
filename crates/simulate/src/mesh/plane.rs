//! Where the stations of a mesh are, and who hears whom: follows from a seed alone.
//!
//! Each gateway is in the middle of a cell of a plane, and its nodes around it, each within reach of one that was there
//! before, so that there is a way to the gateway for all of them. Cells lie side by side: nodes at their edges hear each other.

use std::collections::BTreeMap;

use handover_device::link::memory::{Air, Weather};
use handover_device::{Dice, Signal};

/// So many nodes there are where one station reaches, on average: enough that one more or less is no matter.
const NEIGHBOURS: f64 = 7.0;
/// So many links to its gateway a node has at the most by those that it was put beside.
const MOST_LINKS: u8 = 5;
/// So many places are looked at for a node. The one farthest from others is taken.
const TRIES: usize = 6;
/// What is loud, and what can just be heard, in dBm,
const LOUD: f64 = -45.0;
const FAINT: f64 = -105.0;
/// and how much of what can just be heard is lost, and of everything else.
const MOST_LOSS: f64 = 0.3;
const LEAST_LOSS: f64 = 0.02;

/// Where a station is, in lengths of what it reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    x: f64,
    y: f64,
}

impl Place {
    fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The square of the plane that it is in, as long as a reach on each side.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a plane has no more squares than stations"
    )]
    fn square(self) -> (i32, i32) {
        (self.x.floor() as i32, self.y.floor() as i32)
    }
}

/// A node with its place, and by how many links it has its gateway.
type Put = (Place, u8);

/// Where all are: the gateways first, and then the nodes of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    places: Vec<Place>,
}

/// Two who hear each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Both, by their numbers.
    pub who: (usize, usize),
    /// How loud.
    pub signal: Signal,
    /// How much is lost between them.
    pub loss: f64,
}

fn number(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::MAX, f64::from)
}

impl Plane {
    /// Gateways with so many nodes each.
    pub fn new(seed: u64, hubs: &[usize]) -> Self {
        let mut dice = Dice::new(seed ^ 0x6d65_7368);
        let most = hubs.iter().copied().max().unwrap_or_default();
        let side = (number(most + 1) * std::f64::consts::PI / NEIGHBOURS)
            .sqrt()
            .max(1.0);
        // As good as square.
        let row = (1..).find(|row| row * row >= hubs.len()).unwrap_or(1);
        let (mut places, mut nodes) = (Vec::new(), Vec::new());
        for (index, count) in hubs.iter().enumerate() {
            let corner = Place {
                x: number(index % row) * side,
                y: number(index / row) * side,
            };
            let middle = Place {
                x: corner.x + side * (0.4 + 0.2 * dice.fraction()),
                y: corner.y + side * (0.4 + 0.2 * dice.fraction()),
            };
            let mut own = vec![(middle, 0)];
            for _ in 0..*count {
                own.push(beside(&mut dice, &own, (corner, side)));
            }
            let mut own = own.into_iter().map(|(place, _)| place);
            places.extend(own.next());
            nodes.extend(own);
        }
        places.extend(nodes);
        Self { places }
    }

    /// Who hears whom.
    pub fn pairs(&self) -> Vec<Pair> {
        let mut squares = BTreeMap::<(i32, i32), Vec<usize>>::new();
        let mut pairs = Vec::new();
        for (who, place) in self.places.iter().enumerate() {
            let (x, y) = place.square();
            let near = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
            let near = near.filter_map(|square| squares.get(&square));
            for &other in near.flatten() {
                let distance = place.distance(self.places[other]);
                pairs.extend((distance <= 1.0).then(|| pair((other, who), distance)));
            }
            squares.entry((x, y)).or_default().push(who);
        }
        pairs
    }

    /// The air between them.
    pub fn air(&self, seed: u64) -> Air {
        let mut air = Air::new(self.places.len(), Weather::default(), seed);
        for Pair { who, signal, loss } in self.pairs() {
            air.connect_losing(who.0, who.1, signal, loss);
        }
        air
    }

    /// Who is beyond a line that has such a share (0 to 1) of all stations on its far side.
    pub fn beyond(&self, share: f64) -> Vec<bool> {
        let mut all: Vec<f64> = self.places.iter().map(|place| place.x).collect();
        all.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of the places is none or more, and no more than there are"
        )]
        let many = (number(all.len()) * share.clamp(0.0, 1.0)).round() as usize;
        let line = many.checked_sub(1).and_then(|last| all.get(last));
        let is_beyond = |place: &Place| line.is_some_and(|line| place.x <= *line);
        self.places.iter().map(is_beyond).collect()
    }
}

/// A place within reach of one that is there, inside of the cell where that can be, and away from the others.
fn beside(dice: &mut Dice, there: &[Put], (corner, side): (Place, f64)) -> Put {
    let mut best: Option<(Put, f64)> = None;
    for _ in 0..TRIES {
        let picked = dice.below(there.len() as u64);
        let (anchor, links) = there[usize::try_from(picked).unwrap_or_default()];
        // One that is as far as may be gives its turn to the gateway, so that there is always a place.
        let (anchor, links) = match links < MOST_LINKS {
            true => (anchor, links),
            false => there[0],
        };
        let (turn, far) = (
            dice.fraction() * std::f64::consts::TAU,
            0.5 + 0.4 * dice.fraction(),
        );
        let place = Place {
            x: anchor.x + far * turn.cos(),
            y: anchor.y + far * turn.sin(),
        };
        let within = |at: f64, from: f64| (from..from + side).contains(&at);
        let is_inside = within(place.x, corner.x) && within(place.y, corner.y);
        let nearest = there.iter().map(|(other, _)| place.distance(*other));
        let nearest = nearest.fold(f64::MAX, f64::min);
        let worth = if is_inside { nearest } else { nearest - 1.0 };
        if best.is_none_or(|(_, before)| worth > before) {
            best = Some(((place, links + 1), worth));
        }
    }
    best.map_or(there[0], |(put, _)| put)
}

fn pair(who: (usize, usize), distance: f64) -> Pair {
    let far = ((distance - 0.5) / 0.5).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "between what is loud and what is faint"
    )]
    let signal = Signal((LOUD + (FAINT - LOUD) * distance) as i8);
    Pair {
        who,
        signal,
        loss: LEAST_LOSS + (MOST_LOSS - LEAST_LOSS) * far * far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many links each is from any gateway, by the shortest way.
    fn links(plane: &Plane, gateways: usize) -> Vec<usize> {
        let count = plane.places.len();
        let mut near = vec![Vec::new(); count];
        for Pair { who, .. } in plane.pairs() {
            near[who.0].push(who.1);
            near[who.1].push(who.0);
        }
        let mut far = vec![usize::MAX; count];
        let mut todo: std::collections::VecDeque<usize> = (0..gateways).collect();
        far[..gateways].fill(0);
        while let Some(who) = todo.pop_front() {
            for &other in &near[who] {
                if far[other] == usize::MAX {
                    far[other] = far[who] + 1;
                    todo.push_back(other);
                }
            }
        }
        far
    }

    #[test]
    fn every_node_has_a_way_and_most_have_a_longer_one() {
        for (seed, hubs) in [
            (1, vec![15, 15]),
            (2, vec![1]),
            (3, vec![100; 3]),
            (4, vec![40, 0, 3]),
            (5, vec![25; 40]),
        ] {
            let plane = Plane::new(seed, &hubs);
            let far = links(&plane, hubs.len());
            let nodes = &far[hubs.len()..];
            let most = nodes.iter().copied().max().unwrap_or_default();
            assert!(most <= usize::from(MOST_LINKS), "{seed}: {most}");
            let farther = nodes.iter().filter(|&&links| links > 1).count();
            assert!(
                farther * 3 > nodes.len() || nodes.len() < 5,
                "{seed}: {farther} of {}",
                nodes.len()
            );
            let heard = number(plane.pairs().len()) * 2.0 / number(far.len());
            assert!(heard < 2.5 * NEIGHBOURS, "{seed}: {heard} hear one");
        }
    }

    #[test]
    fn the_same_seed_is_the_same_plane() {
        let plane = |seed| Plane::new(seed, &[10, 12]);
        assert_eq!(plane(7), plane(7));
        assert_ne!(plane(7), plane(8));
    }

    #[test]
    fn the_farther_the_fainter() {
        let near = pair((0, 1), 0.2);
        let far = pair((0, 1), 1.0);
        assert!(near.signal.0 > far.signal.0 && near.loss < far.loss);
        assert_eq!((far.signal, far.loss), (Signal(-105), MOST_LOSS));
    }

    #[test]
    fn a_line_has_its_share_on_its_far_side() {
        let plane = Plane::new(3, &[40, 40, 40]);
        for (share, least, most) in [(0.0, 0, 0), (0.3, 36, 37), (1.0, 123, 123), (7.0, 123, 123)] {
            let beyond = plane.beyond(share).into_iter().filter(|is| *is).count();
            assert!((least..=most).contains(&beyond), "{share}: {beyond}");
        }
        assert!(plane.beyond(f64::NAN).len() == 123);
    }
}
