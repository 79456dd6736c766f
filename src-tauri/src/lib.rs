//! The app host.
