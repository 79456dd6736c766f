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
lastModifiedTs: number, 
/**
 * How many devices it and those below it may have together, where somebody above said so (ours).
 */
deviceLimit?: number, 
/**
 * Whether none can be put below it: the tree is as deep there as it gets (ours).
 */
isLowest?: boolean, };

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
 * What that is called, in lists (ours).
 */
orgName?: string, 
/**
 * Whether they can sign in.
 */
status: UserStatus, 
/**
 * BCP 47 language tag.
 */
locale: string, };

export type Permission = "see_below" | "create_devices" | "delete_devices" | "transfer_devices" | "show_secrets" | "claim_for_others" | "manage_tokens" | "manage_templates" | "export_tokens" | "view_people" | "invite_people" | "manage_people" | "manage_organizations" | "manage_machines" | "manage_cloud" | "view_audit";

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
 * Devices in it and below it: what its limit is about.
 */
devicesUsed: number, 
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
lastModifiedTs: number, 
/**
 * How many devices it and those below it may have together, where somebody above said so (ours).
 */
deviceLimit?: number, 
/**
 * Whether none can be put below it: the tree is as deep there as it gets (ours).
 */
isLowest?: boolean, };

export type Overview = { 
/**
 * How many there are.
 */
devices: number, 
/**
 * How many of them are connected now.
 */
online: number, 
/**
 * How many were claimed in each stretch of time that was asked for, in their order. A claim that was undone is none.
 */
claims: Array<number>, };

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
 * The new one: 10 to 1,000 characters, and neither the address nor the part of it before the @.
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
expiresAt: number, 
/**
 * What the label says that was in hand when the account was asked for. Nothing was looked up of it.
 */
label?: Secret, };

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
 * 10 to 1,000 characters, and neither the address nor the part of it before the @.
 */
password: Secret, 
/**
 * What to call them; not needed to choose another password.
 */
name?: string, 
/**
 * For a sign-up alone: what to call the organization of their own; made from their name where absent.
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

export type Machine = { 
/**
 * The id of its credentials.
 */
clientId: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * The organization that it acts in, and below.
 */
orgId: OrgId, 
/**
 * That organization's name.
 */
orgName: string, 
/**
 * When its credentials were made, in milliseconds since the epoch.
 */
createdAt: number, 
/**
 * Who made them; none where that is nobody whom the caller sees.
 */
createdBy: string | null, 
/**
 * When it last signed in, in milliseconds since the epoch; none where it never did.
 */
lastUsedAt: number | null, };

export type CreateMachine = { 
/**
 * What to call it, 1 to 100 characters.
 */
name: string, };

export type NewMachine = { 
/**
 * `oa2-client-id_` and 32 characters.
 */
clientId: string, 
/**
 * 40 characters.
 */
clientSecret: Secret, };

export type DeviceState = "never_connected" | "online" | "offline";

export type DeviceSort = "newest" | "oldest" | "name" | "name_reversed" | "recently_seen" | "long_unseen";

export type ListSort = "newest" | "oldest" | "name" | "name_reversed";

export type TimeSort = "newest" | "oldest";

export type DeviceView = { 
/**
 * The order; the newest first where absent.
 */
sort?: DeviceSort, 
/**
 * Those in this state alone.
 */
state?: DeviceState, 
/**
 * Those of this template alone.
 */
templateId?: TemplateId, 
/**
 * The `next` of the page before, in the same order.
 */
after?: string, };

export type DeviceIdentifier = { 
/**
 * What it is.
 */
kind: IdentifierKind, 
/**
 * As the maker has it.
 */
value: string, };

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

export type MoveKind = "create" | "claim" | "transfer" | "release" | "disclaim" | "undo" | "renew";

export type UndoWindow = { 
/**
 * Which of the two.
 */
kind: MoveKind, 
/**
 * Until when, in milliseconds since the epoch.
 */
until: number, 
/**
 * Who did it; none where it was a machine.
 */
byUserId: UserId | null, };

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
 * The auth token; absent for people, who ask for it by itself (`GET /device/token`), and wherever it is not needed.
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
lastReceivedEventAt: number | null, 
/**
 * The claim or transfer that brought it here, while it can still be undone (ours).
 */
undo?: UndoWindow, };

export type RawValue = string | number | [number, number];

export type DataStreamValue = { 
/**
 * The datastream's number in its template.
 */
dataStreamId: number, 
/**
 * Its pin, as in `v1`.
 */
pin: string, 
/**
 * What people call it.
 */
dataStreamLabel: string, 
/**
 * What programs call it.
 */
dataStreamAlias: string, 
/**
 * The value; absent before the first one.
 */
value?: RawValue, 
/**
 * When it came, in milliseconds since the epoch.
 */
updatedAt?: number, 
/**
 * Whether somebody set it and the device has yet to be told; absent where not (ours).
 */
isWaiting?: boolean, };

export type MetaFieldContent = { 
/**
 * The type's published name: `Text` or `Number`.
 */
type: string, 
/**
 * The content; its shape is the type's.
 */
value: string | number, };

export type MetaFieldValue = { 
/**
 * The field's number in its template, from 1; fields that the template does not have follow.
 */
id: number, 
/**
 * What it is called.
 */
name: string, 
/**
 * What it holds.
 */
value: MetaFieldContent, };

export type DeviceDetails = { 
/**
 * What its datastreams hold now.
 */
dataStreamValues: Array<DataStreamValue>, 
/**
 * What its metadata fields hold now.
 */
metaFieldValues: Array<MetaFieldValue>, 
/**
 * Whether it has a static token, and with that a label; one that was made by hand has none (ours).
 */
hasLabel: boolean, 
/**
 * Whether the caller can take it back: somebody has it, and its label was made by an organization within their reach (ours).
 */
mayTakeBack: boolean, 
/**
 * When it was heard last, where it is there without a connection of its own: it speaks over HTTPS, or a gateway speaks for
 * it (ours).
 */
lastHeardAt?: number, 
/**
 * What it is identified by beside its label's code, where it has that (ours).
 */
identifier?: DeviceIdentifier, 
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
 * The auth token; absent for people, who ask for it by itself (`GET /device/token`), and wherever it is not needed.
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
lastReceivedEventAt: number | null, 
/**
 * The claim or transfer that brought it here, while it can still be undone (ours).
 */
undo?: UndoWindow, };

export type SetValue = { 
/**
 * Which device.
 */
deviceId: DeviceId, 
/**
 * Which datastream, by its pin's number.
 */
pin: number, 
/**
 * What it is to hold. Numbers out of its range are brought to its end.
 */
value: RawValue, };

export type Delivery = "on_its_way" | "waits_until_asked" | "waits" | "not_sent";

export type ValueSet = { 
/**
 * What it holds instead of what was asked for: the end of its range that is nearest. Absent where it holds that.
 */
value?: RawValue, 
/**
 * What has become of it.
 */
delivery: Delivery, };

export type DevicePoint = { 
/**
 * When the step began.
 */
at: number, 
/**
 * On the average.
 */
mean: number, 
/**
 * The least.
 */
min: number, 
/**
 * The greatest.
 */
max: number, };

export type DeviceAbsence = { 
/**
 * Since when.
 */
since: number, 
/**
 * Until when; none while it still is.
 */
until: number | null, };

export type DeviceHistory = { 
/**
 * Milliseconds that each point stands for.
 */
step: number, 
/**
 * The points, the oldest first, 1,500 at most. There is none where nothing came.
 */
points: Array<DevicePoint>, 
/**
 * When the device was away.
 */
absences: Array<DeviceAbsence>, };

