"""What this machine can run, what is missing, and what to type."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.choosing import obstacle
from harness.memory import available

if TYPE_CHECKING:
    from harness.app import App

GIB = 1 << 30
DISK = 5 * GIB  # bytes: binaries, build cache, a few sandboxes
MEMORY = 1 * GIB  # bytes: one sandbox and some air
INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
INSTANCES = 128  # the kernel's default; enough for about ten control planes


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``fix`` is what to type or do if it is not ``ok``."""

    name: str
    ok: bool
    found: str
    fix: str = ""


@dataclass(frozen=True)
class Possible:
    """Whether a lab can run here: the provider that would be taken, or why there is none."""

    lab: str
    provider: str | None
    why: str = ""


@dataclass(frozen=True)
class Examination:
    """Everything that `labs doctor` tells."""

    findings: tuple[Finding, ...]
    labs: tuple[Possible, ...]

    @property
    def ok(self) -> bool:
        """Whether at least one lab can be started."""
        return any(lab.provider for lab in self.labs)


def examine(app: App) -> Examination:
    """Look at the machine; nothing is changed or downloaded."""
    findings = [*_providers(app), _binaries(app.cache), _disk(app.state), _memory()]
    findings += [_inotify()] if INOTIFY.is_file() else []
    findings += [Finding("state file", False, error.what, error.fix) for error in app.sessions.damaged()]
    labs, problems = app.catalog.read()
    findings += [Finding("lab", False, problem.what, problem.fix) for problem in problems]
    return Examination(tuple(findings), tuple(_possible(app, lab.slug) for lab in labs))


def _providers(app: App) -> list[Finding]:
    findings = []
    for provider in app.providers.values():
        missing = provider.missing()
        found = missing or f"ready: {', '.join(sorted(provider.capabilities))}"
        findings.append(Finding(f"provider {provider.name}", missing is None, found))
        if missing is None:
            findings += [
                Finding(f"room for {provider.name}", False, each.what, each.fix) for each in provider.obstacles()
            ]
    return findings


def _possible(app: App, slug: str) -> Possible:
    lab = app.catalog.get(slug)
    why = {provider.name: obstacle(lab, provider) for provider in app.providers.values()}
    fitting = next((name for name, reason in why.items() if reason is None), None)
    return Possible(slug, fitting, "" if fitting else "; ".join(f"{name}: {reason}" for name, reason in why.items()))


def _binaries(cache: Path) -> Finding:
    """Whether the control plane's binaries are there or can be had: from the cache, by download or by Go."""
    from setup.tools import cache as tools  # noqa: PLC0415  (late: not every command needs it)
    from setup.tools.build import find_go  # noqa: PLC0415  (late: not every command needs it)
    from setup.tools.download import reachable  # noqa: PLC0415  (late: not every command needs it)
    from setup.tools.pins import download_url  # noqa: PLC0415  (late: not every command needs it)

    complete, downloads, go = not tools.missing(cache), reachable(download_url("kubectl")), find_go()
    found = (
        f"{'complete' if complete else 'not complete'} in {cache}",
        f"the official downloads are {'' if downloads else 'not '}in reach",
        f"Go is {go or 'not installed'}",
    )
    return Finding("binaries", complete or downloads or go is not None, "; ".join(found), tools.NO_WAY)


def _disk(folder: Path) -> Finding:
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    return _enough("disk", free, DISK, f"free in {there}", "Free some room; `labs stop --all` gives some back.")


def _memory() -> Finding:
    return _enough("memory", available(), MEMORY, "available", "Close something; `labs stop` ends a sandbox.")


def _inotify() -> Finding:
    limit = int(INOTIFY.read_text())
    return Finding(
        "inotify", limit >= INSTANCES, f"{limit} instances a user, a control plane takes about ten",
        "sudo sysctl fs.inotify.max_user_instances=512",
    )  # fmt: skip


def _enough(name: str, have: int, need: int, what: str, fix: str) -> Finding:
    return Finding(name, have >= need, f"{have / GIB:.1f} GiB {what}, {need / GIB:.0f} GiB wanted", fix)
