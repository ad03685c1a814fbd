"""`headroom channel` and `headroom outbox`: where a household is told, and what became of each message."""

from collections.abc import Iterator
from functools import partial

import msgspec
import psycopg
import pytest

from app.cli.figures import moment
from app.cli.options import LANGUAGES, Language
from scheduler.channels.outcome import Outcome, later, never
from scheduler.delivery import Rules, deliver_due
from scheduler.outbox import put
from tests.cli.program import Person, address
from tests.golden_files import Golden
from tests.postgres import Cluster, Database
from tests.scheduler.post import NOW, SECOND, message
from tests.scheduler.receivers import Receiver, answers, web_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def lin(person: Person) -> Person:
    """Somebody whose book has a household called lin."""
    return _begun(person)


@pytest.fixture(scope="module")
def untold(cluster: Cluster) -> Iterator[Person]:
    """The same, for tests in which every channel is refused."""
    with cluster.lent_database() as lent:
        yield _begun(Person(HEADROOM_DATABASE_URL=address(lent.superuser)))


def _begun(person: Person) -> Person:
    assert person.types("add", "IncomeDeclared", "monthly=10000", "--household", "lin").code == 0
    return person


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with web_server() as found:
        yield found


def delivered(database: Database, outcome: Outcome, *, rounds: int = 1) -> None:
    """Let a courier try whatever is due, hours apart, always with the same end."""
    with psycopg.connect(database.service, autocommit=True) as connection:
        for number in range(rounds):
            at = NOW + number * 24 * 3600 * SECOND
            deliver_due(
                connection, send=lambda _: outcome, clock=partial(int, at), chance=lambda: 0.0, rules=Rules(),
                told=lambda _: None,
            )  # fmt: skip


def test_no_key_is_ever_shown(lin: Person, receiver: Receiver) -> None:
    added = lin.types("channel", "lin", "add", receiver.webhook)
    assert (added.code, added.err) == (0, "")
    for said in (added, lin.types("channel", "lin"), lin.types("channel", "lin", "--json")):
        assert "s3cr3t" not in said.out + said.err
        assert SECRET not in said.out + said.err
        assert "webhook+http://127.0.0.1/" in said.out


def test_a_key_need_not_stand_on_the_command_line(lin: Person) -> None:
    said = lin.types("channel", "lin", "add", "-", given=b"https://oapi.dingtalk.com/robot/send?access_token=abc\n")
    assert (said.code, said.err) == (0, "")
    assert lin.types("channel", "lin", "--json").json["channels"][0]["kind"] == "dingtalk"


def test_a_channel_is_tried_by_a_real_message(lin: Person, receiver: Receiver) -> None:
    lin.types("channel", "lin", "add", receiver.webhook)
    assert lin.types("channel", "lin", "test", "webhook", "--json").json["sent"]
    assert receiver.got[0].json["type"] == "headroom.notice.channel_trial"
    receiver.behaves(answers(410))
    refused = lin.types("channel", "lin", "test", "webhook", "--json")
    assert (refused.code, refused.json["sent"], refused.json["outcome"]) == (1, False, "gone")


@pytest.mark.parametrize("language", LANGUAGES)
def test_channels_and_outbox_read_as_promised(
    lin: Person, database: Database, golden: Golden, language: Language
) -> None:
    told = [lin.types("channel", "lin", "--lang", language).out]
    lin.types("channel", "lin", "add", "smtps://me:pw@mail.example.org/?from=a@example.org&to=lin@example.org")
    lin.types("channel", "lin", "add", "terminal:", "--kinds", "due_soon,digest", "--name", "screen")
    with psycopg.connect(database.service, autocommit=True) as connection:
        put(connection, message())
        put(connection, message(dedup_key="digest", kind="digest", subject="The week"))
    delivered(database, never("answered", 550))
    told += [lin.types(*words, "--lang", language).out for words in (("channel", "lin"), ("outbox",))]
    golden.holds(f"post.{language}.txt", "\n".join(told))


@pytest.mark.parametrize(("language", "none"), [("en", "There is no dead letter."), ("zh", "没有死信。")])
def test_where_no_letter_is_dead_that_is_told_and_not_that_none_was_written(
    lin: Person, database: Database, language: Language, none: str
) -> None:
    with psycopg.connect(database.service, autocommit=True) as connection:
        put(connection, message())
    assert lin.types("outbox", "--dead", "--lang", language).out.strip() == none


