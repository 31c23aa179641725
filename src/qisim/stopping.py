"""How a study is stopped: Ctrl-C, a closed terminal and a polite kill are one and the same.

Python turns Ctrl-C (SIGINT) into `KeyboardInterrupt` and lets the others end the process on the spot.
While a study lives, they all become `KeyboardInterrupt`, so that what was finished is kept whichever
comes. What a host has set for itself (``nohup``, a notebook's kernel) stays as it is.
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
"""Signals that mean "stop, please"; not every system has all of them."""


def listen() -> None:
    """Let a whole program be stoppable, from now to its very end.

    When Python takes itself down it hands the signals back to the system, which would then end a program
    that has done all its work as if it had been killed. So they are passed over from there on.
    """
    for one in _unset():
        signal.signal(one, signal.default_int_handler)
    atexit.register(_pass_over)


def done_with(code: int) -> None:
    """Say that all work is done: whoever stops the program from here on gets its exit code at once."""
    with suppress(OSError, ValueError):  # nobody reads it any more
        sys.stdout.flush()

    def leave(number: int, frame: Any) -> None:
        os._exit(code)

    for one in _raising():
        signal.signal(one, leave)


def _pass_over() -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def _unset() -> list[signal.Signals]:
    """Return the signals that nobody has said anything of."""
    return [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_DFL]


def _raising() -> list[signal.Signals]:
    """Return the signals that raise `KeyboardInterrupt`."""
    return [one for one in SIGNALS if signal.getsignal(one) is signal.default_int_handler]


@contextmanager
def stoppable() -> Iterator[None]:
    """Let every signal that asks a process to stop raise `KeyboardInterrupt`, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
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
    """Put an interruption off until what is begun here is done; a second one is heard at once."""
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
