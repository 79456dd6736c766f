// The one line that is said while the scan is open.

import type { Hint } from '../host/wire';
import { m } from '../paraglide/messages.js';
import type { Scanner } from './scanner.svelte';

type Seen = Pick<Scanner, 'state' | 'camera' | 'reading' | 'findings' | 'hint'>;

const HELP: Readonly<Record<Hint, () => string>> = {
	hold_still: m.scan_guide_hold,
	closer: m.scan_guide_closer,
	glare: m.scan_guide_glare,
	blurred: m.scan_guide_blurred
};

/** In the dark a picture is blurred and moves for want of light; these are seen all the same. */
const IN_THE_DARK: ReadonlySet<Hint> = new Set(['closer', 'glare']);

export function guidance({ state, camera, reading, findings, hint }: Seen, dark: boolean): string {
	if (state.step === 'claiming') return m.scan_guide_claiming();
	// The sheet that is up says it all.
	if (state.step !== 'looking') return '';
	if (reading) return m.scan_guide_reading();
	if (camera === 'starting') return m.scan_guide_starting();
	if (camera !== 'live') return m.scan_guide_no_camera();
	const { ignored } = state;
	if (findings.codes.length > 0) {
		return findings.codes.every(({ text }) => ignored.has(text)) ? m.scan_guide_next() : m.scan_guide_hold();
	}
	if (hint && (!dark || IN_THE_DARK.has(hint))) return HELP[hint]();
	return dark ? m.scan_guide_dark() : m.scan_guide_look();
}
