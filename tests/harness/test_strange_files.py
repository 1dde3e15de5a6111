"""Files of a lab as no author would write them: read, or refused in words (hypothesis)."""

import shutil

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.catalog import Catalog
from harness.linting import lint
from harness.rendering import render
from harness.yaml_files import parse
from setup.errors import LabsError

GOOD = {
    "title": "A lab",
    "domain": "Storage",
    "competencies": ["volumes"],
    "minutes": 5,
    "difficulty": "easy",
    "shape": "three-node",
    "needs": ["api"],
    "hints": ["One."],
    "docs": ["https://kubernetes.io/docs/home/"],
    "vars": {"name": {"choice": ["a", "b"]}},
}
KEYS = st.sampled_from([*GOOD, "choice", "range", "nonce", "one_way", "claims", "tilte", "lab"]) | st.text(max_size=6)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
SPECS = st.builds(lambda own: GOOD | own, st.dictionaries(KEYS, VALUES, max_size=3))
QUICK = settings(max_examples=60)


@pytest.fixture
def spec_of(write_lab, mini_labs):
    root = write_lab("42-mine", "title: x\n")

    def read(text):
        (root / "42-mine" / "lab.yaml").write_bytes(text)
        return Catalog((root, mini_labs)).get("42-mine").spec

    return read


SPEC_TEXTS = SPECS.map(lambda spec: yaml.safe_dump(spec).encode())
TEXTS = SPEC_TEXTS | st.binary(max_size=80) | st.text(max_size=80).map(str.encode)


def refusal(read, *arguments) -> LabsError | None:
    """What a reader says against it; None when it took it."""
    try:
        read(*arguments)
    except LabsError as error:
        return error
    return None


@given(TEXTS)
@QUICK
def test_a_lab_yaml_is_read_or_every_mistake_is_named(spec_of, text: bytes):
    said = refusal(spec_of, text)
    assert said is None or ("42-mine" in said.what and said.fix)


@given(st.text(max_size=60) | st.text(alphabet="{%}#x |~*()[]'range1", max_size=60))
@QUICK
def test_a_template_is_filled_in_or_refused(text: str):
    said = refusal(render, text, {"x": 1}, "task.md")
    assert said is None or said.what.startswith("task.md")


@given(st.text(max_size=60) | st.text(alphabet="-:[]{}&*!|>#%@\n 'a", max_size=60))
@QUICK
def test_yaml_is_read_or_refused_with_its_place(text: str):
    said = refusal(parse, text, "a.yaml")
    assert said is None or said.what.startswith("a.yaml")


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 50_000, "- " * 100_000 + "a", "&a [*a]", BOMB], ids=range(5))
def test_what_would_take_all_memory_or_the_stack_is_refused(text):
    with pytest.raises(LabsError):
        parse(text, "a.yaml")


FILES = st.sampled_from(["mutants.yaml", "task.md", "wrong/empty/expect.yaml", "start/10-namespace.yaml.j2"])


@given(st.dictionaries(FILES, st.binary(max_size=60), min_size=1))
@QUICK
def test_lint_names_what_is_wrong_with_any_file(tmp_path_factory, mini_labs, files):
    root = tmp_path_factory.mktemp("labs")
    shutil.copytree(mini_labs / "01-pass", root / "01-pass")
    shutil.copy(mini_labs / "curriculum.yaml", root)
    for name, content in files.items():
        (root / "01-pass" / name).write_bytes(content)
    problems = lint(Catalog((root,)), "01-pass", ("three-node",))
    assert all(problem.sentence for problem in problems)
