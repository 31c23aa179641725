"""Work on an existing Dask cluster: many machines, the same numbers."""

from __future__ import annotations

from typing import Any

from qisim import own_rules
from qisim.errors import InputError, Problem


def connected(scheduler: str) -> Any:
    """Return a client of the scheduler at an address.

    Parameters
    ----------
    scheduler : str
        Address of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers at this address, or rules of your own are in force.
    """
    if own_rules.FILE:
        message = "rules of your own are not known to the workers of a cluster; run on this machine"
        raise InputError(Problem(message, key="scheduler", value=scheduler))
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        message = "needs Dask, which is not installed; `pip install 'qisim[cluster]'` brings it"
        raise InputError(Problem(message, key="scheduler", value=scheduler)) from None
    try:
        get_address_host_port(scheduler)  # a client of a wrong address complains when it is dropped
        return Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        allowed = "address of a running Dask scheduler, such as tcp://10.0.0.5:8786"
        message = f"no scheduler answers there ({type(error).__name__}: {error})"
        raise InputError(
            Problem(message, key="scheduler", value=scheduler, allowed=allowed)
        ) from None
