"""How a study is stopped: Ctrl-C, a closed terminal and a termination signal are handled alike.

Python turns Ctrl-C (SIGINT) into `KeyboardInterrupt` and lets the others end the process on the spot.
While a study runs, they all raise `KeyboardInterrupt`, so that finished runs are kept in every
case. Handlers set by a host (``nohup``, a notebook's kernel) are left in place.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""Signals that ask a process to stop; not every system has all of them."""


def listen() -> None:
    """Make a whole program stoppable, from now until it exits.

    At exit Python restores the system's handlers, which would end a program that has done all its
    work as if it had been killed. So the signals are ignored from then on.
    """
    for one in _unset():
        signal.signal(one, signal.default_int_handler)
    atexit.register(_pass_over)


def done_with(code: int) -> None:
    """Mark all work as done: a signal from here on ends the program at once with its exit code."""
    with suppress(OSError, ValueError):  # nobody is reading it any more
        sys.stdout.flush()

    def leave(number: int, frame: Any) -> None:
        os._exit(code)

    for one in _raising():
        signal.signal(one, leave)


def _pass_over() -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def _unset() -> list[signal.Signals]:
    """Return the signals that still have the system's default handler."""
    return [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_DFL]


def _raising() -> list[signal.Signals]:
    """Return the signals that raise `KeyboardInterrupt`."""
    return [one for one in SIGNALS if signal.getsignal(one) is signal.default_int_handler]


@contextmanager
def stoppable() -> Iterator[None]:
    """Make every signal that asks a process to stop raise `KeyboardInterrupt`, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers
        return
    ours = _unset()
    try:
        for one in ours:
            signal.signal(one, signal.default_int_handler)
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Defer an interruption until the block is done; a second one takes effect at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    raising = _raising()
    heard: list[int] = []

    def note(number: int, frame: Any) -> None:
        if heard:
            raise KeyboardInterrupt
        heard.append(number)

    try:
        for one in raising:
            signal.signal(one, note)
        yield
    finally:
        for one in raising:
            signal.signal(one, signal.default_int_handler)
    if heard:
        raise KeyboardInterrupt
