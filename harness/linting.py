"""Looking over a lab's folder: everything that can be said without a cluster, all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import ways
from harness.catalog import SLUG, number
from harness.exams.linting import claim_problems
from harness.lab import MOST_CHECKS, Lab
from harness.marks import mark_problems
from harness.rendering import render
from harness.stray_files import stray_files
from harness.task import EXAMPLE
from harness.variables import draw
from harness.yaml_files import parse, read_text
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from harness.catalog import Catalog

SEEDS = range(5)
FEWEST_SOLUTIONS = 2
FEWEST_WRONG = 3


@dataclass(frozen=True)
class Problem:
    """Something to mend: where it is, below the folder of labs, and what it is."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


def lint(catalog: Catalog, slug: str, shapes: Collection[str]) -> tuple[Problem, ...]:
    """Every mistake in the lab's folder that can be found without a cluster; ``shapes`` are those there are."""
    folder = catalog.folders[slug]
    problems = [Problem(slug, sentence) for sentence in _name_problems(catalog, slug)]
    problems += [Problem(place, sentence) for place, sentence in stray_files(folder)]
    try:
        lab = catalog.get(slug)
        _ = lab.spec
    except LabsError as error:
        return (*problems, Problem(f"{slug}/lab.yaml", error.what))
    if lab.spec.shape not in shapes:
        problems.append(Problem(f"{slug}/lab.yaml", f"no provider makes the shape {lab.spec.shape!r}"))
    looks = (
        _check_problems, _template_problems, _unused_variables, _claim_problems, _way_problems, _content_problems,
    )  # fmt: skip
    for look in looks:
        problems += _attempt(slug, look, lab)
    return tuple(dict.fromkeys(problems))


def _attempt(slug: str, look: Callable[[Lab], Iterator[Problem]], lab: Lab) -> Iterator[Problem]:
    try:
        yield from look(lab)
    except LabsError as error:
        yield Problem(slug, error.what)


def _name_problems(catalog: Catalog, slug: str) -> Iterator[str]:
    if not SLUG.fullmatch(slug):
        yield "the folder's name is a number of two digits and words, like 07-rbac"
    for other in catalog.folders:
        if other != slug and number(other) == number(slug):
            yield f"{other} has the same number"


def _check_problems(lab: Lab) -> Iterator[Problem]:
    place = f"{lab.slug}/checks.py"
    names = {check.name for check in lab.checks}
    if not 1 <= len(lab.checks) <= MOST_CHECKS:
        yield Problem(place, f"has {len(lab.checks)} checks; 1 to {MOST_CHECKS} make a lab")
    for check in lab.checks:
        if not check.sentence.strip():
            yield Problem(place, f"{check.name} has no docstring: it is the sentence that the candidate reads")
        for other in set(check.after) - names:
            yield Problem(place, f"{check.name} waits for {other}, which is not a check")


def _template_problems(lab: Lab) -> Iterator[Problem]:
    for file in _texts(lab.folder):
        place = str(file.relative_to(lab.folder.parent))
        template = file.suffix == ".j2" or file.name == "task.md"
        for variables in _draws(lab) if template else [{}]:
            try:
                text = render(read_text(file), variables, place) if template else read_text(file)
                if _is_manifest(lab, file):
                    yield from _manifest_problems(text, place)
            except LabsError as error:
                yield Problem(lab.slug, error.what)
                break
    for sentence in mark_problems(read_text(lab.folder / "task.md"), [check.name for check in lab.checks]):
        yield Problem(f"{lab.slug}/task.md", sentence)


def _is_manifest(lab: Lab, file: Path) -> bool:
    """Files of start/work/ are the candidate's, and may be as wrong as the task wants them."""
    theirs = file.is_relative_to(lab.folder / "start" / "work")
    return ways.rendered_name(file).endswith(".yaml") and file.name != ways.EXPECTATION and not theirs


def _manifest_problems(text: str, place: str) -> Iterator[Problem]:
    documents = parse(text, place)
    if not documents:
        yield Problem(place, "holds no object")
    for index, document in enumerate(documents, 1):
        if not isinstance(document, dict):
            yield Problem(place, f"document {index} is not a mapping")
            continue
        missing = [key for key in ("apiVersion", "kind") if not document.get(key)]
        metadata = document.get("metadata")
        if document.get("kind") != "List" and not (isinstance(metadata, dict) and metadata.get("name")):
            missing.append("metadata.name")
        if missing:
            yield Problem(place, f"document {index} has no {', '.join(missing)}")


