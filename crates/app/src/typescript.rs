//! The UI's types, made from ours.

use std::fmt::Write as _;

use handover_label::{Advice, Format, Reading};
use handover_wire::{
    Approval, ApprovalId, ApprovalState, ApproveClaim, AskWhy, AuditAction, AuditActor, AuditCheck,
    AuditEntry, AuditFault, Batch, BatchFailure, BatchId, BatchSource, BatchState, BatchToken,
    CertificateFault, ChangePassword, ChangeRole, Changes, ClaimAnswer, ClaimFault, ClaimLimit,
    ClaimObstacle, ClaimOutcome, ClaimProof, ClaimReply, ClaimWait, ClaimedNode, CloudSettings,
    ConfirmPin, ConsoleInfo, ConsoleSession, CreateBatch, CreateDevices, CreateMachine,
    CreateOrganization, DataStreamValue, DataType, Datastream, DecideJoin, DecidePin,
    DeletedDevice, Delivery, Device, DeviceAbsence, DeviceBootstrap, DeviceDetails, DeviceEvent,
    DeviceFile, DeviceHistory, DeviceId, DeviceIdentifier, DeviceMove, DeviceOutcome,
    DeviceOutcomes, DevicePart, DevicePin, DevicePoint, DeviceProperty, DeviceSort, DeviceState,
    DeviceToken, DeviceView, DeviceWork, EditDevice, EditProfile, ErrorBody, ErrorCode, Fault,
    FaultRule, Faults, FaultsNow, FileId, FleetFailure, FleetNow, FleetPhase, FleetTopology,
    FollowLink, GatewayDetails, GatewayLabels, GatewayNode, GatewayOfNode, GatewayOutcome,
    GatewayOutcomes, GivenUpMail, HandsState, HardwareInfo, History, IdentifierKind, ImportReport,
    InviteUser, JoinWindowAnswer, KeptMail, LabelChoice, LabelImage, LifecycleStatus, LinkInfo,
    LinkPurpose, LinkSecret, ListSort, LoginFault, Machine, MailId, MailSummary, MailTrouble, Mesh,
    MeshLink, MeshNode, MeshNodeKind, MeshRoute, MetaField, MetaFieldContent, MetaFieldValue,
    MetaKind, MoveKind, NewIdentifiers, NewMachine, NodePart, OfDevice, OfLabel, OpenJoinWindow,
    OrgId, Organization, OrganizationSummary, Overview, OwnerAfter, Page, PairNode, PairingProblem,
    PendingAnswer, PendingOutcome, Permission, PinState, Profile, RawValue, ReadAs, RecordedCall,
    RefuseClaim, RefusedClaim, ReleaseDevice, ReleaseGateway, ReleasedDevice, RenameOrganization,
    RenewLabel, ReplaceGateway, ReplacedGateway, ReplacedLabel, RevokeAnswer, RevokeTokens, Role,
    RouteHop, RowFault, RowProblem, Secret, SecretsShown, SessionInfo, SetDeviceLimit, SetValue,
    SetupRequest, Severity, SignIn, StartFleet, TableProblem, TakeGatewayBack, Template,
    TemplateDetails, TemplateDraft, TemplateEvent, TemplateId, TemplateParts, TemplateProblem,
    TimeSort, TokenId, TokenState, Topic, TransferDevices, TransferGateway, Unclaim, Unclaimed,
    UndoMoves, UndoWindow, Undone, UnpairNode, User, UserId, UserStatus, ValueSet, WaitTogether,
    WaitingMail, WaitingNode, WhyAnswer, WhyClaimer, WhyDevice, WhyLabel, WorkId, WrongCodes,
};
use ts_rs::{Config, TS};

use crate::bridge::{
    BundledCloud, CallMethod, CameraAbilities, CameraChoice, CameraEvent, CameraKind, Capabilities,
    Claim, DeviceQuery, FileCall, FoundCandidate, FoundCode, Hint, MailTo, OrganizationCall,
    PendingClaim, PictureFindings, Rename, SecretsKept, Session, SignInTo, ZoomRange,
};

macro_rules! declarations {
    ($config:expr; $($type:ty),+ $(,)?) => {
        [$(<$type as TS>::decl(&$config)),+]
    };
}