export type DeviceProperty = { 
/**
 * The datastream.
 */
pin: number, 
/**
 * What of it, as published: `label`, `color`, `min`.
 */
name: string, 
/**
 * To what.
 */
value: string, };

export type FileId = number;

export type DeviceFile = { 
/**
 * Its number.
 */
id: FileId, 
/**
 * What the device calls it, without folders and without characters that nobody sees; 100 characters at most.
 */
name: string, 
/**
 * Its bytes; 5 MiB at most.
 */
size: number, 
/**
 * When all of it had come, in milliseconds since the epoch.
 */
at: number, };

export type EditDevice = { 
/**
 * The new name, 1 to 50 characters: letters, digits, space, `'`, `_`, `-`.
 */
name?: string, 
/**
 * What metadata fields are to hold, by their names (ours): those of the template, and others that the device has. An
 * empty text gives a field back to its template's default.
 */
metaFields?: { [key in string]: string }, };

export type DeviceToken = { 
/**
 * The auth token.
 */
token: Secret, };

export type WorkId = number;

export type BatchFailure = { "reason": "identifiers_taken", 
/**
 * The first few of them.
 */
first: Array<string>, 
/**
 * How many there are.
 */
count: number, } | { "reason": "device_limit" } | { "reason": "gone" } | { "reason": "not_allowed" } | { "reason": "broke" };

export type CreateDevices = { 
/**
 * Which kind.
 */
templateId: TemplateId, 
/**
 * In which organization; the caller's own where absent.
 */
orgId?: OrgId, 
/**
 * Whose; the caller's where absent.
 */
ownerId?: UserId, 
/**
 * What they are called, with `{n}` in the place of their number: `Pump {n}`.
 */
name: string, 
/**
 * How many, 1 to 10,000.
 */
count: number, 
/**
 * The number of the first; 1 where absent.
 */
first?: number, 
/**
 * 1 to 200 printable characters: the same key gets the same answer again, so that a lost answer makes nothing twice.
 */
key?: string, };

export type DeviceWork = { 
/**
 * Its number.
 */
id: WorkId, 
/**
 * The organization that they are made in.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Which kind of device, in its template's words.
 */
templateName: string, 
/**
 * How far it is.
 */
state: BatchState, 
/**
 * Devices that there are to be.
 */
count: number, 
/**
 * Devices that are prepared so far.
 */
made: number, 
/**
 * Their numbers, in the order in which they were asked for, once they are made: those that are still there.
 */
deviceIds?: Array<DeviceId>, 
/**
 * Why there are none, where it came to nothing.
 */
failure?: BatchFailure, };

export type SetDeviceLimit = { 
/**
 * Which; one below the caller's own.
 */
orgId: OrgId, 
/**
 * How many, 0 to 1,000,000,000; as many as they like where absent or null. What they have beyond it stays theirs, and so
 * does what an undo gives back.
 */
deviceLimit?: number | null, };

export type Page<T> = { 
/**
 * The rows of this page.
 */
content: Array<T>, 
/**
 * How many rows there are in all; of a search 1,000 at the most.
 */
totalElements: number, 
/**
 * Whether a search finds more than that. Absent where it does not.
 */
totalIsLowerBound?: boolean, 
/**
 * What to ask for the next page with, where this list can be gone through so and there is one: it takes as long
 * however far one has come, and what comes or goes meanwhile moves no other row.
 */
next?: string, };

export type ClaimOutcome = "claimed" | "already_yours";

export type ClaimAnswer = { 
/**
 * What happened.
 */
outcome: ClaimOutcome, 
/**
 * The nodes that waited with the gateway and came with it; all of them, or the gateway did not come either (ours).
 */
nodes?: Array<ClaimedNode>, 
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
 * The auth token; absent for people, who ask for it by itself (`GET /device/token`), and wherever it is not needed.
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
lastReceivedEventAt: number | null, 
/**
 * The claim or transfer that brought it here, while it can still be undone (ours).
 */
undo?: UndoWindow, };

export type PendingOutcome = "pending_approval" | "pending_presence";

export type PendingAnswer = { 
/**
 * What happened.
 */
outcome: PendingOutcome, 
/**
 * Until when support can decide, or the button can be pressed, in milliseconds since the epoch.
 */
until: number, };

export type ClaimReply = ClaimAnswer | PendingAnswer;

export type ApprovalId = number;

export type ApprovalState = "pending" | "approved" | "refused" | "expired";

export type Approval = { 
/**
 * Its number.
 */
id: ApprovalId, 
/**
 * What identifies the device.
 */
identifier: string, 
/**
 * What its label is called: the batch's name and the running number.
 */
label: string, 
/**
 * Which kind of device.
 */
templateName: string, 
/**
 * Who asks.
 */
userId: UserId, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Where they are mailed to.
 */
userEmail: string, 
/**
 * Where the device would go.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Whether somebody else has the device by now.
 */
taken: boolean, 
/**
 * Where it is.
 */
state: ApprovalState, 
/**
 * When it was asked for, in milliseconds since the epoch.
 */
createdAt: number, 
/**
 * Until when it can be decided.
 */
until: number, 
/**
 * Why they ask, in their own words.
 */
askReason?: string, 
/**
 * When it was decided.
 */
decidedAt?: number, 
/**
 * Who decided, where it is known and the caller sees them.
 */
decidedBy?: string, 
/**
 * Why, in their words: of what was refused, and of what somebody approved whom the caller sees.
 */
reason?: string, };

export type ApproveClaim = { 
/**
 * Which.
 */
approvalId: ApprovalId, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, };

export type RefuseClaim = { 
/**
 * Which.
 */
approvalId: ApprovalId, 
/**
 * Why, for whoever asked; one line of 200 characters at the most.
 */
reason?: string, };

export type GatewayNode = { 
/**
 * Its number.
 */
deviceId: DeviceId, 
/**
 * Its name.
 */
name: string, 
/**
 * What kind of device it is.
 */
templateName: string, 
/**
 * Its organization.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Whether it is heard of.
 */
state: DeviceState, 
/**
 * When it last said something, in milliseconds since the epoch.
 */
lastValueAt: number | null, 
/**
 * Whether a gateway carried what it said last.
 */
isCarried: boolean, 
/**
 * When it was paired, in milliseconds since the epoch.
 */
pairedAt: number, };

export type WaitingNode = { 
/**
 * Its number.
 */
deviceId: DeviceId, 
/**
 * Its name.
 */
name: string, 
/**
 * What kind of device it is.
 */
templateName: string, 
/**
 * When it asked, in milliseconds since the epoch.
 */
askedAt: number, 
/**
 * Whether it is nobody's yet, so that accepting it claims it.
 */
isUnclaimed: boolean, };

export type ClaimedNode = { 
/**
 * Its number.
 */
deviceId: DeviceId, 
/**
 * Its name.
 */
name: string, 
/**
 * What happened.
 */
outcome: ClaimOutcome, };

export type WaitTogether = { 
/**
 * The gateway's static token.
 */
tokenId: TokenId, 
/**
 * The nodes'; 500 at the most. All of them, or none.
 */
nodeTokenIds: Array<TokenId>, 
/**
 * Whether they wait with it; or no longer.
 */
together?: boolean, };

export type GatewayLabels = { 
/**
 * The gateway's; the label that was asked about where nothing waits with it.
 */
gateway: BatchToken, 
/**
 * The nodes'.
 */
nodes: Array<BatchToken>, };

