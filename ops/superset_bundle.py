"""Pack `ops/superset` as the ZIP file that Superset imports: `python -m ops.superset_bundle FILE`.

A bundle is one folder of YAML files. The password in the address of the database is masked, so that Superset asks for
it; with HEADROOM_REPORTING_URI in the environment the bundle holds that address instead, for an import without a
browser. The same files give the same bytes.
"""

import os
import re
import sys
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import ops

FOLDER: Final = Path(ops.__file__).parent / "superset"
ROOT: Final = "headroom"
ADDRESS: Final = re.compile(r"^sqlalchemy_uri: .*$", re.MULTILINE)


def bundle(file: Path, *, uri: str | None = None) -> None:
    """Write the bundle; with `uri`, a SQLAlchemy address that takes the place of the one with a masked password."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for source in sorted(FOLDER.rglob("*.yaml")):
            text = source.read_text(encoding="utf-8")
            if uri and source.parent.name == "databases":
                text = _addressed(text, uri)
            entry = ZipInfo(f"{ROOT}/{source.relative_to(FOLDER).as_posix()}")
            entry.compress_type = ZIP_DEFLATED
            packed.writestr(entry, text.encode())


def _addressed(text: str, uri: str) -> str:
    quoted = uri.replace("'", "''")
    return ADDRESS.sub(lambda _: f"sqlalchemy_uri: '{quoted}'", text)


def main() -> int:
    """Write the bundle to the file named; 2 when none is."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m ops.superset_bundle FILE\n")
        return 2
    bundle(Path(sys.argv[1]), uri=os.environ.get("HEADROOM_REPORTING_URI"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
