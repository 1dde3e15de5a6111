"""kind's load balancer where no registry is in reach: HAProxy out of Debian, under the name that kind looks for."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from setup.commands import check
from setup.images import archive, debian, lab
from setup.images import recipe as recipes
from setup.tools.pins_node import RECIPE


def build(name: str, cache: Path, runtime: str, tell: Callable[[str], None]) -> None:
    """Build the image and load it into the runtime; LabsError where Debian packages cannot be had."""
    recipe = recipes.load()
    folder = cache / RECIPE
    folder.mkdir(parents=True, exist_ok=True)
    tree = debian.tree(recipe.lab_packages, folder, tell)
    with TemporaryDirectory(dir=folder, prefix="staging-") as temporary:
        staging = Path(temporary)
        tell(f"building a stand-in for {name}")
        sources = lab.Sources({}, tree, tree, recipe.directory / "images")
        archive.write([lab.build(name, recipe.load_balancer, sources, staging)], staging / "image.tar")
        check([runtime, "load", "--input", str(staging / "image.tar")], deadline=300)
