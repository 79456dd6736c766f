// Made from the Rust types by `cargo xtask codegen`. Changes here are lost, and a test finds them.

export type DeviceId = number;

export type MailId = number;

export type OrgId = number;

export type UserId = number;

export type TemplateId = string;

export type Secret = string;

export type Role = 1 | 2 | 3;

export type UserStatus = "Pending" | "Active" | "Inactive" | "Suspended";

export type Organization = { 
/**
 * Its number.
 */
id: OrgId, 
/**
 * 3 to 100 characters.
 */
name: string, 
/**
 * Free text.
 */
description: string | null, 
/**
 * The organization above it; none for the maker's own.
 */
parentOrganizationId: OrgId | null, 
/**
 * False once it was closed.
 */
isActive: boolean, 
/**
 * IANA time zone.
 */
tz: string, 
/**
 * Units to show values in; none where nobody has chosen.
 */
unitSystem: string | null, 
/**
 * To reach its people by.
 */
phoneNumber: string | null, 
/**
 * When it last changed, in milliseconds since the epoch.
 */
lastModifiedTs: number, };

export type User = { 
/**
 * Their number.
 */
id: UserId, 
/**
 * The address they sign in with.
 */
email: string, 
/**
 * What to call them.
 */
name: string, 
/**
 * What they may do.
 */
roleId: Role, 
/**
 * The organization they belong to.
 */
orgId: OrgId, 
/**
 * Whether they can sign in.
 */
status: UserStatus, 
/**
 * BCP 47 language tag.
 */
locale: string, };

export type Permission = "see_below" | "create_devices" | "delete_devices" | "show_secrets" | "claim_for_others" | "manage_tokens" | "view_people" | "invite_people" | "manage_people" | "manage_organizations" | "manage_machines" | "manage_cloud";

export type Profile = { 
/**
 * The person.
 */
user: User, 
/**
 * Where they belong.
 */
organization: Organization, 
/**
 * What their role lets them do.
 */
permissions: Array<Permission>, };

export type OrganizationSummary = { 
/**
 * The name of the one above it.
 */
parentName: string | null, 
/**
 * Organizations right below it.
 */
organizations: number, 
/**
 * People who belong to it, invited ones too.
 */
people: number, 
/**
 * Devices in it.
 */
devices: number, 
/**
 * Its number.
 */
id: OrgId, 
/**
 * 3 to 100 characters.
 */
name: string, 
/**
 * Free text.
 */
description: string | null, 
/**
 * The organization above it; none for the maker's own.
 */
parentOrganizationId: OrgId | null, 
/**
 * False once it was closed.
 */
isActive: boolean, 
/**
 * IANA time zone.
 */
tz: string, 
/**
 * Units to show values in; none where nobody has chosen.
 */
unitSystem: string | null, 
/**
 * To reach its people by.
 */
phoneNumber: string | null, 
/**
 * When it last changed, in milliseconds since the epoch.
 */
lastModifiedTs: number, };

export type CreateOrganization = { 
/**
 * 3 to 100 characters.
 */
name: string, 
/**
 * Free text, 1,000 characters at most.
 */
description?: string, 
/**
 * The organization to put it below; the caller's own where absent (ours).
 */
parentOrganizationId?: OrgId, 
/**
 * Published as required; every organization is of one type here, so any text will do.
 */
type?: string, 
/**
 * IANA time zone; that of the organization above where absent.
 */
tz?: string, };

export type RenameOrganization = { 
/**
 * Which; the caller's own where absent.
 */
orgId?: OrgId, 
/**
 * 3 to 100 characters.
 */
name: string, };

export type InviteUser = { 
/**
 * Where the invitation goes; it works for this address alone.
 */
email: string, 
/**
 * What to call them, 1 to 100 characters; they can change it on accepting.
 */
name: string, 
/**
 * What they may do; no more than who invites.
 */
roleId: Role, 
/**
 * Where they are to belong; the caller's own organization where absent.
 */
orgId?: OrgId, 
/**
 * BCP 47: the language of the mail, that of who invites where absent.
 */
locale?: string, };

