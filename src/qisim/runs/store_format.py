"""The parts of the run store as Parquet files: finished runs as bytes, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.errors import StoreError
from qisim.model.outcomes import OUTCOMES
from qisim.reading import arrow_file

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
"""Keys of runs, shape (runs, 2): the two halves of a digest of 16 bytes."""
KEY_BYTES = 16


@dataclass(frozen=True)
class Page:
    """Finished runs, ready to be stored or just read back.

    Attributes
    ----------
    keys : ndarray of uint64, shape (runs, 2)
    outcomes : ndarray of float, shape (runs, len(OUTCOMES))
        NaN where missing, and throughout for a run that failed.
    failures : sequence of (str or None), length runs
        Traceback of a run that failed.
    series : mapping of str to ndarray, shape (runs, weeks)
        Weekly series by name, where they are kept: of a sweep as float32, of scenarios as float64.
    """

    keys: Keys
    outcomes: Array
    failures: Sequence[str | None]
    series: Mapping[str, npt.NDArray[np.floating]]

    def __len__(self) -> int:
        return len(self.keys)


def part_bytes(page: Page) -> bytes:
    """Return finished runs as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    key = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(KEY_BYTES), len(page), [None, pa.py_buffer(page.keys.astype("<u8").tobytes())]
    )
    columns: dict[str, Any] = {"key": key, "failure": texts(page.failures)}
    for place, name in enumerate(OUTCOMES):
        columns[name] = numbers(page.outcomes[:, place])
    for name, weekly in page.series.items():
        flat = numbers(np.ascontiguousarray(weekly).reshape(-1))
        columns[f"weekly {name}"] = pa.FixedSizeListArray.from_arrays(flat, weekly.shape[1])
    sink = io.BytesIO()
    alike = all(weekly.dtype == np.float32 for weekly in page.series.values())
    pq.write_table(  # float64 has too many different values for a dictionary
        pa.table(columns), sink, compression="zstd", compression_level=1, use_dictionary=alike
    )
    return sink.getvalue()


# Arrow loads pandas, which takes much memory, on its way to and from numpy; buffers do without.


def numbers(values: npt.NDArray[Any]) -> pa.Array:
    """Return a column of numbers; NaN is missing."""
    import pyarrow as pa

    there = ~np.isnan(values)
    held = pa.py_buffer(np.ascontiguousarray(values).tobytes())
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [_bits(there), held], int((~there).sum()))


def texts(values: Sequence[str | None]) -> pa.Array:
    """Return a column of texts; None is missing."""
    import pyarrow as pa

    held = [(value or "").encode() for value in values]
    ends = np.cumsum([0, *(len(text) for text in held)]).astype(np.int32)
    there = np.array([value is not None for value in values], dtype=bool)
    buffers = [_bits(there), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(held))]
    return pa.Array.from_buffers(pa.string(), len(held), buffers, int((~there).sum()))


def _bits(there: npt.NDArray[np.bool_]) -> pa.Buffer | None:
    """Return what says which values are there; nothing where all are."""
    import pyarrow as pa

    return None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a part, or some of its columns.

    Raises
    ------
    StoreError
        If it is gone or cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with (
            arrow_file(path) as held,
            pq.ParquetFile(held) as file,
        ):  # `read_table` would load pandas
            return file.read(columns=columns, use_threads=False)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise StoreError(f"{path} can no longer be read: {error}") from None


def is_part(path: Path, weekly: Mapping[str, int], bits: int = 32) -> bool:
    """Return whether a file has the columns of a part, each with the right type.

    The digest in its name guards against damage, not against forgery.

    Parameters
    ----------
    path : Path
    weekly : mapping of str to int
        Weeks of each weekly series that must be there.
    bits : {32, 64}
        Of a value of a weekly series.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    each = pa.float64() if bits == 64 else pa.float32()
    wanted = {"key": pa.binary(KEY_BYTES), "failure": pa.string()}
    wanted |= dict.fromkeys(OUTCOMES, pa.float64())
    wanted |= {f"weekly {name}": pa.list_(each, weeks) for name, weeks in weekly.items()}
    try:
        with arrow_file(path) as held, pq.ParquetFile(held) as file:
            columns = {one.name: one.type for one in file.schema_arrow}
    except FileNotFoundError:
        return True  # another process has set it aside just now
    except (OSError, pa.ArrowException):
        return False
    return columns == wanted


def keys_of(part: pa.Table) -> Keys:
    """Return the keys of the runs of a part."""
    found = [_stretch(chunk, np.dtype("<u8"), 2) for chunk in part["key"].chunks]
    return np.concatenate([*found, np.empty(0, "<u8")]).reshape(-1, 2).astype(np.uint64)


def floats_of(column: pa.ChunkedArray) -> Array:
    """Return a column of numbers; NaN where missing."""
    found = [_stretch(chunk, np.dtype("<f8"), 1) for chunk in column.chunks]
    values = np.array(np.concatenate([*found, np.empty(0)]))
    values[missing_in(column)] = np.nan
    return values


def weeks_of(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return a column of weekly series, shape (runs, weeks); NaN where missing."""
    import pyarrow as pa

    weeks = column.type.list_size
    kind = np.dtype("<f8" if column.type.value_type == pa.float64() else "<f4")
    flat = [chunk.flatten() for chunk in column.chunks]
    found = [_stretch(chunk, kind, 1) for chunk in flat]
    values = np.array(np.concatenate([*found, np.empty(0, kind)]))
    values[np.concatenate([*map(_missing, flat), np.empty(0, bool)])] = np.nan
    return values.reshape(-1, weeks)


def missing_in(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Say which values of a column are missing."""
    return np.concatenate([*map(_missing, column.chunks), np.empty(0, bool)])


def _stretch(chunk: pa.Array, kind: np.dtype, each: int) -> npt.NDArray[Any]:
    """Return the numbers of a piece of a column, so many for each of its values."""
    begin = chunk.offset * each
    return np.frombuffer(chunk.buffers()[1], dtype=kind)[begin : begin + len(chunk) * each]


def _missing(chunk: pa.Array) -> npt.NDArray[np.bool_]:
    bits = chunk.buffers()[0]
    if bits is None or not chunk.null_count:
        return np.zeros(len(chunk), dtype=bool)
    there = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little").astype(bool)
    return ~there[chunk.offset : chunk.offset + len(chunk)]
