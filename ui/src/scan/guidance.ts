// The one line that is said while the scan is open.

import { m } from '../paraglide/messages.js';
import type { Scanner } from './scanner.svelte';

type Seen = Pick<Scanner, 'state' | 'camera' | 'reading' | 'findings'>;

export function guidance({ state, camera, reading, findings }: Seen, dark: boolean): string {
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
	return dark ? m.scan_guide_dark() : m.scan_guide_look();
}
