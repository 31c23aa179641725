"""Work on an existing Dask cluster: many machines, the same numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from qisim.errors import InputError, Problem

AHEAD = 4
"""Pieces of work per thread of the cluster that are sent before the first is back."""


def mapped(
    function: Callable[..., Any], work: Iterable[Any], scheduler: str, **keywords: Any
) -> Iterator[Any]:
    """Call a function on each piece of work, somewhere on the cluster; yield answers in order.

    Only so many pieces are on their way at a time, so a long list of work fills no memory. A piece
    on a worker that dies is sent to another.

    Parameters
    ----------
    function : callable
        Called with a piece of work and `keywords`.
    work : iterable
    scheduler : str
        Address of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        If Dask is not installed or no scheduler answers at this address.
    """
    with connected(scheduler) as client:
        pieces, waiting = iter(work), deque[Any]()
        ahead = AHEAD * max(1, sum(client.nthreads().values()))
        while True:
            for piece in islice(pieces, ahead - len(waiting)):
                waiting.append(client.submit(function, piece, **keywords, pure=False))
            if not waiting:
                return
            yield waiting.popleft().result()


def connected(scheduler: str) -> Any:
    """Return a client of the scheduler at an address."""
    try:
        from distributed import Client
    except ImportError:
        message = "needs Dask, which is not installed; `pip install 'qisim[cluster]'` brings it"
        raise InputError(Problem(message, key="scheduler", value=scheduler)) from None
    try:
        return Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        allowed = "address of a running Dask scheduler, such as tcp://10.0.0.5:8786"
        message = f"no scheduler answers there ({type(error).__name__}: {error})"
        raise InputError(
            Problem(message, key="scheduler", value=scheduler, allowed=allowed)
        ) from None