export type ReleaseGateway = { 
/**
 * The gateway.
 */
deviceId: DeviceId, 
/**
 * Nodes that go with it, 500 at the most; all within reach where absent. The others stay, and speak for themselves.
 */
nodeIds?: Array<DeviceId>, 
/**
 * What becomes of what they said; erased where absent.
 */
history?: History, 
/**
 * Whether they stay together for whoever claims the gateway next; they do where absent.
 */
keepTogether?: boolean, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, 
/**
 * Nothing is given up: the answer is what would happen.
 */
dryRun?: boolean, 
/**
 * 1 to 200 printable characters: the same key gets the same answer again.
 */
key?: string, };

export type TransferGateway = { 
/**
 * The gateway.
 */
deviceId: DeviceId, 
/**
 * Nodes that go with it, as in `ReleaseGateway`.
 */
nodeIds?: Array<DeviceId>, 
/**
 * The organization; the new owner's where absent.
 */
newOrgId?: OrgId, 
/**
 * The owner; as `ownerAfter` says where absent.
 */
newUserId?: UserId, 
/**
 * Who owns them in person where no `newUserId` is named; nobody where both are absent (ours).
 */
ownerAfter?: OwnerAfter, 
/**
 * What becomes of what they said, as for one.
 */
history?: History, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, 
/**
 * Nothing is moved: the answer is what would happen.
 */
dryRun?: boolean, 
/**
 * 1 to 200 printable characters: the same key gets the same answer again.
 */
key?: string, };

export type TakeGatewayBack = { 
/**
 * The gateway.
 */
deviceId: DeviceId, 
/**
 * Nodes that go with it, as in `ReleaseGateway`.
 */
nodeIds?: Array<DeviceId>, 
/**
 * What becomes of their labels, as for one.
 */
label?: LabelChoice, 
/**
 * What becomes of what they said: erased where absent, else the maker sees it.
 */
history?: History, 
/**
 * Whether they stay together for whoever claims the gateway next; they do where absent.
 */
keepTogether?: boolean, 
/**
 * Why, for the record, and for whoever had them, in the mail that tells them; up to 200 characters.
 */
reason?: string, 
/**
 * Nothing is taken back: the answer is what would happen.
 */
dryRun?: boolean, };

export type GatewayOutcome = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * What it is called, or was.
 */
name: string, 
/**
 * Its new code, where it was given up.
 */
label?: LabelImage, 
/**
 * Why it may not; absent where it may, or has.
 */
error?: ErrorBody, };

export type GatewayOutcomes = { 
/**
 * Each.
 */
outcomes: Array<GatewayOutcome>, };

export type GatewayDetails = { 
/**
 * Until when nodes may ask to join, in milliseconds since the epoch; none where they may not.
 */
joinUntil: number | null, 
/**
 * Its nodes within reach, by name; 1,000 at the most.
 */
nodes: Array<GatewayNode>, 
/**
 * Nodes that have asked and wait for a word, the first first.
 */
waiting: Array<WaitingNode>, };

export type GatewayOfNode = { 
/**
 * Its number.
 */
deviceId: DeviceId, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is there.
 */
state: DeviceState, };

export type NodePart = { 
/**
 * Which; none where it is out of the caller's reach.
 */
gateway: GatewayOfNode | null, 
/**
 * When it was paired, in milliseconds since the epoch.
 */
pairedAt: number, 
/**
 * Whether a gateway carried what it said last.
 */
isCarried: boolean, };

export type DevicePart = { "kind": "gateway" } & GatewayDetails | { "kind": "node" } & NodePart | { "kind": "alone" };

export type PairNode = { 
/**
 * The gateway.
 */
gatewayId: DeviceId, 
/**
 * The node.
 */
nodeId: DeviceId, };

export type UnpairNode = { 
/**
 * The node.
 */
nodeId: DeviceId, };

export type ReplaceGateway = { 
/**
 * The gateway that is broken.
 */
gatewayId: DeviceId, 
/**
 * The one that takes its place.
 */
newGatewayId: DeviceId, };

export type ReplacedGateway = { 
/**
 * Nodes that are the other gateway's now.
 */
nodes: number, };

export type OpenJoinWindow = { 
/**
 * The gateway.
 */
gatewayId: DeviceId, 
/**
 * For how many minutes from now on, 60 at the most; 0 closes it, and forgets who waits.
 */
minutes: number, };

export type JoinWindowAnswer = { 
/**
 * When it closes, in milliseconds since the epoch; none where it is closed.
 */
until: number | null, };

export type DecideJoin = { 
/**
 * The gateway.
 */
gatewayId: DeviceId, 
/**
 * The node.
 */
nodeId: DeviceId, 
/**
 * Whether it is taken.
 */
accept: boolean, };

export type PairingProblem = "is_gateway" | "elsewhere" | "not_paired" | "organization" | "full";

export type MeshNodeKind = "gateway" | "node" | "relay";

export type MeshNode = { 
/**
 * What links and routes name it by.
 */
id: string, 
/**
 * What it is.
 */
kind: MeshNodeKind, 
/**
 * Its number, where it is a device within reach.
 */
deviceId: DeviceId | null, 
/**
 * Its name, where it is one.
 */
name: string | null, 
/**
 * Whether it is there, where it is one.
 */
state: DeviceState | null, 
/**
 * The short address that it goes by: 4 hex digits.
 */
relay: string | null, };

export type MeshLink = { 
/**
 * Who was heard.
 */
from: string, 
/**
 * Who heard them.
 */
to: string, 
/**
 * How loud, in dBm, the last time.
 */
signal: number, 
/**
 * When, in milliseconds since the epoch.
 */
heardAt: number, 
/**
 * Whether the gateway itself heard it. Everything else is what relays say, and nobody proves it.
 */
isHeardByGateway: boolean, };

export type RouteHop = { 
/**
 * Who, by the id of `nodes`.
 */
id: string, 
/**
 * How loud, in dBm.
 */
signal: number, };

export type MeshRoute = { 
/**
 * Whose.
 */
deviceId: DeviceId, 
/**
 * When its gateway heard it, in milliseconds since the epoch.
 */
heardAt: number, 
/**
 * Who heard it, one after the other; the last of them is the gateway.
 */
hops: Array<RouteHop>, };

export type Mesh = { 
/**
 * The gateway, its nodes, and relays that are none of them.
 */
nodes: Array<MeshNode>, 
/**
 * Who heard whom.
 */
links: Array<MeshLink>, 
/**
 * The way of each node's last message.
 */
routes: Array<MeshRoute>, };

export type LabelImage = { 
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
 * Whether it was started for tests, so that its administrators may let things go wrong on demand.
 */
faults: boolean, 
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
password: Secret, 
/**
 * BCP 47: the language of their mails; English where absent.
 */
locale?: string, };

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

export type MailTrouble = { "kind": "unreachable" } | { "kind": "too_slow" } | { "kind": "insecure" } | { "kind": "sign_in" } | { "kind": "answered", 
/**
 * Its answer, 400 to 599 (RFC 5321, section 4.2).
 */
status: number, } | { "kind": "not_understood" } | { "kind": "unsuitable" } | { "kind": "unwritable" };

export type GivenUpMail = { 
/**
 * Whose address that is.
 */
userId: UserId, 
/**
 * The address that it was for.
 */
to: string, 
/**
 * Its subject line, in the language of whoever it was for.
 */
subject: string, 
/**
 * When it was given up, in milliseconds since the epoch.
 */
at: number, 
/**
 * What the last try failed of.
 */
trouble?: MailTrouble, };

