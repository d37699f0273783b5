"""Files of jobs, questions about them and invitations to them, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.jobs.adapters.tables import invitations, job_files, questions
from shared.errors import NotFound
from shared.messages.files import FileView
from shared.messages.jobs import InvitationView, QuestionView


@dataclass(frozen=True)
class SqlFiles:
    """Implements the port Files."""

    connection: Connection

    def add(self, job_id: UUID, file: FileView, uploaded_by: UUID, at: datetime) -> FileView:
        """Keep a file, or return the same one that is there already."""
        row = file.model_dump() | {
            "job_id": job_id,
            "uploaded_by": uploaded_by,
            "uploaded_at": at,
        }
        added = insert(job_files).values(row).on_conflict_do_nothing(constraint="job_files_once")
        if self.connection.execute(added.returning(job_files.c.file_id)).scalar():
            return file
        query = select(job_files).where(
            job_files.c.job_id == job_id,
            job_files.c.name == file.name,
            job_files.c.sha256 == file.sha256,
        )
        return FileView.model_validate(self.connection.execute(query).one(), from_attributes=True)

    def get(self, job_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound."""
        query = select(job_files).where(
            job_files.c.job_id == job_id, job_files.c.file_id == file_id
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("file_not_found", "The job has no such file.")
        return FileView.model_validate(row, from_attributes=True)

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Sequence[FileView]]:
        """Return the files of these jobs, the oldest first, by the jobs that have any."""
        query = select(job_files).where(job_files.c.job_id.in_(job_ids))
        found: dict[UUID, list[FileView]] = {}
        for row in self.connection.execute(query.order_by(job_files.c.file_id)):
            file = FileView.model_validate(row, from_attributes=True)
            found.setdefault(row.job_id, []).append(file)
        return found


@dataclass(frozen=True)
class SqlQuestions:
    """Implements the port Questions."""

    connection: Connection

    def add(self, job_id: UUID, question: QuestionView) -> None:
        """Keep a question."""
        said = question.model_dump(exclude={"answer", "answered_at"})
        self.connection.execute(questions.insert().values(job_id=job_id, **said))

    def get(self, job_id: UUID, question_id: UUID) -> QuestionView:
        """Return a question; raise NotFound."""
        query = select(questions).where(
            questions.c.job_id == job_id, questions.c.question_id == question_id
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("question_not_found", "The job has no such question.")
        return QuestionView.model_validate(row, from_attributes=True)

    def answer(self, question: QuestionView, by: UUID) -> None:
        """Keep the answer to a question."""
        self.connection.execute(
            questions.update()
            .where(questions.c.question_id == question.question_id)
            .values(answer=question.answer, answered_at=question.answered_at, answered_by=by)
        )

    def of(
        self, job_id: UUID, *, asked_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[QuestionView]:
        """Return the questions about a job, newest first: all; or those answered, and one's own."""
        query = (
            select(questions)
            .where(questions.c.job_id == job_id)
            .order_by(questions.c.question_id.desc())
            .limit(limit)
        )
        if asked_by is not None:
            answered = questions.c.answer.is_not(None)
            query = query.where(or_(answered, questions.c.asked_by == asked_by))
        if after is not None:
            query = query.where(questions.c.question_id < after)
        return [
            QuestionView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        ]


@dataclass(frozen=True)
class SqlInvitations:
    """Implements the port Invitations."""

    connection: Connection

    def add(self, invitation: InvitationView, by: UUID) -> bool:
        """Keep an invitation; False when it is there already."""
        row = invitation.model_dump() | {"invited_by": by}
        added = insert(invitations).values(row).on_conflict_do_nothing()
        found = self.connection.execute(added.returning(invitations.c.job_id)).first()
        return found is not None

    def has(self, job_id: UUID, assistant_id: UUID) -> bool:
        """Tell whether this person was invited."""
        query = select(invitations.c.job_id).where(
            invitations.c.job_id == job_id, invitations.c.assistant_id == assistant_id
        )
        return self.connection.execute(query).first() is not None

    def of(self, job_id: UUID) -> Sequence[InvitationView]:
        """Return who was invited to a job, the newest first."""
        query = select(invitations).where(invitations.c.job_id == job_id)
        return [
            InvitationView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query.order_by(invitations.c.invited_at.desc()))
        ]
