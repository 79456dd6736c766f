import { describe, expect, it } from 'vitest';

import type { ClaimObstacle, WhyLabel } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { reasonOf } from './why';

const label = (once: boolean) => ({ once, label: 'Spring 7', orgName: 'Maker' }) as WhyLabel;

describe('what support does about a label', () => {
	it.each<[ClaimObstacle, () => string, () => string]>([
		['old_label', m.why_old_label_next, m.why_once_label_next],
		['had_owner', m.why_had_owner_next, m.why_once_label_next],
		['needs_code', m.why_needs_code_next, m.why_once_needs_code_next],
		['wrong_code', m.why_wrong_code_next, m.why_once_wrong_code_next],
		['claimed', m.why_claimed_next, m.why_claimed_next]
	])('%s, where secrets are kept and where they are shown once', (obstacle, kept, once) => {
		expect(reasonOf(obstacle, label(false)).next).toBe(kept());
		expect(reasonOf(obstacle, label(true)).next).toBe(once());
	});

	it('a revoked label says why, where somebody said it', () => {
		expect(reasonOf('revoked', { ...label(false), revokeReason: 'Misprinted' }).said).toBe('Misprinted');
		expect(reasonOf('revoked', label(false)).said).toBeUndefined();
	});
});
