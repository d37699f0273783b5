"""Look up banks and branches, for the form in which a bank account is told."""

from services.payments.domain.banks import Banks, plain_text
from shared.errors import Invalid
from shared.messages.banks import BankList, BankView, BranchList, BranchView


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
