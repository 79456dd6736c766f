//! From light to pixels: noise, the limits of a sensor, gamma, and the sharpening that cameras add.

use image::GrayImage;

use super::focus::Plate;
use super::random::Random;

/// What the sensor's amplifier adds, in electrons (standard deviation): that of phones' sensors is 2 to 4.
const READ_NOISE: f64 = 3.0;

/// A sensor at some gain.
pub(super) struct Sensor {
    /// Electrons of a pixel that is just full.
    pub(super) electrons: f64,
    /// How much of the difference from its surroundings a pixel is moved further away from them.
    pub(super) sharpening: f64,
}

impl Sensor {
    /// Reads the light as a picture.
    pub(super) fn read(
        &self,
        mut plate: Plate,
        size: (u32, u32),
        random: &mut Random,
    ) -> GrayImage {
        self.develop(&mut plate.light, random);
        if self.sharpening > 0.0 {
            self.sharpen(&mut plate);
        }
        let pixels = plate.light.iter().map(|&value| (value * 255.0 + 0.5) as u8);
        GrayImage::from_raw(size.0, size.1, pixels.collect())
            .expect("a plate has a value per pixel")
    }

    /// Shot noise has the variance of the electrons themselves; the reading adds its own.
    fn develop(&self, light: &mut [f32], random: &mut Random) {
        let shot = (1.0 / self.electrons) as f32;
        let read = (READ_NOISE / self.electrons) as f32;
        for value in light {
            let full = value.max(0.0);
            let deviation = (full * shot + read * read).sqrt();
            *value = gamma((full + deviation * random.normal() as f32).clamp(0.0, 1.0));
        }
    }

    /// Unsharp masking: bright and dark lines along the edges.
    fn sharpen(&self, plate: &mut Plate) {
        let sharp = plate.light.clone();
        plate.blur(1.5);
        let amount = self.sharpening as f32;
        for (value, sharp) in plate.light.iter_mut().zip(sharp) {
            *value = (sharp + amount * (sharp - *value)).clamp(0.0, 1.0);
        }
    }
}

/// Encodes light as displays expect it: the power of 7/16, near the usual 1/2.2, which square roots alone make.
fn gamma(light: f32) -> f32 {
    let fourth = light.sqrt().sqrt();
    let eighth = fourth.sqrt();
    fourth * eighth * eighth.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(electrons: f64, light: f32) -> f64 {
        let sensor = Sensor {
            electrons,
            sharpening: 0.0,
        };
        let plate = Plate {
            width: 100,
            light: vec![light; 10_000],
        };
        let picture = sensor.read(plate, (100, 100), &mut Random::new(1));
        let mean = picture.iter().map(|&p| f64::from(p)).sum::<f64>() / 10_000.0;
        let squares = picture.iter().map(|&p| (f64::from(p) - mean).powi(2));
        (squares.sum::<f64>() / 10_000.0).sqrt()
    }

    #[test]
    fn noise_grows_with_the_gain() {
        let deviations = [20_000.0, 2_000.0, 200.0, 50.0].map(|electrons| spread(electrons, 0.3));
        assert!(deviations.is_sorted(), "{deviations:?}");
        assert!(deviations[3] > 6.0 * deviations[0], "{deviations:?}");
    }
}
