# ruff: noqa: E501
"""The operations of the API, written by `make client` from the services: not to be edited."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast
from uuid import UUID

from shared.messages.accounts import (
    AskConfirmationLetter,
    AskPasswordReset,
    ChangeEmail,
    ChangePassword,
    ChangePerson,
    ConfirmEmail,
    ConfirmPerson,
    LetterAsked,
    PersonView,
    ProvePresence,
    RefreshSession,
    RegisterPerson,
    ResetPassword,
    SecondFactorNeeded,
    SessionView,
    SignIn,
    TokenView,
)
from shared.messages.amendments import AmendmentView, OfferAmendment
from shared.messages.banks import BankList, BranchList
from shared.messages.base import Page
from shared.messages.books import (
    ClosedMonthView,
    JournalPage,
    MonthlyIncomeView,
    ReconciliationSummary,
    ReconciliationView,
    SealView,
    TraceView,
    TrialBalanceView,
)
from shared.messages.care import DatesLeftView, MoveDates
from shared.messages.companies import (
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberRights,
    MembershipView,
    MemberView,
    RenameCompany,
)
from shared.messages.contracts import (
    AcceptPart,
    AnswerDispute,
    AskToEnd,
    CommentDelivery,
    ContractSummary,
    ContractView,
    DecideDispute,
    Deliver,
    DisputeView,
    GiveBonus,
    MakeStatement,
    MilestoneView,
    OpenDispute,
    ProposeSettlement,
    RequestChanges,
    TermsView,
)
from shared.messages.deletion import AskDeletion, DeletionView, ExportView
from shared.messages.documents import (
    DocumentKind,
    DocumentList,
    DocumentView,
    IssuerView,
    PaymentRecordsView,
    RegistrationView,
    SetIssuer,
    SetRegistrationNumber,
    WithholdingView,
)
from shared.messages.factors import (
    AddPasskey,
    AskSecondFactorPasskey,
    CompleteSignIn,
    ConfirmTotp,
    FactorAddedView,
    FactorsView,
    PasskeyOptionsView,
    ProvePresenceByPasskey,
    RecoveryCodesView,
    SignInWithPasskey,
    TotpView,
)
from shared.messages.files import FileView
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverView,
    OfferedHandOver,
    ProposeHandOver,
)
from shared.messages.identities import (
    FinishElsewhere,
    IdentityView,
    ProviderView,
    RegisterElsewhere,
    RegistrationNeeded,
    StartedElsewhere,
    StartElsewhere,
)
from shared.messages.jobs import (
    AcceptProposal,
    AnswerQuestion,
    AskQuestion,
    Category,
    CounterOffer,
    DeclineProposal,
    InvitationView,
    InviteAssistant,
    JobDetails,
    JobKind,
    JobView,
    MakeProposal,
    Mode,
    OwnProposalView,
    PostJob,
    ProposalView,
    QuestionView,
    TakeTask,
)
from shared.messages.netpay import NetPayView, PreviewNetPay
from shared.messages.notify import (
    BounceView,
    Channel,
    LetterView,
    LineCodeView,
    MarkNotificationsRead,
    NotificationView,
    PreferencesView,
    PreviewView,
    SetPreferences,
    UnreadView,
    UnsubscribedView,
)
from shared.messages.operations import ApprovalView, RefuseApproval
from shared.messages.outcomes import OutcomesDocument, OutcomesView
from shared.messages.payments import (
    BecomePayee,
    ChargebackView,
    CheckoutView,
    CreditView,
    FraudWarningView,
    LatePayableView,
    MilestoneMoneyView,
    OnboardingLinkView,
    PayableView,
    PayeeView,
    PayFromCredit,
    PayoutView,
    RefundCredit,
    RefundMilestone,
    RefundView,
    StartCheckout,
)
from shared.messages.personal_tokens import (
    ExchangeToken,
    MakeToken,
    NewTokenView,
    PersonalTokenView,
    ScopedTokenView,
)
from shared.messages.profiles import (
    AssistantMatches,
    JobMatches,
    KeepProfile,
    OwnProfileView,
    ProfileView,
)
from shared.messages.program_money import SponsorshipView
from shared.messages.program_path import (
    AnswerCheck,
    AnswerCheckIn,
    AnswerHelp,
    AskForHelp,
    CheckInView,
    CheckView,
    CommentDraft,
    DeliverPractice,
    DraftView,
    HelpView,
    PersonToday,
    PracticeView,
    ReviewPractice,
    ShowDraft,
)
from shared.messages.program_people import (
    AddSupporter,
    ApplicationView,
    Apply,
    AssignSupporter,
    ChangeConsent,
    ChangeHours,
    DeclineApplication,
    MateView,
    NoteView,
    ParticipantView,
    RateProgram,
    RecordAttendance,
    SupporterView,
    WeekView,
    WriteNote,
)
from shared.messages.programs import (
    AnnounceCohort,
    CohortView,
    DecideOnSponsor,
    DescribeProgram,
    LocalClientView,
    MunicipalityView,
    ProgramView,
    RegisterSponsor,
    SetCurriculum,
    SponsorStatus,
    SponsorView,
)
from shared.messages.retainers import HoursView, LogHours, RetainerView
from shared.messages.search import JobsFound, SavedSearchList, SavedSearchView, SaveSearch, Sort
from shared.messages.suspensions import (
    FoundPerson,
    PersonCase,
    PersonNames,
    ReinstatePerson,
    SuspendPerson,
)
from shared.messages.talk import (
    BlockList,
    CloseReport,
    GiveRating,
    MakeReport,
    MarkRead,
    MessageView,
    RatingsView,
    RatingView,
    ReplyToRating,
    ReportView,
    SendMessage,
    UnreadList,
)
from shared.messages.wallets import PayPartner, TopUpWallet, WalletStatementView, WalletView
from shared.messages.webhooks import (
    AddEndpoint,
    ChangeEndpoint,
    DeliveryStatus,
    DeliveryView,
    EndpointList,
    EndpointSecretView,
    EndpointView,
    EventTypeList,
    TrafficView,
)
from tasuki.client.transport import Request, Transport


@dataclass(frozen=True)
class Accounts:
    """The operations of accounts."""

    transport: Transport

    def register_person(self, body: RegisterPerson, *, key: str | None = None) -> PersonView:
        """Ask for an account: a letter goes to the address, and its link opens the account.

        The answer is the same for an address that has an account: its owner is written to instead.
        """
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people", body=body, key=key), PersonView
        )

    def confirm_person(self, body: ConfirmPerson, *, key: str | None = None) -> PersonView:
        """Open the account that a letter's link is about; a second time, show it again."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/confirmation", body=body, key=key), PersonView
        )

    def send_confirmation_again(
        self, body: AskConfirmationLetter, *, key: str | None = None
    ) -> LetterAsked:
        """Have the letter with the confirmation link sent again, if the address waits for it."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/confirmation-letters", body=body, key=key),
            LetterAsked,
        )

    def show_me(self) -> PersonView:
        """Show the account of whoever asks."""
        return self.transport.send(Request("GET", "/api/v1/accounts/people/me"), PersonView)

    def change_me(
        self, body: ChangePerson, *, key: str | None = None, if_match: str | None = None
    ) -> PersonView:
        """Set the name that others see, how it is read, and the language that one is written to in."""
        return self.transport.send(
            Request("PUT", "/api/v1/accounts/people/me", body=body, key=key, if_match=if_match),
            PersonView,
        )

    def change_password(
        self, body: ChangePassword, *, key: str | None = None, if_match: str | None = None
    ) -> PersonView:
        """Replace one's password. Every other session ends."""
        return self.transport.send(
            Request(
                "PUT", "/api/v1/accounts/people/me/password", body=body, key=key, if_match=if_match
            ),
            PersonView,
        )

    def change_email(self, body: ChangeEmail, *, key: str | None = None) -> PersonView:
        """Ask for another e-mail address: a letter goes there, and its link makes it hold.

        Takes the password, or a proof of who one is that was given within 10 minutes.
        """
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/me/email", body=body, key=key), PersonView
        )

    def confirm_email(self, body: ConfirmEmail, *, key: str | None = None) -> PersonView:
        """Let a new address hold, by the link of the letter to it."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/email-confirmation", body=body, key=key),
            PersonView,
        )

    def ask_password_reset(self, body: AskPasswordReset, *, key: str | None = None) -> LetterAsked:
        """Ask for a letter with a link to set a new password, if the address has an account."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/password-resets", body=body, key=key), LetterAsked
        )

    def reset_password(self, body: ResetPassword, *, key: str | None = None) -> LetterAsked:
        """Set a new password by the link of a letter. Every session ends."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/password-resets/redemption", body=body, key=key),
            LetterAsked,
        )

    def found_company(self, body: FoundCompany, *, key: str | None = None) -> CompanyView:
        """Open a client account for a company (role client); the next sign-in lets one act for it."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/companies", body=body, key=key), CompanyView
        )

    def list_companies(self) -> list[MembershipView]:
        """Return the companies that the caller is in or invited to, oldest first."""
        return self.transport.send(
            Request("GET", "/api/v1/accounts/companies"), list[MembershipView]
        )

    def show_company(self, company_id: UUID) -> CompanyView:
        """Return a company and who is in it (its members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/accounts/companies/{company_id}"), CompanyView
        )

    def rename_company(
        self,
        company_id: UUID,
        body: RenameCompany,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> CompanyView:
        """Set its name, where it is reached, and its language (an administrator)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/accounts/companies/{company_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            CompanyView,
        )

    def join(self, company_id: UUID, *, key: str | None = None) -> MembershipView:
        """Accept an invitation to one's own address; the next token lets one act, as a client."""
        return self.transport.send(
            Request("POST", f"/api/v1/accounts/companies/{company_id}/membership", key=key),
            MembershipView,
        )

    def invite(self, company_id: UUID, body: InviteMember, *, key: str | None = None) -> MemberView:
        """Invite somebody by e-mail (an administrator), for 30 days; they are written to.

        The answer is the same whether the address has an account or not. Whoever confirms it later
        finds the invitation then.
        """
        return self.transport.send(
            Request("POST", f"/api/v1/accounts/companies/{company_id}/members", body=body, key=key),
            MemberView,
        )

    def change_rights(
        self,
        company_id: UUID,
        person_id: UUID,
        body: MemberRights,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> MemberView:
        """Give a member just these rights (an administrator): they hold from the next sign-in on.

        Of an invitation the id is its own: these are the rights of whoever accepts it.
        """
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/accounts/companies/{company_id}/members/{person_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            MemberView,
        )

    def remove(self, company_id: UUID, person_id: UUID, *, key: str | None = None) -> MemberView:
        """Take a member out, or an invitation back (an administrator; oneself: leave, or decline).

        Of an invitation that is taken back the id is its own; who declines names themselves.
        """
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/accounts/companies/{company_id}/members/{person_id}/removal",
                key=key,
            ),
            MemberView,
        )

    def show_factors(self) -> FactorsView:
        """Return what the caller has set up to prove who they are."""
        return self.transport.send(Request("GET", "/api/v1/accounts/factors"), FactorsView)

    def start_totp(self, *, key: str | None = None) -> TotpView:
        """Get a secret for an app that shows codes; it counts once a code is sent."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/factors/totp", key=key), TotpView
        )

    def confirm_totp(self, body: ConfirmTotp, *, key: str | None = None) -> FactorAddedView:
        """Set the app up by a code of it; with the first factor come recovery codes."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/factors/totp/confirmation", body=body, key=key),
            FactorAddedView,
        )

    def remove_totp(self, *, key: str | None = None) -> FactorsView:
        """Do without the app from now on."""
        return self.transport.send(
            Request("DELETE", "/api/v1/accounts/factors/totp", key=key), FactorsView
        )

    def make_recovery_codes(self, *, key: str | None = None) -> RecoveryCodesView:
        """Make ten new recovery codes; those of before are worth nothing any more."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/factors/recovery-codes", key=key), RecoveryCodesView
        )

    def start_passkey(self, *, key: str | None = None) -> PasskeyOptionsView:
        """Get what a browser needs to make a passkey."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/factors/passkeys/options", key=key),
            PasskeyOptionsView,
        )

    def add_passkey(self, body: AddPasskey, *, key: str | None = None) -> FactorAddedView:
        """Keep the passkey that a device has made; with the first factor come recovery codes."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/factors/passkeys", body=body, key=key),
            FactorAddedView,
        )

    def remove_passkey(self, passkey_id: UUID, *, key: str | None = None) -> FactorsView:
        """Do without a passkey from now on."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/accounts/factors/passkeys/{passkey_id}", key=key),
            FactorsView,
        )

    def start_passkey_proof(self, *, key: str | None = None) -> PasskeyOptionsView:
        """Get what a browser needs to prove once more who is there."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/me/proof/passkey-options", key=key),
            PasskeyOptionsView,
        )

    def prove_presence_by_passkey(
        self, body: ProvePresenceByPasskey, *, key: str | None = None
    ) -> SessionView:
        """Prove once more who one is, where `reauthentication_needed` has been answered."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/me/proof/passkey", body=body, key=key),
            SessionView,
        )

    def ask_second_factor_passkey(
        self, body: AskSecondFactorPasskey, *, key: str | None = None
    ) -> PasskeyOptionsView:
        """Get what a browser needs to be the second factor of a sign-in."""
        return self.transport.send(
            Request(
                "POST",
                "/api/v1/accounts/sessions/second-factor/passkey-options",
                body=body,
                key=key,
            ),
            PasskeyOptionsView,
        )

    def complete_sign_in(self, body: CompleteSignIn, *, key: str | None = None) -> TokenView:
        """End a sign-in with a code of an app, a recovery code, or a passkey."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/second-factor", body=body, key=key),
            TokenView,
        )

    def start_passkey_sign_in(self, *, key: str | None = None) -> PasskeyOptionsView:
        """Get what a browser needs to sign somebody in by a passkey alone."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/passkey-options", key=key),
            PasskeyOptionsView,
        )

    def sign_in_with_passkey(self, body: SignInWithPasskey, *, key: str | None = None) -> TokenView:
        """Sign in by a passkey alone: it is both factors in one."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/passkey", body=body, key=key), TokenView
        )

    def export(self) -> ExportView:
        """Return all that accounts keeps of the caller. Each service has its own part."""
        return self.transport.send(Request("GET", "/api/v1/accounts/people/me/export"), ExportView)

    def show_deletion(self) -> DeletionView:
        """Return how the deletion stands that the caller has asked for."""
        return self.transport.send(
            Request("GET", "/api/v1/accounts/people/me/deletion"), DeletionView
        )

    def ask_deletion(self, body: AskDeletion, *, key: str | None = None) -> DeletionView:
        """Ask for one's account to be deleted: the other services say whether anything is open.

        Takes the password, or a proof of who one is that was given within 10 minutes.
        """
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/me/deletion", body=body, key=key), DeletionView
        )

    def withdraw_deletion(self, *, key: str | None = None) -> DeletionView:
        """Take the wish back, until it is carried out."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/people/me/deletion/withdrawal", key=key), DeletionView
        )

    def list_providers(self) -> list[ProviderView]:
        """Return where people may sign in beside here."""
        return self.transport.send(Request("GET", "/api/v1/accounts/oidc"), list[ProviderView])

    def list_identities(self) -> list[IdentityView]:
        """Return the accounts elsewhere that open the caller's own here."""
        return self.transport.send(
            Request("GET", "/api/v1/accounts/oidc/identities"), list[IdentityView]
        )

    def register_elsewhere(self, body: RegisterElsewhere, *, key: str | None = None) -> TokenView:
        """Open an account for whom a provider vouches, and sign them in."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/oidc/registrations", body=body, key=key), TokenView
        )

    def start_elsewhere(
        self, provider: str, body: StartElsewhere, *, key: str | None = None
    ) -> StartedElsewhere:
        """Begin to sign in at a provider, or to link the account there with the caller's own."""
        return self.transport.send(
            Request("POST", f"/api/v1/accounts/oidc/{provider}/start", body=body, key=key),
            StartedElsewhere,
        )

    def come_back(
        self, provider: str, body: FinishElsewhere, *, key: str | None = None
    ) -> TokenView | SecondFactorNeeded | RegistrationNeeded:
        """Sign in with what the provider has sent the browser back with.

        Where nobody has an account yet, the answer says what is needed: its `kind` is `registration`.
        """
        return cast(
            "TokenView | SecondFactorNeeded | RegistrationNeeded",
            self.transport.send(
                Request("POST", f"/api/v1/accounts/oidc/{provider}/callback", body=body, key=key),
                cast("Any", TokenView | SecondFactorNeeded | RegistrationNeeded),
            ),
        )

    def link(
        self, provider: str, body: FinishElsewhere, *, key: str | None = None
    ) -> list[IdentityView]:
        """Let the account at the provider open the caller's own here from now on."""
        return self.transport.send(
            Request("POST", f"/api/v1/accounts/oidc/{provider}/link", body=body, key=key),
            list[IdentityView],
        )

    def unlink(self, provider: str, *, key: str | None = None) -> list[IdentityView]:
        """Let the account at the provider open the caller's no more."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/accounts/oidc/{provider}/link", key=key), list[IdentityView]
        )

    def find_people(
        self, *, q: str | None = None, after: UUID | None = None, limit: int | None = None
    ) -> Page[FoundPerson]:
        """Return people, newest first (role operator); that they were looked for is written down."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/accounts/operations/people",
                query={"q": q, "after": after, "limit": limit},
            ),
            Page[FoundPerson],
        )

    def get_names(self, *, account_id: list[UUID]) -> PersonNames:
        """Return how people and companies are called (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/accounts/operations/names", query={"account_id": account_id}),
            PersonNames,
        )

    def get_person_case(self, person_id: UUID) -> PersonCase:
        """Return all that accounts knows of somebody (role operator); that is written down."""
        return self.transport.send(
            Request("GET", f"/api/v1/accounts/operations/people/{person_id}"), PersonCase
        )

    def suspend_person(
        self, person_id: UUID, body: SuspendPerson, *, key: str | None = None
    ) -> PersonCase:
        """Keep somebody out (role operator): their sessions end, and they can't sign in."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/accounts/operations/people/{person_id}/suspension",
                body=body,
                key=key,
            ),
            PersonCase,
        )

    def reinstate_person(
        self, person_id: UUID, body: ReinstatePerson, *, key: str | None = None
    ) -> PersonCase:
        """Let somebody in again (role operator)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/accounts/operations/people/{person_id}/reinstatement",
                body=body,
                key=key,
            ),
            PersonCase,
        )

    def sign_in(self, body: SignIn, *, key: str | None = None) -> TokenView | SecondFactorNeeded:
        """Sign in: exchange e-mail and password for tokens.

        Where a second factor is set up, the answer says so: its `kind` is `second_factor`. Takes no
        Idempotency-Key: that would mean to keep the tokens.
        """
        return cast(
            "TokenView | SecondFactorNeeded",
            self.transport.send(
                Request("POST", "/api/v1/accounts/sessions", body=body, key=key),
                cast("Any", TokenView | SecondFactorNeeded),
            ),
        )

    def refresh(self, body: RefreshSession, *, key: str | None = None) -> TokenView:
        """Exchange a refresh token for new tokens. It is used up by that.

        Two at once each get some; one that comes again half a minute later ends the session, since
        somebody has a copy.
        """
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/refresh", body=body, key=key), TokenView
        )

    def sign_out(self, *, key: str | None = None) -> list[SessionView]:
        """End the session of the token that this is sent with."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/me/end", key=key), list[SessionView]
        )

    def list_sessions(self) -> list[SessionView]:
        """Return where the caller is signed in, the session seen last first."""
        return self.transport.send(Request("GET", "/api/v1/accounts/sessions"), list[SessionView])

    def end_session(self, session_id: UUID, *, key: str | None = None) -> list[SessionView]:
        """End one of the caller's sessions; its access token holds elsewhere until it expires."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/accounts/sessions/{session_id}", key=key), list[SessionView]
        )

    def end_other_sessions(self, *, key: str | None = None) -> list[SessionView]:
        """End all of the caller's sessions but this one."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/others/end", key=key), list[SessionView]
        )

    def prove_presence(self, body: ProvePresence, *, key: str | None = None) -> SessionView:
        """Prove once more who one is, where `reauthentication_needed` has been answered."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/sessions/me/proof", body=body, key=key), SessionView
        )

    def make_token(self, body: MakeToken, *, key: str | None = None) -> NewTokenView:
        """Make a personal access token; it is shown this once.

        Takes no Idempotency-Key: that would mean to keep the token.
        """
        return self.transport.send(
            Request("POST", "/api/v1/accounts/tokens", body=body, key=key), NewTokenView
        )

    def list_tokens(self) -> list[PersonalTokenView]:
        """Return the caller's tokens that hold, newest first."""
        return self.transport.send(
            Request("GET", "/api/v1/accounts/tokens"), list[PersonalTokenView]
        )

    def revoke_token(self, token_id: UUID, *, key: str | None = None) -> PersonalTokenView:
        """Make a token worth nothing. Services that have just seen it may take it a minute longer."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/accounts/tokens/{token_id}", key=key), PersonalTokenView
        )

    def exchange_token(self, body: ExchangeToken, *, key: str | None = None) -> ScopedTokenView:
        """Exchange a personal access token for an access token, as every service does by itself."""
        return self.transport.send(
            Request("POST", "/api/v1/accounts/tokens/exchange", body=body, key=key), ScopedTokenView
        )


@dataclass(frozen=True)
class Jobs:
    """The operations of jobs."""

    transport: Transport

    def post_job(self, body: PostJob, *, key: str | None = None) -> JobView:
        """Ask for work to be done (role client, or a member of the company who may post)."""
        return self.transport.send(Request("POST", "/api/v1/jobs", body=body, key=key), JobView)

    def list_jobs(
        self,
        *,
        category: Category | None = None,
        after: UUID | None = None,
        limit: int | None = None,
        mine: bool | None = None,
        invited: bool | None = None,
    ) -> Page[JobView]:
        """Return jobs, newest first: the open ones that one may see, or all of one's own."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/jobs",
                query={
                    "category": category,
                    "after": after,
                    "limit": limit,
                    "mine": mine,
                    "invited": invited,
                },
            ),
            Page[JobView],
        )

    def get_job(self, job_id: UUID) -> JobView:
        """Return a job, to whoever may see it."""
        return self.transport.send(Request("GET", f"/api/v1/jobs/{job_id}"), JobView)

    def edit_job(
        self, job_id: UUID, body: JobDetails, *, key: str | None = None, if_match: str | None = None
    ) -> JobView:
        """Say other things in a job (its client), as long as nobody has proposed to it."""
        return self.transport.send(
            Request("PUT", f"/api/v1/jobs/{job_id}", body=body, key=key, if_match=if_match), JobView
        )

    def publish_job(self, job_id: UUID, *, key: str | None = None) -> JobView:
        """Open a draft to proposals (its client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/publication", key=key), JobView
        )

    def pause_job(self, job_id: UUID, *, key: str | None = None) -> JobView:
        """Take no proposals for a while (the job's client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/pause", key=key), JobView
        )

    def resume_job(self, job_id: UUID, *, key: str | None = None) -> JobView:
        """Take proposals again (the job's client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/resumption", key=key), JobView
        )

    def close_job(self, job_id: UUID, *, key: str | None = None) -> JobView:
        """Take no more proposals (the job's client). Standing proposals are declined."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/closure", key=key), JobView
        )

    def upload_file(
        self, job_id: UUID, content: Path, *, name: str, key: str | None = None
    ) -> FileView:
        """Attach a file, sent as the body, of at most 50 MiB and no program (the job's client).

        No Idempotency-Key is needed: the same bytes under the same name are the same file.
        """
        return self.transport.send(
            Request(
                "POST", f"/api/v1/jobs/{job_id}/files", query={"name": name}, body=content, key=key
            ),
            FileView,
        )

    def download_file(self, job_id: UUID, file_id: UUID) -> bytes:
        """Return a file's bytes, for saving, to whoever may see the job."""
        return self.transport.send(Request("GET", f"/api/v1/jobs/{job_id}/files/{file_id}"), bytes)

    def ask_question(
        self, job_id: UUID, body: AskQuestion, *, key: str | None = None
    ) -> QuestionView:
        """Ask the client something about an open job (role assistant)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/questions", body=body, key=key), QuestionView
        )

    def answer_question(
        self, job_id: UUID, question_id: UUID, body: AnswerQuestion, *, key: str | None = None
    ) -> QuestionView:
        """Answer a question (the job's client)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/jobs/{job_id}/questions/{question_id}/answer", body=body, key=key
            ),
            QuestionView,
        )

    def list_questions(
        self, job_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[QuestionView]:
        """Return the questions about a job: to its client all, to others the answered and their own."""
        return self.transport.send(
            Request(
                "GET", f"/api/v1/jobs/{job_id}/questions", query={"after": after, "limit": limit}
            ),
            Page[QuestionView],
        )

    def invite_assistant(
        self, job_id: UUID, body: InviteAssistant, *, key: str | None = None
    ) -> InvitationView:
        """Invite an assistant to propose (the job's client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/invitations", body=body, key=key),
            InvitationView,
        )

    def list_invitations(self, job_id: UUID) -> list[InvitationView]:
        """Return who was invited, the newest first (the job's client)."""
        return self.transport.send(
            Request("GET", f"/api/v1/jobs/{job_id}/invitations"), list[InvitationView]
        )

    def keep_profile(
        self, body: KeepProfile, *, key: str | None = None, if_match: str | None = None
    ) -> OwnProfileView:
        """Say who one is and when one works (role assistant)."""
        return self.transport.send(
            Request("PUT", "/api/v1/jobs/profiles/me", body=body, key=key, if_match=if_match),
            OwnProfileView,
        )

    def own_profile(self) -> OwnProfileView:
        """Return one's own profile, with what nobody else sees."""
        return self.transport.send(Request("GET", "/api/v1/jobs/profiles/me"), OwnProfileView)

    def jobs_for_me(self, *, after: str | None = None, limit: int | None = None) -> JobMatches:
        """Return the open jobs that fit one's own profile, the best first, with the reasons."""
        return self.transport.send(
            Request(
                "GET", "/api/v1/jobs/profiles/me/matches", query={"after": after, "limit": limit}
            ),
            JobMatches,
        )

    def get_profile(self, person_id: UUID) -> ProfileView:
        """Return an assistant's profile, to who signed in."""
        return self.transport.send(
            Request("GET", f"/api/v1/jobs/profiles/{person_id}"), ProfileView
        )

    def assistants_for_job(
        self, job_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AssistantMatches:
        """Return the assistants who fit a job, the best first, with the reasons (the job's client)."""
        return self.transport.send(
            Request(
                "GET", f"/api/v1/jobs/{job_id}/matches", query={"after": after, "limit": limit}
            ),
            AssistantMatches,
        )

    def make_proposal(
        self, job_id: UUID, body: MakeProposal, *, key: str | None = None
    ) -> ProposalView:
        """Offer to do a job (role assistant), one standing proposal at a time."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/proposals", body=body, key=key), ProposalView
        )

    def list_proposals(
        self, job_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[ProposalView]:
        """Return the proposals to a job, newest first: its client sees all, others their own."""
        return self.transport.send(
            Request(
                "GET", f"/api/v1/jobs/{job_id}/proposals", query={"after": after, "limit": limit}
            ),
            Page[ProposalView],
        )

    def list_own_proposals(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[OwnProposalView]:
        """Return one's own proposals to all jobs, newest first, each with its job."""
        return self.transport.send(
            Request("GET", "/api/v1/jobs/proposals", query={"after": after, "limit": limit}),
            Page[OwnProposalView],
        )

    def get_own_proposal(self, proposal_id: UUID) -> OwnProposalView:
        """Return a proposal of one's own, with its job."""
        return self.transport.send(
            Request("GET", f"/api/v1/jobs/proposals/{proposal_id}"), OwnProposalView
        )

    def take_task(self, job_id: UUID, body: TakeTask, *, key: str | None = None) -> ProposalView:
        """Take one of a job's small tasks (role assistant): who comes first has it."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/{job_id}/takes", body=body, key=key), ProposalView
        )

    def revise_proposal(
        self,
        proposal_id: UUID,
        body: MakeProposal,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ProposalView:
        """Put another version in its place (its assistant), also as the answer to a counter-offer."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/jobs/proposals/{proposal_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ProposalView,
        )

    def counter_proposal(
        self, proposal_id: UUID, body: CounterOffer, *, key: str | None = None
    ) -> ProposalView:
        """Offer other terms than were proposed (the job's client)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/jobs/proposals/{proposal_id}/counter-offers", body=body, key=key
            ),
            ProposalView,
        )

    def accept_proposal(
        self, proposal_id: UUID, body: AcceptProposal | None = None, *, key: str | None = None
    ) -> ProposalView:
        """Fill the job with this proposal (the job's client; its assistant, when it is countered)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/proposals/{proposal_id}/acceptance", body=body, key=key),
            ProposalView,
        )

    def decline_proposal(
        self, proposal_id: UUID, body: DeclineProposal | None = None, *, key: str | None = None
    ) -> ProposalView:
        """Decline a proposal, with a reason that is told (the job's client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/proposals/{proposal_id}/refusal", body=body, key=key),
            ProposalView,
        )

    def shortlist_proposal(
        self, proposal_id: UUID, *, key: str | None = None, if_match: str | None = None
    ) -> ProposalView:
        """Mark a proposal (the job's client, who alone sees the mark)."""
        return self.transport.send(
            Request(
                "PUT", f"/api/v1/jobs/proposals/{proposal_id}/shortlist", key=key, if_match=if_match
            ),
            ProposalView,
        )

    def unshortlist_proposal(self, proposal_id: UUID, *, key: str | None = None) -> ProposalView:
        """Take the mark away (the job's client)."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/jobs/proposals/{proposal_id}/shortlist", key=key),
            ProposalView,
        )

    def withdraw_proposal(self, proposal_id: UUID, *, key: str | None = None) -> ProposalView:
        """Take a proposal back while it stands (its assistant)."""
        return self.transport.send(
            Request("POST", f"/api/v1/jobs/proposals/{proposal_id}/withdrawal", key=key),
            ProposalView,
        )

    def search_jobs(
        self,
        *,
        sort: Sort | None = None,
        after: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        category: Category | None = None,
        kind: JobKind | None = None,
        mode: Mode | None = None,
        skill: tuple[str, ...] | None = None,
        budget_from: int | None = None,
        budget_to: int | None = None,
        weekly_hours_max: int | None = None,
        beginner_friendly: bool | None = None,
        deadline_from: date | None = None,
    ) -> JobsFound:
        """Return open jobs that fit, in Japanese and English (signed in)."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/jobs/search",
                query={
                    "sort": sort,
                    "after": after,
                    "limit": limit,
                    "q": q,
                    "category": category,
                    "kind": kind,
                    "mode": mode,
                    "skill": skill,
                    "budget_from": budget_from,
                    "budget_to": budget_to,
                    "weekly_hours_max": weekly_hours_max,
                    "beginner_friendly": beginner_friendly,
                    "deadline_from": deadline_from,
                },
            ),
            JobsFound,
        )

    def save_search(self, body: SaveSearch, *, key: str | None = None) -> SavedSearchView:
        """Keep a search, to be told of jobs that fit it as they are opened (signed in)."""
        return self.transport.send(
            Request("POST", "/api/v1/jobs/searches", body=body, key=key), SavedSearchView
        )

    def list_searches(self) -> SavedSearchList:
        """Return the searches that one keeps, the newest first."""
        return self.transport.send(Request("GET", "/api/v1/jobs/searches"), SavedSearchList)

    def remove_search(self, search_id: UUID, *, key: str | None = None) -> SavedSearchList:
        """Forget a search."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/jobs/searches/{search_id}", key=key), SavedSearchList
        )


@dataclass(frozen=True)
class Contracts:
    """The operations of contracts."""

    transport: Transport

    def list_contracts(
        self, *, after: UUID | None = None, limit: int | None = None, running: bool | None = None
    ) -> Page[ContractSummary]:
        """Return one's own contracts, newest first."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/contracts",
                query={"after": after, "limit": limit, "running": running},
            ),
            Page[ContractSummary],
        )

    def list_open_disputes(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[DisputeView]:
        """Return the disputes that are to be decided, oldest first (an operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/contracts/disputes", query={"after": after, "limit": limit}),
            Page[DisputeView],
        )

    def get_dispute(self, dispute_id: UUID) -> DisputeView:
        """Return a dispute, open or decided (an operator)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/disputes/{dispute_id}"), DisputeView
        )

    def get_contract(self, contract_id: UUID) -> ContractView:
        """Return a contract: terms, milestones with their clocks, and all that happened (a party).

        An operator may read one with a dispute; that is written down.
        """
        return self.transport.send(Request("GET", f"/api/v1/contracts/{contract_id}"), ContractView)

    def upload_file(
        self, contract_id: UUID, content: Path, *, name: str, key: str | None = None
    ) -> FileView:
        """Add a file, sent as the body, of at most 50 MiB and no program (a party).

        No Idempotency-Key is needed: the same bytes under the same name are the same file.
        """
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/files",
                query={"name": name},
                body=content,
                key=key,
            ),
            FileView,
        )

    def download_file(self, contract_id: UUID, file_id: UUID) -> bytes:
        """Return a file's bytes, for saving (a party)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/files/{file_id}"), bytes
        )

    def deliver(
        self, contract_id: UUID, milestone_id: UUID, body: Deliver, *, key: str | None = None
    ) -> MilestoneView:
        """Hand in the work (the assistant). The client's time to review begins."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/deliveries",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def request_changes(
        self, contract_id: UUID, milestone_id: UUID, body: RequestChanges, *, key: str | None = None
    ) -> MilestoneView:
        """Say what must change in what was delivered (the client)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/change-requests",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def comment_delivery(
        self,
        contract_id: UUID,
        milestone_id: UUID,
        delivery_id: UUID,
        body: CommentDelivery,
        *,
        key: str | None = None,
    ) -> MilestoneView:
        """Say something about a delivery (either party)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/deliveries/{delivery_id}/comments",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def accept_part(
        self, contract_id: UUID, milestone_id: UUID, body: AcceptPart, *, key: str | None = None
    ) -> MilestoneView:
        """Accept a part, and say what the rest needs (the client): that part is released."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/partial-acceptances",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def accept(
        self, contract_id: UUID, milestone_id: UUID, *, key: str | None = None
    ) -> MilestoneView:
        """Accept the work, or the rest of it (the client): what is left in escrow is released."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/acceptance",
                key=key,
            ),
            MilestoneView,
        )

    def ask_to_end(
        self, contract_id: UUID, milestone_id: UUID, body: AskToEnd, *, key: str | None = None
    ) -> MilestoneView:
        """Propose to end the milestone (either party). The other's silence agrees after some days."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/ending",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def agree_to_end(
        self, contract_id: UUID, milestone_id: UUID, *, key: str | None = None
    ) -> MilestoneView:
        """Agree to end (the party who didn't ask): what is in escrow goes back to the client."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/ending/agreement",
                key=key,
            ),
            MilestoneView,
        )

    def give_bonus(
        self, contract_id: UUID, body: GiveBonus, *, key: str | None = None
    ) -> MilestoneView:
        """Add a bonus (the client). Once it is paid for, it is accepted and released by itself."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/bonuses", body=body, key=key),
            MilestoneView,
        )

    def open_dispute(
        self, contract_id: UUID, milestone_id: UUID, body: OpenDispute, *, key: str | None = None
    ) -> MilestoneView:
        """Open a dispute about what is left (either party). Silence of the other decides it."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/disputes",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def answer_dispute(
        self, contract_id: UUID, dispute_id: UUID, body: AnswerDispute, *, key: str | None = None
    ) -> MilestoneView:
        """Answer a dispute (the party who didn't open it): then an operator decides, or both agree."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/disputes/{dispute_id}/answers",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def make_statement(
        self, contract_id: UUID, dispute_id: UUID, body: MakeStatement, *, key: str | None = None
    ) -> DisputeView:
        """Say more about an open dispute, with files (a party)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/disputes/{dispute_id}/statements",
                body=body,
                key=key,
            ),
            DisputeView,
        )

    def settle_dispute(
        self,
        contract_id: UUID,
        dispute_id: UUID,
        body: ProposeSettlement,
        *,
        key: str | None = None,
    ) -> MilestoneView:
        """Propose how to divide the rest, or agree by proposing the same as the other (a party)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/disputes/{dispute_id}/settlement",
                body=body,
                key=key,
            ),
            MilestoneView,
        )

    def decide_dispute(
        self, contract_id: UUID, dispute_id: UUID, body: DecideDispute, *, key: str | None = None
    ) -> DisputeView:
        """Divide the rest (an operator): so much for the assistant, what remains for the client.

        From a limit on, a second operator has to approve of it first.
        """
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/disputes/{dispute_id}/decision",
                body=body,
                key=key,
            ),
            DisputeView,
        )

    def list_approvals(
        self,
        *,
        status: Literal["waiting", "carried_out", "refused"] | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """Return money actions that wait for a second operator, or waited, newest first."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/contracts/operations/approvals",
                query={"status": status, "after": after, "limit": limit},
            ),
            Page[ApprovalView],
        )

    def approve(self, approval_id: UUID, *, key: str | None = None) -> ApprovalView:
        """Have it carried out (another operator than the one who asked for it)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/contracts/operations/approvals/{approval_id}/approval", key=key
            ),
            ApprovalView,
        )

    def refuse(
        self, approval_id: UUID, body: RefuseApproval, *, key: str | None = None
    ) -> ApprovalView:
        """Say no to it, or take back what one has asked for oneself (an operator)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/operations/approvals/{approval_id}/refusal",
                body=body,
                key=key,
            ),
            ApprovalView,
        )

    def list_offered_hand_overs(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[OfferedHandOver]:
        """Return the milestones with which one is to go on for somebody else, newest first."""
        return self.transport.send(
            Request("GET", "/api/v1/contracts/hand-overs", query={"after": after, "limit": limit}),
            Page[OfferedHandOver],
        )

    def get_offered_hand_over(self, hand_over_id: UUID) -> OfferedHandOver:
        """Return what is offered, with the terms that one would have (the substitute)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/hand-overs/{hand_over_id}"), OfferedHandOver
        )

    def download_shared_file(self, hand_over_id: UUID, file_id: UUID) -> bytes:
        """Return the bytes of a file that was delivered and is shared (the substitute)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/hand-overs/{hand_over_id}/files/{file_id}"), bytes
        )

    def consent_as_substitute(
        self, hand_over_id: UUID, *, key: str | None = None
    ) -> OfferedHandOver:
        """Consent to go on (the substitute). With the third consent there is a contract."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/hand-overs/{hand_over_id}/consent", key=key),
            OfferedHandOver,
        )

    def refuse_as_substitute(
        self, hand_over_id: UUID, *, key: str | None = None
    ) -> OfferedHandOver:
        """Refuse to go on (the substitute)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/hand-overs/{hand_over_id}/refusal", key=key),
            OfferedHandOver,
        )

    def propose_hand_over(
        self,
        contract_id: UUID,
        milestone_id: UUID,
        body: ProposeHandOver,
        *,
        key: str | None = None,
    ) -> HandOverView:
        """Propose that somebody else goes on with a milestone (a party). All three must consent."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/hand-overs",
                body=body,
                key=key,
            ),
            HandOverView,
        )

    def list_hand_overs(
        self, contract_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[HandOverView]:
        """Return the hand-overs of a contract's milestones, newest first (a party)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/contracts/{contract_id}/hand-overs",
                query={"after": after, "limit": limit},
            ),
            Page[HandOverView],
        )

    def consent_to_hand_over(
        self,
        contract_id: UUID,
        hand_over_id: UUID,
        body: ConsentToHandOver,
        *,
        key: str | None = None,
    ) -> HandOverView:
        """Consent (the party who didn't propose it). With the third consent it is handed over."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/hand-overs/{hand_over_id}/consent",
                body=body,
                key=key,
            ),
            HandOverView,
        )

    def refuse_hand_over(
        self, contract_id: UUID, hand_over_id: UUID, *, key: str | None = None
    ) -> HandOverView:
        """Refuse, or take one's own proposal back (a party)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/hand-overs/{hand_over_id}/refusal",
                key=key,
            ),
            HandOverView,
        )

    def move_dates(
        self, contract_id: UUID, body: MoveDates, *, key: str | None = None
    ) -> DatesLeftView:
        """Move all that waits for one by some days, as far as the terms allow it (the assistant).

        Nobody is asked or told why.
        """
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/date-moves", body=body, key=key),
            DatesLeftView,
        )

    def get_days_left(self, contract_id: UUID) -> DatesLeftView:
        """Return by how many days one may still move dates (the assistant)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/date-moves"), DatesLeftView
        )

    def get_retainer(self, contract_id: UUID) -> RetainerView:
        """Return a retainer with its periods, newest first (a party)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/retainer"), RetainerView
        )

    def give_notice(self, contract_id: UUID, *, key: str | None = None) -> RetainerView:
        """End the retainer, with the notice that the terms ask for (either party)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/retainer/notice", key=key),
            RetainerView,
        )

    def resume(self, contract_id: UUID, *, key: str | None = None) -> RetainerView:
        """Begin a new period today, after one that was not paid for (the client)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/retainer/resumption", key=key),
            RetainerView,
        )

    def get_hours(self, contract_id: UUID, milestone_id: UUID) -> HoursView:
        """Return the hours of a period (a party)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/hours"),
            HoursView,
        )

    def log_hours(
        self, contract_id: UUID, milestone_id: UUID, body: LogHours, *, key: str | None = None
    ) -> HoursView:
        """Log time that was worked (the assistant)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/hours",
                body=body,
                key=key,
            ),
            HoursView,
        )

    def change_entry(
        self,
        contract_id: UUID,
        milestone_id: UUID,
        entry_id: UUID,
        body: LogHours,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> HoursView:
        """Put an entry right, until the hours are delivered (the assistant)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/hours/{entry_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            HoursView,
        )

    def remove_entry(
        self, contract_id: UUID, milestone_id: UUID, entry_id: UUID, *, key: str | None = None
    ) -> HoursView:
        """Take an entry away, until the hours are delivered (the assistant)."""
        return self.transport.send(
            Request(
                "DELETE",
                f"/api/v1/contracts/{contract_id}/milestones/{milestone_id}/hours/{entry_id}",
                key=key,
            ),
            HoursView,
        )

    def list_unread(self) -> UnreadList:
        """Return the contracts in which messages are waiting for the caller."""
        return self.transport.send(Request("GET", "/api/v1/contracts/messages/unread"), UnreadList)

    def send_message(
        self, contract_id: UUID, body: SendMessage, *, key: str | None = None
    ) -> MessageView:
        """Write to the other party (a party)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/messages", body=body, key=key),
            MessageView,
        )

    def list_messages(
        self, contract_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[MessageView]:
        """Return the messages of a contract, newest first (a party)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/contracts/{contract_id}/messages",
                query={"after": after, "limit": limit},
            ),
            Page[MessageView],
        )

    def mark_read(self, contract_id: UUID, body: MarkRead, *, key: str | None = None) -> UnreadList:
        """Say that the other party's messages were read (a party)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/messages/read", body=body, key=key),
            UnreadList,
        )

    def get_ratings(self, contract_id: UUID) -> RatingsView:
        """Return the ratings of a contract, as a party may see them."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/ratings"), RatingsView
        )

    def give_rating(
        self, contract_id: UUID, body: GiveRating, *, key: str | None = None
    ) -> RatingsView:
        """Rate the other party, once the work is over (a party)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/ratings", body=body, key=key),
            RatingsView,
        )

    def reply_to_rating(
        self, contract_id: UUID, body: ReplyToRating, *, key: str | None = None
    ) -> RatingsView:
        """Answer what the other party said, once (the party of which it was said)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/ratings/reply", body=body, key=key),
            RatingsView,
        )

    def list_ratings(
        self, account_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[RatingView]:
        """Return what was said of a client or an assistant, newest first; for who signed in."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/contracts/ratings/{account_id}",
                query={"after": after, "limit": limit},
            ),
            Page[RatingView],
        )

    def list_blocks(self, *, client_id: UUID | None = None) -> BlockList:
        """Return whom one has blocked."""
        return self.transport.send(
            Request("GET", "/api/v1/contracts/blocks", query={"client_id": client_id}), BlockList
        )

    def block(
        self,
        account_id: UUID,
        *,
        client_id: UUID | None = None,
        key: str | None = None,
        if_match: str | None = None,
    ) -> BlockList:
        """See to it that nothing new begins with an account. It is not told."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/contracts/blocks/{account_id}",
                query={"client_id": client_id},
                key=key,
                if_match=if_match,
            ),
            BlockList,
        )

    def unblock(
        self, account_id: UUID, *, client_id: UUID | None = None, key: str | None = None
    ) -> BlockList:
        """Take a block back."""
        return self.transport.send(
            Request(
                "DELETE",
                f"/api/v1/contracts/blocks/{account_id}",
                query={"client_id": client_id},
                key=key,
            ),
            BlockList,
        )

    def make_report(self, body: MakeReport, *, key: str | None = None) -> ReportView:
        """Tell the operators of something that isn't right."""
        return self.transport.send(
            Request("POST", "/api/v1/contracts/reports", body=body, key=key), ReportView
        )

    def list_reports(
        self, *, after: UUID | None = None, limit: int | None = None, mine: bool | None = None
    ) -> Page[ReportView]:
        """Return the open reports (an operator), or those that one has made; newest first."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/contracts/reports",
                query={"after": after, "limit": limit, "mine": mine},
            ),
            Page[ReportView],
        )

    def close_report(
        self, report_id: UUID, body: CloseReport, *, key: str | None = None
    ) -> ReportView:
        """Say what was done about a report (an operator)."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/reports/{report_id}/closure", body=body, key=key),
            ReportView,
        )

    def get_terms(self, contract_id: UUID) -> TermsView:
        """Return the terms that hold (a party)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/terms"), TermsView
        )

    def download_terms(self, contract_id: UUID, version: int) -> bytes:
        """Return a version of the terms for saving: just the bytes whose SHA-256 is its hash."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/terms/{version}.json"), bytes
        )

    def print_terms(
        self, contract_id: UUID, version: int, *, lang: Literal["ja", "en"] | None = None
    ) -> bytes:
        """Return a version of the terms as PDF, with its hash and both consents (a party)."""
        return self.transport.send(
            Request(
                "GET", f"/api/v1/contracts/{contract_id}/terms/{version}.pdf", query={"lang": lang}
            ),
            bytes,
        )

    def get_terms_version(self, contract_id: UUID, version: int) -> TermsView:
        """Return a version of the terms, the first one being 1 (a party)."""
        return self.transport.send(
            Request("GET", f"/api/v1/contracts/{contract_id}/terms/{version}"), TermsView
        )

    def offer_amendment(
        self, contract_id: UUID, body: OfferAmendment, *, key: str | None = None
    ) -> AmendmentView:
        """Offer to change the terms (a party). Nothing changes until the other accepts."""
        return self.transport.send(
            Request("POST", f"/api/v1/contracts/{contract_id}/amendments", body=body, key=key),
            AmendmentView,
        )

    def list_amendments(
        self, contract_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[AmendmentView]:
        """Return the offers to change the terms, newest first (a party)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/contracts/{contract_id}/amendments",
                query={"after": after, "limit": limit},
            ),
            Page[AmendmentView],
        )

    def accept_amendment(
        self, contract_id: UUID, amendment_id: UUID, *, key: str | None = None
    ) -> AmendmentView:
        """Accept an offer (the party to whom it was made): a new version of the terms holds."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/amendments/{amendment_id}/acceptance",
                key=key,
            ),
            AmendmentView,
        )

    def decline_amendment(
        self, contract_id: UUID, amendment_id: UUID, *, key: str | None = None
    ) -> AmendmentView:
        """Decline an offer (the party to whom it was made): the terms stay as they are."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/amendments/{amendment_id}/refusal",
                key=key,
            ),
            AmendmentView,
        )

    def withdraw_amendment(
        self, contract_id: UUID, amendment_id: UUID, *, key: str | None = None
    ) -> AmendmentView:
        """Take an offer back (the party who made it)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/contracts/{contract_id}/amendments/{amendment_id}/withdrawal",
                key=key,
            ),
            AmendmentView,
        )


