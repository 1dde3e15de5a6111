"""Text from a cluster is fit to be shown."""

import pytest

from grader.text import clean, clean_line, show


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("two\nlines", "two\nlines"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1b]never ended", ""),
        ("\x1bPdcs\x1b\\x", "x"),
        ("a\rb\x00c\x08d", "a b c d"),
        ("left\u202eright\u2066x", "left right x"),
        ("lone\ud800surrogate", "lone surrogate"),
        ("<b>&[bold]</b>", "<b>&[bold]</b>"),
        ("naïve ✓ 日本", "naïve ✓ 日本"),
    ],
)
def test_controls_and_escapes_are_taken_out(text, wanted):
    assert clean(text) == wanted


def test_long_text_is_cut_with_a_sign():
    assert len(clean("x" * 10_000_000)) <= 2000
    assert clean("x" * 3000).endswith(" …")


def test_a_flood_of_escapes_does_not_hide_that_text_was_cut():
    assert clean("\x1b[0m" * 10_000 + "tail").endswith("…")


def test_a_command_is_one_line():
    assert clean_line("kubectl\nget\tpods") == "kubectl get pods"


def test_values_are_shown_short_and_on_one_line():
    assert show(None) == "nothing"
    assert "\x1b" not in show("\x1b[31m\n")
    assert len(show({"data": {"x": "y" * 1_000_000}, "list": [*range(1000)]})) < 600
