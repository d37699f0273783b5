"""Help at each step: asked for, answered in the agreed time, or escalated to the partner."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.path import Answer, Help, no_such
from services.programs.ports import Work
from services.programs.use_cases import stepping
from services.programs.use_cases.drafts import may_step_in
from services.programs.use_cases.rights import seen_participant
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_path import (
    AnswerHelp,
    AskForHelp,
    HelpAnswer,
    HelpAnswered,
    HelpAsked,
    HelpEscalated,
    HelpStatus,
    HelpView,
)
from shared.people import Person


def ask(participant_id: UUID, body: AskForHelp, by: Person, work: Work) -> HelpView:
    """Ask one's supporter, from whatever step one is at (the participant)."""
    participant = stepping.lock_own(participant_id, by, work)
    now = work.clock.now()
    until = now + timedelta(hours=work.programs.get(participant.program_id).help_hours)
    asked = Help(
        help_id=new_id(),
        participant_id=participant_id,
        step=participant.step,
        about=body.about,
        text=body.text,
        asked_at=now,
        answer_until=until,
        due_at=until,
    )
    work.care.helps.add(asked)
    told = HelpAsked(
        **stepping.facts_of(participant),
        help_id=asked.help_id,
        step=asked.step,
        text=asked.text,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        answer_until=until,
    )
    work.outbox.emit(told, subject=asked.help_id)
    return _view(asked, participant, work)


def list_helps(participant_id: UUID, by: Person, work: Work) -> tuple[HelpView, ...]:
    """Return what somebody asked, newest first; the partner's members see what is escalated."""
    participant = seen_participant(participant_id, by, work)
    return tuple(
        _view(each, participant, work)
        for each in work.care.helps.of(participant_id)
        if _sees(each, participant, by, work)
    )


def get_help(help_id: UUID, by: Person, work: Work) -> HelpView:
    """Return a question with its answers; raise NotFound (`help_not_found`)."""
    asked = work.care.helps.get(help_id)
    participant = _participant_of(asked, by, work)
    return _view(asked, participant, work)


def answer(help_id: UUID, body: AnswerHelp, by: Person, work: Work) -> HelpView:
    """Answer, or write back (the supporter, the participant; escalated: the partner's members).

    A word of the participant doesn't stop the clock: it is no answer.
    Raises NotFound (`help_not_found`), Rejected (`help_settled`).
    """
    participant = _participant_of(work.care.helps.get(help_id), by, work)
    asks = by.person_id == participant.person_id
    if asks:
        stepping.lock_own(participant.participant_id, by, work)
    asked = work.care.helps.lock(help_id)
    if asked.status is HelpStatus.SETTLED:
        raise Rejected("help_settled", "This is settled. Ask again, if something is left.")
    said = Answer(by.person_id, body.text, work.clock.now())
    asked = replace(asked, answers=(*asked.answers, said))
    if not asks:
        asked = replace(asked, status=HelpStatus.ANSWERED, due_at=None)
        _tell_answered(asked, participant, said, work)
    work.care.helps.save(asked)
    return _view(asked, participant, work)


def settle(help_id: UUID, by: Person, work: Work) -> HelpView:
    """Say that it is settled (the participant); said again, it changes nothing."""
    participant = _participant_of(work.care.helps.get(help_id), by, work)
    if by.person_id != participant.person_id:
        raise no_such("help")
    stepping.lock_own(participant.participant_id, by, work)
    asked = work.care.helps.lock(help_id)
    asked = replace(asked, status=HelpStatus.SETTLED, due_at=None)
    work.care.helps.save(asked)
    return _view(asked, participant, work)


def escalate(asked: Help, work: Work) -> None:
    """Let the partner's members answer, too: nobody did in time. The question is locked."""
    participant = work.participants.get(asked.participant_id)
    if not participant.takes_part:
        work.care.helps.save(replace(asked, due_at=None))
        return
    now = work.clock.now()
    work.care.helps.save(replace(asked, status=HelpStatus.ESCALATED, due_at=None, escalated_at=now))
    told = HelpEscalated(
        **stepping.facts_of(participant),
        help_id=asked.help_id,
        step=asked.step,
        text=asked.text,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        partner_id=work.programs.get(participant.program_id).partner_id,
    )
    work.outbox.emit(told, subject=asked.help_id)


def _tell_answered(asked: Help, participant: Participant, said: Answer, work: Work) -> None:
    told = HelpAnswered(
        **stepping.facts_of(participant),
        help_id=asked.help_id,
        text=said.text,
        by=said.by,
        by_name=work.people.name(said.by),
    )
    work.outbox.emit(told, subject=asked.help_id)


def _participant_of(asked: Help, by: Person, work: Work) -> Participant:
    participant = work.participants.get(asked.participant_id)
    if not _sees(asked, participant, by, work):
        raise no_such("help")
    return participant


def _sees(asked: Help, participant: Participant, by: Person, work: Work) -> bool:
    escalated = asked.escalated_at is not None
    return by.person_id == participant.person_id or may_step_in(
        participant, by, work, escalated=escalated
    )


def _view(asked: Help, participant: Participant, work: Work) -> HelpView:
    return HelpView(
        help_id=asked.help_id,
        participant_id=asked.participant_id,
        person_name=work.people.name(participant.person_id),
        step=asked.step,
        about=asked.about,
        text=asked.text,
        status=asked.status,
        asked_at=asked.asked_at,
        answer_until=asked.answer_until,
        answers=tuple(
            HelpAnswer(by=each.by, by_name=work.people.name(each.by), text=each.text, at=each.at)
            for each in asked.answers
        ),
    )
