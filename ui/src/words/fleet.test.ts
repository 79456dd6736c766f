import { expect, it } from 'vitest';

import type { FleetNow } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { refusedWhy } from './fleet';

const fleet = (refused: number, failures: string[]) =>
	({ refused, wanted: { failures } }) as unknown as FleetNow;

it('says why values of wrong clocks are refused, where there are such', () => {
	expect(refusedWhy(fleet(3, ['power-cut=2/h:30s', 'clock-wrong=1/h:5s']))).toBe(m.fleet_refused_clock());
	expect(refusedWhy(fleet(0, ['clock-wrong=1/h:5s']))).toBeNull();
	expect(refusedWhy(fleet(3, ['flood=2/h:30s']))).toBeNull();
	expect(refusedWhy({ refused: 3, wanted: null } as FleetNow)).toBeNull();
});
