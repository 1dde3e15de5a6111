"""The wheel holds everything, and the content is found from it as from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ASK = "from harness.paths import content; from setup import shapes; print(content('labs')); print(shapes.directory())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(target.glob("cka_labs-*.whl"))


def ask(folder: Path, cwd: Path) -> list[Path]:
    """Where the content is for a Python that finds the packages in ``folder``."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); {ASK}"
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, check=True, capture_output=True, text=True)
    return [Path(line) for line in done.stdout.splitlines()]


def test_the_checkout_uses_its_own_folders(tmp_path):
    assert ask(ROOT, tmp_path) == [ROOT / "labs", ROOT / "kind-clusters"]


def test_the_wheel_brings_labs_shapes_and_pins(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "elsewhere" / "labs").mkdir(parents=True)
    labs, shapes = ask(tmp_path / "site", tmp_path / "elsewhere")
    assert labs == tmp_path / "site" / "harness" / "content" / "labs"
    assert shapes == tmp_path / "site" / "setup" / "kind-clusters"
    assert {path.name for path in (ROOT / "labs").glob("[0-9]*")} == {path.name for path in labs.glob("[0-9]*")}
    assert (shapes / "three-node.yaml").is_file()
    for file in (
        "tools/kubernetes/go.sum",
        "tools/checksums.json",
        "providers/embedded/addons/embedded.yaml",
        "providers/embedded/stages/stages.yaml",
    ):
        assert (tmp_path / "site" / "setup" / file).is_file()


def test_the_wheel_is_called_as_promised(wheel):
    with zipfile.ZipFile(wheel) as archive:
        entry_points = archive.read(next(name for name in archive.namelist() if name.endswith("entry_points.txt")))
    assert b"labs = harness.__main__:main" in entry_points
