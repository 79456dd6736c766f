//! Frames that are drawn.