export type WaitingMail = { 
/**
 * Mails that wait for their next try, or for their first.
 */
waiting: number, 
/**
 * Mails that were given up within the last seven days.
 */
failed: number, 
/**
 * When the oldest of those that wait was written, in milliseconds since the epoch.
 */
oldest?: number, 
/**
 * What the last try failed of; none where none of them was tried in vain.
 */
trouble?: MailTrouble, 
/**
 * Those of the mails that were given up which were for people whom the caller sees, the newest first; 20 at the most.
 */
givenUp?: Array<GivenUpMail>, };

export type ClaimFault = "already_yours" | "pending_approval" | "pending_presence" | "device_limit" | "not_claimable" | "idempotency_conflict" | "proof_required" | "rate_limited";

export type LoginFault = "wrong_token" | "server_full";

export type CertificateFault = "other_name" | "expired" | "unknown_authority";

export type Fault = { "kind": "latency", 
/**
 * Milliseconds, 120,000 at most.
 */
ms: number, 
/**
 * Up to as many milliseconds more, by chance.
 */
jitter: number, } | { "kind": "lost_request" } | { "kind": "lost_answer" } | { "kind": "cut_off", 
/**
 * Bytes of the answer's body that still arrive.
 */
after: number, } | { "kind": "status", 
/**
 * 400 to 599.
 */
status: number, 
/**
 * Seconds that the header `Retry-After` says.
 */
retry_after?: number, } | { "kind": "session_expired" } | { "kind": "claim", 
/**
 * The answer.
 */
answer: ClaimFault, } | { "kind": "disconnect" } | { "kind": "refused", 
/**
 * What it is told.
 */
login: LoginFault, } | { "kind": "too_much" } | { "kind": "certificate", 
/**
 * What is wrong with it.
 */
wrong: CertificateFault, };

export type FaultRule = { 
/**
 * Method and path of the OpenAPI document, the latter with or without `/api/v1/organization`: `GET /devices`. Or what
 * devices do that stay connected: `binary login`, `binary message`, `mqtt login`, `mqtt message`; or `tls handshake`.
 * Without it, all but those of sessions and TLS, which have to be named.
 */
endpoint?: string, 
/**
 * The mail address of the person who calls, or who has the device that is connected; or the id of the machine.
 */
account?: string, 
/**
 * The device that the call is about, or that makes it.
 */
device?: DeviceId, 
/**
 * Of how many calls in a hundred, by chance; all, where it is not said.
 */
percent?: number, 
/**
 * How many more times it happens; without end where it is not said.
 */
next?: number, 
/**
 * What happens.
 */
fault: Fault, };

export type RecordedCall = { 
/**
 * Method and path of the OpenAPI document.
 */
endpoint: string, 
/**
 * Who called; none without an access token that is good.
 */
account?: string, 
/**
 * The device that is connected, where it was no call but what such a device did.
 */
device?: DeviceId, 
/**
 * Which of that account's calls of that endpoint it was, or of that device's, from 1 on.
 */
call: number, 
/**
 * What happened to it.
 */
faults: Array<Fault>, };

export type Faults = { 
/**
 * Where chance begins: the same seed lets the same calls fail.
 */
seed: number, 
/**
 * What goes wrong when. All rules that are of a call happen to it, in this order; after one that answers it, or loses
 * it, no others do.
 */
rules: Array<FaultRule>, 
/**
 * What happened in a run that was recorded, and happens again: these calls fail as they did, beside the rules.
 */
recorded?: Array<RecordedCall>, };

export type FaultsNow = { 
/**
 * The rules, with how many times each still happens. What was recorded and is played again is not among them.
 */
faults: Faults, 
/**
 * How many times each rule has happened, in their order.
 */
happened: Array<number>, 
/**
 * How many recorded calls are still to be played.
 */
toPlay: number, 
/**
 * How many calls something has happened to.
 */
recorded: number, };

export type FleetTopology = "direct" | "hub" | "mesh";

export type StartFleet = { 
/**
 * How they reach the cloud.
 */
topology: FleetTopology, 
/**
 * How many devices, 1 to 10,000; gateways are counted by themselves.
 */
count: number, 
/**
 * How many gateways speak for them, 1,000 devices each at the most; one for each hundred where it is not said. Of a mesh: 100
 * each at the most, and one for each 25.
 */
gateways?: number, 
/**
 * Which kind they are of; the demo's where it is not said, and in a mesh one like it whose devices are reached by mesh.
 */
templateId?: TemplateId, 
/**
 * Where chance begins.
 */
seed: number, 
/**
 * For how many seconds, of the fleet's time.
 */
seconds: number, 
/**
 * How many seconds from one report of a device to its next.
 */
every: number, 
/**
 * How many times faster than that everything happens, 0.001 to 10,000.
 */
speed: number, 
/**
 * What each measures, and which datastream it writes, as in `V1=moisture`: temperature, moisture, battery, radio, counter
 * or switch.
 */
signals: Array<string>, 
/**
 * What befalls each, as in `power-cut=2/h:30s`: power-cut, radio-loss, flood or clock-wrong, how often in an hour, and
 * for how many seconds at most.
 */
failures: Array<string>, 
/**
 * How often in an hour each device that speaks for itself uploads its log, 0 to 3,600, and with each report at the most; never
 * where it is not said.
 */
uploads?: number, };

export type FleetPhase = "idle" | "making" | "pairing" | "running" | "ended" | "stopped" | "failed" | "deleting";

export type FleetFailure = "device_limit" | "not_made" | "not_paired" | "not_recorded" | "broken";

export type FleetNow = { 
/**
 * What it does.
 */
phase: FleetPhase, 
/**
 * Why it came to nothing, where it did.
 */
failure: FleetFailure | null, 
/**
 * What was asked for last.
 */
wanted: StartFleet | null, 
/**
 * Whether it plays a recording that does not say what kind of a fleet it was, as those of old: how its devices reach the cloud, how
 * many gateways there are and where chance began is what was said beside it.
 */
isAssumed: boolean, 
/**
 * How many of `of` are done, of what `phase` says: made, paired, deleted; or seconds of the fleet's time while it plays.
 */
done: number, 
/**
 * How many there are to do.
 */
of: number, 
/**
 * Devices that were made for fleets and are still there, gateways too.
 */
devices: number, 
/**
 * Those of them that somebody else has by now, beside `devices`: they do not play, and are not deleted.
 */
left: number, 
/**
 * Devices that are connected.
 */
there: number, 
/**
 * Messages that were sent.
 */
sent: number, 
/**
 * Messages that had no connection to go out by; of a mesh, that its nodes had no room for, or still had at the end.
 */
unsent: number, 
/**
 * Messages of a mesh's nodes that a gateway has acknowledged.
 */
arrived: number, 
/**
 * Messages that the cloud did not take.
 */
refused: number, 
/**
 * What the cloud told devices.
 */
told: number, 
/**
 * Times that a connection broke, or was not made.
 */
broken: number, 
/**
 * Devices that the cloud does not let in.
 */
strangers: number, 
/**
 * Whether what it did was written down, so that it can be had and played again.
 */
isRecorded: boolean, };

export type History = "keep" | "erase";

export type ReleaseDevice = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * What becomes of what it said; erased where absent.
 */
history: History, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, 
/**
 * 1 to 200 printable characters: the same key gets the same answer again, so that a lost answer loses no label. In
 * the body, since what passes the app's bridge has no headers.
 */
