"""The result of an exam as JUnit XML: a suite for each task, a case for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {"failed": "failure", "skipped": "skipped", "broken": "error"}


def junit_xml(document: Mapping[str, Any]) -> str:
    """The document that CI systems read; characters that XML cannot hold become ``?``."""
    root = Xml.Element("testsuites", name=legal(document["title"]))
    for task in document["tasks"]:
        root.append(_suite(task))
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def legal(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets)."""
    return "".join(each if _allowed(ord(each)) else "?" for each in text)


def _suite(task: Mapping[str, Any]) -> Xml.Element:
    name = legal(f"{task['number']:02} {task['lab']}")
    checks = task["checks"]
    suite = Xml.Element("testsuite", name=name, tests=str(len(checks)), time=f"{task['seconds']}")
    for attribute, outcome in (("failures", "failed"), ("errors", "broken"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(check["outcome"] == outcome for check in checks)))
    for check in checks:
        case = Xml.SubElement(suite, "testcase", classname=name, name=legal(f"{check['name']}: {check['sentence']}"))
        if check["outcome"] in KINDS:
            first, _, _ = check["why"].partition("\n")
            detail = Xml.SubElement(case, KINDS[check["outcome"]], message=legal(first))
            detail.text = legal(
                "\n".join(part for part in (check["why"], check["see"] and f"see: {check['see']}") if part)
            )
    if task["lost"]:
        suite.set("tests", "1")
        suite.set("errors", "1")
        case = Xml.SubElement(suite, "testcase", classname=name, name="its cluster")
        Xml.SubElement(case, "error", message=legal(task["lost"]))
    return suite


def _allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
