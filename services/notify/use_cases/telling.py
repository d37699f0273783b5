"""Telling people what has happened: in the inbox, by e-mail and on LINE, as each wants it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.companies import Membership, concerned
from services.notify.domain.kinds import link_of, nature_of
from services.notify.domain.letters import Addressee, Mail, Notification, Push
from services.notify.domain.preferences import Plan, Preferences, Reach, plan
from services.notify.domain.tellings import TO_ADDRESSES, told
from services.notify.ports import Work
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import SecretLetter
from shared.messages.base import Event
from shared.messages.companies import AddressInvited


def tell(happened: Sequence[Event], work: Work) -> None:
    """Tell everybody concerned; what goes out at once does so right after the commit.

    What concerns a company is told to those members whose part it is (domain/companies.py). Raises
    Transient while we haven't heard of one of them: accounts' events may come later.
    """
    tellings = [_Telling(event, *row) for event in happened for row in told(event)]
    accounts = _known({each.account_id for each in tellings}, work)
    companies = {each.person_id for each in accounts.values() if each.is_company}
    members = _members(companies, work)
    people = accounts | _known({each.person_id for each in members if each.member}, work)
    notices = []
    for telling in tellings:
        account = accounts[telling.account_id]
        acting = concerned(telling.event, account.person_id, members) if account.is_company else []
        if not acting:
            notices.append(_Notice(telling.event, telling.template, account))
        notices += [
            _Notice(telling.event, telling.template, people[person_id], account)
            for person_id in acting
        ]
    _deliver([each for each in notices if not each.to.gone], work)


def mail_letters(letters: Sequence[SecretLetter], work: Work) -> None:
    """Mail what accounts asks for, at once and whatever the person has chosen.

    What has no secret is in the person's inbox too, once we know them. A secret is nowhere but in
    its mail, whose text is forgotten once it is sent.
    """
    now = work.clock.now()
    known = work.people.find({each.person_id for each in letters if each.person_id})
    mails, notices = [], []
    for each in letters:
        to = Addressee(each.person_id or new_id(), each.email, each.display_name, each.locale)
        letter = work.letters.write(each.kind, to, each)
        mail = Mail(new_id(), to, letter, now, secret=True, expires_at=each.expires_at)
        mails.append(mail)
        owner = known.get(each.person_id) if each.person_id else None
        if owner and not owner.gone and not each.secret:
            notices.append(_notification(_Notice(each, each.kind, owner), Plan(), work))
    work.notifications.add(notices)
    work.mails.add(mails)


def mail_addresses(invited: Sequence[AddressInvited], work: Work) -> None:
    """Mail whoever is behind these addresses, of whom we know nothing else: not even a name.

    Like a secret, such a letter is for its address alone and its text is forgotten however that
    ends; but an address that has refused mail gets none.
    """
    now = work.clock.now()
    stopped = work.addresses.stopped({each.email for each in invited})
    mails = []
    for each in invited:
        if each.email.lower() in stopped:
            continue
        to = Addressee(new_id(), each.email, each.email, each.locale)
        letter = work.letters.write(TO_ADDRESSES[type(each)], to, each)
        mails.append(Mail(new_id(), to, letter, now, secret=True, expires_at=each.expires_at))
    work.mails.add(mails)


class _Telling(NamedTuple):
    event: Event
    account_id: UUID
    template: str


class _Notice(NamedTuple):
    event: Event
    template: str
    to: Addressee
    company: Addressee | None = None


def _deliver(notices: Sequence[_Notice], work: Work) -> None:
    """Keep each notice, and what its person wants sent of it."""
    reach = _reach([each.to for each in notices], work)
    now = work.clock.now()
    kept: list[tuple[Notification, _Notice, Plan]] = []
    for each in notices:
        planned = plan(nature_of(each.template), reach[each.to.person_id], now)
        kept.append((_notification(each, planned, work), each, planned))
    new = work.notifications.add([notification for notification, _, _ in kept])
    fresh = [entry for entry in kept if entry[0].notification_id in new]
    work.mails.add([_mail(told, each, p.mail_at) for told, each, p in fresh if p.mail_at])
    work.pushes.add(
        [
            Push(new_id(), told.notification_id, told.person_id, p.push_at)
            for told, _, p in fresh
            if p.push_at
        ]
    )


def _reach(people: Sequence[Addressee], work: Work) -> Mapping[UUID, Reach]:
    ids = {each.person_id for each in people}
    chosen = work.choices.of(ids)
    stopped = work.addresses.stopped({each.email for each in people})
    linked = work.line.linked(ids) if work.pusher.available else {}
    return {
        each.person_id: Reach(
            chosen.get(each.person_id) or Preferences(each.person_id),
            by_mail=each.email.lower() not in stopped,
            on_line=each.person_id in linked,
        )
        for each in people
    }


def _notification(notice: _Notice, planned: Plan, work: Work) -> Notification:
    event, template, to, company = notice
    name = company.display_name if company else ""
    return Notification(
        notification_id=new_id(),
        person_id=to.person_id,
        what=str(event.kind) if isinstance(event, SecretLetter) else event.event_name,
        letter=work.letters.write(template, to, event, name),
        told_at=work.clock.now(),
        template=template,
        kind=nature_of(template).kind,
        link=link_of(template, event),
        event_id=event.told_as,
        company_id=company.person_id if company else None,
        gathered=planned.gathered,
    )


def _mail(told: Notification, notice: _Notice, send_at: datetime) -> Mail:
    nature = nature_of(notice.template)
    return Mail(
        # Its own id, so that a mail that goes out twice after a crash is known by its Message-ID.
        mail_id=told.notification_id,
        addressee=notice.to,
        letter=told.letter,
        told_at=told.told_at,
        kinds=() if nature.must else (nature.kind,),
        send_at=send_at,
    )


def _known(ids: Collection[UUID], work: Work) -> dict[UUID, Addressee]:
    found = dict(work.people.find(ids))
    _must_be_known(set(ids) - found.keys())
    return found


def _members(company_ids: Collection[UUID], work: Work) -> Sequence[Membership]:
    members = work.companies.members(company_ids) if company_ids else ()
    # A company always has a member: its founder, at first.
    _must_be_known(set(company_ids) - {each.company_id for each in members})
    return members


def _must_be_known(unknown: Collection[UUID]) -> None:
    if unknown:
        raise Transient(
            "person_not_known_yet",
            "accounts has not told us of this person yet.",
            person_ids=sorted(map(str, unknown)),
        )
