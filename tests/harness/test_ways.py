"""What is done before a wrong way that builds on another one."""

import pytest

from harness.ways import Way, stages
from setup.errors import LabsError


@pytest.fixture
def lab(tmp_path):
    """A lab's folder with a reference solution and wrong ways with these bases."""

    def make(**bases):
        (tmp_path / "solutions" / "reference").mkdir(parents=True)
        for name, base in bases.items():
            folder = tmp_path / "wrong" / name
            folder.mkdir(parents=True)
            (folder / "1.sh").touch()
            line = f"base: {base}\n" if base else ""
            (folder / "expect.yaml").write_text(f"{line}points: 0\nfails: [right]\nwhy: It is wrong.\n")
        return tmp_path

    return make


def names(lab, way):
    return [each.name for each in stages(lab, Way(lab / "wrong" / way))]


def test_a_base_comes_with_its_own_base(lab):
    lab = lab(alone=None, spoilt="reference", worse="spoilt", worst="worse")
    assert names(lab, "alone") == ["alone"]
    assert names(lab, "worst") == ["reference", "spoilt", "worse", "worst"]
    assert stages(lab, Way(lab / "solutions" / "reference")) == (Way(lab / "solutions" / "reference"),)


def test_a_base_may_be_a_part(lab):
    lab = lab(stopped="reference/20-then.sh")
    for name in ("10-first.yaml", "20-then.sh.j2", "30-last.sh"):
        (lab / "solutions" / "reference" / name).touch()
    before, way = stages(lab, Way(lab / "wrong" / "stopped"))
    assert [file.name for file in before.files] == ["10-first.yaml", "20-then.sh.j2"]
    assert [file.name for file in way.files] == ["1.sh"]


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        ({"lost": "nothing"}, "wrong/lost builds on 'nothing', which is no way of the lab"),
        ({"lost": "reference/4-no.sh"}, "wrong/lost builds on 'reference/4-no.sh', which has no file 4-no.sh"),
        ({"lost": "lost"}, "wrong/lost builds on 'lost', which builds on it"),
        (
            {"lost": "it/1.sh", "it": "it/1.sh"},
            "wrong/it builds on 'it/1.sh', which builds on it",
        ),
        ({"lost": "other", "other": "lost"}, "wrong/other builds on 'lost', which builds on it"),
    ],
)
def test_a_base_that_cannot_be_reached_is_said(lab, bases, said):
    lab = lab(**bases)
    with pytest.raises(LabsError, match=said):
        stages(lab, Way(lab / "wrong" / "lost"))
