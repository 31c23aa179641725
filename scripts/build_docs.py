"""Build the site of the documents: ``build/docs/index.html``. Needs no network; warnings are errors.

Sphinx, as `docs/conf.py` sets it up, warns of every link that leads nowhere and of every page that is in no
list of contents. What it does not look for is looked for here: a page that asks another host for a font, a
script or a picture.

Usage: uv run scripts/build_docs.py [FOLDER]
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "docs"
TREES = ROOT / "build" / "doctrees"
PAGES_OF_MODULES = ROOT / "docs" / "api"

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src",
          "audio": "src", "video": "src", "object": "data", "embed": "src"}  # fmt: skip
"""What a browser fetches by itself: the attribute by the tag."""
IN_STYLE = re.compile(r"""url\(\s*['"]?([^'")\s]+)|@import\s+['"]([^'"]+)""")


class Page(HTMLParser):
    """What a browser fetches for a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag loads."""
        given = dict(attrs)
        self.loaded += [given.get(LOADED.get(tag, "")) or "", *in_style(given.get("style") or "")]


def in_style(text: str) -> list[str]:
    """Return what a style sheet loads."""
    return [first or second for first, second in IN_STYLE.findall(text)]


def asks_elsewhere(site: Path) -> Iterator[str]:
    """Yield what the pages and style sheets of a site ask another host for."""
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        text = path.read_text(encoding="utf-8")
        loaded = in_style(text) if path.suffix == ".css" else Page(text).loaded
        for target in loaded:
            parts = urlsplit(target)
            if (parts.netloc or parts.scheme) and parts.scheme != "data":
                yield f"{path.relative_to(site)} loads {target}"


def main(arguments: list[str]) -> int:
    """Build and check the site, from nothing: a page of before would hide that one is missing."""
    site = Path(arguments[0]).resolve() if arguments else SITE
    for folder in (site, TREES, PAGES_OF_MODULES):
        shutil.rmtree(folder, ignore_errors=True)
    code = sphinx(["-W", "--keep-going", "-q", "-c", str(ROOT / "docs"), "-d", str(TREES),
                   str(ROOT), str(site)])  # fmt: skip
    if code != 0:
        return code
    wrong = list(asks_elsewhere(site))
    print("\n".join(wrong) if wrong else f"{site / 'index.html'} is there")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
