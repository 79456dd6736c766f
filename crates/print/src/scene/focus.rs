//! A lens out of focus, and the autofocus that hunts for the label.

use std::f64::consts::TAU;

use super::maths::sin_cos;

/// How sharp a film is. Radii are those of the circle of confusion, in pixels at a picture height of 720.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focus {
    /// In the first frame.
    pub start: f64,
    /// Where the autofocus comes to rest; no lens is below half a pixel.
    pub settled: f64,
    /// Seconds until it is nearly there; meanwhile it swings through the focus and out again.
    pub seconds: f64,
}

impl Focus {
    /// The radius at a time in seconds.
    pub(super) fn radius(&self, seconds: f64) -> f64 {
        let swing = sin_cos(TAU * seconds / (0.8 * self.seconds)).1;
        let left = settling(seconds, self.seconds);
        self.settled + (self.start - self.settled) * left * (0.25 + 0.75 * swing.abs())
    }
}

/// What is left of a beginning at 1 after a time: 0.04 after `duration`, all but nothing later.
pub(super) fn settling(seconds: f64, duration: f64) -> f64 {
    let x = 2.0 * seconds / duration;
    let fall = 1.0 + x * x;
    1.0 / (fall * fall)
}

/// Light of a picture in rows: 0 is none, 1 is as much as the sensor takes.
pub(super) struct Plate {
    pub(super) width: usize,
    pub(super) light: Vec<f32>,
}

impl Plate {
    /// Blurs as a lens does that is out of focus by this radius in pixels: two boxes after each other that
    /// have the disc's variance together, which is r²/4 along each axis.
    pub(super) fn blur(&mut self, radius: f64) {
        if radius < 0.05 || self.light.is_empty() {
            return;
        }
        let reach = Reach::of_variance(radius * radius / 8.0);
        let mut line = vec![0.0; self.width];
        for row in self.light.chunks_exact_mut(self.width) {
            for _ in 0..2 {
                reach.along(row, &mut line);
                row.copy_from_slice(&line);
            }
        }
        for _ in 0..2 {
            self.light = reach.across(&self.light, self.width);
        }
    }
}

/// A box of a width between whole pixels: so many whole pixels to either side, and a part of the next.
struct Reach {
    whole: usize,
    part: f32,
    weight: f32,
}

impl Reach {
    /// The box whose variance this is, in square pixels.
    fn of_variance(variance: f64) -> Self {
        // A box of n pixels to either side has the variance n(n + 1)/3; the next pixels' part makes up for the rest.
        let whole = (((1.0 + 12.0 * variance).sqrt() - 1.0) / 2.0).floor();
        let (count, next) = (2.0 * whole + 1.0, whole + 1.0);
        let squares = whole * next * count / 3.0;
        let part = (variance * count - squares) / (2.0 * (next * next - variance));
        Self {
            whole: whole as usize,
            part: part as f32,
            weight: (1.0 / (count + 2.0 * part)) as f32,
        }
    }

    /// Blurs one row; what is beyond its ends is as at them.
    fn along(&self, row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        let at = |index: isize| row[index.clamp(0, last as isize) as usize];
        let whole = self.whole as isize;
        // Sums start anew for every row, in double precision: single precision would drift along 4000 pixels.
        let mut sum: f64 = (-whole..=whole).map(|index| f64::from(at(index))).sum();
        for (index, out) in out.iter_mut().enumerate() {
            let index = index as isize;
            let (before, after) = (at(index - whole - 1), at(index + whole + 1));
            *out = (sum as f32 + self.part * (before + after)) * self.weight;
            sum += f64::from(after) - f64::from(at(index - whole));
        }
    }

    /// Blurs all columns at once, row by row.
    fn across(&self, light: &[f32], width: usize) -> Vec<f32> {
        let last = light.len() / width - 1;
        let row = |index: isize| {
            let start = index.clamp(0, last as isize) as usize * width;
            &light[start..start + width]
        };
        let whole = self.whole as isize;
        let mut sums = vec![0.0_f64; width];
        for index in -whole..=whole {
            for (sum, &value) in sums.iter_mut().zip(row(index)) {
                *sum += f64::from(value);
            }
        }
        let mut out = Vec::with_capacity(light.len());
        for index in 0..=last as isize {
            let (before, after) = (row(index - whole - 1), row(index + whole + 1));
            let leaving = row(index - whole);
            for column in 0..width {
                let edge = self.part * (before[column] + after[column]);
                out.push((sums[column] as f32 + edge) * self.weight);
                sums[column] += f64::from(after[column]) - f64::from(leaving[column]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variance of a point's light along one axis after a blur.
    fn variance(radius: f64) -> f64 {
        let (width, height) = (101, 41);
        let mut light = vec![0.0; width * height];
        light[20 * width + 50] = 1.0;
        let mut plate = Plate { width, light };
        plate.blur(radius);
        let sum: f32 = plate.light.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum} of the light is left");
        let spread = plate.light.iter().enumerate().map(|(index, &light)| {
            let x = (index % width) as f64 - 50.0;
            x * x * f64::from(light)
        });
        spread.sum()
    }

    #[test]
    fn a_blur_keeps_the_light_and_has_the_discs_variance() {
        for radius in [0.5, 1.0, 2.5, 6.0] {
            let (found, expected) = (variance(radius), radius * radius / 4.0);
            assert!(
                (found / expected - 1.0).abs() < 0.01,
                "{radius}: {found} instead of {expected}"
            );
        }
    }

    #[test]
    fn focus_is_found() {
        let focus = Focus {
            start: 6.0,
            settled: 0.6,
            seconds: 0.5,
        };
        assert!((focus.radius(0.0) - 6.0).abs() < 1e-9);
        assert!(focus.radius(1.5) < 0.7);
    }
}
