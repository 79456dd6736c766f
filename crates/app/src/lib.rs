//! The use cases behind the app's commands, against a Host; knows no Tauri.
