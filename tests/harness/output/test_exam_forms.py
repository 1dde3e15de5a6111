"""The result as text, XML and HTML source: hostile strings stay strings."""

import sys
import xml.etree.ElementTree as Xml
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

from fakes.hostile import ATTACKS, result

from harness.output.exam_html import html_page
from harness.output.exam_junit import junit_xml
from harness.output.exam_result import show_result


def test_junit_is_xml_whatever_a_cluster_says():
    root = Xml.fromstring(junit_xml(result()).encode())  # noqa: S314 - our own text
    failure = root.find(".//failure")
    assert ATTACKS[6] in failure.text
    assert root.findall(".//failure[@bogus]") == []
    assert {each.tag for each in root.iter()} == {"testsuites", "testsuite", "testcase", "failure", "skipped", "error"}
    assert "\x1b" not in junit_xml(result())


def test_the_terminal_obeys_nothing(capsys):
    show_result(result())
    shown = capsys.readouterr().out
    assert ATTACKS[0] in shown
    assert not any(letter in shown for letter in "\x1b\x07\u202e\u2066\x00")


def test_the_source_holds_no_tag_of_the_cluster():
    page = html_page(result())
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
