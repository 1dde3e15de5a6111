import pytest

from harness.catalog import Catalog
from setup.errors import LabsError

GOOD = """\
title: A lab
domain: Storage
competencies: [volumes]
minutes: 5
difficulty: easy
shape: three-node
needs: [api]
hints: [One.]
docs: [https://kubernetes.io/docs/home/]
"""


@pytest.fixture
def read(write_lab, mini_labs):
    def read(text):
        return Catalog((write_lab("42-mine", text), mini_labs)).get("42-mine").spec

    return read


def test_a_good_lab_is_read(read):
    spec = read(GOOD + "vars: {name: x, pick: {choice: [a, b]}}\nclaims: [default-storageclass]\n")
    assert (spec.minutes, spec.needs) == (5, ("api",))
    assert set(spec.variables) == {"name", "pick"}


def test_all_mistakes_are_named_at_once(read):
    text = GOOD.replace("minutes: 5", "minuts: 5").replace("Storage", "Storag").replace("[api]", "[apo]")
    with pytest.raises(LabsError) as caught:
        read(text + "colour: red\nvars: {work: x, n: {nonce: 99}}\n")
    what = caught.value.what
    assert "6 mistakes" in what
    assert "unknown key 'minuts'; did you mean 'minutes'?" in what
    assert "'minutes' is missing" not in what
    assert "unknown key 'colour'" in what.splitlines()[-1]
    assert "'domain': unknown: 'Storag'; did you mean 'Storage'?" in what
    assert "'needs.0': unknown: 'apo'; did you mean 'api'?" in what
    assert "'work' cannot be a variable's name: it is set for you" in what
    assert "nonce: 2 to 40" in what


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: A lab\n", "", "'title' is missing"),
        ("minutes: 5", 'minutes: "5"', "'minutes': Input should be a valid integer"),
        ("minutes: 5", "minutes: 0", "'minutes'"),
        ("easy", "eazy", "'difficulty': Input should be 'easy', 'medium' or 'hard'"),
        ("hints: [One.]", "hints: []", "'hints'"),
        ("https://kubernetes.io/docs/home/", "https://example.com/", "is not open in the exam"),
        ("minutes: 5", "minutes: 5\nminutes: 6", "line 5, column 1: key 'minutes' is given twice"),
        ("minutes: 5", "minutes: [5", "line"),
    ],
)
def test_a_mistake_is_named_with_its_place(read, old, new, words):
    with pytest.raises(LabsError) as caught:
        read(GOOD.replace(old, new))
    assert words in caught.value.what
    assert "42-mine/lab.yaml" in caught.value.what


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: 1\n---\nb: 2\n"])
def test_a_file_that_is_no_mapping_is_one_sentence(read, text):
    with pytest.raises(LabsError, match="does not hold one mapping"):
        read(text)
