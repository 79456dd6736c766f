//! QR images of labels: PNG and SVG.
