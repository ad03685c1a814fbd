"""Standard Webhooks: a signed JSON event for a program. Source: standardwebhooks.com, specification 1.0."""

from datetime import UTC, datetime

import msgspec
from standardwebhooks import Webhook

from scheduler.channels.outcome import SENT, Outcome
from scheduler.channels.parcel import Parcel
from scheduler.channels.posting import by_status, post


def carry(parcel: Parcel) -> Outcome:
    """Post the message as an event; any status of the two hundreds means that it was taken."""
    body = event(parcel)
    at = datetime.fromtimestamp(parcel.now // 1_000_000, tz=UTC)  # in another zone the library would sign another time
    headers = {
        "webhook-id": parcel.id,
        "webhook-timestamp": str(parcel.now // 1_000_000),
        "webhook-signature": Webhook(parcel.address.secret).sign(parcel.id, at, body.decode()),
    }
    reply = post(parcel.address.url, body, headers=headers, now=parcel.now, seconds=parcel.seconds)
    return reply if isinstance(reply, Outcome) else by_status(reply) or SENT


def event(parcel: Parcel) -> bytes:
    """The event's body: the same bytes for every attempt."""
    message = parcel.message
    written = datetime.fromtimestamp(message.created_at // 1_000_000, tz=UTC)
    return msgspec.json.encode(
        {
            "type": f"headroom.notice.{message.kind}",
            "timestamp": written.isoformat().replace("+00:00", "Z"),
            "data": {
                "household": message.household,
                "key": message.dedup_key,
                "kind": message.kind,
                "language": message.language,
                "subject": message.subject,
                "text": message.text,
                "facts": message.facts,
            },
        }
    )
