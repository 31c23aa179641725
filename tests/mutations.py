"""Scenario files gone wrong: thousands of them, each fixed by its number."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from qisim import load
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import ACTIVITY_FIELDS, CHOICES, EVENT_FIELDS, KEYS, SECTIONS, TOP_LEVEL

ROOT = Path(__file__).parents[1]

FOLDERS = ("scenarios", "scenarios/parts")
SHIPPED = [
    file.read_bytes() for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.toml"))
]
SHIPPED += [load(name).to_toml().encode() for name in ("internal", "stress-winter-surge")]
"""Every shipped scenario and part, and two scenarios in full."""

STUDIES = [file.read_bytes() for file in sorted((ROOT / "scenarios" / "studies").glob("*.toml"))]
"""Every shipped study."""

WEIRD = (
    "nan", "inf", "-inf", "-0.0", "0", "1", "-1", "1e308", "1e999", "-1e-320", "0x10", "0o7", "1_000",
    "9" * 19, "9" * 400, "9" * 5000, "1e" + "9" * 500, "true", "false", '""', '"external"', "''",
    '"\\u0000"', '"\\ud800"', '"\\U0001F600"', '"' + "x" * 5000 + '"', "[]", "[[]]", "[1, [2]]",
    "{}", "{a = 1}", '{kind = "demand"}', "[{}]", '[{kind = "workshop", week = 1, hours = 1}]',
    "1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", "0000-00-00", "[" * 40 + "]" * 40, "[" * 3000,
    "{a=" * 40 + "1" + "}" * 40, "'''\nlong\n'''", '"""x"""', "", "=", '"unclosed', "[1, 2", "{a = 1",
    '["external", "internal"]', '"-"', '"/dev/zero"', '"../../../etc/passwd"', '"."', '"internal"',
)  # fmt: skip
"""Values of every type, well written or not."""

LINES = (
    "[", "]", "[[", "]]", "[]", "[[]]", "=", "# \u00e9", "\ufeff", "\r", "\t", "a", "a =", "= 1", "a.b.c = 1",
    "a = 1", '"" = 1', "'' = ''", "[activities]", "[[activities]]", "[[events]]", "[site]", "[[site]]",
    "site = 1", "site.units = 2", '"site.units" = 2', '[site."units"]', "[site.units]", "events = []",
    "activities = 3", "activities = [1]", "activities = {}", "format = 2", "format = 1", "name = 1",
    'name = ""', 'title = "\\n"', "extends = 1", 'extends = []', 'extends = ["-"]', "extends = [[]]",
    'extends = "nobody"', '[a."b.c".\'d\']', "a" * 3000 + " = 1", ".".join("a" * 300) + " = 1",
    "[" + ".".join("a" * 300) + "]", '"\\u00e6\\u0022" = 1', "workload.pressure = 1.1", "pressure = 1",
)  # fmt: skip
"""Lines that turn up where they should not."""

Mutate = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, content: bytes) -> bytes:
    """Change some bytes."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8, 60])):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def signed(chance: random.Random, content: bytes) -> bytes:
    """Change some bytes to ones that mean something in TOML."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5])):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice(b"[]{}=.,#'\"\n\r\\ 0-e_x")
    return bytes(changed)


def cut(chance: random.Random, content: bytes) -> bytes:
    """Leave a piece out, or all from somewhere on."""
    begin = chance.randrange(len(content) + 1)
    end = chance.choice([len(content), min(len(content), begin + chance.randrange(80))])
    return content[:begin] + content[end:]


def doubled(chance: random.Random, content: bytes) -> bytes:
    """Put in a piece once more, somewhere."""
    begin = chance.randrange(len(content) + 1)
    piece = content[begin : begin + chance.choice([3, 30, 300])]
    at = chance.randrange(len(content) + 1)
    return content[:at] + piece * chance.choice([1, 1, 2, 50]) + content[at:]


def lines_of(chance: random.Random, content: bytes, change: Callable[[list[bytes]], None]) -> bytes:
    """Change the list of lines of a file."""
    lines = content.split(b"\n")
    change(lines)
    return b"\n".join(lines)


def shuffled(chance: random.Random, content: bytes) -> bytes:
    """Take the lines in another order."""
    return lines_of(chance, content, chance.shuffle)


def strange_line(chance: random.Random, content: bytes) -> bytes:
    """Put lines in that do not belong there."""

    def change(lines: list[bytes]) -> None:
        for _ in range(chance.choice([1, 1, 3])):
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(LINES).encode())

    return lines_of(chance, content, change)


def strange_value(chance: random.Random, content: bytes) -> bytes:
    """Give keys values of another kind."""

    def change(lines: list[bytes]) -> None:
        pairs = [number for number, line in enumerate(lines) if b"=" in line and line[:1] != b"#"]
        for number in chance.sample(pairs, min(len(pairs), chance.choice([1, 1, 2, 6]))):
            key = lines[number].split(b"=")[0]
            lines[number] = key + b"= " + chance.choice(WEIRD).encode()

    return lines_of(chance, content, change)


def strange_key(chance: random.Random, content: bytes) -> bytes:
    """Write keys wrong, or other keys."""

    def change(lines: list[bytes]) -> None:
        pairs = [number for number, line in enumerate(lines) if b"=" in line and line[:1] != b"#"]
        for number in chance.sample(pairs, min(len(pairs), chance.choice([1, 1, 2, 6]))):
            key, _, value = lines[number].partition(b"=")
            lines[number] = misspelt(chance, key.strip().decode(errors="replace")) + b" = " + value

    return lines_of(chance, content, change)


def misspelt(chance: random.Random, key: str) -> bytes:
    """Return a key with a mistake in it, or another key."""
    other = chance.choice([*KEYS, *TOP_LEVEL, *ACTIVITY_FIELDS, *EVENT_FIELDS, *SECTIONS, ""])
    at = chance.randrange(len(key) + 1)
    wrong = key[:at] + chance.choice(["", "e", "_", ".", " ", "\u00e5", '"']) + key[at + 1 :]
    return chance.choice([wrong, f'"{wrong}"', f"'{other}'", other, f"{other}.{key}"]).encode()


def encoded(chance: random.Random, content: bytes) -> bytes:
    """Write the file as another system would."""
    text = content.decode(errors="replace")
    how = chance.choice(
        ["utf-16", "utf-32", "utf-16-le", "latin-1", "utf-7", "cp500", "crlf", "cr", "bom"]
    )
    if how == "crlf":
        return text.replace("\n", "\r\n").encode()
    if how == "cr":
        return text.replace("\n", "\r").encode()
    if how == "bom":
        return b"\xef\xbb\xbf" * chance.choice([1, 2]) + content
    return text.encode(how, errors="replace")


def random_tree(chance: random.Random, content: bytes) -> bytes:
    """Write a file that is TOML and nothing else, in part with words that a scenario has."""
    words = [*SECTIONS, *TOP_LEVEL, *ACTIVITY_FIELDS, "kind", "a", '"b.c"', "'\u00f8'"]
    words += [key.partition(".")[2] for key in chance.sample(list(KEYS), 8)]
    rows = []
    for _ in range(chance.randrange(12)):
        if chance.random() < 0.4:
            path = ".".join(chance.choice(words) for _ in range(chance.choice([1, 1, 1, 2, 9])))
            rows.append(chance.choice([f"[{path}]", f"[[{path}]]"]))
        rows.append(f"{chance.choice(words)} = {value(chance, words, 3)}")
    return "\n".join(rows).encode()


def value(chance: random.Random, words: list[str], depth: int) -> str:
    """Return a value, at times a nested one, as text."""
    if depth == 0 or chance.random() < 0.6:
        return chance.choice(WEIRD)
    inner = [value(chance, words, depth - 1) for _ in range(chance.randrange(4))]
    if chance.random() < 0.5:
        return f"[{', '.join(inner)}]"
    return "{" + ", ".join(f"{chance.choice(words)} = {each}" for each in inner) + "}"


def wrong_numbers(chance: random.Random, content: bytes) -> bytes:
    """Write a good file with some numbers inside, at, or beyond the ends of their range."""
    rows = []
    for key in chance.sample(list(PARAMETERS), chance.choice([1, 3, 20])):
        p = PARAMETERS[key]
        width = p.maximum - p.minimum
        number = chance.choice(
            [
                p.minimum,
                p.maximum,
                p.minimum - 1,
                p.maximum + 1,
                p.minimum + chance.random() * width,
            ]
        )
        rows.append(
            f"{key} = {int(number) if p.kind == 'int' and chance.random() < 0.9 else number}"
        )
    for key in chance.sample(list(CHOICES), 2):
        rows.append(f'{key} = "{chance.choice([*CHOICES[key].options, "x", "External"])}"')
    return "\n".join(['extends = "internal"', *rows]).encode()


MUTATIONS: tuple[Mutate, ...] = (
    flipped, signed, cut, doubled, shuffled, strange_line, strange_value, strange_key, encoded,
    random_tree, wrong_numbers,
)  # fmt: skip


def gone_wrong(number: int, files: Sequence[bytes] = SHIPPED) -> bytes:
    """Return the file of a number."""
    chance = random.Random(number)
    content = chance.choice(files)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        content = chance.choice(MUTATIONS)(chance, content)
    return content
