//! The decoder and the pictures, through the crate's public interface.

mod decoding;
mod drawing;
mod pictures;
mod playing;
mod symbols;
