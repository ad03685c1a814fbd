"""In which form evidence is wanted; what lays it out is loaded only then."""

from importlib import import_module
from pathlib import Path
from typing import Final

from app.cli.options import Misused
from app.cli.texts import Texts
from app.evidence import Pack

_FORMS: Final = {".html": "page", ".pdf": "sheet"}


def evidence_form(file: str | None, *, disclosing: bool) -> str:
    """The form a file's name asks for. Raises: Misused when it asks for none, or none is named."""
    if file is None:
        if disclosing:
            raise Misused("usage.evidence_alone")
        return ""
    form = Path(file).suffix.lower()
    if form not in _FORMS:
        raise Misused("usage.evidence_form", found=file)
    return _FORMS[form]


def made(form: str, texts: Texts, pack: Pack) -> bytes:
    """The pack laid out."""
    laid_out: bytes = import_module(f"app.cli.evidence.{form}").laid_out(texts, pack)
    return laid_out
