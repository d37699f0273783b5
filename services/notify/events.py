"""What notify hears, and its clock; decides nothing (domain/tellings.py has who is told)."""

from services.notify.ports import Work
from services.notify.use_cases import digesting, hearing, mailing, pushing, telling, webhooks
from shared.messages.accounts import PersonChanged, PersonRegistered, SecretLetter
from shared.messages.amendments import AmendmentDeclined, AmendmentOffered, TermsAmended
from shared.messages.base import Event
from shared.messages.care import DatesMoved
from shared.messages.companies import (
    AddressInvited,
    CompanyFounded,
    CompanyRenamed,
    MemberInvited,
    MembershipChanged,
)
from shared.messages.contracts import (
    ChangesRequested,
    ContractAgreed,
    ContractCompleted,
    DeadlineNear,
    DeliveryCommented,
    DisputeAnswerNear,
    DisputeOpened,
    DisputeResolved,
    EndingAsked,
    HoldNear,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneOverdue,
    MilestonePartlyAccepted,
)
from shared.messages.deletion import PersonDeleted
from shared.messages.handovers import HandOverProposed, HandOverRefused, MilestoneHandedOver
from shared.messages.jobs import (
    AssistantInvited,
    ProposalAccepted,
    ProposalCountered,
    ProposalDeclined,
    ProposalMade,
    QuestionAnswered,
    QuestionAsked,
)
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    CreditGranted,
    EscrowReleased,
    FundingShort,
    MilestoneChargedBack,
    MilestoneFunded,
    MilestoneRefunded,
    PayableReminder,
    PayeeActivated,
    PayeeRestricted,
    PayoutDelayed,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)
from shared.messages.program_path import (
    CheckInAsked,
    CheckInPassedOn,
    DraftEscalated,
    DraftLookedAt,
    DraftShown,
    HelpAnswered,
    HelpAsked,
    HelpEscalated,
    PracticeDelivered,
    PracticeReviewed,
    StepReached,
)
from shared.messages.program_people import (
    ApplicationDecided,
    ApplicationMade,
    ParticipantJoined,
    SupporterAssigned,
)
from shared.messages.programs import SponsorDecided
from shared.messages.retainers import (
    MilestoneSettled,
    PeriodReady,
    RetainerEnding,
    RetainerStopped,
)
from shared.messages.search import SavedSearchMatched
from shared.messages.talk import MessageSent, RatingsRevealed
from shared.messaging.on import Transactions, every, on

BATCH = 100


