"""The result as a page, in a real Chromium, with a cluster's strings at their worst."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from fakes.browser import browser
from fakes.hostile import ATTACKS, result

from harness.output.exam_html import html_page

WIDTHS = (360, 1440)
OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true })"
WIDER = """
(() => [...document.querySelectorAll('body *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5 || each.scrollWidth > each.clientWidth + 1 &&
    getComputedStyle(each).display !== 'inline')
  .map(each => each.tagName + '.' + each.className + ': ' + each.textContent.slice(0, 40)).slice(0, 5))()
"""
# WCAG 2.2, 1.4.3: contrast of each visible text with the nearest background that is not transparent.
PALE = """
(() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = parts(colour).slice(0, 3).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const pale = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    texts++;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    const [a, b] = [light(style.color), light(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (large ? 3 : 4.5)) pale.push(contrast.toFixed(2) + ' ' + element.className + ' ' + style.color);
  }
  return {texts, pale: [...new Set(pale)].slice(0, 5)};
})()
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    (folder / "result.html").write_text(html_page(result()), encoding="utf-8")
    with browser(folder) as made:
        made.open(folder / "result.html")
        made.run(OPEN)
        yield made


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(page, width, dark):
    page.show(width=width, dark=dark)
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run(WIDER) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_text_has_the_contrast_of_wcag_aa(page, width, dark):
    page.show(width=width, dark=dark)
    found = page.run(PALE)
    assert found["texts"] > 200
    assert found["pale"] == []


def test_dark_is_dark_and_light_is_light(page):
    shades = []
    for dark in (False, True):
        page.show(width=1440, dark=dark)
        shades.append(page.run("getComputedStyle(document.documentElement).backgroundColor"))
    assert shades == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_what_a_cluster_says_is_text_and_nothing_else(page):
    assert page.run("window.pwned") is None
    assert page.run("document.querySelectorAll('script, img, svg, iframe, object, link, form').length") == 0
    assert page.run("document.querySelectorAll('a[href^=javascript]').length") == 0
    assert (
        page.run("[...document.querySelectorAll('*')].some(each => each.getAttributeNames().some(n => /^on/.test(n)))")
        is False
    )
    text = page.run("document.body.textContent")
    assert all(attack in text for attack in ATTACKS[:4])
    assert "49" not in text.replace("4900", "")
    assert not any(letter in text for letter in "\x1b\x07\u202e\u2066")


def test_the_page_says_nothing_on_the_console_and_asks_the_network_for_nothing(page):
    assert page.console == []
    assert page.run("performance.getEntriesByType('resource').length") == 0


def test_on_paper_everything_is_shown_black_on_white(page):
    page.show(width=800, dark=True, media="print")
    try:
        page.run("document.querySelectorAll('details').forEach(each => { each.open = false })")
        assert page.run("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.run("[...document.querySelectorAll('.check')].every(each => each.checkVisibility())")
    finally:
        page.run(OPEN)


def test_the_page_is_one_file_with_a_language_a_title_and_a_view_for_phones(page):
    assert page.run("document.documentElement.lang") == "en"
    assert "33.3 %" in page.run("document.title")
    assert page.run("document.querySelector('meta[name=viewport]').content") == "width=device-width, initial-scale=1"
    assert page.run("[...document.querySelectorAll('h1')].length") == 1
