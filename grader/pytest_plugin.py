"""A lab's checks as pytest tests: ``pytest labs/07-rbac --sandbox NAME``."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.checks import Check
    from grader.k8s import K8s


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --sandbox."""
    group = parser.getgroup("labs")
    group.addoption("--sandbox", metavar="NAME", help="Run labs' checks.py against this sandbox (a name or a folder).")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ChecksFile | None":
    """Take a lab's checks.py, when there is a sandbox to run it against."""
    if file_path.name != "checks.py" or not parent.config.getoption("sandbox"):
        return None
    return ChecksFile.from_parent(parent, path=file_path) if file_path.with_name("lab.yaml").is_file() else None


def sandbox_folder(name: str) -> Path:
    """Return a sandbox's folder: the path itself if it is one, else the one of that name in the user's state."""
    from platformdirs import user_state_path  # noqa: PLC0415 - only when a sandbox is asked for

    given = Path(name)
    return given if given.is_dir() else user_state_path("cka-labs") / "sandboxes" / name


class ChecksFile(pytest.File):
    """A checks.py: one item a check, all with one connection."""

    k8s: "K8s"

    def collect(self) -> Iterator["CheckItem"]:
        """Load the checks and connect to the sandbox that the command line names."""
        from grader.checks import load_checks  # noqa: PLC0415 - pytest runs without labs must not pay for it
        from grader.k8s import K8s  # noqa: PLC0415

        folder = sandbox_folder(self.config.getoption("sandbox"))
        try:
            session = json.loads((folder / "session.json").read_text())
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"no started lab in the sandbox {folder}: {error}") from None
        if session.get("lab") != self.path.parent.name:
            raise pytest.UsageError(f"the sandbox {folder.name} runs {session.get('lab')}, not {self.path.parent.name}")
        nodes = _nodes(folder)
        self.k8s = K8s.connect(
            folder / "grader.kubeconfig", vars=session.get("vars") or {}, work=folder / "work", nodes=nodes
        )
        self.missed: set[str] = set()
        for check in load_checks(self.path):
            yield CheckItem.from_parent(self, name=check.name, check=check)

    def teardown(self) -> None:
        """Remove the grader's probe pods."""
        self.k8s.close()


def _nodes(folder: Path) -> dict[str, str]:
    """The nodes that can be entered, as sandbox.json tells them; none where it does not."""
    try:
        return dict(json.loads((folder / "sandbox.json").read_text()).get("nodes") or ())
    except (OSError, ValueError):
        return {}


class CheckItem(pytest.Item):
    """One check; a miss is a failure, a check that waits for it is skipped."""

    def __init__(self, *, check: "Check", **options: Any) -> None:
        super().__init__(**options)
        self.check = check

    def runtest(self) -> None:
        """Judge it as ``labs grade`` does, in this thread, so that a debugger can follow."""
        from grader.judging import settle  # noqa: PLC0415

        file = self.parent
        assert isinstance(file, ChecksFile)  # noqa: S101
        file.missed.add(self.name)
        if waits := [name for name in self.check.after if name in file.missed]:
            pytest.skip(f"waits for {waits[0]}")
        settle(self.check, file.k8s, time.monotonic() + 3600)
        file.missed.discard(self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a miss in words, anything else with its traceback."""
        from grader.errors import Miss  # noqa: PLC0415
        from grader.text import clean  # noqa: PLC0415

        if isinstance(excinfo.value, Miss):
            return clean(f"{excinfo.value}\n{excinfo.value.see}")
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name file, line and sentence."""
        return self.path, self.check.function.__code__.co_firstlineno - 1, self.check.sentence
