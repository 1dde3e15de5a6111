import pytest

from harness.catalog import Catalog
from setup.errors import LabsError


@pytest.fixture
def catalog(mini_labs):
    return Catalog((mini_labs,))


def test_points_are_counted_from_the_checks(catalog):
    assert catalog.get("01-pass").points == 4


@pytest.mark.parametrize("text", ["01-pass", "1", "01", "001", "pass", "PASS", "01-pass/"])
def test_a_lab_is_found_by_name_number_or_part(catalog, text):
    assert catalog.slug(text) == "01-pass"


@pytest.mark.parametrize("text", ["", " ", "-", "../01-pass", "99"])
def test_anything_else_is_wrong_usage(catalog, text):
    with pytest.raises(LabsError) as caught:
        catalog.slug(text)
    assert caught.value.code == 2


def test_the_first_root_wins(tmp_path, mini_labs):
    (tmp_path / "01-pass").mkdir()
    assert Catalog((tmp_path, mini_labs)).folders["01-pass"] == tmp_path / "01-pass"


def test_what_is_no_lab_folder_is_left_out(tmp_path):
    for name in ("exams", "07_rbac", "7-rbac", ".git", "07-rbac"):
        (tmp_path / name).mkdir()
    (tmp_path / "08-file").write_text("")
    assert list(Catalog((tmp_path,)).folders) == ["07-rbac"]


def test_labs_are_in_order_of_their_numbers(tmp_path):
    for name in ("100-c", "20-b", "03-a"):
        (tmp_path / name).mkdir()
    assert list(Catalog((tmp_path,)).folders) == ["03-a", "20-b", "100-c"]


def test_checks_that_do_not_load_are_mendable(write_lab, mini_labs):
    root = write_lab("42-mine", "", checks_py="import nothing_of_that_name")
    with pytest.raises(LabsError, match="nothing_of_that_name"):
        _ = Catalog((root, mini_labs)).get("42-mine").checks
