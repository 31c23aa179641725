"""What every dictionary must be: a label, a meaning and, where values are missing, a rule for each column."""

import pandas as pd

DICTIONARY = "dictionary.csv"


def unexplained(folder):
    """Return the columns of a folder's tables that its dictionary leaves unexplained, with what is lacking."""
    told = pd.read_csv(folder / DICTIONARY, keep_default_na=False)
    found = []
    for path in sorted([*folder.rglob("*.parquet"), *folder.rglob("*.csv")]):
        name = path.relative_to(folder).as_posix()
        if name == DICTIONARY:
            continue
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        rows = told[told["file"] == name].set_index("column")
        assert list(rows.index) == list(table.columns), name
        for column, row in rows.iterrows():
            lacks = [what for what in ("label", "meaning") if not row[what]]
            lacks += ["missing"] if table[column].isna().any() and not row["missing"] else []
            found += [(name, column, what) for what in lacks]
    return found
