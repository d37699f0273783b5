"""Operators are appointed on the command line; this is no part of the published language."""

from typing import Annotated

from pydantic import EmailStr, Field, SecretStr

from shared.messages.accounts import Locale
from shared.messages.base import Command, Line


class AppointOperator(Command):
    """Open an account for somebody who runs the platform."""

    email: EmailStr
    password: Annotated[SecretStr, Field(min_length=12, max_length=200)]
    display_name: Line
    locale: Locale = "ja"
