// The calls about one's own account, and about the cloud as a whole, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { ChangePassword, CloudSettings, EditProfile, SessionInfo, User, WaitingMail } from './wire';

export const editProfile = (host: Host, body: EditProfile) =>
	host.organization<User>('PUT', 'user/profile', body);
export const changePassword = (host: Host, body: ChangePassword) =>
	host.organization<void>('PUT', 'user/password', body);

export const sessions = (host: Host) => host.organization<SessionInfo[]>('GET', 'sessions');
export const endSession = (host: Host, id: number) =>
	host.organization<void>('DELETE', `sessions?sessionId=${id}`);
/** All but the one that asks. */
export const endOtherSessions = (host: Host) => host.organization<void>('DELETE', 'sessions');

export const cloudSettings = (host: Host) => host.organization<CloudSettings>('GET', 'settings');
export const changeCloudSettings = (host: Host, body: CloudSettings) =>
	host.organization<void>('PUT', 'settings', body);
/** The mails that the cloud's mail server has not taken. */
export const waitingMail = (host: Host) => host.organization<WaitingMail>('GET', 'mail/waiting');
