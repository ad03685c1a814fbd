"""Long work says how far it is and about how long it will still take."""

from io import StringIO

from app.cli.options import Language
from app.cli.progress import Progress
from app.cli.texts import texts


def shown(*calls: tuple[float, int], total: int, language: Language = "en") -> list[str]:
    """What stands on the line after each call. Shape: a call is when, in seconds, and how much is done by then."""
    stream, moments = StringIO(), iter([at for at, _ in calls])
    progress = Progress(stream, "rebuilding", texts=texts(language), clock=lambda: next(moments))
    for _, done in calls:
        progress(done, total)
    return [line.removesuffix("\x1b[K") for line in stream.getvalue().split("\r")[1:]]


def left(line: str) -> str:
    return line.partition("%")[2].strip()


def test_what_is_left_follows_from_the_pace_since_the_work_was_taken_up() -> None:
    resumed = shown((100.0, 500), (100.4, 510), (104.0, 600), (108.0, 900), (109.0, 1000), total=1000)
    assert [left(line) for line in resumed] == ["", "", "about 16 s left", "about 2 s left", ""]
    assert " 50%" in resumed[0]


def test_long_work_is_told_in_minutes_and_in_the_language_asked_for() -> None:
    assert left(shown((0.0, 0), (60.0, 10), total=1000)[-1]) == "about 99 min left"
    assert left(shown((0.0, 0), (60.0, 10), total=1000, language="zh")[-1]) == "约剩 99 分钟"


def test_nothing_is_left_to_say_where_nothing_moved() -> None:
    assert shown((0.0, 0), (60.0, 0), total=10) == [f"rebuilding  {'░' * 30}   0%"]
