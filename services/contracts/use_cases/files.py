"""Files that the parties give each other. Their bytes go to a FileStore outside of transactions."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.contracts.ports import Happened, Work
from services.contracts.use_cases.reading import check_reader
from shared.errors import Invalid
from shared.files import Content, new_file
from shared.messages.files import FileView
from shared.people import Person


def check_party(contract_id: UUID, by: Person, work: Work) -> None:
    """Raise NotFound unless the person is a party: asked before many bytes are taken."""
    work.contracts.get(contract_id).must_concern(by)


def add_file(
    contract_id: UUID, content: Content, by: Person, work: Work, *, name: str, media_type: str
) -> FileView:
    """Keep a file whose bytes the store has. The same again is the same file, not another."""
    work.contracts.get(contract_id).must_concern(by)
    now = work.clock.now()
    new = new_file(content, name=name, media_type=media_type)
    kept = work.files.add(contract_id, new, by.person_id, now)
    if kept.file_id == new.file_id:
        work.timeline.add(contract_id, Happened.FILE_ADDED, now, by=by.person_id)
    return kept


def known_files(contract_id: UUID, file_ids: Iterable[UUID], work: Work) -> Mapping[UUID, FileView]:
    """Return files of this contract, each once, in this order.

    Raises Invalid (`file_not_in_contract`) naming those that aren't.
    """
    wanted = tuple(dict.fromkeys(file_ids))
    known = work.files.known(contract_id, wanted)
    unknown = set(wanted) - known.keys()
    if unknown:
        raise Invalid(
            "file_not_in_contract",
            "Upload these files to this contract first.",
            file_ids=sorted(unknown),
        )
    return {file_id: known[file_id] for file_id in wanted}


def get_file(contract_id: UUID, file_id: UUID, by: Person, work: Work) -> FileView:
    """Return what is known of a file; only to who may read the contract."""
    check_reader(contract_id, by, work)
    return work.files.get(contract_id, file_id)
