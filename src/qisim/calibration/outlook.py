"""The outlook of a site, before and after its data are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qisim.calibration.sites import Sites

if TYPE_CHECKING:
    import pandas as pd

    from qisim.calibration.posterior import Posterior


def outlook(posterior: Posterior, sites: Sites, last: int) -> pd.DataFrame:
    """Return the outlook of the site, before and after the data.

    Parameters
    ----------
    posterior : Posterior
        Its last columns are of what is to come, in the order of `Sites.outlook`.
    sites : Sites
        All sites of the table.
    last : int
        Week of the last count.

    Returns
    -------
    DataFrame
        ``outcome``, ``prior_low``, ``prior_median``, ``prior_high``, ``low``, ``median``, ``high``,
        ``narrowed`` (one less the spread left) and ``moved`` (of the mean, in spreads of before).
    """
    import pandas as pd

    from qisim.calibration import posterior as calibration

    side = (1.0 - calibration.INTERVAL) / 2.0
    shares = (side, 0.5, 1.0 - side)
    ahead, rows = sites.outlook(last), []
    first = len(posterior.sd) - len(ahead)
    after = calibration.shares_below(posterior.quantiles(shares)[:, first:])
    for place, (name, values) in enumerate(ahead.items()):
        before = np.quantile(values, shares)
        then = np.quantile(values, after[:, place])
        narrowed = 1.0 - posterior.sd[first + place]
        rows.append((name, *before, *then, narrowed, posterior.mean[first + place]))
    names = ["outcome", "prior_low", "prior_median", "prior_high", "low", "median", "high"]
    return pd.DataFrame(rows, columns=[*names, "narrowed", "moved"])
