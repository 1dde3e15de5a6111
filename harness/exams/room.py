"""How many clusters this machine can hold beside what runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from harness.claiming import is_free
from setup.providers.load import Load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app import App


IDLE = 0.3  # of the machine's processors may be taken by clusters on which nobody works


class Room:
    """Asks the providers, each about all clusters of its own; free sandboxes that run already cost nothing."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.answers: dict[tuple[tuple[str, str], ...], str | None] = {}
        self.warm = [
            (provider.name, sandbox.shape)
            for provider in app.providers.values()
            for sandbox in provider.sandboxes()
            if is_free(app, sandbox.name) and provider.alive(sandbox)
        ]

    def obstacle(self, clusters: Sequence[tuple[str, str]]) -> str | None:
        """Why these clusters (provider, shape) cannot all be had beside what runs; None if they can."""
        asked = tuple(sorted(clusters))
        if asked not in self.answers:
            self.answers[asked] = self._ask(asked)
        return self.answers[asked]

    def comfort(self, clusters: Sequence[tuple[str, str]]) -> str | None:
        """Why so many clusters, though they can be had, would make the machine slow; None if they would not."""
        loads = (self.app.providers[provider].load((shape,)) for provider, shape in clusters)
        idle, most = sum(loads, start=Load()).processors, IDLE * (os.cpu_count() or 1)
        if idle > most:
            return f"they take {idle:.1f} processors while nobody works on them, more than {most:.1f}"
        return self.obstacle(clusters)

    def _ask(self, clusters: Sequence[tuple[str, str]]) -> str | None:
        new, warm = [], list(self.warm)
        for cluster in clusters:
            if cluster in warm:
                warm.remove(cluster)
            else:
                new.append(cluster)
        wanted = {name: [shape for provider, shape in new if provider == name] for name, _ in new}
        loads = {name: self.app.providers[name].load(shapes) for name, shapes in wanted.items()}
        for name in sorted(wanted):
            others = (load for other, load in loads.items() if other != name)
            why = self.app.providers[name].crowded(wanted[name], sum(others, start=Load()))
            if why is not None:
                return f"{name}: {why}"
        return None
