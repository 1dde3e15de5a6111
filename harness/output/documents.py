"""The JSON documents of `--json`: a contract, so fields may be added, never renamed."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.outcomes import Grade
    from harness.doctor import Examination
    from harness.lab import Lab
    from harness.session import Session
    from harness.starting import Started
    from harness.status import Status


def to_json(document: dict[str, Any]) -> str:
    """``document`` as ASCII, so that no text of a cluster can speak to a terminal."""
    return json.dumps(document, indent=2, ensure_ascii=True)


def grade_document(grade: Grade) -> dict[str, Any]:
    """``labs grade``: seconds are those of judging."""
    return {
        "lab": grade.lab,
        "points": grade.points,
        "possible": grade.possible,
        "trustworthy": grade.trustworthy,
        "seconds": round(grade.seconds, 3),
        "checks": [
            {
                "name": verdict.name,
                "sentence": verdict.sentence,
                "points": verdict.points,
                "outcome": str(verdict.outcome),
                "why": verdict.why,
                "see": verdict.see,
            }
            for verdict in grade.verdicts
        ],
    }


def labs_document(labs: Sequence[Lab]) -> dict[str, Any]:
    """``labs list``."""
    return {
        "labs": [
            {
                "slug": lab.slug,
                "title": lab.spec.title,
                "domain": lab.spec.domain,
                "competencies": list(lab.spec.competencies),
                "minutes": lab.spec.minutes,
                "difficulty": str(lab.spec.difficulty),
                "points": lab.points,
                "shape": lab.spec.shape,
                "needs": list(lab.spec.needs),
            }
            for lab in labs
        ]
    }


def session_document(session: Session) -> dict[str, Any]:
    """What ``start``, ``task`` and ``reset`` tell about a session; ``started`` is in seconds since the epoch."""
    return {
        "lab": session.lab,
        "sandbox": session.sandbox,
        "provider": session.provider,
        "shape": session.shape,
        "seed": session.seed,
        "started": session.started,
        "work": session.work,
    }


def started_document(started: Started, task: str) -> dict[str, Any]:
    """``labs start`` and ``labs reset``: ``fresh`` is false if the lab was open and was left as it is.

    ``seconds`` are those of the whole, ``seconds_on_cluster`` those in which the cluster was brought to the start.
    """
    return session_document(started.session) | {
        "title": started.lab.spec.title,
        "minutes": started.lab.spec.minutes,
        "fresh": started.fresh,
        "seconds": round(started.seconds, 3),
        "seconds_on_cluster": round(started.seconds_on_cluster, 3),
        "kubeconfig": str(started.sandbox.candidate_kubeconfig),
        "task": task,
    }


def task_document(lab: Lab, session: Session | None, task: str) -> dict[str, Any]:
    """``labs task``: ``task`` is Markdown; a lab that is not started has no sandbox and example values in it."""
    document = {"lab": lab.slug, "title": lab.spec.title, "minutes": lab.spec.minutes, "task": task}
    return document | (session_document(session) if session is not None else {"sandbox": None})


def status_document(status: Status) -> dict[str, Any]:
    """``labs status``: memory in bytes, ages as seconds since the epoch."""
    return {
        "sandboxes": [
            dataclasses.asdict(row) | {"phase": None if row.phase is None else str(row.phase)} for row in status.rows
        ],
        "damaged": list(status.damaged),
    }


def doctor_document(examination: Examination) -> dict[str, Any]:
    """``labs doctor``."""
    return {
        "ok": examination.ok,
        "findings": [dataclasses.asdict(finding) for finding in examination.findings],
        "labs": [dataclasses.asdict(lab) for lab in examination.labs],
    }