export type ChangeRole = { 
/**
 * Who.
 */
userId: UserId, 
/**
 * What they may do; no more than the caller.
 */
roleId: Role, };

export type EditProfile = { 
/**
 * 1 to 100 characters; as it was where absent.
 */
name?: string, 
/**
 * BCP 47; as it was where absent.
 */
locale?: string, };

export type ChangePassword = { 
/**
 * The one so far.
 */
current: Secret, 
/**
 * The new one, 10 to 1,000 characters.
 */
password: Secret, };

export type LinkPurpose = "invitation" | "sign_up" | "password_reset";

export type LinkInfo = { 
/**
 * What it is for.
 */
purpose: LinkPurpose, 
/**
 * The address it was mailed to.
 */
email: string, 
/**
 * What the person is called so far; empty where that is not known.
 */
name: string, 
/**
 * The organization to join; none for the other purposes.
 */
organization: string | null, 
/**
 * Until when it works, in milliseconds since the epoch.
 */
expiresAt: number, };

export type LinkSecret = { 
/**
 * From the link.
 */
code: Secret, };

export type FollowLink = { 
/**
 * From the link.
 */
code: Secret, 
/**
 * 10 to 1,000 characters.
 */
password: Secret, 
/**
 * What to call them; not needed to choose another password.
 */
name?: string, 
/**
 * For a sign-up: what to call the organization of their own; made from their name where absent.
 */
organization?: string, 
/**
 * BCP 47: their language from now on.
 */
locale?: string, };

export type SessionInfo = { 
/**
 * Its number.
 */
id: number, 
/**
 * What the program called itself on signing in; none where it said nothing.
 */
program: string | null, 
/**
 * Whether it is a browser's (with a cookie) or an app's.
 */
browser: boolean, 
/**
 * When it began, in milliseconds since the epoch.
 */
createdAt: number, 
/**
 * When it was last renewed, in milliseconds since the epoch.
 */
lastUsedAt: number, 
/**
 * Whether it is the one that asks.
 */
current: boolean, };

export type CloudSettings = { 
/**
 * Whether strangers may sign up; each gets an organization below "Clients".
 */
signUp: boolean, };

export type DeviceState = "never_connected" | "online" | "offline";

export type LifecycleStatus = { 
/**
 * `Never connected`, `Online` or `Offline`.
 */
name: string, 
/**
 * A name of an icon.
 */
icon: string, 
/**
 * `#rrggbb`.
 */
color: string, };

export type HardwareInfo = { 
/**
 * Firmware version.
 */
version: string | null, 
/**
 * Kind of firmware.
 */
fwType: string | null, 
/**
 * Version of the device library.
 */
blynkVersion: string | null, 
/**
 * The board.
 */
boardType: string | null, 
/**
 * Build date.
 */
build: string | null, 
/**
 * The template that the firmware was built for.
 */
templateId: string | null, };

export type Device = { 
/**
 * Its number.
 */
id: DeviceId, 
/**
 * The template's public id.
 */
templateId: TemplateId, 
/**
 * What kind of device it is, in the template's words (ours).
 */
templateName: string, 
/**
 * The organization it is in.
 */
orgId: OrgId, 
/**
 * That organization's name (ours), so that staff see for whom they act.
 */
orgName: string, 
/**
 * At most 50 characters: letters, digits, space, `'`, `_`, `-`.
 */
name: string, 
/**
 * The auth token; absent for role User and wherever it is not needed.
 */
token?: Secret, 
/**
 * The published status, for display.
 */
lifecycleStatus: LifecycleStatus, 
/**
 * Whether it is connected (ours): one closed value instead of four times to compare.
 */
state: DeviceState, 
/**
 * When it was claimed or created, in milliseconds since the epoch.
 */
activatedAt: number | null, 
/**
 * When it first connected.
 */
firstConnectTime: number | null, 
/**
 * When it last connected.
 */
connectTime: number | null, 
/**
 * When it last went away.
 */
disconnectTime: number | null, 
/**
 * Who claimed it.
 */
ownerUserId: UserId | null, 
/**
 * What it said about itself at its last connect.
 */
hardwareInfo: HardwareInfo | null, 
/**
 * The address it last connected from; none before.
 */
ip: string | null, 
/**
 * Whether it is locked against changes.
 */
isLocked: boolean, 
/**
 * When it last sent an event, in milliseconds since the epoch.
 */
lastReceivedEventAt: number | null, };

