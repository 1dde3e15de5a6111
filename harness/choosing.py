"""Which provider a lab runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.nearest import suggestion
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.lab import Lab
    from setup.providers import Provider


def obstacle(lab: Lab, provider: Provider) -> str | None:
    """Why ``lab`` cannot run on ``provider`` here; None if it can."""
    lacking = [need for need in lab.spec.needs if need not in provider.capabilities]
    if lacking:
        return f"it has no {', '.join(lacking)}"
    if lab.spec.shape not in provider.shapes:
        return f"it cannot make the shape {lab.spec.shape}"
    return provider.missing()


def choose(lab: Lab, providers: Mapping[str, Provider], wanted: str | None = None) -> Provider:
    """The cheapest provider that has what ``lab`` needs, or the ``wanted`` one; LabsError says why none will do."""
    if wanted is not None and wanted not in providers:
        known = f"The providers are {', '.join(providers)}."
        raise LabsError(f"there is no provider {wanted!r}{suggestion(wanted, providers)}", known, 2)
    candidates = [providers[wanted]] if wanted is not None else list(providers.values())
    obstacles = []
    for provider in candidates:
        why = obstacle(lab, provider)
        if why is None:
            return provider
        obstacles.append(f"{provider.name}: {why}")
    raise LabsError(
        f"{lab.slug} cannot run here ({'; '.join(obstacles) or 'there is no provider'})",
        "`labs doctor` shows what this machine can run and what to install.",
    )
