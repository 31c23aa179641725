"""Something happens when a study places its n-th file: the disk is full, a signal comes, the process dies."""

import errno
import os
import signal

from qisim import atomic
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest

WHOLE = os.replace


class Placing:
    """Files that are placed from now on, and what happens at one of them."""

    def __init__(self, monkeypatch):
        self.patch = monkeypatch

    def at(self, number, happens):
        """Let something happen when the n-th file is placed, and after it; 0 for never."""
        placed = []

        def replace(source, target):
            placed.append(target)
            if number and len(placed) >= number:
                happens(len(placed) == number)
            WHOLE(source, target)

        self.patch.setattr(atomic.os, "replace", replace)

    def full_at(self, number):
        """Let the disk be full from the n-th file on."""
        self.at(number, no_room)

    def stopped_at(self, number, one):
        """Let a signal come as the n-th file is placed."""
        self.at(number, lambda first: os.kill(os.getpid(), one) if first else None)


def no_room(first):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def lives(ask, dies_at):
    """Ask in a process of its own, which is killed when it places its n-th file; return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    placed = []

    def replace(source, target):
        placed.append(target)
        if len(placed) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        WHOLE(source, target)

    os.replace = replace
    ask()
    os._exit(0)


def files(out):
    """Return the files of a finished folder by name, but for what says how and how long it was made."""
    assert not damaged_files(out)
    assert not read_manifest(out)["interrupted"]
    return {
        name: (out / name).read_bytes() for name in read_manifest(out)["files"] if name != "report.html"
    }  # fmt: skip
