"""The data inside an evidence page, to be verified by anybody."""

from typing import Final

import msgspec

from app.cli.options import Unusable
from app.evidence import Pack

START: Final = '<script type="application/json" id="headroom-evidence">'
END: Final = "</script>"


def data_for(pack: Pack) -> str:
    """The data as a script element may hold it: nothing in it can end the element."""
    return msgspec.json.encode(pack).decode().replace("<", "\\u003c")


def data_of(text: str, *, path: str) -> Pack:
    """The pack inside a page.

    Raises: Unusable when the file is the sheet for reading, another file, cut short, or holds what is no pack.
    """
    _, start, rest = text.partition(START)
    data, end, _ = rest.partition(END)
    if not start:
        raise Unusable("evidence.sheet" if text.startswith("%PDF") else "evidence.none", path=path)
    if not end:
        raise Unusable("evidence.cut", path=path)
    try:
        return msgspec.json.decode(data, type=Pack)
    except msgspec.MsgspecError as broken:
        raise Unusable("evidence.unreadable", path=path, problem=str(broken)) from broken
