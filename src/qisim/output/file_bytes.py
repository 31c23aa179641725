"""Tables and plain data as the bytes of a file, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import io
import json
import os
from typing import TYPE_CHECKING, Any

from qisim.output.dictionary import with_fields

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of a cell that a spreadsheet would evaluate."""


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of_json(value: Any) -> str:
    """Return the SHA-256 of `value` as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return digest(text.encode())


def json_bytes(value: Any) -> bytes:
    """Return `value` as strict, readable JSON: a NaN or an infinity raises ValueError."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    return f"{text}\n".encode(errors="backslashreplace")  # file names that are not UTF-8


def _plain(value: Any) -> Any:
    """Return a numpy scalar or array as plain Python, and a path as text."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def parquet_bytes(frame: pd.DataFrame, name: str = "") -> bytes:
    """Return a table as Parquet: the same bytes for the same table, NaN as null.

    Its fields say what they mean: see `qisim.output.dictionary`. `name` is the file's.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    table = plain.cast(with_fields(plain.schema, name))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=3)
    return sink.getvalue()


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: missing is empty, and numbers read back exactly.

    Text that a spreadsheet would take for a formula (``=1+1``) has an apostrophe before it.
    """
    safe = frame.copy(deep=False)
    for place, name in enumerate(frame.columns):
        if frame.dtypes.iloc[place].kind not in "biufc":
            safe[name] = [_no_formula(value) for value in frame.iloc[:, place]]
    text = safe.to_csv(index=False, lineterminator="\n")
    return text.encode(errors="backslashreplace")


def _no_formula(value: Any) -> Any:
    """Escape a cell so that no spreadsheet evaluates it as a formula."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    number = value[1:].replace(".", "", 1).isdigit()  # a number written as text
    return value if number and value[0] in "+-" else f"'{value}"
