"""How Sphinx makes the site, out of the folder of the project; `scripts/build_docs.py` calls it.

Pages are those of this folder, the notebooks with their stored outputs, and one for each module, from its
docstrings. The theme is the one that comes with Sphinx, with fonts of the reader's own machine: a page asks
no host for anything.
"""

from importlib.metadata import version as version_of
from pathlib import Path
from types import GenericAlias
from typing import Any

from sphinx import addnodes

project = "qisim"
author = "The qisim developers"
copyright = "The qisim developers, MIT licence"
release = version = version_of("qisim")
language = "en"

root_doc = "docs/contents"
include_patterns = ["docs/**", "notebooks/*.ipynb", "CONTRIBUTING.md", "CHANGELOG.md"]
extensions = [
    "myst_nb",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
]

apidoc_modules = [
    {
        "path": "../src/qisim",
        "destination": "docs/api",
        # records and addresses that only a compiler reads
        "exclude_patterns": ["../src/qisim/engines/wasm_*.py"],
        "separate_modules": True,
        "module_first": True,
        "automodule_options": {"members", "show-inheritance"},
    }
]

nb_execution_mode = "off"
myst_heading_anchors = 5
myst_enable_extensions = ["colon_fence"]
default_role = "py:obj"

viewcode_follow_imported_members = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types and units stand in the docstrings
numpydoc_show_class_members = False
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "alabaster"
html_title = "qisim"
html_additional_pages = {"index": "first.html"}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "description": "How a quality-improvement programme is taken up in a nursing home or home care",
    "fixed_sidebar": False,
    "page_width": "1200px",
    "sidebar_width": "250px",
    "show_powered_by": False,
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
    "code_font_family": "ui-monospace, monospace",
}
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}


def skip(app: Any, what: str, name: str, thing: Any, skipped: bool, options: Any) -> bool | None:
    """Leave out what is not ours to describe: names for types, and what a base class brought along."""
    is_alias = isinstance(thing, GenericAlias)
    is_foreign = not (getattr(thing, "__module__", None) or "qisim").startswith("qisim")
    return True if is_alias or (is_foreign and callable(thing)) else None


def link_modules(app: Any, doctree: Any) -> None:
    """Let a link to a module's file lead to what the site says of the module."""
    for link in list(doctree.findall(addnodes.download_reference)):
        path = Path(link["reftarget"]).with_suffix("")
        if "qisim" in path.parts and link["reftarget"].endswith(".py"):
            parts = path.parts[path.parts.index("qisim") :]
            module = ".".join(part for part in parts if part != "__init__")
            there = addnodes.pending_xref(
                "", *link.children, refdomain="py", reftype="mod", reftarget=module,
                refexplicit=True, refdoc=app.env.docname,
            )  # fmt: skip
            link.replace_self(there)


def setup(app: Any) -> None:
    """Let Sphinx know of both."""
    app.connect("autodoc-skip-member", skip)
    app.connect("doctree-read", link_modules)
