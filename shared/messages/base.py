"""What commands, views and events have in common: frozen models with a published schema."""

import re
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SecretStr,
    StringConstraints,
    model_validator,
)


def _storable(text: str) -> str:
    """Return the text; raise ValueError when it has what PostgreSQL can't keep in one."""
    if "\x00" in text:
        raise ValueError("a NUL character can't be part of a text")
    return text


Storable = AfterValidator(_storable)
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Storable
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), Storable
]
_TOLD_AS = "_told_as"

V = TypeVar("V", bound=BaseModel)


class Command(BaseModel):
    """What somebody asks for. Unknown fields are refused, so that a typing error is not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _secrets_are_text(self) -> Self:
        """Refuse a secret with half a character, which JSON can write and nothing can encode."""
        for value in vars(self).values():
            if isinstance(value, SecretStr):
                try:
                    value.get_secret_value().encode()
                except UnicodeEncodeError:
                    raise ValueError("a lone surrogate can't be part of a text") from None
        return self


class View(BaseModel):
    """What somebody is shown."""

    model_config = ConfigDict(frozen=True)


class Page(View, Generic[V]):
    """Some of many. `next` is the cursor of the following page, null on the last one."""

    items: tuple[V, ...]
    next: UUID | None


class Event(BaseModel):
    """Something that has happened, told by the one service that knows.

    A version only ever gains optional fields; anything else is a new version. Readers ignore
    fields that they don't know, so that the teller may be newer than they are.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: ClassVar[str]
    event_name: ClassVar[str]
    version: ClassVar[int]
    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, *, service: str = "", version: int = 1, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not service:
            return
        cls.service = service
        cls.version = version
        cls.event_name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        Event.registry[cls.event_type()] = cls

    @property
    def told_as(self) -> UUID | None:
        """The id of the message that told it; None for what no message told.

        No part of what happened: it is neither sent nor compared.
        """
        told_as: UUID | None = self.__dict__.get(_TOLD_AS)
        return told_as

    def be_told_as(self, message_id: UUID) -> None:
        """Remember the id of the message that told it: who decodes the message says so."""
        self.__dict__[_TOLD_AS] = message_id

    @classmethod
    def routing_key(cls) -> str:
        """Return `<event_name>.v<version>`, as published to the exchange `<service>.events`."""
        return f"{cls.event_name}.v{cls.version}"

    @classmethod
    def event_type(cls) -> str:
        """Return the CloudEvents type: `<service>.<event_name>.v<version>`."""
        return f"{cls.service}.{cls.routing_key()}"
