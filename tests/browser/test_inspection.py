"""The instruments themselves: a page with a fault must not pass for a good one."""

from __future__ import annotations

import pytest

from tests.browser.inspection import Inspector
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser
FAULTY = """<!DOCTYPE html><html lang="kk"><head><title>Бет</title></head><body>
<p>Құжат Save</p><p lang="en">Save</p><p>Осы на бетте</p><img src="about:blank">
<div style="width: 2000px">ені</div></body></html>"""


@pytest.fixture
def context(stage):
    context = stage.browser.new_context()
    yield context
    context.close()


def test_faults_of_a_page_are_seen(context, tmp_path):
    page, inspector = context.new_page(), Inspector(tmp_path)
    page.set_content(FAULTY)
    inspector.inspect(page, "faulty", "kk")
    found = "\n".join(inspector.problems)
    assert found.count("words of another language: Save") == 1
    assert "words of another language: на" in found
    assert "wider than 1366 pixels: DIV" in found
    assert "image-alt" in found
    assert "the title is 'Бет'" in found
    with pytest.raises(AssertionError):
        inspector.finish()


def test_what_goes_wrong_behind_a_page_is_seen(stage, context):
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{stage.address('portal')}/")
    watch.finish()
    page.evaluate("""async () => {
      console.error("an error");
      setTimeout(() => { throw new Error("uncaught") });
      const style = document.createElement("style");
      style.textContent = "body { color: red }";
      document.head.append(style);
      await fetch("https://example.org/").catch(() => {});
      new WebSocket("ws://127.0.0.1:24680/");
      await new Promise((resolve) => setTimeout(resolve, 300));
    }""")
    found = "\n".join(watch.problems)
    for sign in ("an error", "uncaught", "policy broken: style-src", "policy broken: connect-src"):
        assert sign in found
    with pytest.raises(AssertionError):
        watch.finish()