class Events:
    """The events process of notify."""

    name = "notify"
    transactions = Transactions()

    @on(PersonRegistered, batch=BATCH)
    def remember_people(self, registered: list[PersonRegistered], work: Work) -> None:
        """Keep our own copy of name, address and language."""
        hearing.remember_people(registered, work)

    @on(PersonChanged, batch=BATCH)
    def follow_people(self, changed: list[PersonChanged], work: Work) -> None:
        """Keep what is new of it."""
        hearing.follow_people(changed, work)

    @on(PersonDeleted, batch=BATCH)
    def forget_people(self, deleted: list[PersonDeleted], work: Work) -> None:
        """Delete what we keep of whoever has left."""
        hearing.forget_people(deleted, work)

    @on(SecretLetter, batch=BATCH)
    def mail_letters(self, letters: list[SecretLetter], work: Work) -> None:
        """Mail what accounts asks for."""
        telling.mail_letters(letters, work)

    @on(AddressInvited, batch=BATCH)
    def mail_addresses(self, invited: list[AddressInvited], work: Work) -> None:
        """Mail who is invited and has no account."""
        telling.mail_addresses(invited, work)

    @on(CompanyFounded, batch=BATCH)
    def remember_companies(self, founded: list[CompanyFounded], work: Work) -> None:
        """Keep our own copy of name, address and language."""
        hearing.remember_companies(founded, work)

    @on(CompanyRenamed, batch=BATCH)
    def follow_companies(self, renamed: list[CompanyRenamed], work: Work) -> None:
        """Keep what is new of it."""
        hearing.follow_companies(renamed, work)

    @on(MembershipChanged, batch=BATCH)
    def follow_members(self, changed: list[MembershipChanged], work: Work) -> None:
        """Keep our own copy of who acts for a company."""
        hearing.follow_members(changed, work)

    @on(MemberInvited, batch=BATCH)
    @on(ProposalMade, batch=BATCH)
    @on(ProposalAccepted, batch=BATCH)
    @on(ProposalDeclined, batch=BATCH)
    @on(ProposalCountered, batch=BATCH)
    @on(QuestionAsked, batch=BATCH)
    @on(QuestionAnswered, batch=BATCH)
    @on(AssistantInvited, batch=BATCH)
    @on(SavedSearchMatched, batch=BATCH)
    @on(ContractAgreed, batch=BATCH)
    @on(MilestoneDelivered, batch=BATCH)
    @on(ChangesRequested, batch=BATCH)
    @on(MilestoneAccepted, batch=BATCH)
    @on(MilestonePartlyAccepted, batch=BATCH)
    @on(DisputeOpened, batch=BATCH)
    @on(DisputeResolved, batch=BATCH)
    @on(EndingAsked, batch=BATCH)
    @on(MilestoneEnded, batch=BATCH)
    @on(DeadlineNear, batch=BATCH)
    @on(MilestoneOverdue, batch=BATCH)
    @on(AmendmentOffered, batch=BATCH)
    @on(AmendmentDeclined, batch=BATCH)
    @on(TermsAmended, batch=BATCH)
    @on(HoldNear, batch=BATCH)
    @on(DisputeAnswerNear, batch=BATCH)
    @on(DeliveryCommented, batch=BATCH)
    @on(ContractCompleted, batch=BATCH)
    @on(HandOverProposed, batch=BATCH)
    @on(HandOverRefused, batch=BATCH)
    @on(MilestoneHandedOver, batch=BATCH)
    @on(DatesMoved, batch=BATCH)
    @on(PeriodReady, batch=BATCH)
    @on(RetainerStopped, batch=BATCH)
    @on(RetainerEnding, batch=BATCH)
    @on(MilestoneSettled, batch=BATCH)
    @on(MessageSent, batch=BATCH)
    @on(RatingsRevealed, batch=BATCH)
    @on(FundingShort, batch=BATCH)
    @on(MilestoneFunded, batch=BATCH)
    @on(EscrowReleased, batch=BATCH)
    @on(MilestoneRefunded, batch=BATCH)
    @on(RefundMade, batch=BATCH)
    @on(CreditGranted, batch=BATCH)
    @on(ChargebackOpened, batch=BATCH)
    @on(ChargebackClosed, batch=BATCH)
    @on(MilestoneChargedBack, batch=BATCH)
    @on(PayoutPaid, batch=BATCH)
    @on(PayoutReturned, batch=BATCH)
    @on(PayoutDelayed, batch=BATCH)
    @on(PayableReminder, batch=BATCH)
    @on(PayeeActivated, batch=BATCH)
    @on(PayeeRestricted, batch=BATCH)
    @on(SponsorDecided, batch=BATCH)
    @on(ApplicationMade, batch=BATCH)
    @on(ApplicationDecided, batch=BATCH)
    @on(ParticipantJoined, batch=BATCH)
    @on(SupporterAssigned, batch=BATCH)
    @on(PracticeDelivered, batch=BATCH)
    @on(PracticeReviewed, batch=BATCH)
    @on(DraftShown, batch=BATCH)
    @on(DraftLookedAt, batch=BATCH)
    @on(DraftEscalated, batch=BATCH)
    @on(HelpAsked, batch=BATCH)
    @on(HelpAnswered, batch=BATCH)
    @on(HelpEscalated, batch=BATCH)
    @on(CheckInAsked, batch=BATCH)
    @on(CheckInPassedOn, batch=BATCH)
    @on(StepReached, batch=BATCH)
    def tell(self, happened: list[Event], work: Work) -> None:
        """Write to everybody concerned, and to the programs of those who want it."""
        telling.tell(happened, work)
        webhooks.enqueue(happened, work.webhooks)

    @every(seconds=0.5)
    def send_due_mail(self) -> None:
        """Send what is due."""
        mailing.send_due_mail(self.transactions)

    @every(seconds=0.5)
    def push_what_is_due(self) -> None:
        """Push to LINE what is due."""
        pushing.send_due_pushes(self.transactions)

    @every(seconds=0.5)
    def send_due_webhooks(self) -> None:
        """Send to customers' programs what is due."""
        webhooks.send_due(self.transactions)

    @every(seconds=15)
    def write_digests(self) -> None:
        """Write the digests that are due."""
        digesting.send_digests(self.transactions)

    @every(seconds=3600)
    def forget_old_mail(self) -> None:
        """Delete the mails of long ago."""
        with self.transactions.begin() as work:
            mailing.forget_old_mail(work)
