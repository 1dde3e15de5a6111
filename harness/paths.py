"""Where the project's content and the user's files are."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "cka-labs"
PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def content(name: str) -> Path:
    """The folder ``name`` (``labs``, ``kind-clusters``): the checkout's if we run from one, else the wheel's.

    The marker is pyproject.toml, because beside an installed package any folder may be called ``labs``.
    """
    in_checkout = (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / name).is_dir()
    return CHECKOUT / name if in_checkout else PACKAGE / "content" / name


def lab_roots() -> tuple[Path, ...]:
    """The folders that hold labs, the first one wins: those of ``LABS_PATH``, then the project's own."""
    extra = [Path(part).expanduser() for part in os.environ.get("LABS_PATH", "").split(os.pathsep) if part]
    return (*extra, content("labs"))


def state() -> Path:
    """The user's folder of sandboxes and sessions; ``XDG_STATE_HOME`` is honoured."""
    from platformdirs import user_state_path  # noqa: PLC0415  (late: not every command needs it)

    return user_state_path(APPLICATION, appauthor=False)


def cache() -> Path:
    """The user's folder of binaries; ``XDG_CACHE_HOME`` is honoured."""
    from platformdirs import user_cache_path  # noqa: PLC0415  (late: not every command needs it)

    return user_cache_path(APPLICATION, appauthor=False)