key?: string, };

export type ReleasedDevice = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * What it was called.
 */
name: string, 
/**
 * Its new code.
 */
label: LabelImage, };

export type DeletedDevice = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * What it was called.
 */
name: string, 
/**
 * The new code of its label, which claims it anew. None where it was made by hand, and where nobody had had it, so that
 * the printed label stays good.
 */
label?: LabelImage, };

export type RenewLabel = { 
/**
 * Which.
 */
tokenId: TokenId, };

export type OwnerAfter = "nobody" | "as_it_is";

export type TransferDevices = { 
/**
 * Which; up to 500.
 */
deviceIds: Array<DeviceId>, 
/**
 * The organization; the new owner's where absent.
 */
newOrgId?: OrgId, 
/**
 * The owner; as `ownerAfter` says where absent.
 */
newUserId?: UserId, 
/**
 * Who owns them in person where no `newUserId` is named; nobody where both are absent (ours).
 */
ownerAfter?: OwnerAfter, 
/**
 * What becomes of what they said, as for one.
 */
history?: History, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, 
/**
 * Nothing is moved: the answer is what would happen.
 */
dryRun: boolean, 
/**
 * With `dryRun`, the `roomTaken` of the answer before, where a preview takes several calls: those devices are not
 * moved, either, and count against the device limit all the same. Means nothing without `dryRun`.
 */
roomTaken?: number, 
/**
 * 1 to 200 printable characters: the same key gets the same answer again, and nothing is moved twice. In the body,
 * since what passes the app's bridge has no headers.
 */
key?: string, };

export type DeviceOutcome = { 
/**
 * Which.
 */
deviceId: DeviceId, 
/**
 * Why nothing happened to it; absent where it is done.
 */
error?: ErrorBody, 
/**
 * Whether it went back to its organization without its owner, who has left since.
 */
ownerLeft?: boolean, };

export type DeviceOutcomes = { 
/**
 * Each.
 */
outcomes: Array<DeviceOutcome>, 
/**
 * With `dryRun`, the places that these would take in their new organization, with the `roomTaken` that was asked with.
 * Absent without `dryRun`.
 */
roomTaken?: number, };

export type UndoMoves = { 
/**
 * Which devices'; up to 500.
 */
deviceIds: Array<DeviceId>, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, };

export type Undone = { 
/**
 * Which device's. It is gone where the claim had made it.
 */
deviceId: DeviceId, 
/**
 * `claim` or `transfer`.
 */
undone: MoveKind, 
/**
 * Whether it went back to its organization without its owner, who has left since.
 */
ownerLeft?: boolean, 
/**
 * The other devices that it came together with, of which the same was undone.
 */
together?: Array<DeviceId>, };

export type LabelChoice = "keep" | "renew";

export type Unclaim = { 
/**
 * Which device's.
 */
deviceId: DeviceId, 
/**
 * What becomes of its label: kept while no customer has had it, renewed after that, where absent.
 */
label?: LabelChoice, 
/**
 * What becomes of what it said, and of its name and metadata: erased where absent, else the maker sees it.
 */
history: History, 
/**
 * Why, for the record, and for whoever had it, in the mail that tells them; up to 200 characters.
 */
reason?: string, };

export type Unclaimed = { 
/**
 * Which device's.
 */
deviceId: DeviceId, 
/**
 * Whether it was kept.
 */
label: LabelChoice, };

export type DeviceMove = { 
/**
 * Its number.
 */
id: number, 
/**
 * What happened.
 */
kind: MoveKind, 
/**
 * When, in milliseconds since the epoch.
 */
at: number, 
/**
 * Who did it: a person or a machine.
 */
by: string | null, 
/**
 * Which organization had it, by its number: several may have one name.
 */
fromOrgId: OrgId | null, 
/**
 * What that is called.
 */
fromOrg: string | null, 
/**
 * Who owned it.
 */
fromOwner: string | null, 
/**
 * Which organization has it after that, by its number.
 */
toOrgId: OrgId | null, 
/**
 * What that is called.
 */
toOrg: string | null, 
/**
 * Who owns it after that.
 */
toOwner: string | null, 
/**
 * Why, in the words of who did it.
 */
reason: string | null, };

export type PinState = "waiting" | "confirmed" | "refused";

export type DevicePin = { 
/**
 * What it is told from others by.
 */
fingerprint: string, 
/**
 * The four digits that it shows.
 */
check: string, 
/**
 * What is known of it.
 */
state: PinState, 
/**
 * When it asked first, in milliseconds since the epoch.
 */
firstSeen: number, 
/**
 * When it asked last.
 */
lastSeen: number, 
/**
 * When its button was pressed last.
 */
pressedAt?: number, };

export type DeviceBootstrap = { 
/**
 * Whether the device has an identifier that it can ask with.
 */
identified: boolean, 
/**
 * Whether the caller may say which machine it is.
 */
mayDecide: boolean, 
/**
 * Whether several machines say that they are it, so that a button decides nothing.
 */
conflict: boolean, 
/**
 * Until when the press of the button confirms the machine that asks; none where nobody waits for it.
 */
pressUntil?: number, 
/**
 * The machines that ask, the first first.
 */
pins: Array<DevicePin>, };

export type ConfirmPin = { 
/**
 * Which device.
 */
deviceId: DeviceId, 
/**
 * The four digits that it shows.
 */
check: string, };

export type DecidePin = { 
/**
 * Which device.
 */
deviceId: DeviceId, 
/**
 * Which machine: its fingerprint.
 */
fingerprint: string, };

export type OfDevice = { 
/**
 * Which device.
 */
deviceId: DeviceId, };

export type OfLabel = { 
/**
 * Which label.
 */
tokenId: TokenId, };

export type Batch = { 
/**
 * Its number.
 */
id: BatchId, 
/**
 * The organization it was made in.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Which kind of device.
 */
templateId: TemplateId, 
/**
 * What that is called.
 */
templateName: string, 
/**
 * Its name, 1 to 50 characters; labels are named by it.
 */
name: string, 
/**
 * What there is to know about it.
 */
note?: string, 
/**
 * What its tokens came from.
 */
source: BatchSource, 
/**
 * What its devices are identified by, where it says so.
 */
identifierKind?: IdentifierKind, 
/**
 * The maker's own pattern for them, where that is what identifies them.
 */
identifierPattern?: string, 
/**
 * What has to come with an identifier before it claims; there where identifiers are.
 */
proof?: ClaimProof, 
/**
 * How long its secrets can be read.
 */
secrets: SecretsShown, 
/**
 * When the one export of secrets that are shown once was, in milliseconds since the epoch.
 */
exportedAt?: number, 
/**
 * How far it is.
 */
state: BatchState, 
/**
 * Tokens that it is to have.
 */
count: number, 
/**
 * Tokens that were made so far.
 */
made: number, 
/**
 * Tokens that nobody has claimed.
 */
unclaimed: number, 
/**
 * Tokens that somebody has claimed.
 */
claimed: number, 
/**
 * Tokens that were taken out of use.
 */
revoked: number, 
/**
 * When it was asked for, in milliseconds since the epoch.
 */
createdAt: number, 
/**
 * Why it came to nothing, where it did and that is known.
 */
failure?: BatchFailure, };

export type BatchId = number;

export type BatchSource = "generated" | "imported";

export type BatchState = "making" | "ready" | "cancelled" | "failed";

