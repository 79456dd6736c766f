//! Who hears whom.

use std::collections::VecDeque;

use handover_device::{Dice, Signal};

pub struct Map {
    pub stations: usize,
    pub edges: Vec<(usize, usize, Signal)>,
}

impl Map {
    /// Each hears the one before and the one behind.
    pub fn line(stations: usize) -> Self {
        let edges = (1..stations).map(|at| (at - 1, at, Signal(-90))).collect();
        Self { stations, edges }
    }

    /// On a field of so many by so many, each somewhat off its place, hearing those near: the farther, the fainter.
    pub fn field(side: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let place = |at: usize, dice: &mut Dice| {
            let mut shifted = |place: usize| place as f64 + 0.3 * (dice.fraction() - 0.5);
            (shifted(at % side), shifted(at / side))
        };
        let places: Vec<_> = (0..side * side).map(|at| place(at, &mut dice)).collect();
        let mut edges = Vec::new();
        for (at, one) in places.iter().enumerate() {
            for (before, other) in places[..at].iter().enumerate() {
                let distance = (one.0 - other.0).hypot(one.1 - other.1);
                if distance < 1.7 {
                    edges.push((before, at, Signal((-50.0 - 40.0 * distance) as i8)));
                }
            }
        }
        Self {
            stations: side * side,
            edges,
        }
    }

    /// A random tree, and so many edges more: always connected.
    pub fn random(stations: usize, more: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut edges = Vec::new();
        let signal = |dice: &mut Dice| Signal(-40 - dice.below(80) as i8);
        for at in 1..stations {
            let other = dice.below(at as u64) as usize;
            edges.push((other, at, signal(&mut dice)));
        }
        for _ in 0..more {
            let one = dice.below(stations as u64) as usize;
            let other = dice.below(stations as u64) as usize;
            let is_new = !edges
                .iter()
                .any(|edge| (edge.0, edge.1) == (one, other) || (edge.0, edge.1) == (other, one));
            if one != other && is_new {
                edges.push((one, other, signal(&mut dice)));
            }
        }
        Self { stations, edges }
    }

    /// Relays between the station and the one that is farthest from it.
    pub fn hops_from(&self, station: usize) -> u8 {
        let mut distance = vec![None; self.stations];
        distance[station] = Some(0_u8);
        let mut next = VecDeque::from([station]);
        while let Some(at) = next.pop_front() {
            for (one, other, _) in &self.edges {
                let neighbour = match at {
                    at if at == *one => *other,
                    at if at == *other => *one,
                    _ => continue,
                };
                if distance[neighbour].is_none() {
                    distance[neighbour] = distance[at].map(|distance| distance + 1);
                    next.push_back(neighbour);
                }
            }
        }
        let farthest = distance.into_iter().flatten().max().unwrap_or(0);
        farthest.saturating_sub(1)
    }
}
