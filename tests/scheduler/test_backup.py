"""A backup holds what the clock did and was told; a restored book goes on from there."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import AuthResult

from app.database import backup
from scheduler import addressbook
from scheduler.channels.address import read_address
from scheduler.channels.carrying import carry
from scheduler.channels.outcome import SENT
from scheduler.delivery import Rules, Send, deliver_due
from scheduler.letters import Letter, bring_back, letters
from scheduler.outbox import put
from tests.cli.program import Person, Said, address
from tests.postgres import Database
from tests.readmodels.books import a_family, service
from tests.scheduler.clockwork import Clockwork
from tests.scheduler.post import NOW, SECOND, message
from tests.scheduler.receivers import MailServer, mail_server

KEPT = ("check_result", "job_run", "notice", "outbox", "concern", "setting", "agenda", "channel", "delivery")
DAY = 24 * 3600 * SECOND
WITH_KEYS = (
    "smtps://lin:s3cr3t-1@mail.example.org:465/?from=headroom@example.org&to=lin@example.org",
    "https://hooks.example.org/s3cr3t-2?token=s3cr3t-3#whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "https://oapi.dingtalk.com/robot/send?access_token=s3cr3t-4#SECs3cr3t-5",
    "bark+https://s3cr3t-6:s3cr3t-7@bark.example.org:8443/s3cr3t-8",
    "json://s3cr3t-9:s3cr3t-10@json.example.org/s3cr3t-11",
)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def book(database: Database) -> Clockwork:
    """The book of a household called lin."""
    clock = Clockwork(database)
    clock.record("lin", *a_family())
    return clock


def at_the_keyboard(database: Database) -> Person:
    return Person(HEADROOM_DATABASE_URL=address(database.superuser))


def moved(here: Database, there: Database, tmp_path: Path) -> Said:
    """Back up one book and restore it into another; what the restore said."""
    file = str(tmp_path / "book.headroom")
    assert at_the_keyboard(here).types("backup", file).code == 0
    said = at_the_keyboard(there).types("restore", file, "--json")
    assert said.code == 0
    return said


def delivered(database: Database, send: Send = carry, *, now: int = NOW) -> list[tuple[str, str]]:
    """Send what is due; which letters were tried, and what they are since."""
    tried: list[tuple[str, str]] = []
    with service(database) as connection:
        deliver_due(connection, send=send, clock=lambda: now, chance=lambda: 0.5, rules=Rules(),
                    told=lambda one: tried.append((one.id, one.state)))  # fmt: skip
    return tried


def listed(database: Database) -> dict[str, Letter]:
    """The letters of lin by what they tell, but for what the post says of itself."""
    with service(database) as connection:
        found = letters(connection, household="lin", dead=False, most=50)
    return {one.dedup_key: one for one in found if one.kind != "channel_failing"}


def one_sent_one_dead_one_pending(database: Database, mail: MailServer, channel: str) -> None:
    """Three letters through a mail channel, and what its server made of them."""
    with service(database) as connection:
        assert addressbook.add(connection, "lin", read_address(channel), name="mail", kinds=(), now=NOW)
        mail.letters.at_end = ["250 taken", "554 5.7.1 looks like spam", "451 4.7.1 try again"]
        for key in ("sent", "dead", "pending"):
            put(connection, message(dedup_key=key, subject=key))
            delivered(database)
    mail.letters.got.clear()


def subjects(mail: MailServer) -> list[str]:
    """The subjects of the letters a server took, which it then forgets."""
    found = [line for got in mail.letters.got for line in got.decode().splitlines() if line.startswith("Subject: ")]
    mail.letters.got.clear()
    return [line.removeprefix("Subject: ") for line in found]


def test_what_the_clock_did_is_in_a_backup_and_a_restored_book_repeats_nothing(
    database: Database, database_beside: Database, tmp_path: Path
) -> None:
    clock = Clockwork(database)
    clock.record("h1", *a_family())
    clock.runs()
    clock.runs(until="2026-05-04T09:00:00")
    person = at_the_keyboard(database)
    assert person.types("channel", "h1", "add", "terminal:").code == 0
    assert delivered(database, now=clock.now)
    assert person.types("notify", "h1", "--language", "zh").code == 0
    assert person.types("acknowledge", "h1").code == 0
    assert person.types("acknowledge", "h1", "--snooze", "2026-12-01").code == 0
    moved(database, database_beside, tmp_path)
    restored = Clockwork(database_beside, "2026-05-04T09:00:00")
    restored.runs()
    assert delivered(database_beside, now=clock.now) == []
    for table in KEPT:
        assert restored.rows(f"SELECT * FROM clock.{table} ORDER BY 1, 2") == clock.rows(
            f"SELECT * FROM clock.{table} ORDER BY 1, 2"
        ), table
    assert restored.ran() == clock.ran()
    assert clock.rows("SELECT FROM clock.concern WHERE acknowledged_at > 0 AND snoozed_until > 0")


def test_after_a_restore_exactly_what_was_pending_is_sent_and_a_dead_letter_can_still_be(
    book: Clockwork, database_beside: Database, mail: MailServer, tmp_path: Path
) -> None:
    one_sent_one_dead_one_pending(book.database, mail, mail.address)
    before = listed(book.database)
    assert {key: one.state for key, one in before.items()} == {"sent": "sent", "dead": "dead", "pending": "due"}

    said = moved(book.database, database_beside, tmp_path)

    assert said.json["messages_pending"] == 1
    assert listed(database_beside) == before
    assert delivered(database_beside, now=NOW + DAY) == [(before["pending"].id, "sent")]
    assert subjects(mail) == ["pending"]
    assert delivered(database_beside, now=NOW + 30 * DAY) == []
    with service(database_beside) as connection:
        assert bring_back(connection, before["dead"].id, now=NOW + DAY) == "brought_back"
    assert delivered(database_beside, now=NOW + DAY) == [(before["dead"].id, "sent")]
    assert subjects(mail) == ["dead"]


def test_a_restore_tells_of_what_was_on_its_way_and_since_when_before_anything_of_it_is_sent(
    book: Clockwork, database_beside: Database, mail: MailServer, tmp_path: Path
) -> None:
    one_sent_one_dead_one_pending(book.database, mail, mail.address)
    with service(book.database) as connection:
        put(connection, message(dedup_key="quiet", not_before=NOW + DAY))
    file = str(tmp_path / "book.headroom")
    saving = at_the_keyboard(book.database)
    saving.waits_until("2026-07-01T09:00:00+08:00")
    assert saving.types("backup", file).code == 0

    said = " ".join(at_the_keyboard(database_beside).types("restore", file).out.split())

    assert "2 messages were on their way on 2026-07-01 09:00, when this backup was made" in said
    assert "headroom outbox" in said
    assert subjects(mail) == []


def test_a_channel_without_its_keys_waits_and_loses_nothing_until_its_address_is_set_again(
    book: Clockwork, database_beside: Database, tmp_path: Path
) -> None:
    def allows(*given: Any) -> AuthResult:
        return AuthResult(success=(given[-1].login, given[-1].password) == (b"lin", b"s3cr3t"), handled=False)

    with mail_server(authenticator=allows, auth_require_tls=False) as mail:
        channel = mail.address.replace("smtp://", "smtp://lin:s3cr3t@")
        one_sent_one_dead_one_pending(book.database, mail, channel)
        before = listed(book.database)

        said = moved(book.database, database_beside, tmp_path)

        assert said.json["channels_waiting"] == 1
        person = at_the_keyboard(database_beside)
        assert [one["whole"] for one in person.types("channel", "lin", "--json").json["channels"]] == [False]
        assert "--name mail" in " ".join(person.types("channel", "lin").out.split())
        assert delivered(database_beside, now=NOW + 30 * DAY) == []
        waits = msgspec.structs.replace(before["pending"], outcome="no_keys", detail="")
        assert listed(database_beside) == before | {"pending": waits}
        assert "set its address again" in " ".join(person.types("outbox", "lin").out.split())
        with service(database_beside) as connection:
            assert bring_back(connection, before["dead"].id, now=NOW + DAY) == "no_keys"
        assert person.types("channel", "lin", "test", "mail", "--json").json["outcome"] == "no_keys"

        with service(database_beside) as connection:
            given = read_address(channel)
            assert addressbook.add(connection, "lin", given, name="mail", kinds=(), now=NOW + DAY)

        assert delivered(database_beside, now=NOW + 30 * DAY) == [(before["pending"].id, "sent")]
        assert subjects(mail) == ["pending"]
        with service(database_beside) as connection:
            assert bring_back(connection, before["dead"].id, now=NOW + 30 * DAY) == "brought_back"
        assert delivered(database_beside, now=NOW + 30 * DAY) == [(before["dead"].id, "sent")]


def test_no_key_of_any_channel_is_in_a_backup(book: Clockwork, database_beside: Database, tmp_path: Path) -> None:
    person = at_the_keyboard(book.database)
    for number, one in enumerate((*WITH_KEYS, "terminal:", "smtp://mail.example.org/?from=a@b.org&to=c@d.org")):
        assert person.types("channel", "lin", "add", one, "--name", f"c{number}", "--kinds", "digest,worse").code == 0
    told = person.types("channel", "lin", "--json").json["channels"]

    said = moved(book.database, database_beside, tmp_path)

    with zipfile.ZipFile(tmp_path / "book.headroom") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"mail.example.org" in everything
    assert b"s3cr3t" not in everything
    assert b"whsec" not in everything
    assert said.json["channels_waiting"] == len(WITH_KEYS)
    assert said.json["households_waiting"] == ["lin"]
    restored = at_the_keyboard(database_beside).types("channel", "lin", "--json").json["channels"]
    assert [one | {"whole": True} for one in restored] == told
    assert [one["whole"] for one in restored] == [False] * len(WITH_KEYS) + [True, True]


def test_a_channel_that_waits_for_its_address_takes_no_new_message(
    book: Clockwork, database_beside: Database, tmp_path: Path
) -> None:
    with service(book.database) as connection:
        addressbook.add(connection, "lin", read_address(WITH_KEYS[0]), name="mail", kinds=["worse"], now=NOW)
    moved(book.database, database_beside, tmp_path)
    with service(database_beside) as connection:
        put(connection, message())
        assert delivered(database_beside) == []
        assert listed(database_beside)[message().dedup_key].state == "unaddressed"
        assert addressbook.add(connection, "lin", read_address("terminal:"), name="mail", kinds=(), now=NOW)
        assert not addressbook.add(connection, "lin", read_address("terminal:"), name="mail", kinds=(), now=NOW)
        (found,) = addressbook.channels(connection, "lin")
        assert (found.kind, found.kinds, found.whole) == ("terminal", ("worse",), True)
        assert [state for _, state in delivered(database_beside, lambda _: SENT)] == ["sent"]
        assert listed(database_beside)[message().dedup_key].state == "sent"


def test_a_backup_from_before_channels_were_kept_is_restored_and_repeats_nothing(
    book: Clockwork, database_beside: Database, mail: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_sent_one_dead_one_pending(book.database, mail, mail.address)
    older = tuple(one for one in backup.CLOCK_TABLES if one not in ("channel", "delivery"))
    monkeypatch.setattr(backup, "CLOCK_TABLES", older)

    assert moved(book.database, database_beside, tmp_path).json["channels_waiting"] == 0

    with service(database_beside) as connection:
        assert addressbook.channels(connection, "lin") == []
        assert addressbook.add(connection, "lin", read_address(mail.address), name="mail", kinds=(), now=NOW)
    assert delivered(database_beside, now=NOW + 30 * DAY) == []
