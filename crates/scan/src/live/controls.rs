//! What a camera can do beside filming.

/// What an open camera can do beside filming, and how that stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Abilities {
    /// How near it can show things; none where it cannot zoom.
    pub zoom: Option<Zoom>,
    /// Whether its lamp is on; none where it has no lamp.
    pub torch: Option<bool>,
}

/// How near a camera can show things, in its own units: the larger the nearer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zoom {
    min: f64,
    max: f64,
    now: f64,
}

impl Zoom {
    /// None where there is nothing to choose, or what a driver tells are no numbers.
    #[must_use]
    pub const fn new(min: f64, max: f64, now: f64) -> Option<Self> {
        if min < max && min.is_finite() && max.is_finite() && now.is_finite() {
            let now = now.clamp(min, max);
            Some(Self { min, max, now })
        } else {
            None
        }
    }

    /// At its widest.
    #[must_use]
    pub fn min(self) -> f64 {
        self.min
    }

    /// At its nearest.
    #[must_use]
    pub fn max(self) -> f64 {
        self.max
    }

    /// As it is.
    #[must_use]
    pub fn now(self) -> f64 {
        self.now
    }

    /// As it is wanted, as far as the camera goes; at its widest where that is no number.
    #[must_use]
    pub fn at(self, wanted: f64) -> Self {
        let now = wanted.max(self.min).min(self.max);
        Self { now, ..self }
    }
}

/// What a camera is asked to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    /// Show things so near, in the camera's units; as far as it goes.
    Zoom(f64),
    /// Turn the lamp on or off.
    Torch(bool),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zoom_is_a_range_with_a_place_in_it() {
        let check = |told: (f64, f64, f64), expected: Option<f64>| {
            let zoom = Zoom::new(told.0, told.1, told.2);
            assert_eq!(zoom.map(Zoom::now), expected, "{told:?}");
        };
        check((100.0, 400.0, 150.0), Some(150.0));
        check((100.0, 400.0, 0.0), Some(100.0));
        check((100.0, 400.0, 500.0), Some(400.0));
        check((1.0, 1.0, 1.0), None);
        check((2.0, 1.0, 1.0), None);
        check((1.0, f64::INFINITY, 1.0), None);
        check((1.0, 2.0, f64::NAN), None);
    }

    #[test]
    fn a_zoom_goes_as_far_as_the_camera() {
        let zoom = Zoom::new(1.0, 4.0, 2.0).expect("a range");
        let check = |wanted, expected| assert_eq!(zoom.at(wanted).now(), expected, "{wanted}");
        check(3.0, 3.0);
        check(0.0, 1.0);
        check(f64::INFINITY, 4.0);
        check(f64::NAN, 1.0);
    }
}
