"""Looking over what exams need of labs, and over blueprints: everything that can be said without a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exams import blueprint
from harness.exams.claims import claims_of
from harness.task import example_variables
from harness.ways import files_of, rendered_name
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalog import Catalog
    from harness.lab import Lab

SEEDS = range(5)


def claim_problems(lab: Lab) -> Iterator[str]:
    """What is wrong with the lab's claims: lines that are none, and changes beneath the API that it does not claim."""
    for seed in SEEDS:
        try:
            claims = claims_of(lab, example_variables(lab, seed))
        except LabsError as error:
            yield error.what
            return
    kinds = {claim.kind for claim in claims.taken}
    if lab.spec.replaces and not kinds & {"node", "control-plane", "cluster"}:
        yield "`replaces: true` changes nodes: say which in `claims`, as node/NAME, control-plane or cluster"
    control_plane = any(rendered_name(file) == "control_plane.sh" for file in files_of(lab.folder / "start" / "nodes"))
    if control_plane and not kinds & {"control-plane", "cluster"}:
        yield "start/nodes/control_plane.sh changes the control plane's host: add it to `claims`, as control-plane"


def blueprint_problems(catalog: Catalog) -> Iterator[str]:
    """What is wrong with the blueprints: files that cannot be read, and labs that are not there."""
    for path in blueprint.names(catalog.roots).values():
        place = f"{path.parent.name}/{path.name}"
        try:
            found = blueprint.read(path, catalog.curriculum)
        except LabsError as error:
            yield f"{place}: {error.what}"
            continue
        yield from (f"{place}: there is no lab {slug!r}" for slug in found.labs if slug not in catalog.folders)