/// The whole of `ui/src/host/wire.ts`. `cargo xtask codegen` writes it; a test of this crate proves it current.
pub fn typescript() -> String {
    let config = Config::default().with_large_int("number");
    let declarations = declarations![config;
        DeviceId, MailId, OrgId, UserId, TemplateId, Secret, Role, UserStatus, Organization, User, Permission, Profile,
        OrganizationSummary, Overview, CreateOrganization, RenameOrganization, InviteUser, ChangeRole, EditProfile,
        ChangePassword, LinkPurpose, LinkInfo, LinkSecret, FollowLink, SessionInfo, CloudSettings, Machine, CreateMachine, NewMachine,
        DeviceState, DeviceSort, ListSort, TimeSort, DeviceView, DeviceIdentifier, LifecycleStatus, HardwareInfo, MoveKind, UndoWindow, Device, RawValue, DataStreamValue, MetaFieldContent, MetaFieldValue, DeviceDetails,
        SetValue, Delivery, ValueSet, DevicePoint, DeviceAbsence, DeviceHistory, DeviceProperty, FileId, DeviceFile,
        EditDevice, DeviceToken, WorkId, BatchFailure, CreateDevices, DeviceWork, SetDeviceLimit, Page<Device>, ClaimOutcome, ClaimAnswer,
        PendingOutcome, PendingAnswer, ClaimReply, ApprovalId, ApprovalState, Approval, ApproveClaim, RefuseClaim,
        GatewayNode, WaitingNode, ClaimedNode, WaitTogether, GatewayLabels, ReleaseGateway, TransferGateway, TakeGatewayBack, GatewayOutcome, GatewayOutcomes, GatewayDetails, GatewayOfNode, NodePart, DevicePart, PairNode, UnpairNode, ReplaceGateway,
        ReplacedGateway, OpenJoinWindow, JoinWindowAnswer, DecideJoin, PairingProblem,
        MeshNodeKind, MeshNode, MeshLink, RouteHop, MeshRoute, Mesh,
        LabelImage, SignIn, ConsoleSession, ConsoleInfo, SetupRequest, ErrorBody,
        MailSummary, KeptMail, MailTrouble, GivenUpMail, WaitingMail,
        ClaimFault, LoginFault, CertificateFault, Fault, FaultRule, RecordedCall, Faults, FaultsNow,
        FleetTopology, StartFleet, FleetPhase, FleetFailure, FleetNow,
        History, ReleaseDevice, ReleasedDevice, DeletedDevice, RenewLabel, OwnerAfter, TransferDevices, DeviceOutcome, DeviceOutcomes, UndoMoves, Undone,
        LabelChoice, Unclaim, Unclaimed, DeviceMove, PinState, DevicePin, DeviceBootstrap, ConfirmPin, DecidePin, OfDevice,
        OfLabel,
        Batch, BatchId, BatchSource, BatchState, BatchToken, ClaimProof, CreateBatch, DataType, Datastream,
        IdentifierKind, MetaField, MetaKind, NewIdentifiers, Severity, Template, TemplateDetails, TemplateDraft,
        TemplateEvent, DeviceEvent, TemplateParts, TokenId, TokenState, SecretsShown,
        RevokeTokens, RevokeAnswer, RowFault, ImportReport,
        Reading,
        CameraKind, SecretsKept, Capabilities, Session, SignInTo, BundledCloud, DeviceQuery, Claim,
        PendingClaim, FoundCode, Hint, FoundCandidate, PictureFindings, CameraChoice, ZoomRange, CameraAbilities, CameraEvent,
        Rename, MailTo, CallMethod, OrganizationCall, FileCall,
        AuditActor, AuditEntry, AuditFault, AuditCheck,
        Topic, Changes,
        AskWhy, ReadAs, HandsState, ClaimObstacle, WhyDevice, ReplacedLabel, WrongCodes, WhyLabel, ClaimLimit, ClaimWait, WhyClaimer,
        RefusedClaim, WhyAnswer,
    ];
    let mut text = String::from(
        "// Made from the Rust types by `cargo xtask codegen`. Changes here are lost, and a test finds them.\n",
    );
    for declaration in declarations {
        write_line(&mut text, &format!("export {declaration}"));
    }
    list(
        &mut text,
        "ErrorCode",
        "errorCodes",
        ErrorCode::ALL.iter().map(|code| code.as_str()),
    );
    list(
        &mut text,
        "TableProblem",
        "tableProblems",
        TableProblem::ALL.iter().map(|problem| problem.as_str()),
    );
    list(
        &mut text,
        "RowProblem",
        "rowProblems",
        RowProblem::ALL.iter().map(|problem| problem.as_str()),
    );
    list(
        &mut text,
        "TemplateProblem",
        "templateProblems",
        TemplateProblem::ALL.iter().map(|problem| problem.as_str()),
    );
    list(
        &mut text,
        "AuditAction",
        "auditActions",
        AuditAction::ALL.iter().map(|action| action.as_str()),
    );
    list(
        &mut text,
        "Format",
        "formats",
        Format::ALL.iter().map(|format| format.as_str()),
    );
    list(
        &mut text,
        "Advice",
        "advices",
        Advice::ALL.iter().map(|advice| advice.as_str()),
    );
    text
}

/// A closed set as a list, so that the UI's tests can go through it, and the union type of its members.
fn list(text: &mut String, name: &str, list: &str, members: impl Iterator<Item = &'static str>) {
    let members: Vec<String> = members.map(|member| format!("\t'{member}'")).collect();
    let members = members.join(",\n");
    write_line(
        text,
        &format!("export const {list} = [\n{members}\n] as const;"),
    );
    write_line(
        text,
        &format!("export type {name} = (typeof {list})[number];"),
    );
}

fn write_line(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{line}");
}

#[cfg(test)]
mod tests {
    use super::typescript;

    #[test]
    fn the_uis_types_are_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/host/wire.ts");
        if std::env::var_os("UPDATE_WIRE_TS").is_some() {
            std::fs::write(path, typescript()).expect("wire.ts can be written");
        }
        let current = std::fs::read_to_string(path).expect("wire.ts can be read");
        assert!(
            current == typescript(),
            "ui/src/host/wire.ts is not current: run `cargo xtask codegen`"
        );
    }
}