@dataclass(frozen=True)
class Payments:
    """The operations of payments."""

    transport: Transport

    def become_payee(self, body: BecomePayee, *, key: str | None = None) -> PayeeView:
        """Open an account with the payment processor (role assistant); once, however often asked."""
        return self.transport.send(
            Request("POST", "/api/v1/payments/payees", body=body, key=key), PayeeView
        )

    def get_payee(self) -> PayeeView:
        """Return the caller as a payee."""
        return self.transport.send(Request("GET", "/api/v1/payments/payees/me"), PayeeView)

    def make_onboarding_link(self, *, key: str | None = None) -> OnboardingLinkView:
        """Return a page where the caller tells the processor name, address and bank account."""
        return self.transport.send(
            Request("POST", "/api/v1/payments/payees/me/onboarding-links", key=key),
            OnboardingLinkView,
        )

    def check_out(self, body: StartCheckout, *, key: str | None = None) -> CheckoutView:
        """Return the page on which to pay for milestones (their client); the same while it is open.

        For a company: members who may fund.
        """
        return self.transport.send(
            Request("POST", "/api/v1/payments/checkouts", body=body, key=key), CheckoutView
        )

    def get_checkout(self, checkout_id: UUID) -> CheckoutView:
        """Return a page and what is still to be paid, to its client."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/checkouts/{checkout_id}"), CheckoutView
        )

    def cancel_checkout(self, checkout_id: UUID, *, key: str | None = None) -> CheckoutView:
        """Give up a page, or a transfer that is on its way: what came of it becomes credit."""
        return self.transport.send(
            Request("POST", f"/api/v1/payments/checkouts/{checkout_id}/cancellation", key=key),
            CheckoutView,
        )

    def get_credit(self, *, client_id: UUID | None = None) -> CreditView:
        """Return the caller's credit, a company's (members who may), or anybody's (operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/credit", query={"client_id": client_id}), CreditView
        )

    def pay_from_credit(self, body: PayFromCredit, *, key: str | None = None) -> CreditView:
        """Pay for milestones from credit: all of them, or none (their client)."""
        return self.transport.send(
            Request("POST", "/api/v1/payments/credit/payments", body=body, key=key), CreditView
        )

    def refund_credit(self, body: RefundCredit, *, key: str | None = None) -> CreditView:
        """Have credit paid back the way it came (the client, members who may fund, an operator).

        An operator needs a second one, from a limit on.
        """
        return self.transport.send(
            Request("POST", "/api/v1/payments/credit/refunds", body=body, key=key), CreditView
        )

    def get_milestone_money(self, milestone_id: UUID) -> MilestoneMoneyView:
        """Return the money of a milestone, to its two parties and members who may see the money."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/milestones/{milestone_id}"), MilestoneMoneyView
        )

    def refund_milestone(
        self, milestone_id: UUID, body: RefundMilestone, *, key: str | None = None
    ) -> list[RefundView]:
        """Give a part of the price back, before or after the release (operator, or the assistant).

        An operator needs a second one, from a limit on.
        """
        return self.transport.send(
            Request(
                "POST", f"/api/v1/payments/milestones/{milestone_id}/refunds", body=body, key=key
            ),
            list[RefundView],
        )

    def get_payable(self) -> PayableView:
        """Return what is owed to the caller, and when it is paid (role assistant)."""
        return self.transport.send(Request("GET", "/api/v1/payments/payables/me"), PayableView)

    def request_payout(self, *, key: str | None = None) -> PayoutView:
        """Pay out now what is owed to the caller, whatever the payday (role assistant)."""
        return self.transport.send(Request("POST", "/api/v1/payments/payouts", key=key), PayoutView)

    def list_payouts(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[PayoutView]:
        """Return the caller's payouts, newest first."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/payouts", query={"after": after, "limit": limit}),
            Page[PayoutView],
        )

    def preview_net_pay(self, body: PreviewNetPay, *, key: str | None = None) -> NetPayView:
        """Return what a contract comes to before it is agreed: fee, taxes, transfers, yen per hour."""
        return self.transport.send(
            Request("POST", "/api/v1/payments/previews", body=body, key=key), NetPayView
        )

    def search_banks(self, *, q: str | None = None, limit: int | None = None) -> BankList:
        """Return the banks that fit, best first."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/banks", query={"q": q, "limit": limit}), BankList
        )

    def search_branches(
        self, bank_code: str, *, q: str | None = None, limit: int | None = None
    ) -> BranchList:
        """Return the bank's branches that fit, best first; without `q` the first by code."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/payments/banks/{bank_code}/branches",
                query={"q": q, "limit": limit},
            ),
            BranchList,
        )

    def get_trial_balance(self) -> TrialBalanceView:
        """Return the sums over all accounts of the books (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/books/trial-balance"), TrialBalanceView
        )

    def get_income(self, *, months: int | None = None) -> list[MonthlyIncomeView]:
        """Return what the market earned by month: its fees (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/books/income", query={"months": months}),
            list[MonthlyIncomeView],
        )

    def list_entries(
        self, *, reference: UUID | None = None, after: int | None = None, limit: int | None = None
    ) -> JournalPage:
        """Return entries of the journal, oldest first (role operator)."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/payments/books/entries",
                query={"reference": reference, "after": after, "limit": limit},
            ),
            JournalPage,
        )

    def get_seal(self) -> SealView:
        """Return how far the journal is sealed (role operator); keep the hash elsewhere."""
        return self.transport.send(Request("GET", "/api/v1/payments/books/seal"), SealView)

    def list_closed_months(self) -> list[ClosedMonthView]:
        """Return the closed months, newest first, with their accounts (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/books/months"), list[ClosedMonthView]
        )

    def export_books(
        self,
        *,
        month: str | None = None,
        format_: Literal["csv", "beancount"] | None = None,
        by_owner: bool | None = None,
    ) -> bytes:
        """Stream the journal, or a month of it, as CSV or beancount (role operator)."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/payments/books/export",
                query={"month": month, "format": format_, "by_owner": by_owner},
            ),
            bytes,
        )

    def run_reconciliation(self, *, key: str | None = None) -> ReconciliationView:
        """Compare the books with the processor's statements, line by line (role operator)."""
        return self.transport.send(
            Request("POST", "/api/v1/payments/reconciliations", key=key), ReconciliationView
        )

    def list_reconciliations(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[ReconciliationSummary]:
        """Return the runs, the clock's and those that were asked for, newest first (operator)."""
        return self.transport.send(
            Request(
                "GET", "/api/v1/payments/reconciliations", query={"after": after, "limit": limit}
            ),
            Page[ReconciliationSummary],
        )

    def get_reconciliation(self, reconciliation_id: UUID) -> ReconciliationView:
        """Return a run, and what had no partner (role operator)."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/reconciliations/{reconciliation_id}"),
            ReconciliationView,
        )

    def get_trace(self, name: str, *, format_: Literal["json", "svg"] | None = None) -> TraceView:
        """Return the way of the money from the charge to the bank (operator; a milestone's parties)."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/traces/{name}", query={"format": format_}), TraceView
        )

    def list_documents(self, *, month: str, of: UUID | None = None) -> DocumentList:
        """Return the documents of a month; its statement is among them once the month is over."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/documents", query={"month": month, "person_id": of}),
            DocumentList,
        )

    def get_document(
        self,
        kind: DocumentKind,
        id_: str,
        *,
        format_: Literal["json", "pdf"] | None = None,
        lang: Literal["ja", "en"] | None = None,
        of: UUID | None = None,
    ) -> DocumentView:
        """Return a document: the id is that of the list; a month or a year for those of a period."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/payments/documents/{kind}/{id_}",
                query={"format": format_, "lang": lang, "person_id": of},
            ),
            DocumentView,
        )

    def get_withholding(self, month: str) -> WithholdingView:
        """Return the income tax withheld in a month and what is to be remitted (role operator)."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/withholding/{month}"), WithholdingView
        )

    def remit_withholding(self, month: str, *, key: str | None = None) -> WithholdingView:
        """Record that a month's taxes were remitted to the tax office (role operator); once."""
        return self.transport.send(
            Request("POST", f"/api/v1/payments/withholding/{month}/remittance", key=key),
            WithholdingView,
        )

    def get_payment_records(self, year: int, *, of: UUID | None = None) -> PaymentRecordsView:
        """Return the figures of a year's payment records (支払調書) that concern the caller."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/payment-records/{year}", query={"person_id": of}),
            PaymentRecordsView,
        )

    def set_registration_number(
        self, body: SetRegistrationNumber, *, key: str | None = None, if_match: str | None = None
    ) -> RegistrationView:
        """Say under which number the caller issues qualified invoices (role assistant)."""
        return self.transport.send(
            Request(
                "PUT",
                "/api/v1/payments/payees/me/registration-number",
                body=body,
                key=key,
                if_match=if_match,
            ),
            RegistrationView,
        )

    def get_registration_number(self) -> RegistrationView:
        """Return the caller's registration number as of today."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/payees/me/registration-number"), RegistrationView
        )

    def set_issuer(
        self, body: SetIssuer, *, key: str | None = None, if_match: str | None = None
    ) -> IssuerView:
        """Say who runs the market, as documents name it (role operator)."""
        return self.transport.send(
            Request("PUT", "/api/v1/payments/issuer", body=body, key=key, if_match=if_match),
            IssuerView,
        )

    def get_issuer(self) -> IssuerView:
        """Return who runs the market today, as documents name it."""
        return self.transport.send(Request("GET", "/api/v1/payments/issuer"), IssuerView)

    def list_chargebacks(
        self, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[ChargebackView]:
        """Return payments that clients' banks took back, newest first (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/chargebacks", query={"after": after, "limit": limit}),
            Page[ChargebackView],
        )

    def list_fraud_warnings(self, *, limit: int | None = None) -> list[FraudWarningView]:
        """Return the newest early warnings of fraud (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/fraud-warnings", query={"limit": limit}),
            list[FraudWarningView],
        )

    def list_late_payables(self, *, limit: int | None = None) -> list[LatePayableView]:
        """Return what the law wants paid soon and isn't paid yet (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/late-payables", query={"limit": limit}),
            list[LatePayableView],
        )

    def list_failed_refunds(self, *, limit: int | None = None) -> list[RefundView]:
        """Return refunds that failed and are still owed (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/payments/failed-refunds", query={"limit": limit}),
            list[RefundView],
        )

    def retry_refund(self, refund_id: UUID, *, key: str | None = None) -> RefundView:
        """Try a refund again that failed (role operator)."""
        return self.transport.send(
            Request("POST", f"/api/v1/payments/refunds/{refund_id}/retry", key=key), RefundView
        )

    def list_approvals(
        self,
        *,
        status: Literal["waiting", "carried_out", "refused"] | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> Page[ApprovalView]:
        """Return money actions that wait for a second operator, or waited, newest first."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/payments/operations/approvals",
                query={"status": status, "after": after, "limit": limit},
            ),
            Page[ApprovalView],
        )

    def approve(self, approval_id: UUID, *, key: str | None = None) -> ApprovalView:
        """Have it carried out (another operator than the one who asked for it)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/payments/operations/approvals/{approval_id}/approval", key=key
            ),
            ApprovalView,
        )

    def refuse(
        self, approval_id: UUID, body: RefuseApproval, *, key: str | None = None
    ) -> ApprovalView:
        """Say no to it, or take back what one has asked for oneself (an operator)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/payments/operations/approvals/{approval_id}/refusal",
                body=body,
                key=key,
            ),
            ApprovalView,
        )

    def get_wallet(self, program_id: UUID) -> WalletView:
        """Return a wallet (the sponsor's or the partner's members who may see money, operators)."""
        return self.transport.send(
            Request("GET", f"/api/v1/payments/wallets/{program_id}"), WalletView
        )

    def top_up(
        self, program_id: UUID, body: TopUpWallet, *, key: str | None = None
    ) -> CheckoutView:
        """Return the page on which to pay in (the sponsor: who may fund); the same while it is open."""
        return self.transport.send(
            Request("POST", f"/api/v1/payments/wallets/{program_id}/top-ups", body=body, key=key),
            CheckoutView,
        )

    def get_statement(self, program_id: UUID, *, month: str) -> WalletStatementView:
        """Return what moved in a month (the sponsor's members who may see money, operators)."""
        return self.transport.send(
            Request(
                "GET", f"/api/v1/payments/wallets/{program_id}/statement", query={"month": month}
            ),
            WalletStatementView,
        )

    def get_statement_csv(self, program_id: UUID, *, month: str) -> bytes:
        """Return the lines of a month's statement as CSV."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/payments/wallets/{program_id}/statement.csv",
                query={"month": month},
            ),
            bytes,
        )

    def refund_wallet(self, program_id: UUID, *, key: str | None = None) -> WalletView:
        """Give back what is free, the way it came (the sponsor: who may fund)."""
        return self.transport.send(
            Request("POST", f"/api/v1/payments/wallets/{program_id}/refund", key=key), WalletView
        )

    def pay_partner(
        self, program_id: UUID, body: PayPartner, *, key: str | None = None
    ) -> WalletView:
        """Record that tuition was paid to the partner (operator; a second one, from a limit on)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/payments/wallets/{program_id}/partner-payments",
                body=body,
                key=key,
            ),
            WalletView,
        )


