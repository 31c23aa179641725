"""How a study is stopped: Ctrl-C, a closed terminal and a polite kill are one and the same.

Python turns Ctrl-C (SIGINT) into `KeyboardInterrupt` and lets the others end the process on the spot.
While a study lives, they all become `KeyboardInterrupt`, so that what was finished is kept whichever
comes. What a host has set for itself (``nohup``, a notebook's kernel) stays as it is.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""Signals that mean "stop, please"; not every system has all of them."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let every signal that asks a process to stop raise `KeyboardInterrupt`, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    ours = [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_DFL]
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
    before = {one: signal.getsignal(one) for one in SIGNALS}
    raising = [one for one, handler in before.items() if handler is signal.default_int_handler]
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
            signal.signal(one, before[one])
    if heard:
        raise KeyboardInterrupt
