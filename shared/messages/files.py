"""Files, as every service shows them."""

from uuid import UUID

from shared.messages.base import View


class FileView(View):
    """A file that was uploaded; `size` is in bytes, `sha256` in hexadecimal."""

    file_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