export type BatchToken = { 
/**
 * Its number.
 */
id: TokenId, 
/**
 * The batch that it is of; none where it was made without one.
 */
batchId?: BatchId, 
/**
 * What its label is called: the batch's name and the running number.
 */
label: string, 
/**
 * The name that its device gets.
 */
name?: string, 
/**
 * What its device is identified by.
 */
identifier?: string, 
/**
 * What that is.
 */
identifierKind?: IdentifierKind, 
/**
 * Metadata that its device gets, by field.
 */
metadata: { [key in string]: string }, 
/**
 * Where it is in its life.
 */
state: TokenState, 
/**
 * When it was made, in milliseconds since the epoch.
 */
createdAt: number, 
/**
 * The device that came of it.
 */
deviceId?: DeviceId, 
/**
 * What that is called now, where it is within reach.
 */
deviceName?: string, 
/**
 * Into which organization it was claimed.
 */
claimedOrgId?: OrgId, };

export type ClaimProof = "claim_code" | "presence" | "staff_approval" | "none";

export type CreateBatch = { 
/**
 * Which kind of device.
 */
templateId: TemplateId, 
/**
 * In which organization; the caller's where absent.
 */
orgId?: OrgId, 
/**
 * 1 to 50 letters, digits, spaces or '_-.
 */
name: string, 
/**
 * Free text, 1,000 characters at most.
 */
note?: string, 
/**
 * How many, 1 to 100,000.
 */
count: number, 
/**
 * What identifies the devices, beside their labels' codes; nothing where absent.
 */
identifiers?: NewIdentifiers, 
/**
 * How long the secrets can be read.
 */
secrets?: SecretsShown, };

export type DataType = { "kind": "integer", 
/**
 * The least.
 */
min: number | null, 
/**
 * The greatest.
 */
max: number | null, 
/**
 * The value before the first one.
 */
default: number | null, } | { "kind": "double", 
/**
 * The least.
 */
min: number | null, 
/**
 * The greatest.
 */
max: number | null, 
/**
 * The value before the first one.
 */
default: number | null, } | { "kind": "string", 
/**
 * The value before the first one.
 */
default: string | null, } | { "kind": "enum", 
/**
 * What each is called, in the order of their numbers: 1 to 100 names, each once.
 */
values: Array<string>, 
/**
 * The number of the value before the first one.
 */
default: number | null, } | { "kind": "location", 
/**
 * The place before the first one: degrees of longitude, then of latitude.
 */
default: [number, number] | null, };

export type Datastream = { 
/**
 * The virtual pin, V0 to V255, each once.
 */
pin: number, 
/**
 * What people and programs call it, each name once: 1 to 50 letters, digits, spaces or `'_-`.
 */
name: string, 
/**
 * What its values are.
 */
dataType: DataType, 
/**
 * What its numbers count, as in `°C`: 20 characters at the most.
 */
unit: string | null, 
/**
 * Whether people may set it, too; devices always may.
 */
writable: boolean, 
/**
 * Whether what people set waits for a device that is away.
 */
queued: boolean, };

export type IdentifierKind = "serial" | "eui48" | "eui64" | "imei" | "pattern";

export type MetaField = { 
/**
 * What it is called, each name once: 1 to 50 characters. Columns of tables are found by it.
 */
name: string, 
/**
 * What it holds.
 */
kind: MetaKind, 
/**
 * What a new device has there.
 */
default: string | null, };

export type MetaKind = "text" | "number";

export type NewIdentifiers = { 
/**
 * What they are.
 */
kind: IdentifierKind, 
/**
 * The maker's own pattern, a regular expression for the whole identifier; 200 characters at most.
 */
pattern?: string, 
/**
 * The first. Addresses count up; an IMEI gets its check digit; the others end with digits, which count up.
 */
first: string, 
/**
 * What has to come with one before it claims.
 */
proof?: ClaimProof, };

export type Severity = "info" | "warning" | "critical";

export type Template = { 
/**
 * The numeric id; static tokens carry it as `productId`.
 */
id: number, 
/**
 * The public id, `TMPL` and nine characters.
 */
templateId: TemplateId, 
/**
 * The organization that owns it; organizations below may use it.
 */
orgId: OrgId, 
/**
 * What the product is called.
 */
name: string, 
/**
 * Free text.
 */
description: string | null, };

export type TemplateDetails = { 
/**
 * How often it was changed, from 1 (ours): whoever changes it says which revision they began with.
 */
revision: number, 
/**
 * The numeric id; static tokens carry it as `productId`.
 */
id: number, 
/**
 * The public id, `TMPL` and nine characters.
 */
templateId: TemplateId, 
/**
 * The organization that owns it; organizations below may use it.
 */
orgId: OrgId, 
/**
 * What the product is called.
 */
name: string, 
/**
 * Free text.
 */
description: string | null, 
/**
 * What devices measure and are told, by pin.
 */
datastreams: Array<Datastream>, 
/**
 * What is known about each device; 100 at the most.
 */
metaFields: Array<MetaField>, 
/**
 * What devices tell people about; 100 at the most.
 */
events: Array<TemplateEvent>, 
/**
 * Whether the first owner of a device sees what it said while the maker tried it out (ours).
 */
testValuesShown: boolean, 
/**
 * Whether devices of it speak for nodes: the published switch "Enable for Gateway API".
 */
gatewayApi: boolean, 
/**
 * Whether devices of it are nodes of a mesh, whose gateways are given keys and never their auth tokens (ours). Not
 * together with `gatewayApi`.
 */
mesh: boolean, };

export type TemplateDraft = { 
/**
 * What the product is called: 1 to 50 letters, digits, spaces or `'_-`.
 */
name: string, 
/**
 * Free text, 1,000 characters at the most.
 */
description: string | null, 
/**
 * The revision that it was when the change began (ours). Needed for a change, so that nothing is written over that
 * somebody else wrote meanwhile; of no account for a new one.
 */
revision?: number, 
/**
 * What devices measure and are told, by pin.
 */
datastreams: Array<Datastream>, 
/**
 * What is known about each device; 100 at the most.
 */
metaFields: Array<MetaField>, 
/**
 * What devices tell people about; 100 at the most.
 */
events: Array<TemplateEvent>, 
/**
 * Whether the first owner of a device sees what it said while the maker tried it out (ours).
 */
testValuesShown: boolean, 
/**
 * Whether devices of it speak for nodes: the published switch "Enable for Gateway API".
 */
gatewayApi: boolean, 
/**
 * Whether devices of it are nodes of a mesh, whose gateways are given keys and never their auth tokens (ours). Not
 * together with `gatewayApi`.
 */
mesh: boolean, };

export type TemplateEvent = { 
/**
 * What the device calls it, each code once: 1 to 50 letters of ASCII, digits or `_`.
 */
code: string, 
/**
 * What people call it: 1 to 50 characters.
 */
name: string, 
/**
 * How much it matters.
 */
severity: Severity, };

export type DeviceEvent = { 
/**
 * Its number.
 */
id: number, 
/**
 * What the template calls it.
 */
code: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * What the device had to say about it.
 */
description: string | null, 
/**
 * When, in milliseconds since the epoch.
 */
at: number, };

export type TemplateParts = { 
/**
 * What devices measure and are told, by pin.
 */
datastreams: Array<Datastream>, 
/**
 * What is known about each device; 100 at the most.
 */
metaFields: Array<MetaField>, 
/**
 * What devices tell people about; 100 at the most.
 */
events: Array<TemplateEvent>, 
/**
 * Whether the first owner of a device sees what it said while the maker tried it out (ours).
 */
testValuesShown: boolean, 
/**
 * Whether devices of it speak for nodes: the published switch "Enable for Gateway API".
 */
gatewayApi: boolean, 
/**
 * Whether devices of it are nodes of a mesh, whose gateways are given keys and never their auth tokens (ours). Not
 * together with `gatewayApi`.
 */
mesh: boolean, };

