"""The pack as one HTML file: nothing is loaded from elsewhere, and the data to verify it by is inside."""

from functools import cache
from pathlib import Path
from typing import Final

import jinja2
import msgspec
from markupsafe import Markup

from app.cli.evidence.carried import END, START, data_for
from app.cli.evidence.contents import contents
from app.cli.texts import Texts
from app.evidence import Pack

_HTML_LANGUAGE: Final = {"en": "en", "zh": "zh-Hans"}


def laid_out(texts: Texts, pack: Pack) -> bytes:
    """The whole file; the same pack gives the same bytes."""
    said = contents(texts, msgspec.to_builtins(pack))
    carried = Markup(f"{START}{data_for(pack)}{END}")  # noqa: S704  # JSON of ours that holds no "<"
    page = _template().render(
        **msgspec.structs.asdict(said), html_language=_HTML_LANGUAGE[texts.language], carried=carried
    )
    return page.encode()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page.html")
