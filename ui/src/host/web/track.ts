// What a camera's track can do beside filming. Published by browsers on phones, and not in TypeScript's library.

import type { Torch, Zoom } from '../host';

interface Abilities extends MediaTrackCapabilities {
	torch?: boolean;
	zoom?: { min: number; max: number; step?: number };
}

interface Settings extends MediaTrackSettings {
	torch?: boolean;
	zoom?: number;
}

interface Wish extends MediaTrackConstraintSet {
	torch?: boolean;
	zoom?: number;
}

function abilities(track: MediaStreamTrack): Abilities {
	return track.getCapabilities?.() ?? {};
}

function apply(track: MediaStreamTrack, wish: Wish): Promise<void> {
	return track.applyConstraints({ advanced: [wish] });
}

/** The camera's lamp; undefined where it has none. */
export function torchOf(track: MediaStreamTrack): Torch | undefined {
	if (!abilities(track).torch) return undefined;
	const settings: Settings = track.getSettings();
	return { on: settings.torch ?? false, set: (on) => apply(track, { torch: on }) };
}

/** The camera's zoom; undefined where it has none. */
export function zoomOf(track: MediaStreamTrack): Zoom | undefined {
	const range = abilities(track).zoom;
	if (!range || range.max <= range.min) return undefined;
	const settings: Settings = track.getSettings();
	return {
		min: range.min,
		max: range.max,
		now: settings.zoom ?? range.min,
		set: (to) => apply(track, { zoom: to })
	};
}
