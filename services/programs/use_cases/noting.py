"""Supporters' notes: only who stands by that person now reads them.

Neither the person nor the partner, the town or operators do: so they are in nobody's export. They
are erased when the person leaves the platform.
"""

from uuid import UUID

from services.programs.domain.path import Note
from services.programs.ports import Work
from services.programs.use_cases.rights import supported_participant
from shared.ids import new_id
from shared.messages.program_people import NoteView, WriteNote
from shared.people import Person


def write(participant_id: UUID, body: WriteNote, by: Person, work: Work) -> NoteView:
    """Write a note on somebody whom one stands by; raise NotFound (`participant_not_found`)."""
    supported_participant(participant_id, by, work)
    note = Note(new_id(), participant_id, by.person_id, body.text, work.clock.now())
    work.care.notes.add(note)
    return _view(note, work)


def list_notes(participant_id: UUID, by: Person, work: Work) -> tuple[NoteView, ...]:
    """Return the notes on somebody whom one stands by, newest first; raise NotFound."""
    supported_participant(participant_id, by, work)
    return tuple(_view(each, work) for each in work.care.notes.of(participant_id))


def _view(note: Note, work: Work) -> NoteView:
    return NoteView(
        note_id=note.note_id,
        by=note.by,
        by_name=work.people.name(note.by),
        text=note.text,
        written_at=note.written_at,
    )
