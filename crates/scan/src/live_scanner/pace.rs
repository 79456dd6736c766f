//! Which frames are looked at.

/// Every frame is, until nothing has looked like a code for some time. Then the camera shows a wall, a table or a floor, and
/// every second frame will do: a label that comes into view is seen a thirtieth of a second later. In a texture, which holds
/// the quick look up, it is every third.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Frames since one gave hope.
    vain: u32,
    /// Frames that are left out before the next one is looked at.
    left_out: u32,
    /// What the quick look takes, in times that the frame's smaller copies take, which no scene makes longer: a running
    /// mean.
    texture: f64,
}

/// So many frames are looked at in vain before one is left out: a label in view from the beginning is read by then, or is
/// a candidate.
const WAKEFUL: u32 = 8;

/// Where the quick look takes more than this beside the smaller copies, the scene is a texture.
const TEXTURE: f64 = 6.0;

impl Pace {
    /// Whether the next frame is left out.
    pub(super) fn leaves_out(&mut self) -> bool {
        let is_left_out = self.left_out > 0;
        self.left_out = self.left_out.saturating_sub(1);
        is_left_out
    }

    /// Learns what the quick look took, and what of it the smaller copies did.
    pub(super) fn quick_look_took(&mut self, ms: f64, copies: f64) {
        if copies > 0.0 {
            self.texture += (ms / copies - self.texture) / 4.0;
        }
    }

    /// A frame was looked at. There is hope where something is a code, looks like one, or may be one once it is sharp.
    pub(super) fn looked(&mut self, is_hopeful: bool) {
        self.vain = if is_hopeful { 0 } else { self.vain + 1 };
        if self.vain >= WAKEFUL {
            self.vain = WAKEFUL;
            self.left_out = 1 + u32::from(self.texture > TEXTURE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of some frames are looked at, by what the quick look takes and in how many of them there is hope.
    fn looked_at(texture: f64, hopeful: usize) -> String {
        let mut pace = Pace::default();
        let mut frame = |number| {
            if pace.leaves_out() {
                return '.';
            }
            pace.quick_look_took(texture, 1.0);
            pace.looked(number < hopeful);
            'x'
        };
        (0..18).map(&mut frame).collect()
    }

    #[test]
    fn frames_are_left_out_where_there_is_no_hope() {
        let check = |texture, hopeful, expected: &str| {
            assert_eq!(looked_at(texture, hopeful), expected, "{texture} {hopeful}");
        };
        check(2.0, 0, "xxxxxxxx.x.x.x.x.x");
        check(20.0, 0, "xxxxxxxx..x..x..x.");
        check(20.0, 4, "xxxxxxxxxxxx..x..x");
        check(2.0, 18, "xxxxxxxxxxxxxxxxxx");
    }

    #[test]
    fn hope_ends_the_rest() {
        let mut pace = Pace::default();
        (0..WAKEFUL).for_each(|_| pace.looked(false));
        assert!(pace.leaves_out());
        assert!(!pace.leaves_out());
        pace.looked(true);
        assert!(!pace.leaves_out());
    }
}
