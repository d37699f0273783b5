"""Questions about jobs, and invitations to them."""

from collections.abc import Sequence
from uuid import UUID

from services.jobs.domain.job import JobStep
from services.jobs.ports import Work
from services.jobs.use_cases.protecting import check_promise
from services.jobs.use_cases.seeing import seen
from shared.errors import Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.jobs import (
    AnswerQuestion,
    AskQuestion,
    AssistantInvited,
    InvitationView,
    InviteAssistant,
    QuestionAnswered,
    QuestionAsked,
    QuestionView,
)
from shared.people import Person


def ask(job_id: UUID, command: AskQuestion, by: Person, work: Work) -> QuestionView:
    """Ask the client something about an open job (role assistant)."""
    by.must_be(Role.ASSISTANT)
    job = seen(job_id, by, work)
    if by.stands_for(job.client_id):
        raise NotAllowed("own_job", "The job is your own.")
    job.moved(JobStep.ASK)
    question = QuestionView(
        question_id=new_id(), asked_by=by.person_id, text=command.text, asked_at=work.clock.now()
    )
    work.questions.add(job_id, question)
    asked = QuestionAsked(
        question_id=question.question_id,
        job_id=job_id,
        job_title=job.title,
        client_id=job.client_id,
        asked_by=by.person_id,
    )
    work.outbox.emit(asked, subject=job_id)
    return question


def answer(
    job_id: UUID, question_id: UUID, command: AnswerQuestion, by: Person, work: Work
) -> QuestionView:
    """Answer a question, once (the job's client): now all who see the job can read both."""
    job = work.jobs.lock(job_id)
    job.must_be_managed_by(by)
    question = work.questions.get(job_id, question_id)
    if question.answer is not None:
        raise Rejected("question_answered", "The question has its answer.")
    now = work.clock.now()
    question = question.model_copy(update={"answer": command.text, "answered_at": now})
    work.questions.answer(question, by.person_id)
    answered = QuestionAnswered(
        question_id=question_id,
        job_id=job_id,
        job_title=job.title,
        client_id=job.client_id,
        asked_by=question.asked_by,
    )
    work.outbox.emit(answered, subject=job_id)
    return question


def list_questions(
    job_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[QuestionView]:
    """Return the questions about a job, newest first: to its client all, to others the answered.

    One's own are always among them.
    """
    job = seen(job_id, by, work)
    asked_by = None if by.stands_for(job.client_id) else by.person_id
    return work.questions.of(job_id, asked_by=asked_by, after=after, limit=limit)


def invite(job_id: UUID, command: InviteAssistant, by: Person, work: Work) -> InvitationView:
    """Invite an assistant to propose (the job's client). Twice is once."""
    job = work.jobs.lock(job_id)
    job.must_be_managed_by(by)
    job.moved(JobStep.INVITE)
    if command.assistant_id == by.person_id:
        raise Invalid("own_account", "Name another account than your own.")
    # Whoever has blocked the client, or is blocked by it, isn't there for it either.
    if not work.people.is_assistant(command.assistant_id) or work.blocks.between(
        job.client_id, command.assistant_id
    ):
        raise NotFound("assistant_not_found", "There is no such assistant to be invited.")
    check_promise(job, command.assistant_id, work)
    invitation = InvitationView(
        job_id=job_id, assistant_id=command.assistant_id, invited_at=work.clock.now()
    )
    if work.invitations.add(invitation, by.person_id):
        invited = AssistantInvited(
            job_id=job_id,
            job_title=job.title,
            client_id=job.client_id,
            assistant_id=command.assistant_id,
        )
        work.outbox.emit(invited, subject=job_id)
    return invitation


def list_invitations(job_id: UUID, by: Person, work: Work) -> Sequence[InvitationView]:
    """Return who was invited to a job (its client)."""
    work.jobs.get(job_id).must_be_managed_by(by)
    return work.invitations.of(job_id)
