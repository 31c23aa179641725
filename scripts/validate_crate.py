"""Ask the RO-Crate validator whether folders of qisim are valid RO-Crates; it exits with 1 where one is not.

The validator wants other versions of packages than the project, so it has an environment of its own:
``uv run --no-project --with roc-validator --with rocrate scripts/validate_crate.py DIR ...``

It would fetch the format's context from the web; here it is given the one that `rocrate` ships.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils import http

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SHIPPED = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8")


class Shipped:
    """The context, as if it had been fetched."""

    status_code, ok, from_cache, url = 200, True, False, CONTEXT
    text, content, headers = SHIPPED, SHIPPED.encode(), {"Content-Type": "application/ld+json"}

    def json(self) -> Any:
        return json.loads(SHIPPED)

    def raise_for_status(self) -> None:
        pass


def shipped(_: Any, url: str, *args: Any, **options: Any) -> Shipped:
    """Return the context, and nothing else."""
    if url.partition("#")[0] != CONTEXT:
        raise RuntimeError(f"the validator asks for {url}")
    return Shipped()


def main() -> None:
    """Validate each folder against RO-Crate 1.1."""
    http.HttpRequester.get = shipped
    wrong = 0
    for folder in sys.argv[1:]:
        settings = services.ValidationSettings(
            rocrate_uri=folder, profile_identifier="ro-crate-1.1",
            requirement_severity=models.Severity.REQUIRED,
        )  # fmt: skip
        issues = services.validate(settings).get_issues()
        print(f"{folder}: {len(issues)} issues")
        for issue in issues:
            print(f"  {issue.check.identifier}: {issue.message}")
        wrong += len(issues)
    sys.exit(bool(wrong) or len(sys.argv) < 2)


if __name__ == "__main__":
    main()
