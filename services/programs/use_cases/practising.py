"""The practice job: a contract in a sandbox. It never touches payments; its money is nobody's."""

from dataclasses import replace
from uuid import UUID

from services.programs.domain.path import Delivery, Done, Practice, PracticeStep, no_such
from services.programs.ports import Work
from services.programs.use_cases import stepping
from services.programs.use_cases.files import known_files, shown_files
from services.programs.use_cases.rights import seen_participant, supported_participant
from shared.errors import Invalid
from shared.messages.program_path import (
    DeliverPractice,
    PracticeDelivered,
    PracticeDelivery,
    PracticeReviewed,
    PracticeView,
    ReviewPractice,
)
from shared.money import yen
from shared.people import Person


def get_practice(participant_id: UUID, by: Person, work: Work) -> PracticeView:
    """Return a practice job (the participant, their supporter); raise NotFound.

    The partner's members don't see what was delivered: nothing of it is escalated to them.
    """
    participant = seen_participant(participant_id, by, work)
    if by.person_id not in {participant.person_id, participant.supporter_id}:
        raise no_such("practice")
    return _view(_practice_of(participant_id, work), work)


def deliver(participant_id: UUID, body: DeliverPractice, by: Person, work: Work) -> PracticeView:
    """Hand in the practice job (the participant).

    Raises NotFound (`practice_not_found`) before that step, Rejected
    (`practice_step_not_allowed`), Invalid (`file_not_uploaded`).
    """
    participant = stepping.lock_own(participant_id, by, work)
    practice = _lock(participant_id, work).after(PracticeStep.DELIVER)
    delivery = Delivery(
        version=len(practice.deliveries) + 1,
        text=body.text,
        file_ids=known_files(participant_id, body.file_ids, work),
        delivered_at=work.clock.now(),
    )
    practice = replace(practice, deliveries=(*practice.deliveries, delivery))
    work.care.practices.save(practice)
    told = PracticeDelivered(
        **stepping.facts_of(participant),
        practice_id=practice.practice_id,
        title=practice.title,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        partner_id=work.programs.get(participant.program_id).partner_id,
    )
    work.outbox.emit(told, subject=practice.practice_id)
    return _view(practice, work)


def review(participant_id: UUID, body: ReviewPractice, by: Person, work: Work) -> PracticeView:
    """Accept the practice job, or name the criterion that isn't met (the supporter).

    Raises Rejected (`practice_step_not_allowed`), Invalid (`criterion_required`,
    `criterion_unknown`).
    """
    supported_participant(participant_id, by, work)
    participant = work.participants.lock(participant_id)
    participant.must_take_part()
    step = PracticeStep.ACCEPT if body.accepted else PracticeStep.REQUEST_CHANGES
    practice = _lock(participant_id, work).after(step)
    _check_criterion(practice, body)
    reviewed = replace(
        practice.deliveries[-1],
        accepted=body.accepted,
        comment=body.comment,
        criterion=None if body.accepted else body.criterion,
        reviewed_at=work.clock.now(),
    )
    practice = replace(practice, deliveries=(*practice.deliveries[:-1], reviewed))
    work.care.practices.save(practice)
    told = PracticeReviewed(
        **stepping.facts_of(participant),
        practice_id=practice.practice_id,
        title=practice.title,
        accepted=body.accepted,
        comment=body.comment,
    )
    work.outbox.emit(told, subject=practice.practice_id)
    if body.accepted:
        stepping.go_on(participant, Done.COMPLETE_PRACTICE, work)
    return _view(practice, work)


def _check_criterion(practice: Practice, body: ReviewPractice) -> None:
    if body.accepted:
        return
    if body.criterion is None:
        raise Invalid(
            "criterion_required", "Name the criterion that isn't met.", criteria=practice.criteria
        )
    if body.criterion > len(practice.criteria):
        raise Invalid(
            "criterion_unknown", "There is no such criterion.", criteria=practice.criteria
        )


def _practice_of(participant_id: UUID, work: Work) -> Practice:
    found = work.care.practices.of(participant_id)
    if not found:
        raise no_such("practice")
    return found[0]


def _lock(participant_id: UUID, work: Work) -> Practice:
    return work.care.practices.lock(_practice_of(participant_id, work).practice_id)


def _view(practice: Practice, work: Work) -> PracticeView:
    participant = work.participants.get(practice.participant_id)
    return PracticeView(
        practice_id=practice.practice_id,
        participant_id=practice.participant_id,
        person_name=work.people.name(participant.person_id),
        title=practice.title,
        description=practice.description,
        criteria=practice.criteria,
        price=yen(practice.price),
        status=practice.status,
        deliveries=tuple(
            _delivery(practice.participant_id, each, work) for each in practice.deliveries
        ),
    )


def _delivery(participant_id: UUID, delivery: Delivery, work: Work) -> PracticeDelivery:
    return PracticeDelivery(
        version=delivery.version,
        text=delivery.text,
        files=shown_files(participant_id, delivery.file_ids, work),
        delivered_at=delivery.delivered_at,
        accepted=delivery.accepted,
        comment=delivery.comment,
        criterion=delivery.criterion,
        reviewed_at=delivery.reviewed_at,
    )
