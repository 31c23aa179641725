"""The words of a finished figure (SVG), taken out or told in another language.

Text in the figures of qisim stays text. Title and caption stand on the page instead, where they wrap and can
be read aloud, and the figure is cut to what lies between them; what is left is told label by label.
"""

from __future__ import annotations

import base64
import re
import textwrap
from functools import partial
from html import escape, unescape

from qisim.decide.report_words import Words
from qisim.plotting.style import CAPTION, TITLE

LABEL = re.compile(r'<g id="text_\d+">.*?</g>', re.DOTALL)
LINE = re.compile(r"(<text[^>]*>)([^<]*)(</text>)")
BASELINE = re.compile(r'translate\(\S+ (\S+)\)|<text[^>]* y="([^"]*)"')
SIZE = re.compile(r'height="[^"]*" viewBox="0 0 (\S+) ([^"\s]+)"')
BESIDE = re.compile(r'text-anchor: end;[^>]* x="([^"]*)"[^>]*rotate\(-?0 ')
"""The start of a label beside a row of bars, and its place."""
WIDE = 26
"""Letters that such a label has room for."""
BELOW, ABOVE = 5.0, 10.0
"""Points that are kept free below the last line of the title, and above the first one of the caption."""


def picture_of(svg: bytes, say: Words) -> dict[str, str]:
    """Return a figure for a page: its data, its caption, and both its words for those who do not see it."""
    text = svg.decode("utf-8")
    title, caption = (_held(text, name) for name in ("title", "description"))
    text = _bare(text)
    if say.language != "en":
        text = LABEL.sub(partial(_told, say), text)
    words = " ".join(say(one) for one in (title, caption) if one)
    return {"alt": words, "caption": caption, "data": base64.b64encode(text.encode()).decode()}


def _held(svg: str, name: str) -> str:
    """Return the description embedded in a figure."""
    found = re.search(rf"<dc:{name}>(.*?)</dc:{name}>", svg, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else ""


def _bare(svg: str) -> str:
    """Return a figure cut to what lies between title and caption, and these not drawn."""
    size = SIZE.search(svg)
    if size is None:
        return svg
    width, height = size[1], float(size[2])
    low, high = 0.0, height
    for gid in (TITLE, CAPTION):
        group = re.search(rf'<g id="{gid}">.*?</g>', svg, re.DOTALL)
        if group is None:
            continue
        lines = [float(one or other) for one, other in BASELINE.findall(group[0])]
        if lines and gid == TITLE:
            low = max(lines) + BELOW
        elif lines:
            high = min(lines) - ABOVE
        svg = svg.replace(f'<g id="{gid}">', f'<g id="{gid}" display="none">', 1)
    part = f'height="{high - low:.2f}pt" viewBox="0 {low:.2f} {width} {high - low:.2f}"'
    return svg.replace(size[0], part, 1)


def _told(say: Words, label: re.Match[str]) -> str:
    """Return a label in the language, in as many lines as it has; a long one of a single line in two."""
    lines = LINE.findall(label[0])
    english = unescape(" ".join(text for _, text, _ in lines))
    told = say.cell(english)
    if not lines or told == english:
        return label[0]
    if len(lines) == 1:
        place = BESIDE.search(lines[0][0]) if len(told) > max(len(english), WIDE) else None
        inside = escape(told, quote=False) if place is None else _two_lines(told, place[1])
        return LINE.sub(lambda one: one[1] + inside + one[3], label[0])
    broken = textwrap.wrap(told, max(len(told) // len(lines) + 6, 12))
    rows = iter([*broken[: len(lines) - 1], " ".join(broken[len(lines) - 1 :])])
    return LINE.sub(lambda one: one[1] + escape(next(rows, ""), quote=False) + one[3], label[0])


def _two_lines(text: str, left: str) -> str:
    """Return a label in two lines about the height of one, where it is neither turned nor short."""
    first, *rest = textwrap.wrap(text, max(len(text) // 2 + 5, 12))
    spans = ((first, "-0.55em"), (" ".join(rest), "1.1em"))
    return "".join(
        f'<tspan x="{left}" dy="{down}">{escape(one, quote=False)}</tspan>' for one, down in spans
    )
