"""What the two parties of a contract write to each other."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.ports import Work
from services.contracts.ports.talk import Message
from services.contracts.use_cases.files import known_files
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.talk import MarkRead, MessageSent, MessageView, SendMessage, UnreadList
from shared.people import Person


def send_message(contract_id: UUID, command: SendMessage, by: Person, work: Work) -> MessageView:
    """Write to the other party (any member may, for a company).

    Once the work is over, nobody writes to somebody with whom either wants to have no more to do.
    """
    contract = work.contracts.get(contract_id)
    contract.must_concern(by)
    from_id = contract.assistant_id if by.person_id == contract.assistant_id else contract.client_id
    to_id = contract.other_party(from_id)
    if work.rounds.get(contract_id).open_until and work.blocks.between(from_id, to_id):
        raise Rejected("messages_closed", "The work is over, and so is what is written about it.")
    files = known_files(contract_id, command.file_ids, work)
    message = Message(
        message_id=new_id(),
        contract_id=contract_id,
        from_id=from_id,
        by=by.person_id,
        text=command.text,
        file_ids=tuple(files),
        sent_at=work.clock.now(),
    )
    # Who has something unread was told so already.
    is_first = not work.messages.has_unread(contract_id, from_id)
    work.messages.add(message)
    if is_first:
        sent = MessageSent(
            contract_id=contract_id,
            message_id=message.message_id,
            title=contract.title,
            from_id=from_id,
            to_id=to_id,
        )
        work.outbox.emit(sent, subject=contract_id)
    return work.messages.view(message.message_id)


def mark_read(contract_id: UUID, command: MarkRead, by: Person, work: Work) -> UnreadList:
    """Note that the other party's messages were read; return what else is waiting."""
    contract = work.contracts.get(contract_id)
    contract.must_concern(by)
    if work.messages.contract_of(command.up_to) != contract_id:
        raise NotFound("message_not_found", "The contract has no such message.")
    assistant_reads = by.person_id == contract.assistant_id
    from_id = contract.client_id if assistant_reads else contract.assistant_id
    work.messages.mark_read(contract_id, from_id, command.up_to, work.clock.now())
    return list_unread(by, work)


def list_messages(
    contract_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[MessageView]:
    """Return the messages of a contract, newest first (a party)."""
    work.contracts.get(contract_id).must_concern(by)
    return work.messages.newest(contract_id, after=after, limit=limit)


def list_unread(by: Person, work: Work) -> UnreadList:
    """Return the contracts in which messages are waiting for the person, or for a company."""
    return UnreadList(items=tuple(work.messages.unread_by(by.accounts)))