@dataclass(frozen=True)
class Programs:
    """The operations of programs."""

    transport: Transport

    def describe_program(self, body: DescribeProgram, *, key: str | None = None) -> ProgramView:
        """Begin a program as a draft (the sponsor's members who may post)."""
        return self.transport.send(
            Request("POST", "/api/v1/programs", body=body, key=key), ProgramView
        )

    def list_programs(
        self, *, mine: bool | None = None, after: UUID | None = None, limit: int | None = None
    ) -> Page[ProgramView]:
        """Return programs, newest first: the open ones, or all that one's accounts sponsor or run."""
        return self.transport.send(
            Request(
                "GET", "/api/v1/programs", query={"mine": mine, "after": after, "limit": limit}
            ),
            Page[ProgramView],
        )

    def get_program(self, program_id: UUID) -> ProgramView:
        """Return a program: open ones to who signed in, others to who runs it or is in it."""
        return self.transport.send(Request("GET", f"/api/v1/programs/{program_id}"), ProgramView)

    def change_program(
        self,
        program_id: UUID,
        body: DescribeProgram,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ProgramView:
        """Describe a program anew (the sponsor's members who may post); open ones only raise caps."""
        return self.transport.send(
            Request("PUT", f"/api/v1/programs/{program_id}", body=body, key=key, if_match=if_match),
            ProgramView,
        )

    def set_curriculum(
        self,
        program_id: UUID,
        body: SetCurriculum,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ProgramView:
        """Set the units and the practice job (the partner's members who may post).

        `If-Match` is held against the ETag of the program, of which the curriculum is a part.
        """
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/{program_id}/curriculum",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ProgramView,
        )

    def open_program(self, program_id: UUID, *, key: str | None = None) -> ProgramView:
        """Open a draft (the sponsor's members who may post), once the sponsor is confirmed."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/{program_id}/opening", key=key), ProgramView
        )

    def close_program(self, program_id: UUID, *, key: str | None = None) -> ProgramView:
        """Take nobody any more (the sponsor's members who may post); who takes part goes on."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/{program_id}/closure", key=key), ProgramView
        )

    def list_local_clients(self, program_id: UUID) -> list[LocalClientView]:
        """Return the clients that count as local (the partner's members who may post)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/local-clients"), list[LocalClientView]
        )

    def add_local_client(
        self,
        program_id: UUID,
        account_id: UUID,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> list[LocalClientView]:
        """Count the jobs of a client as local (the partner's members who may post)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/{program_id}/local-clients/{account_id}",
                key=key,
                if_match=if_match,
            ),
            list[LocalClientView],
        )

    def remove_local_client(
        self, program_id: UUID, account_id: UUID, *, key: str | None = None
    ) -> list[LocalClientView]:
        """Count the jobs of a client as local no more (the partner's members who may post)."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/programs/{program_id}/local-clients/{account_id}", key=key),
            list[LocalClientView],
        )

    def apply(self, cohort_id: UUID, body: Apply, *, key: str | None = None) -> ApplicationView:
        """Apply for a cohort (role assistant); a refusal names all that isn't met."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/programs/cohorts/{cohort_id}/applications", body=body, key=key
            ),
            ApplicationView,
        )

    def list_applications(
        self, cohort_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[ApplicationView]:
        """Return who applied, the first one first (the partner's members who may accept)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/programs/cohorts/{cohort_id}/applications",
                query={"after": after, "limit": limit},
            ),
            Page[ApplicationView],
        )

    def list_own_applications(self) -> list[ApplicationView]:
        """Return one's own applications, the newest first."""
        return self.transport.send(
            Request("GET", "/api/v1/programs/applications/mine"), list[ApplicationView]
        )

    def accept_application(
        self, application_id: UUID, *, key: str | None = None
    ) -> ApplicationView:
        """Take somebody in, or on the waiting list (the partner's members who may accept)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/applications/{application_id}/acceptance", key=key),
            ApplicationView,
        )

    def decline_application(
        self, application_id: UUID, body: DeclineApplication, *, key: str | None = None
    ) -> ApplicationView:
        """Decline an application with a reason (the partner's members who may accept)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/applications/{application_id}/refusal",
                body=body,
                key=key,
            ),
            ApplicationView,
        )

    def withdraw_application(
        self, application_id: UUID, *, key: str | None = None
    ) -> ApplicationView:
        """Take one's application back; who was accepted leaves by it."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/applications/{application_id}/withdrawal", key=key),
            ApplicationView,
        )

    def list_today(self) -> list[PersonToday]:
        """Return whom one stands by as a supporter, with what waits, the most urgent first."""
        return self.transport.send(Request("GET", "/api/v1/programs/today"), list[PersonToday])

    def ask_for_help(
        self, participant_id: UUID, body: AskForHelp, *, key: str | None = None
    ) -> HelpView:
        """Ask one's supporter, from whatever step one is at (the participant)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/programs/participants/{participant_id}/helps", body=body, key=key
            ),
            HelpView,
        )

    def list_helps(self, participant_id: UUID) -> tuple[HelpView, ...]:
        """Return questions, newest first (participant, supporter; the partner sees escalated ones)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/helps"),
            tuple[HelpView, ...],
        )

    def get_help(self, help_id: UUID) -> HelpView:
        """Return a question with its answers."""
        return self.transport.send(Request("GET", f"/api/v1/programs/helps/{help_id}"), HelpView)

    def answer_help(self, help_id: UUID, body: AnswerHelp, *, key: str | None = None) -> HelpView:
        """Answer, or write back (supporter, participant; once escalated, the partner's members)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/helps/{help_id}/answers", body=body, key=key),
            HelpView,
        )

    def settle_help(self, help_id: UUID, *, key: str | None = None) -> HelpView:
        """Say that it is settled (the participant)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/helps/{help_id}/settlement", key=key), HelpView
        )

    def list_check_ins(self, participant_id: UUID) -> tuple[CheckInView, ...]:
        """Return how somebody was asked, newest first; the supporter sees what was passed on."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/check-ins"),
            tuple[CheckInView, ...],
        )

    def answer_check_in(
        self, check_in_id: UUID, body: AnswerCheckIn, *, key: str | None = None
    ) -> CheckInView:
        """Say how it goes (the participant)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/check-ins/{check_in_id}/answer", body=body, key=key),
            CheckInView,
        )

    def write_note(
        self, participant_id: UUID, body: WriteNote, *, key: str | None = None
    ) -> NoteView:
        """Write a note on somebody (their supporter)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/programs/participants/{participant_id}/notes", body=body, key=key
            ),
            NoteView,
        )

    def list_notes(self, participant_id: UUID) -> tuple[NoteView, ...]:
        """Return the notes on somebody, newest first (their supporter)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/notes"),
            tuple[NoteView, ...],
        )

    def announce_cohort(
        self, program_id: UUID, body: AnnounceCohort, *, key: str | None = None
    ) -> CohortView:
        """Let people apply for a cohort of an open program (the partner's members who may post)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/{program_id}/cohorts", body=body, key=key),
            CohortView,
        )

    def list_cohorts(self, program_id: UUID) -> list[CohortView]:
        """Return a program's cohorts, to whoever may see the program."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/cohorts"), list[CohortView]
        )

    def get_cohort(self, cohort_id: UUID) -> CohortView:
        """Return a cohort, to whoever may see its program."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/cohorts/{cohort_id}"), CohortView
        )

    def change_cohort(
        self,
        cohort_id: UUID,
        body: AnnounceCohort,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> CohortView:
        """Say other things of a cohort (the partner's members who may post); more places are given."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/cohorts/{cohort_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            CohortView,
        )

    def list_participants(self, cohort_id: UUID) -> list[ParticipantView]:
        """Return who takes part, or did (the partner's members; a supporter sees their own people)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/cohorts/{cohort_id}/participants"),
            list[ParticipantView],
        )

    def record_attendance(
        self,
        cohort_id: UUID,
        number: int,
        body: RecordAttendance,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> list[ParticipantView]:
        """Say who was at a session (the partner's members who may post; supporters of their people)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/cohorts/{cohort_id}/sessions/{number}/attendance",
                body=body,
                key=key,
                if_match=if_match,
            ),
            list[ParticipantView],
        )

    def get_outcomes(self, program_id: UUID) -> OutcomesView:
        """Return the figures of a program (the sponsor's and the partner's members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/outcomes"), OutcomesView
        )

    def get_cohort_outcomes(self, cohort_id: UUID) -> OutcomesView:
        """Return the figures of a cohort (the sponsor's and the partner's members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/cohorts/{cohort_id}/outcomes"), OutcomesView
        )

    def get_outcomes_csv(self, program_id: UUID) -> bytes:
        """Return all figures as CSV (the sponsor's and the partner's members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/outcomes.csv"), bytes
        )

    def get_outcomes_pdf(self, program_id: UUID) -> bytes:
        """Return the report, in Japanese (the sponsor's and the partner's members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/outcomes.pdf"), bytes
        )

    def get_outcomes_json(self, program_id: UUID) -> OutcomesDocument:
        """Return all figures as open data: an opened program's to everybody who signed in."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/outcomes.json"), OutcomesDocument
        )

    def get_own_participation(self) -> ParticipantView:
        """Return as whom one takes part now."""
        return self.transport.send(
            Request("GET", "/api/v1/programs/participants/mine"), ParticipantView
        )

    def list_mates(self) -> list[MateView]:
        """Return those of one's own cohort who have come as far as to work."""
        return self.transport.send(
            Request("GET", "/api/v1/programs/participants/mine/mates"), list[MateView]
        )

    def get_participant(self, participant_id: UUID) -> ParticipantView:
        """Return a participant (themselves, their supporter, the partner's members)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}"), ParticipantView
        )

    def leave_program(self, participant_id: UUID, *, key: str | None = None) -> ParticipantView:
        """Take part no longer (oneself, or the partner's members who may accept)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/participants/{participant_id}/departure", key=key),
            ParticipantView,
        )

    def change_consent(
        self,
        participant_id: UUID,
        body: ChangeConsent,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ParticipantView:
        """Say whether to be counted in a program's figures (the participant, at will)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/participants/{participant_id}/consent",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ParticipantView,
        )

    def change_hours(
        self,
        participant_id: UUID,
        body: ChangeHours,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ParticipantView:
        """Say how many hours a week one wants to work (the participant)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/participants/{participant_id}/weekly-hours",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ParticipantView,
        )

    def rate_program(
        self,
        participant_id: UUID,
        body: RateProgram,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ParticipantView:
        """Say how content one is with the program (the participant); the last word counts."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/participants/{participant_id}/rating",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ParticipantView,
        )

    def confirm_orientation(
        self, participant_id: UUID, *, key: str | None = None
    ) -> ParticipantView:
        """Say that one has understood how it works: the units begin (the participant)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/participants/{participant_id}/orientation", key=key),
            ParticipantView,
        )

    def answer_check(
        self, participant_id: UUID, number: int, body: AnswerCheck, *, key: str | None = None
    ) -> CheckView:
        """Answer a unit's questions, as often as one likes (the participant)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/participants/{participant_id}/units/{number}/check",
                body=body,
                key=key,
            ),
            CheckView,
        )

    def confirm_unit(
        self, participant_id: UUID, number: int, *, key: str | None = None
    ) -> CheckView:
        """Confirm a unit without questions (the participant's supporter)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/participants/{participant_id}/units/{number}/confirmation",
                key=key,
            ),
            CheckView,
        )

    def list_weeks(self, participant_id: UUID) -> tuple[WeekView, ...]:
        """Return the hours of the last 12 weeks, newest first: declared, and an estimate of worked."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/weeks"),
            tuple[WeekView, ...],
        )

    def upload_participant_file(
        self, participant_id: UUID, content: Path, *, name: str, key: str | None = None
    ) -> FileView:
        """Keep a file for a draft or the practice job, of at most 50 MiB and no program.

        It is sent as the body (the participant). No Idempotency-Key is needed: the same bytes under
        the same name are the same file.
        """
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/participants/{participant_id}/files",
                query={"name": name},
                body=content,
                key=key,
            ),
            FileView,
        )

    def download_participant_file(self, participant_id: UUID, file_id: UUID) -> bytes:
        """Return a file's bytes, for saving (the participant, their supporter; escalated: partner)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/files/{file_id}"), bytes
        )

    def get_practice(self, participant_id: UUID) -> PracticeView:
        """Return the practice job (the participant, their supporter)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/practice"), PracticeView
        )

    def deliver_practice(
        self, participant_id: UUID, body: DeliverPractice, *, key: str | None = None
    ) -> PracticeView:
        """Hand in the practice job (the participant)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/participants/{participant_id}/practice/deliveries",
                body=body,
                key=key,
            ),
            PracticeView,
        )

    def review_practice(
        self, participant_id: UUID, body: ReviewPractice, *, key: str | None = None
    ) -> PracticeView:
        """Accept the practice job, or name the criterion that isn't met (the supporter)."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/programs/participants/{participant_id}/practice/review",
                body=body,
                key=key,
            ),
            PracticeView,
        )

    def show_draft(
        self, participant_id: UUID, body: ShowDraft, *, key: str | None = None
    ) -> DraftView:
        """Show what one is going to deliver for a milestone of one's own (the participant)."""
        return self.transport.send(
            Request(
                "POST", f"/api/v1/programs/participants/{participant_id}/drafts", body=body, key=key
            ),
            DraftView,
        )

    def list_drafts(self, participant_id: UUID) -> tuple[DraftView, ...]:
        """Return drafts, newest first (participant, supporter; the partner sees escalated ones)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/participants/{participant_id}/drafts"),
            tuple[DraftView, ...],
        )

    def look_at_draft(
        self, draft_id: UUID, body: CommentDraft, *, key: str | None = None
    ) -> DraftView:
        """Say that one has looked (the supporter; once escalated, the partner's members, too)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/drafts/{draft_id}/look", body=body, key=key),
            DraftView,
        )

    def find_municipalities(self, *, q: str | None = None) -> list[MunicipalityView]:
        """Return local governments of the national list that fit, 20 at most (signed in)."""
        return self.transport.send(
            Request("GET", "/api/v1/programs/municipalities", query={"q": q}),
            list[MunicipalityView],
        )

    def register_sponsor(self, body: RegisterSponsor, *, key: str | None = None) -> SponsorView:
        """Say that a company's account is a municipality's (its members who may post)."""
        return self.transport.send(
            Request("POST", "/api/v1/programs/sponsors", body=body, key=key), SponsorView
        )

    def list_sponsors(
        self,
        *,
        status: SponsorStatus | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> Page[SponsorView]:
        """Return sponsors, newest account first: all to operators, to others their own."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/programs/sponsors",
                query={"status": status, "after": after, "limit": limit},
            ),
            Page[SponsorView],
        )

    def get_sponsor(self, account_id: UUID) -> SponsorView:
        """Return a sponsor (its members, operators)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/sponsors/{account_id}"), SponsorView
        )

    def decide_on_sponsor(
        self, account_id: UUID, body: DecideOnSponsor, *, key: str | None = None
    ) -> SponsorView:
        """Confirm a municipality's account, or refuse it with a reason (role operator)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/sponsors/{account_id}/decision", body=body, key=key),
            SponsorView,
        )

    def add_supporter(
        self, program_id: UUID, body: AddSupporter, *, key: str | None = None
    ) -> SupporterView:
        """Let somebody stand by people of a program, or set their limit (partner, may post)."""
        return self.transport.send(
            Request("POST", f"/api/v1/programs/{program_id}/supporters", body=body, key=key),
            SupporterView,
        )

    def list_supporters(self, program_id: UUID) -> list[SupporterView]:
        """Return a program's supporters (the partner's members who may post)."""
        return self.transport.send(
            Request("GET", f"/api/v1/programs/{program_id}/supporters"), list[SupporterView]
        )

    def remove_supporter(
        self, program_id: UUID, person_id: UUID, *, key: str | None = None
    ) -> list[SupporterView]:
        """Let somebody support no more, who stands by nobody (the partner's members who may post)."""
        return self.transport.send(
            Request("DELETE", f"/api/v1/programs/{program_id}/supporters/{person_id}", key=key),
            list[SupporterView],
        )

    def assign_supporter(
        self,
        participant_id: UUID,
        body: AssignSupporter,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> ParticipantView:
        """Set who stands by a participant (the partner's members who may post)."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/programs/participants/{participant_id}/supporter",
                body=body,
                key=key,
                if_match=if_match,
            ),
            ParticipantView,
        )

    def list_sponsorships(
        self, program_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Page[SponsorshipView]:
        """Return what the sponsor pays, newest first (its members who may see the money)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/programs/{program_id}/sponsorships",
                query={"after": after, "limit": limit},
            ),
            Page[SponsorshipView],
        )


