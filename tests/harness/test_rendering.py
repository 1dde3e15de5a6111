import pytest

from harness.rendering import render
from setup.errors import LabsError


def test_values_are_filled_in_and_the_last_newline_stays():
    assert render("a {{ b }}\n", {"b": 1}, "x") == "a 1\n"


def test_an_unknown_name_is_named_with_its_place():
    with pytest.raises(LabsError, match=r"task.md: 'colour' is undefined"):
        render("{{ colour }}", {}, "task.md")


def test_a_mistake_in_the_template_names_the_line():
    with pytest.raises(LabsError, match=r"task.md, line 2"):
        render("a\n{% if %}", {}, "task.md")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 999999999 }}",
        "{% for i in range(100000000) %}{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}aaaaaaaaaaaaaaaaaaaa{% endfor %}{% endfor %}",
        "{{ 1 / 0 }}",
    ],
)
def test_nothing_leaves_the_sandbox_or_grows_without_bound(text):
    with pytest.raises(LabsError):
        render(text, {}, "x")
