"""Between the library's events and ours: a fact is stored as the JSON object that names its own class."""

from typing import Any, Final

import msgspec
from eventsourcing.persistence import Mapper, ProgrammingError, StoredEvent

from ledger.events import AnyFact
from ledger.payload import decode, encode
from ledger.store.personal import is_sealed, texts_in

FACT_TOPIC: Final = "fact"
"""The topic of every fact: the payload names its class and version itself."""


class FactRecorded(msgspec.Struct, frozen=True):
    """A fact at its place in a household's stream, as the library sees it."""

    originator_id: str
    originator_version: int
    fact: AnyFact


class FactMapper(Mapper[Any]):
    """Writes and reads facts with msgspec; needs no transcoder, cipher or compressor."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The stored form of a fact. Raises: ProgrammingError when a personal text was not sealed."""
        if not all(is_sealed(content) for _, content in texts_in(domain_event.fact)):
            raise ProgrammingError("a personal text would be stored for good: record through Ledger.record")
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=FACT_TOPIC,
            state=encode(domain_event.fact),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The fact in a stored event."""
        return FactRecorded(
            originator_id=str(stored_event.originator_id),
            originator_version=stored_event.originator_version,
            fact=decode(stored_event.state),
        )