export type TokenId = number;

export type TokenState = "UNCLAIMED" | "CLAIMED" | "REVOKED";

export type SecretsShown = "kept" | "once";

export type RevokeTokens = { 
/**
 * All unclaimed ones of this batch.
 */
batchId?: BatchId, 
/**
 * These, 1,000 at most.
 */
tokenIds?: Array<TokenId>, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, };

export type RevokeAnswer = { 
/**
 * Tokens that claim nothing from now on.
 */
revoked: number, 
/**
 * Tokens that somebody has claimed already; they stay as they are.
 */
claimed: number, };

export type RowFault = { 
/**
 * The line that it begins on, from 1; the headers are on the first.
 */
line: number, 
/**
 * What is wrong.
 */
problem: RowProblem, 
/**
 * The header of the column, where it is about one.
 */
column?: string, 
/**
 * What stands there, its first 100 characters.
 */
value?: string, 
/**
 * The line of the row that has the same.
 */
other?: number, };

export type ImportReport = { 
/**
 * The headers, in their order.
 */
columns: Array<string>, 
/**
 * The first rows, as they were read.
 */
sample: Array<Array<string>>, 
/**
 * What columns seem to identify devices by, by their headers: those whose first values are of a kind that can be told by
 * its look, or whose header says it. A guess, for whoever says what a column is.
 */
looksLike: { [key in string]: IdentifierKind }, 
/**
 * The header of the column that seems to have the devices' names: a guess by the headers.
 */
likelyName?: string, 
/**
 * The header of the column that seems to identify the devices, where the caller may say so: a guess.
 */
likelyIdentifier?: string, 
/**
 * Rows below the headers.
 */
rows: number, 
/**
 * Rows that can become tokens or devices.
 */
good: number, 
/**
 * Rows that cannot, the first 1,000 of them.
 */
faults: Array<RowFault>, 
/**
 * The headers of columns that fill nothing: those that a file of devices has beside their metadata, and those with
 * secrets, which are never taken out of a table, since each row gets its own.
 */
leftOut: Array<string>, 
/**
 * Fields that columns fill and the template does not have: devices have them as metadata of their own.
 */
newFields: Array<string>, 
/**
 * The batch that is being made of the good rows. Neither this nor `work`: nothing was imported.
 */
batch?: Batch, 
/**
 * The devices that are being made of the good rows.
 */
work?: DeviceWork, };

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
 * Whether that cloud was started for tests, so that its administrators may let things go wrong on demand.
 */
faults: boolean, 
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
 * Part of a name, or a number that identifies a device; fewer than 3 characters list everything.
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
size: number, 
/**
 * The order; the newest first where absent.
 */
sort?: DeviceSort, 
/**
 * Those in this state alone.
 */
state?: DeviceState, 
/**
 * Those of this template alone.
 */
templateId?: TemplateId, 
/**
 * The `next` of the page before, in the same order.
 */
after?: string, };

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
userId?: UserId, 
/**
 * The claim code that stands beside an identifier.
 */
claimCode?: Secret, 
/**
 * Asks support to approve a claim by identifier.
 */
askApproval?: boolean, 
/**
 * Waits for the button of the device that an identifier names.
 */
presence?: boolean, 
/**
 * Why, for the record; up to 200 characters.
 */
reason?: string, };

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
locale?: string, 
/**
 * For a sign-up: the label in hand, which the mailed link brings back wherever it is opened.
 */
label?: Secret, };

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

export type FileCall = { 
/**
 * Path and query below the Platform API's one path, without a leading `/`.
 */
target: string, 
/**
 * What to call the file.
 */
name: string, };

export type AuditActor = { "kind": "person", 
/**
 * Their number.
 */
id: UserId, 
/**
 * What they are called; none once they have left, and where the caller does not see them.
 */
name: string | null, } | { "kind": "machine", 
/**
 * The id of its credentials.
 */
id: string, 
/**
 * What they are called; none once they are gone, and where the caller does not see them.
 */
name: string | null, } | { "kind": "cloud" };

export type AuditEntry = { 
/**
 * Its number among all entries.
 */
id: number, 
/**
 * Its place in the chain; none for the moment until it is sealed.
 */
seq: number | null, 
/**
 * When, in milliseconds since the epoch.
 */
at: number, 
/**
 * What.
 */
action: AuditAction, 
/**
 * Who did it.
 */
actor: AuditActor, 
/**
 * In which organization, deleted or not.
 */
orgId: OrgId, 
/**
 * What that is called, or was.
 */
orgName: string, 
/**
 * To which device, deleted or not.
 */
deviceId: DeviceId | null, 
/**
 * What that is called, while it is within the caller's reach.
 */
deviceName: string | null, 
/**
 * For whom, or about whom.
 */
userId: UserId | null, 
/**
 * What they are called, while they are within the caller's reach.
 */
userName: string | null, 
/**
 * What else there is to know.
 */
detail: string | null, 
/**
 * What the organization or batch is called that `detail` names by its number, while it is within the caller's reach.
 */
detailName?: string, 
/**
 * Why, in the words of whoever did it; for those alone who reach their organization.
 */
reason?: string, };

export type AuditFault = { "kind": "end_unproven" } | { "kind": "missing", 
/**
 * Its place in the chain.
 */
seq: number, } | { "kind": "changed", 
/**
 * Its place in the chain.
 */
seq: number, } | { "kind": "cut_off", 
/**
 * The first that is gone.
 */
seq: number, } | { "kind": "beyond_end", 
/**
 * The first of them.
 */
seq: number, } | { "kind": "replaced", 
/**
 * Its place in the chain.
 */
seq: number, };

export type AuditCheck = { 
/**
 * Entries that are as they were sealed, from the first on.
 */
sealed: number, 
/**
 * Entries that wait to be sealed.
 */
waiting: number, 
/**
 * The last of those with its digest, as `SEQUENCE:DIGEST`. Noted elsewhere, it tells later whether an older copy took
 * the place of the audit.
 */
mark: string, 
/**
 * The first place where the audit is not as it was sealed; none where all of it is.
 */
fault: AuditFault | null, };

export type Topic = "devices" | "values" | "tokens" | "templates" | "approvals" | "people" | "organizations" | "settings" | "audit" | "fleet";

export type Changes = { 
/**
 * Where it can be seen. All of them in the first event: what changed before it is not told.
 */
topics: Array<Topic>, };

export type AskWhy = { 
/**
 * What the label says, or a part of its name: a claim link, a QR token, an auth token, what identifies the device, the
 * batch's name with the running number, or the name that the device gets.
 */
label: Secret, 
/**
 * The claim code that was typed beside an identifier.
 */
claimCode?: Secret, 
/**
 * Whose claim is refused; nobody's in particular where absent.
 */
userId?: UserId, };

export type ReadAs = "qr_token" | "auth_token" | "identifier" | "text";

export type HandsState = "minted" | "seen" | "claimed" | "in_transfer" | "released" | "revoked";

export type ClaimObstacle = "revoked" | "old_label" | "already_theirs" | "claimed" | "in_transfer" | "had_owner" | "needs_code" | "wrong_code" | "no_codes" | "not_pressed" | "several_machines" | "several_waited" | "pressed_for_another" | "needs_approval" | "names_another" | "other_branch";

