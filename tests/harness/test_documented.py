"""Every `labs …` that the docs and our own messages tell to type can be typed."""

import re
from pathlib import Path

import click
import pytest

from harness.cli.group import VERBS, labs

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("labs/**/*.md"), *ROOT.glob("harness/**/*.py"), *ROOT.glob("setup/**/*.py")]
COMMAND = re.compile(r"`labs ([a-z-]+)([^`\n]*)`")


def commands():
    for page in PAGES:
        for verb, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(verb, rest, id=f"{page.relative_to(ROOT)}: labs {verb}{rest}")


@pytest.mark.parametrize(("verb", "rest"), list(commands()))
def test_a_documented_command_exists_with_its_options(verb, rest):
    if verb.startswith("--"):
        assert verb in ("--help", "--version")
        return
    command = labs.get_command(None, verb)
    assert command is not None, f"known: {', '.join(VERBS)}"
    if isinstance(command, click.Group) and rest.strip():
        name, _, rest = rest.strip().partition(" ")
        command = command.get_command(None, name)
        assert command is not None, f"labs {verb} has no {name}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if not readme.strip():
        pytest.skip("the README is not written yet")
    assert f"labs {verb}" in readme