export type Page<T> = { 
/**
 * The rows of this page.
 */
content: Array<T>, 
/**
 * How many rows there are in all.
 */
totalElements: number, };

export type ClaimOutcome = "claimed" | "already_yours";

export type ClaimAnswer = { 
/**
 * What happened.
 */
outcome: ClaimOutcome, 
/**
 * Its number.
 */
id: DeviceId, 
/**
 * The template's public id.
 */
templateId: TemplateId, 
/**
 * What kind of device it is, in the template's words (ours).
 */
templateName: string, 
/**
 * The organization it is in.
 */
orgId: OrgId, 
/**
 * That organization's name (ours), so that staff see for whom they act.
 */
orgName: string, 
/**
 * At most 50 characters: letters, digits, space, `'`, `_`, `-`.
 */
name: string, 
/**
 * The auth token; absent for role User and wherever it is not needed.
 */
token?: Secret, 
/**
 * The published status, for display.
 */
lifecycleStatus: LifecycleStatus, 
/**
 * Whether it is connected (ours): one closed value instead of four times to compare.
 */
state: DeviceState, 
/**
 * When it was claimed or created, in milliseconds since the epoch.
 */
activatedAt: number | null, 
/**
 * When it first connected.
 */
firstConnectTime: number | null, 
/**
 * When it last connected.
 */
connectTime: number | null, 
/**
 * When it last went away.
 */
disconnectTime: number | null, 
/**
 * Who claimed it.
 */
ownerUserId: UserId | null, 
/**
 * What it said about itself at its last connect.
 */
hardwareInfo: HardwareInfo | null, 
/**
 * The address it last connected from; none before.
 */
ip: string | null, 
/**
 * Whether it is locked against changes.
 */
isLocked: boolean, 
/**
 * When it last sent an event, in milliseconds since the epoch.
 */
lastReceivedEventAt: number | null, };

export type DemoLabel = { 
/**
 * What the label's code says.
 */
text: Secret, 
/**
 * The label as an SVG image.
 */
svg: string, };

export type SignIn = { 
/**
 * The address.
 */
email: string, 
/**
 * The password.
 */
password: Secret, };

export type ConsoleSession = { 
/**
 * Kept in memory, sent as `Authorization: Bearer`.
 */
accessToken: Secret, 
/**
 * Seconds until it ends.
 */
expiresIn: number, 
/**
 * Who is signed in.
 */
profile: Profile, };

export type ConsoleInfo = { 
/**
 * Always `handover`.
 */
name: string, 
/**
 * The program's version.
 */
version: string, 
/**
 * Whether it was started with `--demo`.
 */
demo: boolean, 
/**
 * The demo's sign-ins, so that one click can try them; empty without `--demo`.
 */
demoUsers: Array<SignIn>, 
/**
 * Whether mails are kept for the mailbox page, since there is no mail server.
 */
mailbox: boolean, 
/**
 * Whether the administrator has not been set up yet.
 */
needsSetup: boolean, 
/**
 * Whether strangers may sign up.
 */
signUp: boolean, };

export type SetupRequest = { 
/**
 * From the link.
 */
code: Secret, 
/**
 * The maker's organization, 3 to 100 characters.
 */
organization: string, 
/**
 * The administrator's address.
 */
email: string, 
/**
 * What to call them.
 */
name: string, 
/**
 * At least 10 characters.
 */
password: Secret, };

