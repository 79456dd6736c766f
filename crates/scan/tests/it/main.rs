//! The decoder and the pictures, through the crate's public interface.

mod decoding;
mod drawing;
mod hidden;
mod hostile;
mod micro_qr;
mod parts;
mod pictures;
mod playing;
mod symbols;
