"""Sweeps that tests make, count and compare."""

from studies import BASE, OTHER, study

from qisim.runs import chunks, sweep
from qisim.runs.chunks import make

EXTERNAL = {**BASE, "name": "out", "programme": {**BASE["programme"], "study_case": "external"}}
INTERNAL = {**OTHER, "name": "in", "programme": {**BASE["programme"], "study_case": "internal"}}


def counted(monkeypatch):
    """Count the runs that are made."""
    made = []

    def counting(piece, engine):
        made.append(len(piece))
        return make(piece, engine)

    monkeypatch.setattr(chunks, "make", counting)
    return made


def tables(out, **options):
    """Make the small sweep; return the bytes of its tables."""
    sweep.sweep(study(), out=out, **options)
    return {
        name: (out / name).read_bytes()
        for name in ("runs.parquet", "points.parquet", "summary.csv")
    }


def toml(held):
    import tomlkit

    return tomlkit.dumps(held)