def _unused_variables(lab: Lab) -> Iterator[Problem]:
    texts = [read_text(file) for file in (*_texts(lab.folder), lab.folder / "checks.py")] + list(lab.spec.hints)
    texts += [*lab.spec.claims, *lab.spec.relies]
    for name in lab.spec.vars:
        if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts):
            yield Problem(f"{lab.slug}/lab.yaml", f"the variable {name!r} is used nowhere")


def _claim_problems(lab: Lab) -> Iterator[Problem]:
    yield from (Problem(f"{lab.slug}/lab.yaml", sentence) for sentence in claim_problems(lab))


def _way_problems(lab: Lab) -> Iterator[Problem]:
    solutions, wrong = ways.solutions(lab.folder), ways.wrong(lab.folder)
    if lab.spec.one_way and len(solutions) > 1:
        yield Problem(f"{lab.slug}/lab.yaml", "says in one_way that there is one way, but solutions/ has more")
    if len(solutions) < FEWEST_SOLUTIONS and not lab.spec.one_way:
        said = (
            f"has {len(solutions)} of at least {FEWEST_SOLUTIONS} valid ways; if there is truly one, say why in one_way"
        )
        yield Problem(f"{lab.slug}/solutions", said)
    if ways.REFERENCE not in {way.name for way in solutions}:
        yield Problem(f"{lab.slug}/solutions", f"has no {ways.REFERENCE}/")
    if len(wrong) < FEWEST_WRONG:
        yield Problem(f"{lab.slug}/wrong", f"has {len(wrong)} of at least {FEWEST_WRONG} plausible mistakes")
    for way in (*solutions, *wrong):
        yield from _idle_files(lab, way)
    for way in wrong:
        yield from (Problem(f"{lab.slug}/wrong/{way.name}", sentence) for sentence in _expectation_problems(lab, way))


def _content_problems(lab: Lab) -> Iterator[Problem]:
    """What the ways and the start come down to: alternatives, images, and the names in mutants.yaml."""
    from harness.certification.alternatives import alike  # noqa: PLC0415  (late: only lint and certify)
    from harness.certification.faulty import names  # noqa: PLC0415
    from harness.certification.survivors import FILE, read_survivors  # noqa: PLC0415
    from harness.images import image_problems  # noqa: PLC0415

    yield from (Problem(f"{lab.slug}/solutions/{name}", sentence) for name, sentence in alike(lab))
    yield from (Problem(place, sentence) for place, sentence in image_problems(lab))
    listed = read_survivors(lab.folder)
    unknown = sorted(listed.keys() - names(lab)) if listed else ()
    yield from (Problem(f"{lab.slug}/{FILE}", f"names a mutant that is none: {name}") for name in unknown)


def _idle_files(lab: Lab, way: ways.Way) -> Iterator[Problem]:
    place = f"{lab.slug}/{way.folder.parent.name}/{way.name}"
    steps = [file for file in way.files if ways.rendered_name(file).endswith((".yaml", ".sh"))]
    scripts = [read_text(file) for file in steps if ways.rendered_name(file).endswith(".sh")]
    if not steps and way.folder.parent.name == "solutions":
        yield Problem(place, "does nothing: it has neither *.yaml nor *.sh")
    for file in set(way.files) - set(steps):
        if not any(ways.rendered_name(file) in script for script in scripts):
            yield Problem(f"{place}/{file.name}", "is used by no script of its folder")


def _expectation_problems(lab: Lab, way: ways.Way) -> Iterator[str]:
    try:
        expected = way.expectation()
    except LabsError as error:
        yield error.what
        return
    worth = {check.name: check.points for check in lab.checks}
    for name in expected.fails:
        if name not in worth:
            yield f"expects {name!r} to fail, which is not a check"
    left = lab.points - sum(worth.get(name, 0) for name in set(expected.fails))
    if expected.points != left:
        yield f"expects {expected.points} points, but the checks that do not fail are worth {left}"
    try:
        ways.stages(lab.folder, way)
    except LabsError as error:
        yield error.what


def _texts(folder: Path) -> Iterable[Path]:
    """Every file below ``folder`` that may be a template, a manifest or a script."""
    kept = (file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
    return [file for file in kept if file.name not in ("lab.yaml", "checks.py", "README.md", "mutants.yaml")]


def _draws(lab: Lab) -> Iterator[Mapping[str, Any]]:
    for seed in SEEDS:
        yield {**draw(lab.spec.variables, lab.slug, seed), **EXAMPLE, "lab": lab.slug}
