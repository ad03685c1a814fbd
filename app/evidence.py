"""An answer as evidence: with the facts it stands on and their places in the chain, so that others can verify it.

What is verified needs no book: hashes, texts and, where every fact is disclosed, the answer itself, worked out anew.
"""

from base64 import b64decode, b64encode
from typing import Any

import msgspec

from app import listing
from ledger.calendar import parse_when
from ledger.errors import NotFound
from ledger.events import LineOpened, Recorded
from ledger.payload import decode
from ledger.store import reader
from ledger.store.broken import Broken, broken
from ledger.store.personal import digest, texts_in, words_in
from ledger.store.proof import Chain, chain, first_broken
from ledger.store.reader import Connection
from ledger.timeline import Timeline
from projections.explanation.answer import explain
from projections.explanation.shape import Explanation
from projections.explanation.wording import Language

FORMAT = "headroom-evidence/1"


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A personal text of a disclosed fact, with the salt (base64) that its digest in the fact was made with."""

    version: int
    field: str
    salt: str
    content: str


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with what it stands on. Shape: `facts` as `history` shows them; `texts` only where they were wanted."""

    format: str = FORMAT
    made_at: str
    language: Language
    answer: Explanation
    facts: list[dict[str, Any]]
    chain: Chain
    texts: list[Text] = []


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying a pack found.

    Shape: `facts` stand in the chain, `disclosed` of them with their bytes; `recomputed` says whether the answer comes
    out the same from the facts, None where some are withheld.
    """

    household: str
    facts: int
    disclosed: int
    head: str
    first_bad: Broken | None
    recomputed: bool | None

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts the pack."""
        return self.first_bad is None and self.recomputed is not False


def gather(
    connection: Connection, answer: Explanation, *, language: Language, now: int, whole: bool, texts: bool
) -> Pack:
    """The evidence for an answer: the facts it cites and what opened them; with `whole`, every fact up to its version.

    `texts` adds the personal texts of what is disclosed.
    """
    household, book = answer.household, listing.timeline(connection, answer.household)
    found = chain(connection, household, until=answer.version, disclosed=None if whole else _cited(answer, book))
    versions = {one.version for one in found.links if one.payload is not None}
    shown = listing.history(connection, household, revealed=texts)["facts"]
    return Pack(
        made_at=book.zone.text(now, microsecond=True),
        language=language,
        answer=answer,
        facts=[one for one in shown if _version(one["id"]) in versions],
        chain=found,
        texts=_texts(connection, household, versions) if texts else [],
    )


def examine(pack: Pack) -> Examined:
    """Verify a pack by itself. Raises: nothing; what is wrong is told."""
    found = pack.chain
    bad = first_broken(found) or _bad_text(pack) or _bad_citation(pack)
    return Examined(
        household=found.household,
        facts=len(found.links),
        disclosed=found.disclosed,
        head=found.head,
        first_bad=bad,
        recomputed=_recomputed(pack) if bad is None and found.disclosed == len(found.links) else None,
    )


def _cited(answer: Explanation, book: Timeline) -> set[int]:
    """The facts an answer names, what opened the household and the line, and what corrected any of them."""
    named = {_version(fact) for fact in _facts_in(msgspec.to_builtins(answer)) if _owner(fact) == answer.household}
    opened = {
        entry.version for entry in book.entries if isinstance(entry.fact, LineOpened) and entry.fact.line == answer.line
    }
    corrected = {entry.source_version for entry in book.entries if entry.version in named | opened}
    return {1, *named, *opened, *corrected}


def _facts_in(told: Any) -> list[str]:
    """Every fact id in an answer."""
    if isinstance(told, dict):
        return [
            fact for name, value in told.items() for fact in ([value] if name == "without" else _facts_of(name, value))
        ]
    return [fact for value in told for fact in _facts_in(value)] if isinstance(told, list | tuple) else []


def _facts_of(name: str, value: Any) -> list[str]:
    return list(value) if name == "facts" else _facts_in(value)


def _owner(fact: str) -> str:
    return fact.rpartition(":")[0]


def _version(fact: str) -> int:
    return int(fact.rpartition(":")[2])


def _texts(connection: Connection, household: str, versions: set[int]) -> list[Text]:
    return [
        Text(version=version, field=text.field, salt=b64encode(text.salt).decode(), content=text.content)
        for version, recalled in reader.recall(connection, household, sorted(versions)).items()
        for text in recalled.texts.values()
    ]


def _bad_text(pack: Pack) -> Broken | None:
    """The first text that is not what its fact was recorded with."""
    payloads = {one.version: one.payload for one in pack.chain.links}
    for text in pack.texts:
        payload = payloads.get(text.version)
        sealed = dict(texts_in(decode(payload.encode()))) if payload else {}
        if sealed.get(text.field) != digest(b64decode(text.salt), text.content):
            return broken(f"{pack.chain.household}:{text.version}", "other_text", field=text.field)
    return None


def _bad_citation(pack: Pack) -> Broken | None:
    """The first fact that the answer cites and the pack does not disclose."""
    disclosed = {one.version for one in pack.chain.links if one.payload is not None}
    for fact in _facts_in(msgspec.to_builtins(pack.answer)):
        if _version(fact) not in disclosed:
            return broken(f"{pack.chain.household}:{_version(fact)}", "cited_unshown")
    return None


def _recomputed(pack: Pack) -> bool:
    """Whether the answer comes out the same, worked out anew from all of the household's facts."""
    answer = pack.answer
    recorded = [
        Recorded(version=one.version, recorded_at=one.recorded_at, fact=decode((one.payload or "").encode()))
        for one in pack.chain.links
    ]
    book = Timeline(recorded)
    since, until, known_at = (book.zone.at(parse_when(text)) for text in (answer.since, answer.until, answer.known_at))
    try:
        again = explain(
            book,
            household=answer.household,
            line=answer.line,
            since=since,
            until=until,
            known_at=known_at,
            ruleset=answer.ruleset,
            language=pack.language,
            words=lambda version: words_in({one.field: one.content for one in pack.texts if one.version == version}),
        )
    except NotFound:
        return False
    return again == answer
