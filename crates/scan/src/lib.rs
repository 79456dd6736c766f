//! Pixels to text: the QR decoder, still images, cameras.
