"""Build the site of the documents: ``build/docs/index.html``. Needs no network; warnings are errors.

Usage: uv run scripts/build_docs.py [FOLDER]

1. The pages are put together in ``build/pages``: those of ``docs``, a page for each notebook with its
   stored outputs, and a page of the API for each module, from its docstrings.
2. Sphinx makes HTML of them.
3. The HTML is checked: every link and anchor within the site leads somewhere, links to other hosts are
   well formed, and no page asks another host for a font, a script or a picture.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import pkgutil
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
PAGES = BUILD / "pages"
TREES = BUILD / "doctrees"
SITE = BUILD / "docs"

CHAPTERS = {
    "To begin with": ("planners", "researchers", "scenarios", "studies", "sensitivity", "cluster",
                      "other-tools", "calibration", "decisions", "own-mechanism"),
    "The model": ("odd", "factors", "design", "second-edition"),
    "How far to trust it": ("validation", "base-values", "trust", "stress-abs", "trace"),
}  # fmt: skip
"""Pages of ``docs`` by chapter, in reading order; the rest of the site is added by itself."""

MACHINERY = ("qisim.engines.wasm_entries",)
"""Modules that only a compiler reads: records and addresses, of no use to anybody who reads the site."""

PROJECT = ("CONTRIBUTING.md", "CHANGELOG.md")
"""Pages from the top of the project."""

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


# --- 1. the pages ---------------------------------------------------------------------------------


def gather() -> None:
    """Put all pages together."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ROOT / "docs", PAGES)
    for page in [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in PROJECT)]:
        put(page, page.read_text(encoding="utf-8"))
    notebooks = [notebook_page(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    modules = api_pages()
    index = PAGES / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + contents(notebooks, modules), "utf-8")


def put(page: Path, text: str) -> Path:
    """Write the text of a page of the project where the site has it."""
    place = PAGES / place_in_site(page)
    place.parent.mkdir(exist_ok=True)
    place.write_text(LINK.sub(lambda link: link_of_site(page, place, link), text), "utf-8")
    return place


def link_of_site(page: Path, place: Path, link: re.Match[str]) -> str:
    """Turn a link of a page of the project into one of the site.

    A module leads to its page of the API, a notebook to its page, another file is there to download.
    """
    goal = (page.parent / unquote(link[1])).resolve()
    if not goal.is_relative_to(ROOT) or not goal.exists():
        return link[0]
    new = os.path.relpath(PAGES / place_in_site(goal), place.parent)
    return f"]({Path(new).as_posix()}{link[2] or ''})"


def place_in_site(file: Path) -> Path:
    """Return where the site has a file of the project, seen from the folder of the site's pages."""
    path = file.relative_to(ROOT)
    if path.parts[0] == "docs":
        return path.relative_to("docs")
    if path.parts[:2] == ("src", "qisim") and path.suffix == ".py":
        parts = [part for part in path.with_suffix("").parts[1:] if part != "__init__"]
        return Path("api", f"{'.'.join(parts)}.rst")
    if path.suffix == ".ipynb":
        return path.with_suffix(".md")
    if path.as_posix() in PROJECT:
        return Path("project", path.name.lower())
    return Path(os.path.relpath(file, PAGES))


def contents(notebooks: list[str], modules: list[str]) -> str:
    """Return the site's table of contents."""
    there = {page.stem for page in PAGES.glob("*.md")} - {"index"}
    chapters = {name: [page for page in pages if page in there] for name, pages in CHAPTERS.items()}
    listed = {page for pages in chapters.values() for page in pages}
    chapters["Notebooks"], chapters["Python"] = notebooks, ["api/index"]
    chapters["The project"] = [f"project/{Path(name).stem.lower()}" for name in PROJECT]
    chapters["More"] = sorted(there - listed)
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {name}\n:maxdepth: 1\n\n"
        + "\n".join(pages)
        + "\n```\n"
        for name, pages in chapters.items()
        if pages
    )


def api_pages() -> list[str]:
    """Write a page for each module of the package, and one that lists them."""
    import qisim

    folder = PAGES / "api"
    folder.mkdir()
    names = ["qisim", *sorted(public_modules(qisim))]
    for name in names:
        underline = "=" * len(name)
        text = (
            f"{name}\n{underline}\n\n.. automodule:: {name}\n   :members:\n   :show-inheritance:\n"
        )
        if name == "qisim":
            text += "".join(
                f"\n* :py:obj:`qisim.{offered} <{home_of(offered)}>`" for offered in qisim.__all__
            )
        (folder / f"{name}.rst").write_text(text + "\n", encoding="utf-8")
    first = (summary_line(name) for name in names)
    rows = "\n".join(f"* :doc:`{name}`: {line}" for name, line in zip(names, first, strict=True))
    listed = "\n   ".join(names)
    (folder / "index.rst").write_text(
        f"Modules\n=======\n\nEvery public name, with shapes, units, errors and sources.\n\n{rows}\n\n"
        f".. toctree::\n   :hidden:\n\n   {listed}\n",
        encoding="utf-8",
    )
    return names


