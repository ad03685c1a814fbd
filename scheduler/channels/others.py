"""Everything else, through Apprise, whose verdict is taken as it is, but for redirects: none is followed.

A redirect that is followed may lose the message on the way, and whoever answers in the end says yes to nothing.
"""

import apprise

from scheduler.channels.outcome import SENT, Outcome, later
from scheduler.channels.parcel import Parcel


def carry(parcel: Parcel) -> Outcome:
    """Send through whatever service the address names."""
    service = apprise.Apprise()
    if not service.add(parcel.address.url):
        return later("not_supported")
    for receiver in service:
        receiver.redirects = False
    result = service.notify(
        title=parcel.message.subject,
        body=parcel.message.text,
        body_format=apprise.NotifyFormat.TEXT,
        timeout=parcel.seconds,
    )
    match result.status:
        case apprise.AppriseResultStatus.SUCCESS:
            return SENT
        case apprise.AppriseResultStatus.TIMEOUT:
            return later("silent")
        case _:
            return later("not_taken")


def understood(url: str) -> bool:
    """Whether Apprise knows the service an address names and finds the address whole."""
    return bool(apprise.Apprise().add(url))
