"""Files over HTTP: a body that goes to a store piece by piece, and an answer that is for saving."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi import Query as QueryParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from shared.files import Content, FileStore
from shared.messages.files import FileView
from shared.programs import HEAD_BYTES, check_no_program

MAX_FILE_BYTES = 50 * 1024 * 1024
OCTETS = "application/octet-stream"
# For an endpoint that reads the body itself: FastAPI doesn't see that there is one.
BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)

# No folders, no control characters, none that turn the reading direction to disguise a name.
FileName = Annotated[
    str,
    QueryParameter(
        min_length=1,
        max_length=200,
        pattern=r"^[^/\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+$",
        description="The file's name, without folders",
    ),
]


async def _file_store(request: Request) -> FileStore:
    store: FileStore = request.app.state.file_store
    return store


Stores = Annotated[FileStore, Depends(_file_store)]


def media_type_of(request: Request) -> str:
    """Return what the sender says that the body is; of something odd, that it is bytes."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else OCTETS


async def receive(request: Request, store: FileStore, name: str) -> Content:
    """Pass the body on to the store, piece by piece, without ever holding the whole of it.

    Raises Invalid (`file_type_refused`) for a program.
    """
    head = b""
    check_no_program(name, head)
    upload = await run_in_threadpool(store.receive)
    try:
        async for chunk in request.stream():
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
                check_no_program(name, head)
            await run_in_threadpool(upload.write, chunk)
        return await run_in_threadpool(upload.finish)
    finally:
        upload.discard()


def for_saving(file: FileView, store: FileStore) -> StreamingResponse:
    """Return a file's bytes, to be saved and never shown."""
    # Never the uploader's media type: a page shown from our address could act for its reader.
    return StreamingResponse(
        store.read(file.sha256),
        media_type=OCTETS,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Length": str(file.size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