export type ErrorBody = { 
/**
 * For logs and foreign clients; the UI translates the code instead.
 */
message: string, 
/**
 * The closed code.
 */
code: ErrorCode, 
/**
 * Facts that the sentence needs, such as `field` or `retryAfter`.
 */
attributes?: { [key in string]: string }, };

export type MailSummary = { 
/**
 * Its number.
 */
id: MailId, 
/**
 * The address that it is for.
 */
to: string, 
/**
 * One line.
 */
subject: string, 
/**
 * When it was written, in milliseconds since the epoch.
 */
at: number, 
/**
 * BCP 47 language tag.
 */
language: string, };

export type KeptMail = { 
/**
 * The text part.
 */
text: Secret, 
/**
 * The HTML part, a whole document.
 */
html: Secret, 
/**
 * The links in it.
 */
links: Array<Secret>, 
/**
 * Its number.
 */
id: MailId, 
/**
 * The address that it is for.
 */
to: string, 
/**
 * One line.
 */
subject: string, 
/**
 * When it was written, in milliseconds since the epoch.
 */
at: number, 
/**
 * BCP 47 language tag.
 */
language: string, };

export type Reading = { 
/**
 * Which format.
 */
format: Format, 
/**
 * Whether its checks passed; null where nothing can be checked.
 */
valid: boolean | null, 
/**
 * What is wrong with it, as a sentence; there exactly when `valid` is false.
 */
why?: string, 
/**
 * Whether a claim can be made with it.
 */
claimable: boolean, 
/**
 * What it says about the device. Secrets are masked.
 */
identity: { [key in string]: string }, 
/**
 * Why the text is taken for this, as an English sentence.
 */
reason: string, 
/**
 * What to do next.
 */
advice: Advice, };

export type CameraKind = "native" | "stream" | "scanner" | "none";

export type SecretsKept = "keyring" | "cookie" | "this_run";

export type Capabilities = { 
/**
 * Where pictures come from.
 */
camera: CameraKind, 
/**
 * Whether the cloud is bundled.
 */
bundledCloud: boolean, 
/**
 * Where the session's secrets are kept.
 */
secrets: SecretsKept, 
/**
 * Whether another server's address can be typed; the console belongs to its own.
 */
chooseServer: boolean, 
/**
 * The program's version.
 */
version: string, };

export type Session = { 
/**
 * The cloud's address.
 */
server: string, 
/**
 * Whether it is the bundled one.
 */
bundled: boolean, 
/**
 * Whether that cloud runs with demo data, and so has labels to try.
 */
demo: boolean, 
/**
 * Whether that cloud keeps its mails for the mailbox page, since it has no mail server.
 */
mailbox: boolean, 
/**
 * Who.
 */
profile: Profile, };

export type SignInTo = { 
/**
 * Its address; `https://` is added where no scheme is given. None: the bundled cloud.
 */
server?: string, 
/**
 * The address.
 */
email: string, 
/**
 * The password.
 */
password: Secret, };

export type BundledCloud = { 
/**
 * Its address on this machine.
 */
url: string, 
/**
 * Who can sign in with one click.
 */
demoUsers: Array<SignIn>, 
/**
 * Whether its mails can be read before signing in: it is a demo, and keeps them.
 */
mailbox: boolean, };

export type DeviceQuery = { 
/**
 * Part of a name; fewer than 3 characters list everything.
 */
search: string, 
/**
 * The organization; the caller's own and those below it where absent.
 */
orgId?: OrgId, 
/**
 * The page, from 0 on.
 */
page: number, 
/**
 * Rows on a page.
 */
size: number, };

export type Claim = { 
/**
 * The idempotency key: one for a label and an intent, kept over retries.
 */
key: string, 
/**
 * What the label says.
 */
text: Secret, 
/**
 * For whom; the person signed in where absent.
 */
userId?: UserId, };

export type PendingClaim = { 
/**
 * The idempotency key to try again with.
 */
key: string, 
/**
 * The label, masked.
 */
label: string, 
/**
 * When it was first tried, in milliseconds since the epoch.
 */
since: number, };

