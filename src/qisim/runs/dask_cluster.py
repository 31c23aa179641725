"""Runs on an existing Dask cluster: many machines, the same numbers.

The numbers are the same if the model is. So every worker's model is checked before it gets any
work, and a worker that joins later reports its model with each result.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from typing import Any

from qisim.engines import custom_rules, source_digests
from qisim.errors import InputError, Problem, RunError, first_problems
from qisim.runs.store import model_stamp

SHOWN = 5
"""How many workers with another model are named."""


def connected(scheduler: Any) -> AbstractContextManager[Any]:
    """Return a client of a scheduler; a client passed in stays open, one made here is closed at the end.

    Parameters
    ----------
    scheduler : str, Client or cluster
        Address of the scheduler, such as ``tcp://10.0.0.5:8786``; or a client or a cluster of Dask, such
        as `distributed.LocalCluster` or one of `dask_jobqueue`.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers at this address, a worker has another model than
        this process, or rules of your own are in force.
    """
    name = name_of(scheduler)
    if custom_rules.FILE:
        message = "rules of your own are not known to the workers of a cluster; run on this machine"
        raise InputError(Problem(message, key="scheduler", value=name))
    try:
        from distributed import Client
    except ImportError:
        message = "needs Dask, which is not installed; `pip install 'qisim[cluster]'` brings it"
        raise InputError(Problem(message, key="scheduler", value=name)) from None
    if isinstance(scheduler, Client):
        if scheduler.asynchronous:
            message = "is a client that works asynchronously; give one that waits for its answers"
            raise InputError(Problem(message, key="scheduler", value=name))
        check_workers(scheduler, name)
        return nullcontext(scheduler)
    client = _client_of(scheduler, name)
    try:
        check_workers(client, name)
    except BaseException:
        client.close()
        raise
    return client


def _client_of(scheduler: Any, name: str) -> Any:
    """Return a client of an address or a cluster, made here."""
    from distributed import Client
    from distributed.comm import get_address_host_port

    try:
        if isinstance(scheduler, str):  # a client of a wrong address complains when it is dropped
            get_address_host_port(scheduler)
        elif not hasattr(scheduler, "scheduler_address"):
            raise TypeError("neither an address nor a client or cluster of Dask")
        return Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        allowed = "address of a running Dask scheduler, such as tcp://10.0.0.5:8786, or its client or cluster"
        message = f"no scheduler answers there ({type(error).__name__}: {error})"
        raise InputError(Problem(message, key="scheduler", value=name, allowed=allowed)) from None


def name_of(scheduler: Any) -> str:
    """Return the name of a scheduler in messages: its address."""
    if isinstance(scheduler, str):
        return scheduler
    inner = getattr(scheduler, "scheduler", None)
    address = getattr(scheduler, "scheduler_address", None) or getattr(inner, "address", None)
    return str(address or type(scheduler).__name__)


def threads(client: Any) -> int:
    """Return the threads of all workers; at least one."""
    return max(1, sum(client.nthreads().values()))


# --- the same model everywhere ---------------------------------------------------------------------


def model() -> str:
    """Return what identifies the model of this process: qisim's version, and a stamp."""
    if source_digests.changed():
        return f"qisim {version('qisim')}, its source changed since it was imported"
    stamps = [model_stamp(engine)[:12] for engine in source_digests.ENGINES]
    return f"qisim {version('qisim')}, model {'-'.join(stamps)}"


def check_workers(client: Any, scheduler: str) -> None:
    """Refuse a cluster with a worker that has another model, or none."""
    answers = client.run(model, on_error="return")
    here = model()
    problems = [
        Problem(f"the worker {worker} has another model", key="scheduler", value=failure_text(answer),
                allowed=f"{here}, as in this process; install the same qisim on all workers, and "
                "start them again")
        for worker, answer in answers.items() if answer != here
    ]  # fmt: skip
    if problems:
        raise InputError(first_problems(problems, SHOWN, things="workers"))


def failure_text(answer: Any) -> str:
    """Return a worker's answer, or why there is none."""
    if isinstance(answer, BaseException):
        return f"{type(answer).__name__}: {answer}"
    return str(answer)


def stamped(piece: Any, function: Callable[[Any, str], Any], engine: str) -> tuple[str, Any]:
    """Run a chunk on a worker; return the worker's model and the result."""
    return model(), function(piece, engine)


def opened(answer: tuple[str, Any], scheduler: str) -> Any:
    """Return the result of a chunk, unless another model made it."""
    there, found = answer
    if there != model():
        raise RunError(
            f"a worker that joined the cluster at {scheduler} has another model ({there}) than this "
            f"process ({model()}); what it made is not kept: install the same qisim on all workers, start "
            "them again, and give the same command again"
        )
    return found


def losses() -> tuple[type[BaseException], ...]:
    """Return the errors of a cluster that is lost, or of a worker that cannot take its work."""
    from distributed import CancelledError, KilledWorker
    from distributed.comm import CommClosedError

    return (KilledWorker, CancelledError, CommClosedError, ImportError, AttributeError, OSError,
            RuntimeError)  # fmt: skip
