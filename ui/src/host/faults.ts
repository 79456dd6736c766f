// What goes wrong on demand, in a cloud that was started for tests. All reject with a HostError.

import type { Host } from './host';
import type { Faults, FaultsNow } from './wire';

export const faultsNow = (host: Host) => host.organization<FaultsNow>('GET', 'faults');
/** This goes wrong from now on, and nothing else. */
export const switchFaults = (host: Host, body: Faults) => host.organization<FaultsNow>('PUT', 'faults', body);
/** Saves what has gone wrong, to be played again. */
export const saveRecording = (host: Host) => host.download('faults/recorded', 'handover-faults.json');
