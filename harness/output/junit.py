"""JUnit XML, as continuous integration reads it: a suite a lab, a case a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.text import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.certification.certificate import Certificate, Problem, Step

LONGEST = 20_000  # characters of one failure


def certificates_xml(certificates: Sequence[Certificate]) -> str:
    """The document's text; control characters, which XML cannot hold, are taken out."""
    from junitparser import JUnitXml, TestCase, TestSuite
    from junitparser import Skipped as Left

    document: Any = JUnitXml("labs certify")  # its own functions have no types
    for certificate in certificates:
        name = f"{certificate.slug} on {certificate.provider}"
        suite = TestSuite(name)
        for step in certificate.steps:
            case = TestCase(step.name, name, round(step.seconds, 3))
            case.result = list(_failures(step))
            suite.add_testcase(case)
        if certificate.obstacle:
            case = TestCase("run", name)
            case.result = [Left(clean_line(certificate.obstacle))]
            suite.add_testcase(case)
        document.add_testsuite(suite)
    document.update_statistics()
    text: str = document.tostring().decode()
    return '<?xml version="1.0" encoding="utf-8"?>\n' + text


def _failures(step: Step) -> Iterator[Any]:
    from junitparser import Failure

    for problem in step.problems:
        failure = Failure(clean_line(problem.sentence))
        failure.text = clean(_told(problem), LONGEST)
        yield failure


def _told(problem: Problem) -> str:
    found = (f"{each.check}: expected {each.expected}, found {each.outcome}: {each.why}" for each in problem.findings)
    return "\n".join([problem.sentence, *found, *([f"objects: {problem.objects}"] if problem.objects else [])])