export type WhyDevice = { 
/**
 * Its number.
 */
id: DeviceId, 
/**
 * Its name.
 */
name: string, 
/**
 * Where it is.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Whose it is; none where it is the organization's.
 */
ownerName?: string, };

export type ReplacedLabel = { 
/**
 * When that happened which it was replaced for, in milliseconds since the epoch. A transfer's own time: its label changes
 * once it cannot be undone any more.
 */
at: number, 
/**
 * What for.
 */
kind: MoveKind, 
/**
 * Who did that; none where the caller does not see them.
 */
by?: string, };

export type WrongCodes = { 
/**
 * How many count at present.
 */
count: number, 
/**
 * Seconds until a wrong one is answered as such again; none where it is now. A right one always claims.
 */
wait?: number, };

export type WhyLabel = { 
/**
 * Its number.
 */
tokenId: TokenId, 
/**
 * What it is called: the batch's name and the running number.
 */
label: string, 
/**
 * Its batch.
 */
batchId?: BatchId, 
/**
 * Whether its batch shows secrets once, so that neither its code nor its claim code is shown again.
 */
once: boolean, 
/**
 * The organization that made it.
 */
orgId: OrgId, 
/**
 * What that is called.
 */
orgName: string, 
/**
 * Which kind of device.
 */
templateName: string, 
/**
 * What identifies its device.
 */
identifier?: string, 
/**
 * What that is.
 */
identifierKind?: IdentifierKind, 
/**
 * What has to come with that.
 */
proof?: ClaimProof, 
/**
 * Whose it is.
 */
state: HandsState, 
/**
 * What keeps it from claiming, the weightiest first; nothing where it would claim now.
 */
obstacles: Array<ClaimObstacle>, 
/**
 * The device that came of it, where the caller sees it.
 */
device?: WhyDevice, 
/**
 * When it was claimed, in milliseconds since the epoch, where it is somebody's.
 */
claimedAt?: number, 
/**
 * Until when the last claim or transfer can be undone.
 */
undoUntil?: number, 
/**
 * When it was taken out of use.
 */
revokedAt?: number, 
/**
 * Who did that, where it is known and the caller sees them.
 */
revokedBy?: string, 
/**
 * Why, in their words, where they said it and the caller sees them.
 */
revokeReason?: string, 
/**
 * When the label that was asked about got a successor; or the last one of this device, where nobody has it.
 */
replaced?: ReplacedLabel, 
/**
 * Machines that say that they are its device, but for those that its owner refused.
 */
machines: number, 
/**
 * When its button was pressed last.
 */
pressedAt?: number, 
/**
 * Wrong claim codes lately.
 */
wrongCodes?: WrongCodes, 
/**
 * Claims that asked support for it, the newest first.
 */
approvals: Array<Approval>, 
/**
 * What became of the device lately, the newest first.
 */
moves: Array<DeviceMove>, };

export type ClaimLimit = "labels" | "identifiers" | "codes" | "buttons" | "questions";

export type ClaimWait = { 
/**
 * What.
 */
limit: ClaimLimit, 
/**
 * Seconds until they may again.
 */
seconds: number, };

export type WhyClaimer = { 
/**
 * They.
 */
user: User, 
/**
 * What their organization is called.
 */
orgName: string, 
/**
 * Whether it may have one more device.
 */
hasRoom: boolean, 
/**
 * What they did too often.
 */
waits: Array<ClaimWait>, };

export type RefusedClaim = { 
/**
 * When, in milliseconds since the epoch.
 */
at: number, 
/**
 * Who tried.
 */
by: string, 
/**
 * Whether it came without any proof.
 */
withoutProof: boolean, };

export type WhyAnswer = { 
/**
 * What the text was taken for.
 */
readAs: ReadAs, 
/**
 * The labels that it can be of, five at most; none: nothing here has it.
 */
labels: Array<WhyLabel>, 
/**
 * Whether there are more of them, so that more of the label is to be typed.
 */
more: boolean, 
/**
 * A device that was made by hand, so that it has no label, whose key this is.
 */
byHand?: WhyDevice, 
/**
 * Whoever's claim is refused, where they were named.
 */
claimer?: WhyClaimer, 
/**
 * Refused claims of just this text by people within reach, the newest first, ten at most.
 */
refused: Array<RefusedClaim>, };

export const errorCodes = [
	'invalid_request',
	'unauthenticated',
	'wrong_credentials',
	'forbidden',
	'not_found',
	'not_claimable',
	'proof_required',
	'already_decided',
	'pin_gone',
	'pin_conflict',
	'idempotency_conflict',
	'rate_limited',
	'too_large',
	'setup_link_invalid',
	'link_invalid',
	'link_expired',
	'link_used',
	'email_in_use',
	'too_deep',
	'name_taken',
	'not_empty',
	'not_yourself',
	'wrong_status',
	'not_held',
	'same_holder',
	'no_gateway',
	'not_pairable',
	'template_missing',
	'template_not_yours',
	'undo_over',
	'no_label',
	'batch_not_ready',
	'fleet_not_ready',
	'secrets_gone',
	'unreadable_table',
	'bad_template',
	'template_changed',
	'device_limit',
	'template_in_use',
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
	'file_not_saved',
	'no_camera',
	'camera_busy',
	'camera_denied',
	'camera_unplugged',
	'camera_failed'
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export const tableProblems = [
	'empty',
	'encoding',
	'double_header',
	'no_header',
	'no_such_column',
	'no_such_field',
	'no_rows',
	'open_quote',
	'too_many_rows',
	'too_many_cells'
] as const;

export type TableProblem = (typeof tableProblems)[number];

export const rowProblems = [
	'cell_count',
	'no_identifier',
	'bad_identifier',
	'double_in_file',
	'double_in_cloud',
	'bad_name',
	'bad_cell',
	'not_a_number'
] as const;

export type RowProblem = (typeof rowProblems)[number];

export const templateProblems = [
	'too_many',
	'double_pin',
	'bad_name',
	'double_name',
	'bad_code',
	'bad_unit',
	'bad_range',
	'bad_values',
	'bad_default'
] as const;

export type TemplateProblem = (typeof templateProblems)[number];

export const auditActions = [
	'claim',
	'ask_approval',
	'approve_claim',
	'refuse_claim',
	'expire_claim',
	'confirm_device',
	'refuse_device',
	'reset_pins',
	'pin_conflict',
	'give_token',
	'create_device',
	'rename_device',
	'edit_device',
	'set_value',
	'delete_file',
	'export_devices',
	'delete_device',
	'release_device',
	'transfer_device',
	'receive_device',
	'disclaim',
	'undo',
	'pair_node',
	'move_node',
	'unpair_node',
	'replace_gateway',
	'set_join_window',
	'refuse_node',
	'wait_together',
	'generate_tokens',
	'create_batch',
	'cancel_batch',
	'export_tokens',
	'renew_label',
	'revoke_tokens',
	'create_template',
	'edit_template',
	'delete_template',
	'show_secrets',
	'create_client',
	'revoke_client',
	'create_organization',
	'rename_organization',
	'set_device_limit',
	'delete_organization',
	'invite',
	'accept_invitation',
	'sign_up',
	'change_role',
	'suspend',
	'restore',
	'remove_user',
	'change_password',
	'change_settings',
	'set_up',
	'export_audit'
] as const;

export type AuditAction = (typeof auditActions)[number];

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
