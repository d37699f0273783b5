"""Drafts of protected deliveries: a supporter looks before the client does."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.path import Draft, no_such
from services.programs.ports import Work
from services.programs.use_cases import stepping
from services.programs.use_cases.files import known_files, shown_files
from services.programs.use_cases.rights import seen_participant
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_path import (
    CommentDraft,
    DraftEscalated,
    DraftLookedAt,
    DraftShown,
    DraftView,
    ShowDraft,
)
from shared.people import Person


def show(participant_id: UUID, body: ShowDraft, by: Person, work: Work) -> DraftView:
    """Show what one is going to deliver for a milestone of one's own (the participant).

    Raises NotFound (`milestone_not_found`) for others' and for what contracts hasn't told of yet,
    Invalid (`file_not_uploaded`).
    """
    participant = stepping.lock_own(participant_id, by, work)
    milestone = work.known_work.milestone(body.milestone_id)
    if milestone.assistant_id != participant.person_id:
        raise no_such("milestone")
    now = work.clock.now()
    hours = work.programs.get(participant.program_id).help_hours
    draft = Draft(
        draft_id=new_id(),
        participant_id=participant_id,
        contract_id=milestone.contract_id,
        milestone_id=milestone.milestone_id,
        milestone_title=milestone.title,
        text=body.text,
        file_ids=known_files(participant_id, body.file_ids, work),
        shown_at=now,
        due_at=now + timedelta(hours=hours),
    )
    work.care.drafts.add(draft)
    told = DraftShown(
        **stepping.facts_of(participant),
        draft_id=draft.draft_id,
        milestone_id=draft.milestone_id,
        milestone_title=draft.milestone_title,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        look_until=now + timedelta(hours=hours),
    )
    work.outbox.emit(told, subject=draft.draft_id)
    return _view(draft, participant, work)


def list_drafts(participant_id: UUID, by: Person, work: Work) -> tuple[DraftView, ...]:
    """Return somebody's drafts, newest first; the partner's members see the escalated ones."""
    participant = seen_participant(participant_id, by, work)
    return tuple(
        _view(each, participant, work)
        for each in work.care.drafts.of(participant_id)
        if _sees(each, participant, by)
    )


def look(draft_id: UUID, body: CommentDraft, by: Person, work: Work) -> DraftView:
    """Say that one has looked (the supporter; once it is escalated, the partner's members, too).

    Raises NotFound (`draft_not_found`), Rejected (`draft_looked_at`).
    """
    draft = work.care.drafts.lock(draft_id)
    participant = work.participants.get(draft.participant_id)
    if participant.person_id == by.person_id or not may_step_in(
        participant, by, work, escalated=draft.escalated_at is not None
    ):
        raise no_such("draft")
    if draft.looked_at is not None:
        raise Rejected("draft_looked_at", "Somebody has looked at this draft already.")
    now = work.clock.now()
    draft = replace(draft, looked_at=now, looked_by=by.person_id, comment=body.comment, due_at=None)
    work.care.drafts.save(draft)
    told = DraftLookedAt(
        **stepping.facts_of(participant),
        draft_id=draft_id,
        contract_id=draft.contract_id,
        milestone_id=draft.milestone_id,
        milestone_title=draft.milestone_title,
        looked_by=by.person_id,
        looked_by_name=work.people.name(by.person_id),
        comment=body.comment,
        looked_at=now,
    )
    work.outbox.emit(told, subject=draft_id)
    return _view(draft, participant, work)


def escalate(draft: Draft, work: Work) -> None:
    """Let the partner's members look, too: nobody did in time. The draft is locked."""
    participant = work.participants.get(draft.participant_id)
    if not participant.takes_part:
        work.care.drafts.save(replace(draft, due_at=None))
        return
    work.care.drafts.save(replace(draft, due_at=None, escalated_at=work.clock.now()))
    told = DraftEscalated(
        **stepping.facts_of(participant),
        draft_id=draft.draft_id,
        milestone_title=draft.milestone_title,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        partner_id=work.programs.get(participant.program_id).partner_id,
    )
    work.outbox.emit(told, subject=draft.draft_id)


def may_step_in(participant: Participant, by: Person, work: Work, *, escalated: bool) -> bool:
    """Tell whether somebody may answer: the supporter; once escalated, the partner's members."""
    if by.person_id == participant.supporter_id:
        return True
    return escalated and by.stands_for(work.programs.get(participant.program_id).partner_id)


def _sees(draft: Draft, participant: Participant, by: Person) -> bool:
    near = {participant.person_id, participant.supporter_id}
    return by.person_id in near or draft.escalated_at is not None


def _view(draft: Draft, participant: Participant, work: Work) -> DraftView:
    contract = work.known_work.contract(draft.contract_id)
    return DraftView(
        draft_id=draft.draft_id,
        participant_id=draft.participant_id,
        person_name=work.people.name(participant.person_id),
        contract_id=draft.contract_id,
        contract_title=contract.title if contract else "",
        milestone_id=draft.milestone_id,
        milestone_title=draft.milestone_title,
        text=draft.text,
        files=shown_files(draft.participant_id, draft.file_ids, work),
        shown_at=draft.shown_at,
        looked_at=draft.looked_at,
        looked_by_name=work.people.name(draft.looked_by) if draft.looked_by else None,
        comment=draft.comment,
        escalated_at=draft.escalated_at,
    )