@dataclass(frozen=True)
class Notify:
    """The operations of notify."""

    transport: Transport

    def list_notifications(
        self, *, limit: int | None = None, after: UUID | None = None, unread: bool | None = None
    ) -> Page[NotificationView]:
        """List what whoever asks was told, newest first; only what is unread, if so asked."""
        return self.transport.send(
            Request(
                "GET",
                "/api/v1/notify/notifications",
                query={"limit": limit, "after": after, "unread": unread},
            ),
            Page[NotificationView],
        )

    def count_unread(self) -> UnreadView:
        """Tell how much whoever asks has not read."""
        return self.transport.send(
            Request("GET", "/api/v1/notify/notifications/unread"), UnreadView
        )

    def mark_all_read(self, body: MarkNotificationsRead, *, key: str | None = None) -> UnreadView:
        """Mark all as read, up to and with the one that was seen last."""
        return self.transport.send(
            Request("POST", "/api/v1/notify/notifications/read", body=body, key=key), UnreadView
        )

    def mark_one_read(self, notification_id: UUID, *, key: str | None = None) -> NotificationView:
        """Mark one as read."""
        return self.transport.send(
            Request("POST", f"/api/v1/notify/notifications/{notification_id}/read", key=key),
            NotificationView,
        )

    def show_preferences(self) -> PreferencesView:
        """Show how whoever asks is told, and where."""
        return self.transport.send(Request("GET", "/api/v1/notify/preferences"), PreferencesView)

    def set_preferences(
        self, body: SetPreferences, *, key: str | None = None, if_match: str | None = None
    ) -> PreferencesView:
        """Say how to be told."""
        return self.transport.send(
            Request("PUT", "/api/v1/notify/preferences", body=body, key=key, if_match=if_match),
            PreferencesView,
        )

    def restart_address(self, *, key: str | None = None) -> PreferencesView:
        """Have mail sent again to an address that had refused it."""
        return self.transport.send(
            Request("POST", "/api/v1/notify/preferences/address/restart", key=key), PreferencesView
        )

    def offer_line_code(self, *, key: str | None = None) -> LineCodeView:
        """Get a code that links LINE, when it is sent to our account there."""
        return self.transport.send(
            Request("POST", "/api/v1/notify/preferences/line/codes", key=key), LineCodeView
        )

    def unlink_line(self, *, key: str | None = None) -> PreferencesView:
        """Be told nothing on LINE any more."""
        return self.transport.send(
            Request("DELETE", "/api/v1/notify/preferences/line", key=key), PreferencesView
        )

    def open_unsubscription(self, *, token: str) -> bytes:
        """Send a browser on to the page that asks whether to end such mail.

        Following a link ends nothing: programs that look at mail follow links, too.
        """
        return self.transport.send(
            Request("GET", "/api/v1/notify/unsubscriptions", query={"token": token}), bytes
        )

    def unsubscribe(self, *, token: str, key: str | None = None) -> UnsubscribedView:
        """End such mail: what a mail program's button does (RFC 8058), and the page."""
        return self.transport.send(
            Request("POST", "/api/v1/notify/unsubscriptions", query={"token": token}, key=key),
            UnsubscribedView,
        )

    def take_bounce(self, content: Path, *, key: str | None = None) -> BounceView:
        """Take a report that mail came back, as the mail relay got it (RFC 3464)."""
        return self.transport.send(
            Request("POST", "/api/v1/notify/bounces", body=content, key=key), BounceView
        )

    def hear_line(self, content: Path, *, key: str | None = None) -> None:
        """Hear what LINE tells of people there."""
        self.transport.send(
            Request("POST", "/api/v1/notify/line/webhook", body=content, key=key), None
        )

    def list_previews(self) -> tuple[LetterView, ...]:
        """List every letter there is (operators)."""
        return self.transport.send(
            Request("GET", "/api/v1/notify/previews"), tuple[LetterView, ...]
        )

    def show_preview(
        self,
        event: str,
        template: str,
        *,
        locale: Literal["ja", "en"] | None = None,
        channel: Channel | None = None,
    ) -> PreviewView:
        """Show a letter as somebody would get it, written with an example (operators)."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/notify/previews/{event}/{template}",
                query={"locale": locale, "channel": channel},
            ),
            PreviewView,
        )

    def live(self) -> bytes:
        """Stream what whoever asks is told, as it happens (server-sent events).

        `event: notice` has the id of the notification as its id, and as data, in JSON, what it tells
        of (`what`), the link among the pages, and how many are unread. `event: unread` comes at first.
        A stream ends after five minutes; with `Last-Event-ID` nothing is lost in between.
        """
        return self.transport.send(Request("GET", "/api/v1/notify/live"), bytes)

    def get_webhook_traffic(self) -> TrafficView:
        """Return how messages to customers' endpoints fare (role operator)."""
        return self.transport.send(
            Request("GET", "/api/v1/notify/operations/webhooks"), TrafficView
        )

    def list_event_types(self) -> EventTypeList:
        """List what an endpoint can be told of."""
        return self.transport.send(
            Request("GET", "/api/v1/notify/webhooks/event-types"), EventTypeList
        )

    def add_endpoint(self, body: AddEndpoint, *, key: str | None = None) -> EndpointSecretView:
        """Have events sent to an address, signed after Standard Webhooks.

        Takes no Idempotency-Key: that would mean to keep the secret, which is shown this once.
        """
        return self.transport.send(
            Request("POST", "/api/v1/notify/webhooks/endpoints", body=body, key=key),
            EndpointSecretView,
        )

    def list_endpoints(self, *, of: UUID | None = None) -> EndpointList:
        """List the endpoints of one's own account, or of a company's."""
        return self.transport.send(
            Request("GET", "/api/v1/notify/webhooks/endpoints", query={"of": of}), EndpointList
        )

    def get_endpoint(self, endpoint_id: UUID) -> EndpointView:
        """Show an endpoint."""
        return self.transport.send(
            Request("GET", f"/api/v1/notify/webhooks/endpoints/{endpoint_id}"), EndpointView
        )

    def change_endpoint(
        self,
        endpoint_id: UUID,
        body: ChangeEndpoint,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> EndpointView:
        """Say anew what an endpoint is; `enabled` wakes one that was disabled."""
        return self.transport.send(
            Request(
                "PUT",
                f"/api/v1/notify/webhooks/endpoints/{endpoint_id}",
                body=body,
                key=key,
                if_match=if_match,
            ),
            EndpointView,
        )

    def remove_endpoint(self, endpoint_id: UUID, *, key: str | None = None) -> None:
        """Forget an endpoint, and the log of what was sent there."""
        self.transport.send(
            Request("DELETE", f"/api/v1/notify/webhooks/endpoints/{endpoint_id}", key=key), None
        )

    def rotate_secret(self, endpoint_id: UUID, *, key: str | None = None) -> EndpointSecretView:
        """Make a new secret; for 24 hours messages are signed with the old one, too.

        Takes no Idempotency-Key, as adding an endpoint does not.
        """
        return self.transport.send(
            Request("POST", f"/api/v1/notify/webhooks/endpoints/{endpoint_id}/secret", key=key),
            EndpointSecretView,
        )

    def ping_endpoint(self, endpoint_id: UUID, *, key: str | None = None) -> DeliveryView:
        """Send a message that says nothing (`notify.ping`), to see that it arrives."""
        return self.transport.send(
            Request("POST", f"/api/v1/notify/webhooks/endpoints/{endpoint_id}/ping", key=key),
            DeliveryView,
        )

    def list_deliveries(
        self,
        endpoint_id: UUID,
        *,
        status: DeliveryStatus | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> Page[DeliveryView]:
        """List what was sent to an endpoint, with every attempt, the newest first."""
        return self.transport.send(
            Request(
                "GET",
                f"/api/v1/notify/webhooks/endpoints/{endpoint_id}/deliveries",
                query={"status": status, "after": after, "limit": limit},
            ),
            Page[DeliveryView],
        )

    def redeliver(
        self, endpoint_id: UUID, delivery_id: UUID, *, key: str | None = None
    ) -> DeliveryView:
        """Send a message again, under the id that it had."""
        return self.transport.send(
            Request(
                "POST",
                f"/api/v1/notify/webhooks/endpoints/{endpoint_id}/deliveries/{delivery_id}/redelivery",
                key=key,
            ),
            DeliveryView,
        )
