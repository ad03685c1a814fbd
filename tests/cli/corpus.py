"""Input that is no history file, or holds what cannot be a fact, with the code each is refused with."""

import gzip
import io
import zipfile
from typing import Final

_OPEN: Final = (
    b'{"type":"LineOpened","household":"h1","effective_at":"2026-01-01","line":"a","lender":"x","product":"card"}\n'
)


def _draw(amount: str, *, at: str = "2026-01-02", more: str = "") -> bytes:
    return (
        _OPEN
        + (
            f'{{"type":"DrawnDown","household":"h1","effective_at":"{at}","line":"a","amount":{amount}{more}}}\n'
        ).encode()
    )


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("facts.jsonl", _OPEN)
    return packed.getvalue()


BROKEN: Final[dict[str, tuple[bytes, str]]] = {
    "empty": (b"", "no_facts"),
    "blank_lines": (b"\n  \n\n", "no_facts"),
    "gb18030": (_OPEN[:-2] + ',"note":"借呗"}\n'.encode("gb18030"), "not_utf8"),
    "utf16": (_OPEN.decode().encode("utf-16"), "not_text"),
    "truncated": (_OPEN + _OPEN[:40], "not_json"),
    "zip_called_csv": (_zip(), "not_text"),
    "gzip": (gzip.compress(_OPEN, mtime=0), "not_text"),
    "not_json": (b"household,line,amount\nh1,a,5\n", "not_json"),
    "an_array": (b"[" + _OPEN.strip() + b"]\n", "not_an_object"),
    "a_number": (b"42\n", "not_an_object"),
    "exponent": (_draw('"1e9"'), "bad_amount"),
    "json_number": (_draw("500"), "wrong_type"),
    "negative": (_draw('"-5.00"'), "not_positive"),
    "zero": (_draw('"0"'), "not_positive"),
    "not_a_number": (_draw('"NaN"'), "bad_amount"),
    "bare_nan": (_draw("NaN"), "not_json"),
    "infinity": (_draw('"Infinity"'), "bad_amount"),
    "thousands": (_draw('"1,000.00"'), "bad_amount"),
    "fraction_of_a_fen": (_draw('"1.005"'), "bad_amount"),
    "full_width_digits": (_draw('"５００"'), "bad_amount"),
    "implausible": (_draw('"99999999999999.00"'), "bad_amount"),
    "far_future": (_draw('"5.00"', at="2199-01-01"), "in_the_future"),
    "no_offset": (_draw('"5.00"', at="2026-01-02T10:00:00"), "bad_time"),
    "no_such_day": (_draw('"5.00"', at="2026-02-30"), "bad_time"),
    "unknown_field": (_draw('"5.00"', more=',"ammount":"5.00"'), "unknown_field"),
    "unknown_type": (_OPEN.replace(b"LineOpened", b"LineOpend"), "unknown_type"),
    "missing_field": (_OPEN.replace(b',"product":"card"', b""), "missing_field"),
    "unknown_line": (_draw('"5.00"').replace(b'"line":"a","amount"', b'"line":"b","amount"'), "unknown_line"),
    "upper_case_household": (_OPEN.replace(b'"h1"', b'"H1"'), "bad_name"),
    "path_as_household": (_OPEN.replace(b'"h1"', b'"../h1"'), "bad_name"),
    "key_with_other_content": (
        _draw('"5.00"', more=',"key":"k"') + _draw('"6.00"', more=',"key":"k"').splitlines(keepends=True)[1],
        "key_reused",
    ),
    "opened_twice": (_OPEN + _OPEN.replace(b'"card"', b'"other"'), "line_opened_twice"),
    "nested_to_death": (b"[" * 100_000 + b"\n", "not_json"),
}  # fmt: skip
