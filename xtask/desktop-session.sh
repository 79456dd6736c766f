#!/usr/bin/env bash
# A desktop session for the app's journeys: a display, and a keyring that is unlocked, on the bus that
# dbus-run-session has started. Nothing in it outlives it, and it touches nobody's home.
#
#   dbus-run-session -- bash xtask/desktop-session.sh COMMAND...
set -euo pipefail

# Cargo and rustup find themselves through HOME, which is about to change.
export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"
export RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}"

folder="$(mktemp --directory)"
export HOME="$folder/home" XDG_RUNTIME_DIR="$folder/run"
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME WAYLAND_DISPLAY
mkdir --mode=700 "$HOME" "$XDG_RUNTIME_DIR"

# Xvfb picks a free display by itself and writes its number.
exec {numbers}< <(exec Xvfb -displayfd 1 -screen 0 1280x900x24 -nolisten tcp 2>"$folder/xvfb.log")
xvfb=$!
trap 'kill "$xvfb" 2>/dev/null || true; rm -rf "$folder"' EXIT
if ! read -r -u "$numbers" number; then
  echo "Xvfb did not start:" >&2
  cat "$folder/xvfb.log" >&2
  exit 1
fi
export DISPLAY=":$number"

# The web view draws in software here; DMA buffers need a graphics card.
export WEBKIT_DISABLE_DMABUF_RENDERER=1

printf 'a password for this session' | gnome-keyring-daemon --unlock --components=secrets >/dev/null

"$@"
