"""The command line is stopped: whichever signal, whenever it comes, it ends with a code and a word."""

import signal
import subprocess
import sys

import pytest

from qisim.cli import main
from qisim.cli.options import INTERRUPTED
from qisim.cli.sweeping import stopped_text

DISTURBED = """
import atexit, os, signal, sys, threading, time
number, moment = int(sys.argv[1]), sys.argv[2]
kill = lambda: os.kill(os.getpid(), number)
if moment == "Python takes itself down":
    atexit.register(kill)
from qisim.cli import main
if moment == "a thread still works":
    threading.Thread(target=time.sleep, args=[60]).start()
    done, main.done_with = main.done_with, lambda code: (done(code), threading.Timer(0.1, kill).start())
if moment == "a command is looked up":
    main.import_module = lambda name: kill()
main.main(["list"])
"""
ENDS = {
    "Python takes itself down": 0,
    "a thread still works": 0,
    "a command is looked up": INTERRUPTED,
}


@pytest.mark.parametrize("moment", ENDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_either_end_of_a_command_has_its_code(number, moment):
    words = [sys.executable, "-c", DISTURBED, str(int(number)), moment]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=50)
    assert ran.returncode == ENDS[moment], ran.stderr
    if ran.returncode:
        assert (ran.stdout, ran.stderr.strip()) == ("", "interrupted")
    else:
        assert "external" in ran.stdout and ran.stderr == ""


def test_just_as_all_is_done_it_is_an_interruption_still(monkeypatch, capsys):
    def stops(code):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "done_with", stops)
    monkeypatch.setattr(main, "listen", lambda: None)
    with pytest.raises(SystemExit) as left:
        main.main(["list"])
    assert left.value.code == INTERRUPTED
    assert capsys.readouterr().err.strip() == "interrupted"


def test_a_sweep_that_is_stopped_before_its_first_run_says_so(capsys):
    assert stopped_text(None) == INTERRUPTED
    assert "the same command goes on from there" in capsys.readouterr().err
