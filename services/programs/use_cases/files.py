"""Files of participants. Their bytes go to a FileStore outside of transactions."""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.programs.domain.path import no_such
from services.programs.ports import Transactions, Work
from services.programs.use_cases import stepping
from services.programs.use_cases.rights import own_participant, seen_participant
from shared.errors import Invalid
from shared.files import Content, FileStore, new_file
from shared.messages.files import FileView
from shared.people import Person


def check_owner(participant_id: UUID, by: Person, work: Work) -> None:
    """Raise NotFound unless this is the participant: asked before many bytes are taken."""
    own_participant(participant_id, by, work).must_take_part()


def add_file(
    participant_id: UUID, content: Content, by: Person, work: Work, *, name: str, media_type: str
) -> FileView:
    """Keep a file whose bytes the store has. The same again is the same file, not another."""
    stepping.lock_own(participant_id, by, work)
    file = new_file(content, name=name, media_type=media_type)
    return work.care.files.add(participant_id, file, work.clock.now())


def known_files(participant_id: UUID, file_ids: Iterable[UUID], work: Work) -> tuple[UUID, ...]:
    """Return ids of files of a participant, each once, in this order.

    Raises Invalid (`file_not_uploaded`) naming those that aren't.
    """
    wanted = tuple(dict.fromkeys(file_ids))
    unknown = set(wanted) - work.care.files.known(participant_id, wanted).keys()
    if unknown:
        raise Invalid("file_not_uploaded", "Upload these files first.", file_ids=sorted(unknown))
    return wanted


def shown_files(participant_id: UUID, file_ids: Iterable[UUID], work: Work) -> tuple[FileView, ...]:
    """Return what is known of files, in this order."""
    wanted = tuple(file_ids)
    known = work.care.files.known(participant_id, wanted)
    return tuple(known[each] for each in wanted if each in known)


def erase_unwanted(store: FileStore, transactions: Transactions) -> int:
    """Erase the bytes of files that nobody has any more, as of who left; return how many."""

    def wanted(contents: Collection[str]) -> Collection[str]:
        with transactions.begin() as work:
            return work.care.files.wanted(contents)

    return store.sweep(wanted)


def get_file(participant_id: UUID, file_id: UUID, by: Person, work: Work) -> FileView:
    """Return what is known of a file (the participant, their supporter).

    The partner's members see only files of drafts that were escalated to them.
    Raises NotFound (`file_not_found`).
    """
    participant = seen_participant(participant_id, by, work)
    if by.person_id not in {participant.person_id, participant.supporter_id}:
        drafts = work.care.drafts.of(participant_id)
        if not any(file_id in each.file_ids for each in drafts if each.escalated_at):
            raise no_such("file")
    return work.care.files.get(participant_id, file_id)
