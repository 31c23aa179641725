"""The patterns that a credible model must show, and how they are judged.

`tuning_site` and `tuning_people` hold the eight that the model was built to show (T1 to T8),
`literature_support`, `literature_people` and `literature_site` findings that it was not built for
(L1 to L21), `literature_mechanisms` what each mechanism must do for all to see (L22 to L26), and
`judgements` what is asked of any model of this kind (J1 to J8). `declaring` says what
a pattern is, `measuring` how a number and its interval come from runs. Nothing here knows an
engine: `qisim.validation.study` runs the experiments.
"""

from __future__ import annotations

from qisim.validation.patterns import (
    judgements,
    literature_mechanisms,
    literature_people,
    literature_site,
    literature_support,
    tuning_people,
    tuning_site,
)
from qisim.validation.patterns.declaring import Arm, Judged, Measured, Pattern, Quantity, judged

__all__ = ["PATTERNS", "TUNED", "Arm", "Judged", "Measured", "Pattern", "Quantity", "judged"]

PATTERNS: dict[str, Pattern] = {
    pattern.id: pattern
    for pattern in (
        *sorted((*tuning_site.SITE, *tuning_people.PEOPLE), key=lambda pattern: pattern.id),
        *literature_support.SUPPORT,
        *literature_people.PEOPLE,
        *literature_site.SITE,
        *literature_mechanisms.MECHANISMS,
        *judgements.JUDGEMENTS,
    )
}
"""All patterns by id."""

TUNED: tuple[Pattern, ...] = tuple(p for p in PATTERNS.values() if p.use == "tuned")
"""Those against which base values are chosen (`scripts/choose_base.py`)."""
