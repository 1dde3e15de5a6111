"""mutants.yaml gives a reason for each mutant that is equally right."""

import pytest

from harness.certification.survivors import read_survivors
from setup.errors import LabsError


def test_a_lab_without_the_file_lists_none(tmp_path):
    assert read_survivors(tmp_path) == {}


def test_reasons_by_name(tmp_path):
    (tmp_path / "mutants.yaml").write_text('"a.yaml Role/x: .metadata.name misspelt": any name will do\n')
    assert read_survivors(tmp_path) == {"a.yaml Role/x: .metadata.name misspelt": "any name will do"}


def test_a_mutant_without_a_reason_is_a_mistake(tmp_path):
    (tmp_path / "mutants.yaml").write_text("a:\n")
    with pytest.raises(LabsError, match="has no reason"):
        read_survivors(tmp_path)
