"""Look up banks and branches, for the form in which a bank account is told."""

from services.payments.domain.banks import Banks, plain_text
from shared.errors import Invalid, NotFound
from shared.messages.banks import BankList, BankView, BranchList, BranchView
from shared.messages.payments import PayeeView


def search_banks(text: str, limit: int, banks: Banks) -> BankList:
    """Return banks that fit, best first; `query_too_short` when there is nothing to go by."""
    if not plain_text(text):
        raise Invalid("query_too_short", "Give the beginning of the bank's name or code in `q`.")
    found = banks.search(text, limit)
    return BankList(items=tuple(BankView(code=b.code, name=b.name, kana=b.kana) for b in found))


def search_branches(bank_code: str, text: str, limit: int, banks: Banks) -> BranchList:
    """Return branches of a bank that fit, best first; the first by code when nothing is asked."""
    found = banks.branches(bank_code, text, limit)
    return BranchList(items=tuple(BranchView(code=b.code, name=b.name, kana=b.kana) for b in found))


def name_bank(payee: PayeeView, banks: Banks) -> PayeeView:
    """Return a payee with the names of bank and branch, where the list has them."""
    if payee.bank is None:
        return payee
    try:
        bank, branch = banks.find(payee.bank.bank_code, payee.bank.branch_code)
    except NotFound:
        return payee
    names = {"bank_name": bank.name, "branch_name": branch.name}
    return payee.model_copy(update={"bank": payee.bank.model_copy(update=names)})
