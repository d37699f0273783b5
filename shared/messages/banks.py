"""The published language of payments, about banks and branches in Japan."""

from typing import Annotated

from pydantic import Field

from shared.messages.base import View


class BankView(View):
    """A bank."""

    code: Annotated[str, Field(description="4 digits")]
    name: Annotated[str, Field(description="Without the word for bank (銀行)")]
    kana: Annotated[str, Field(description="Katakana as banks exchange them: no small ones")]


class BranchView(View):
    """A branch of a bank."""

    code: Annotated[str, Field(description="3 digits")]
    name: Annotated[str, Field(description="Without the word for branch (支店)")]
    kana: Annotated[str, Field(description="Katakana as banks exchange them: no small ones")]


class BankList(View):
    """The banks that fit best, best first."""

    items: tuple[BankView, ...]


class BranchList(View):
    """The branches that fit best, best first."""

    items: tuple[BranchView, ...]
