//! What crosses the network and the bridge: shapes, error codes, ids.
//!
//! The OpenAPI document and the UI's TypeScript are made from these types, so a name is written once.
//! Names and shapes are those of the published Platform API; what is ours on top says so.
//! Times are milliseconds since the Unix epoch, UTC.

mod approval;
mod audit;
mod batch;
mod bootstrap;
mod device;
mod device_list;
mod error;
mod faults;
mod fleet;
mod gateway;
mod hands;
mod id;
mod import;
mod live;
mod machine;
mod mailbox;
mod mesh;
mod named;
mod oauth;
mod overview;
mod page;
mod people;
mod reading;
mod secret;
mod session;
mod sorts;
mod static_token;
mod template;
mod why;

pub use approval::{Approval, ApprovalState, ApproveClaim, RefuseClaim};
pub use audit::{AuditAction, AuditActor, AuditCheck, AuditEntry, AuditFault};
pub use batch::{
    Batch, BatchFailure, BatchSource, BatchState, BatchToken, ClaimProof, CreateBatch,
    IdentifierKind, NewIdentifiers, RevokeAnswer, RevokeTokens, SecretsShown, TokenState,
};
pub use bootstrap::{
    Bootstrap, BootstrapAnswer, BootstrapState, ConfirmPin, DecidePin, DeviceBootstrap, DevicePin,
    OfDevice, OfLabel, PinState,
};
pub use device::{
    CreateDevice, CreateDevices, DataStreamValue, Device, DeviceDetails, DeviceIdentifier,
    DeviceOnline, DeviceState, DeviceToken, DeviceWork, EditDevice, HardwareInfo, LifecycleStatus,
    MetaFieldContent, MetaFieldValue, RawValue,
};
pub use device_list::{DeviceSort, DeviceView};
pub use error::{ApiError, ErrorBody, ErrorCode};
pub use faults::{
    CertificateFault, ClaimFault, Fault, FaultRule, Faults, FaultsNow, LoginFault, RecordedCall,
};
pub use fleet::{FleetFailure, FleetNow, FleetPhase, FleetTopology, StartFleet};
pub use gateway::{
    DecideJoin, DevicePart, GatewayDetails, GatewayLabels, GatewayNode, GatewayOfNode,
    GatewayOutcome, GatewayOutcomes, JoinAnswer, JoinState, JoinWindowAnswer, NodePart,
    OpenJoinWindow, PairNode, PairingProblem, ReleaseGateway, ReplaceGateway, ReplacedGateway,
    TakeGatewayBack, TransferGateway, TunnelledNode, TunnelledNodes, UnpairNode, WaitTogether,
    WaitingNode,
};
pub use hands::{
    DeletedDevice, DeviceMove, DeviceOutcome, DeviceOutcomes, History, LabelChoice, MoveKind,
    OwnerAfter, ReleaseDevice, ReleasedDevice, TransferDevice, TransferDevices, Unclaim, Unclaimed,
    UndoMove, UndoMoves, UndoWindow, Undone,
};
pub use id::{
    ApprovalId, BatchId, DeviceId, FileId, MailId, OrgId, TemplateId, TokenId, UserId, WorkId,
};
pub use import::{ImportReport, RowFault, RowProblem, TableProblem};
pub use live::{Changes, Topic};
pub use machine::{CreateMachine, Machine, NewMachine};
pub use mailbox::{GivenUpMail, KeptMail, MailSummary, MailTrouble, WaitingMail};
pub use mesh::{
    Mesh, MeshEvent, MeshHop, MeshItem, MeshKeys, MeshLife, MeshLink, MeshMessage, MeshNode,
    MeshNodeKind, MeshOrders, MeshOutcome, MeshRefusal, MeshReport, MeshResult, MeshResults,
    MeshRoute, MeshSend, MeshState, MeshStranger, MeshStrangers, MeshTold, MeshUnsaid, RouteHop,
};
pub use named::NotNamed;
pub use oauth::{GrantType, OauthError, OauthErrorCode, RevokeRequest, TokenAnswer, TokenRequest};
pub use overview::Overview;
pub use page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, Page, PageQuery};
pub use people::{
    ChangePassword, ChangeRole, CreateOrganization, EditProfile, FollowLink, ForgotPassword,
    InviteUser, LinkInfo, LinkPurpose, LinkSecret, Organization, OrganizationSummary, Permission,
    Profile, RegisterUser, RenameOrganization, Role, SetDeviceLimit, User, UserStatus,
};
pub use reading::{
    Delivery, DeviceAbsence, DeviceApiError, DeviceApiMessage, DeviceEvent, DeviceFile,
    DeviceHistory, DevicePoint, DeviceProperty, SetValue, ValueSet,
};
pub use secret::Secret;
pub use session::{CloudSettings, ConsoleInfo, ConsoleSession, SessionInfo, SetupRequest, SignIn};
pub use sorts::{ListSort, TimeSort};
pub use static_token::{
    ClaimAnswer, ClaimOutcome, ClaimReply, ClaimRequest, ClaimedNode, GenerateTokens, LabelImage,
    PendingAnswer, PendingOutcome, RenewLabel, StaticToken, TokenStatus,
};
pub use template::{
    DataType, Datastream, MetaField, MetaKind, Severity, Template, TemplateDetails, TemplateDraft,
    TemplateEvent, TemplateParts, TemplateProblem,
};
pub use why::{
    AskWhy, ClaimLimit, ClaimObstacle, ClaimWait, HandsState, ReadAs, RefusedClaim, ReplacedLabel,
    WhyAnswer, WhyClaimer, WhyDevice, WhyLabel, WrongCodes,
};

/// The version of this program, as all its parts report it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The header that makes a repeated claim answer what the first one answered (ours).
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header that says which gateway carries a node's request (ours).
pub const GATEWAY_TOKEN: &str = "x-gateway-token";
