import io

import pytest

from harness.output.terminal import printable


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def screen(world, monkeypatch):
    """What `labs` with these words shows on a terminal."""
    from harness.cli.running import run

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def show(*words):
        stdout = Terminal()
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdout", stdout)
            run(words, world.app)
        return stdout.getvalue()

    return show


def test_a_terminal_gets_colour_unless_no_color_is_set(screen, monkeypatch):
    screen("start", "1")
    assert "\x1b[31m" in screen("grade")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in screen("grade")


def test_a_dumb_terminal_gets_plain_text(screen, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in screen("list")


def test_markup_and_escapes_of_the_candidate_are_shown_not_obeyed(screen, world):
    screen("start", "1")
    (world.work() / "answer.txt").write_text("[bold red]x[/]\x1b]0;owned\x07[link=http://x]y")
    shown = screen("grade")
    assert "[bold red]x[/]" in shown
    assert "\x1b]" not in shown


@pytest.mark.parametrize(
    "words",
    [("list",), ("task", "1"), ("start", "1"), ("status",), ("hint",), ("solution", "--yes"), ("grade",), ("doctor",)],
)
def test_every_page_can_be_drawn(screen, words):
    screen("start", "1")
    assert "01-pass" in screen(*words) or "answer.txt" in screen(*words) or "Hint" in screen(*words)


def test_watch_draws_in_place(screen, world):
    screen("start", "1")
    world.solve()
    assert "4 of 4 points" in screen("grade", "--watch")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("plain", "plain"), ("a\x1b[2Jb", "a?[2Jb"), ("é\n\t", "é\n\t"), ("a\u202eb\x9bc\rd", "a?b?c?d")],
)
def test_printable_leaves_nothing_that_a_terminal_obeys(text, wanted):
    assert printable(text) == wanted
