import pytest

from harness.yaml_files import parse, read_mapping
from setup.errors import LabsError


def test_a_file_that_is_not_text_is_one_sentence(tmp_path):
    (tmp_path / "lab.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LabsError, match="not UTF-8"):
        read_mapping(tmp_path / "lab.yaml")


def test_a_file_without_end_is_refused(tmp_path):
    (tmp_path / "lab.yaml").write_text("#" * (2 << 20))
    with pytest.raises(LabsError, match="larger than 1 MiB"):
        read_mapping(tmp_path / "lab.yaml")


def test_python_objects_are_not_made():
    with pytest.raises(LabsError, match="could not determine a constructor"):
        parse("a: !!python/object/apply:os.getcwd []", "x.yaml")


def test_anchors_and_merge_keys_work():
    assert parse("a: &a {x: 1}\nb: {<<: *a, y: 2}", "x.yaml") == [{"a": {"x": 1}, "b": {"x": 1, "y": 2}}]