export type FoundCode = { 
/**
 * What it says.
 */
text: Secret, 
/**
 * Four corners in pixels of the picture as shown, clockwise from the code's own top left.
 */
corners: [[number, number], [number, number], [number, number], [number, number]], 
/**
 * What the text can be, best first.
 */
readings: Array<Reading>, };

export type Hint = "hold_still" | "closer" | "glare" | "blurred";

export type FoundCandidate = { 
/**
 * Four corners in pixels of the picture as shown, clockwise.
 */
corners: [[number, number], [number, number], [number, number], [number, number]], 
/**
 * What would help.
 */
hint: Hint, };

export type PictureFindings = { 
/**
 * Its width in pixels, as shown.
 */
width: number, 
/**
 * Its height in pixels, as shown.
 */
height: number, 
/**
 * The codes.
 */
codes: Array<FoundCode>, 
/**
 * What else looks like codes; none in a picture that was taken before.
 */
candidates: Array<FoundCandidate>, 
/**
 * What would help as to the picture as a whole; none where there are codes or candidates.
 */
hint?: Hint, };

export type CameraChoice = { 
/**
 * What to open it by.
 */
id: string, 
/**
 * What people call it.
 */
name: string, };

export type ZoomRange = { 
/**
 * At its widest.
 */
min: number, 
/**
 * At its nearest.
 */
max: number, 
/**
 * As it is.
 */
now: number, };

export type CameraAbilities = { 
/**
 * How near it can show things; absent where it cannot zoom.
 */
zoom?: ZoomRange, 
/**
 * Whether its lamp is on; absent where it has none.
 */
torch?: boolean, };

export type CameraEvent = { "kind": "live" } & CameraAbilities | { "kind": "trouble", 
/**
 * Why, one of the camera codes.
 */
error: ErrorBody, } | { "kind": "codes" } & PictureFindings;

export type Rename = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * To what.
 */
name: string, };

export type MailTo = { 
/**
 * The cloud's address, as for `SignInTo`.
 */
server?: string, 
/**
 * Theirs.
 */
email: string, 
/**
 * BCP 47: the language of the mail.
 */
locale?: string, };

export type CallMethod = "GET" | "POST" | "PUT" | "DELETE";

export type OrganizationCall = { 
/**
 * What it does.
 */
method: CallMethod, 
/**
 * Path and query below the Platform API's one path, without a leading `/`.
 */
target: string, 
/**
 * What is sent.
 */
body?: unknown, };

export const errorCodes = [
	'invalid_request',
	'unauthenticated',
	'wrong_credentials',
	'forbidden',
	'not_found',
	'not_claimable',
	'proof_required',
	'idempotency_conflict',
	'rate_limited',
	'too_large',
	'setup_link_invalid',
	'link_invalid',
	'link_expired',
	'link_used',
	'email_in_use',
	'too_deep',
	'not_empty',
	'not_yourself',
	'wrong_status',
	'storage_full',
	'unavailable',
	'internal',
	'unreachable',
	'timeout',
	'untrusted_server',
	'not_a_cloud',
	'invalid_address',
	'signed_out',
	'session_expired',
	'keyring_unavailable',
	'bundled_cloud_failed',
	'unsupported',
	'not_a_label',
	'no_code_found',
	'unknown_picture',
	'broken_picture',
	'empty_picture',
	'picture_too_large',
	'unreadable_file',
	'no_camera',
	'camera_busy',
	'camera_denied',
	'camera_unplugged',
	'camera_failed'
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export const formats = [
	'qr_token',
	'claim_link',
	'auth_token',
	'lorawan_tr005',
	'serial',
	'eui48',
	'eui64',
	'imei',
	'gs1_element_string',
	'gs1_digital_link',
	'retail_barcode',
	'text'
] as const;

export type Format = (typeof formats)[number];

export const advices = [
	'claim_now',
	'ask_first',
	'needs_proof',
	'scan_another',
	'check_typing'
] as const;

export type Advice = (typeof advices)[number];