def test_a_letter_that_waits_for_the_end_of_quiet_hours_says_until_when(lin: Person, database: Database) -> None:
    written = message()
    with psycopg.connect(database.service, autocommit=True) as connection:
        put(connection, msgspec.structs.replace(written, not_before=written.created_at + 3_600_000_000))
    said = " ".join(lin.types("outbox").out.split())
    until = moment(lin.types("outbox", "--json").json[0]["due_at"])
    assert f"(until {until})" in said


def test_a_dead_letter_is_kept_and_can_be_brought_back(lin: Person, database: Database) -> None:
    lin.types("channel", "lin", "add", "terminal:")
    with psycopg.connect(database.service, autocommit=True) as connection:
        put(connection, message())
    delivered(database, later("answered", 500), rounds=20)
    dead = lin.types("outbox", "lin", "--dead", "--json").json
    assert [(one["state"], one["attempts"], one["detail"]) for one in dead] == [("dead", 15, "500")]

    back = lin.types("outbox", "--again", dead[0]["id"], "--json")

    letters = {one["id"]: one for one in back.json}
    assert (back.code, letters[dead[0]["id"]]["state"], letters[dead[0]["id"]]["attempts"]) == (0, "due", 0)
    assert lin.types("outbox", "--again", dead[0]["id"]).code == 1
    assert lin.types("outbox", "--again", "no-such-letter").code == 1


@pytest.mark.parametrize(
    "url",
    ["nonsense", "http://example.org/hook", "https://example.org/hook", "https://oapi.dingtalk.com/",
     "smtp://mail.example.org/?from=a", "dingtalk://token", "dbus://", "nosuchservice://token"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_cannot_be_used_is_refused_with_the_remedy(
    untold: Person, url: str, language: Language
) -> None:
    said = untold.types("channel", "lin", "add", url, "--lang", language)
    assert (said.code, said.out) == (1, "")
    assert len(said.err) > 20
    assert untold.types("channel", "lin", "--json").json["channels"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("channel", "lin", "paint", "x"), 2),
        (("channel", "lin", "add"), 2),
        (("channel", "lin", "add", "terminal:", "--kinds", "gossip"), 2),
        (("channel", "lin", "remove", "nothing"), 1),
        (("channel", "lin", "test", "nothing"), 1),
        (("channel", "nobody"), 1),
        (("outbox", "nobody"), 1),
    ],
)
def test_what_cannot_be_done_is_told(untold: Person, words: tuple[str, ...], code: int) -> None:
    said = untold.types(*words)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("✗ ")


def test_whoever_sets_a_channel_is_told_what_sends_through_it(lin: Person) -> None:
    for language in LANGUAGES:
        said = lin.types("channel", "lin", "add", "terminal:", "--lang", language)
        assert "headroom serve" in said.out


def test_what_waits_can_be_dropped_and_is_sent_neither_then_nor_through_a_channel_set_later(
    lin: Person, database: Database
) -> None:
    lin.types("channel", "lin", "add", "terminal:", "--kinds", "worse")
    now = message().created_at
    with psycopg.connect(database.service, autocommit=True) as connection:
        for key, kind, not_before in (
            ("tried", "worse", now),
            ("quiet", "worse", now + 10**12),
            ("week", "digest", now),
        ):
            put(connection, message(dedup_key=key, kind=kind, not_before=not_before))
    delivered(database, later("answered", 500), rounds=1)
    before = {one["state"] for one in lin.types("outbox", "--json").json}
    assert before == {"due", "waiting", "unaddressed"}

    said = lin.types("outbox", "lin", "--drop", "--lang", "en")
    lin.types("channel", "lin", "add", "terminal:", "--name", "later", "--kinds", "worse")

    assert "2 messages that waited are not sent." in said.out + said.err
    letters = lin.types("outbox", "--json").json
    assert [(one["state"], one["outcome"]) for one in letters if one["kind"] == "worse"] in (
        [("dropped", ""), ("dead", "dropped")],
        [("dead", "dropped"), ("dropped", "")],
    )
    assert {one["state"] for one in letters if one["kind"] == "digest"} <= {"unaddressed", "waiting"}
    (dead,) = lin.types("outbox", "--dead", "--json").json
    assert lin.types("outbox", "--again", dead["id"]).code == 0
    assert lin.types("outbox", "nobody", "--drop").code == 1