def public_modules(package: Any) -> Iterator[str]:
    """Yield the names of a package's modules, those within its packages too."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name in MACHINERY or any(part.startswith("_") for part in module.name.split(".")):
            continue
        yield module.name


def home_of(name: str) -> str:
    """Return the full name of what the package offers under a short one."""
    import qisim

    thing = getattr(qisim, name)
    return f"{thing.__module__}.{thing.__qualname__}" if hasattr(thing, "__qualname__") else "qisim"


def summary_line(module: str) -> str:
    """Return the first sentence of a module's docstring."""
    text = (importlib.import_module(module).__doc__ or "").strip()
    return " ".join(text.partition("\n\n")[0].split())


# --- notebooks ------------------------------------------------------------------------------------


def notebook_page(path: Path) -> str:
    """Write a page from a notebook and the outputs that are stored in it; return its name."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    folder = (PAGES / place_in_site(path)).parent
    folder.mkdir(exist_ok=True)
    text = "\n\n".join(part for cell in cells for part in cell_parts(cell, folder, path.stem))
    download = f"{os.path.relpath(path, folder)}"
    put(path, f"{text}\n\n*To run it yourself: {{download}}`{path.name} <{download}>`.*\n")
    return f"notebooks/{path.stem}"


def cell_parts(cell: dict[str, Any], folder: Path, stem: str) -> Iterator[str]:
    """Yield a cell as Markdown: its text, or its code and what came of it."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
    elif cell["cell_type"] == "code":
        yield f"```python\n{source}\n```"
        for number, output in enumerate(cell["outputs"]):
            yield shown(output, folder, f"{stem}-{cell['id']}-{number}")


def shown(output: dict[str, Any], folder: Path, name: str) -> str:
    """Return an output of a cell as Markdown; a picture is written beside the page."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "image/png" in data:
        (folder / f"{name}.png").write_bytes(base64.b64decode("".join(data["image/png"])))
        return f"![{''.join(data.get('text/plain', 'figure'))}]({name}.png)"
    if "text/html" in data:
        html = "".join(data["text/html"])
        return f'```{{raw}} html\n<div class="output">{html}</div>\n```'
    plain = "".join(data.get("text/plain", ""))
    return f"```text\n{plain.rstrip()}\n```" if plain.strip() else ""


# --- 3. what came of it ---------------------------------------------------------------------------

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src",
          "audio": "src", "video": "src", "object": "data", "embed": "src"}  # fmt: skip
"""What a browser fetches by itself: the attribute by the tag."""
FROM_STYLE = re.compile(r"""url\(\s*['"]?([^'")\s]+)|@import\s+['"]([^'"]+)""")


class Page(HTMLParser):
    """The links of a page, what it loads, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a tag leads."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if LOADED.get(tag, "") in given and given.get("rel") not in (
            "search",
            "index",
            "next",
            "prev",
        ):
            self.loaded.append(given[LOADED[tag]])
        self.loaded += in_style(given.get("style", ""))


def in_style(text: str) -> list[str]:
    """Return what a style sheet loads."""
    return [first or second for first, second in FROM_STYLE.findall(text)]


def complaints(site: Path) -> Iterator[str]:
    """Yield everything that is wrong with the links of a site."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        where = path.relative_to(site)
        for target in page.loaded:
            if is_elsewhere(target):
                yield f"{where} loads {target}"
            elif not inside(path, target).exists():
                yield f"{where} loads {target}, which is not there"
        for target in page.links:
            if trouble := trouble_of(path, target, pages):
                yield f"{where} links to {target}: {trouble}"
    for sheet in sorted(site.rglob("*.css")):
        for target in in_style(sheet.read_text(encoding="utf-8")):
            if is_elsewhere(target):
                yield f"{sheet.relative_to(site)} loads {target}"


def trouble_of(path: Path, target: str, pages: dict[Path, Page]) -> str:
    """Return what is wrong with a link of a page; nothing where it is fine."""
    parts = urlsplit(target)
    if is_elsewhere(target):
        fine = parts.scheme in ("https", "mailto") and (
            "." in parts.netloc or parts.scheme == "mailto"
        )
        return "" if fine else "not a whole https address"
    goal = inside(path, target) if parts.path else path
    if not goal.exists():
        return "no such page"
    anchor = unquote(parts.fragment)
    if anchor and goal in pages and anchor not in pages[goal].anchors:
        return "no such place on that page"
    return ""


def is_elsewhere(target: str) -> bool:
    """Say whether a target is on another host."""
    parts = urlsplit(target)
    return bool(parts.netloc or parts.scheme) and parts.scheme != "data"


def inside(path: Path, target: str) -> Path:
    """Return the file of the site that a target on a page means."""
    if target.startswith("data:"):
        return path
    return (path.parent / unquote(urlsplit(target).path)).resolve()


# --- all of it ------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Build and check the site."""
    from sphinx.cmd.build import main as sphinx

    site = Path(arguments[0]).resolve() if arguments else SITE
    gather()
    for folder in (site, TREES):
        shutil.rmtree(folder, ignore_errors=True)
    code = sphinx(["-W", "--keep-going", "-q", "-b", "html", "-d", str(TREES),
                   str(PAGES), str(site)])  # fmt: skip
    if code != 0:
        return code
    wrong = list(complaints(site))
    print(
        "\n".join(wrong) if wrong else f"{site / 'index.html'} is there; all links lead somewhere"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
