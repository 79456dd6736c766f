//! The inner loops over pixels, each with and without the vectors of the machine, and the same result bit by bit.

#![allow(
    unsafe_code,
    reason = "vectors are loaded through pointers, and a machine may lack their instructions"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(test)]
mod tests;

/// The side of the squares whose brightness is measured, in pixels.
pub(crate) const SIDE: usize = 8;

/// Pixels whose bits make a word.
const WORD: usize = 64;

/// The brightness of a square of at most eight by eight pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Square {
    /// Of all pixels.
    pub(crate) sum: u16,
    /// The darkest.
    pub(crate) low: u8,
    /// The lightest.
    pub(crate) high: u8,
}

/// Kernels that are looked up for the machine at each call (which is for a row or more).
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name($($argument: $type),*) {
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the machine has AVX2, as was asked the line before; nothing else is asked of the caller.
                return unsafe { avx2::$name($($argument),*) };
            }
            #[cfg(target_arch = "aarch64")]
            if std::arch::is_aarch64_feature_detected!("neon") {
                // SAFETY: the machine has NEON, as was asked the line before; nothing else is asked of the caller.
                return unsafe { neon::$name($($argument),*) };
            }
            portable::$name($($argument),*);
        }
    )*};
}

kernels! {
    /// The brightness of each square of a strip: whole rows of `width` pixels without padding, at most eight.
    fn squares(strip: &[u8], width: usize, squares: &mut [Square]);

    /// A bit for each pixel, set where it is darker than its limit. There are as many limits as pixels, or more.
    fn darker(pixels: &[u8], limits: &[u8], words: &mut [u64]);

    /// Adds to each column's total what enters in this column and all before it, less what leaves. All three
    /// are of one length; totals may wrap around.
    fn slide(totals: &mut [u32], entering: &[u8], leaving: &[u8]);

    /// A bit for each pixel, set where with `offset` more it is at most as bright as the mean of `areas` pixels, whose
    /// sum is the difference of two totals, `until` less `from`. All four are of one length, and 255 and `offset`
    /// times any area stays below 2^31.
    fn below_means(
        pixels: &[u8],
        offset: u8,
        from: &[u32],
        until: &[u32],
        areas: &[i32],
        words: &mut [u64],
    );
}

/// Means of two by two pixels, rounded to the nearest. What is left over at the right is left out.
pub(crate) use portable::halve;
