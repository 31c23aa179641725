"""What tests of the command line share."""

import pytest
import tomlkit
from worlds import SMALL

from qisim.cli.main import exit_code


@pytest.fixture
def small_file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(tomlkit.dumps({"format": 1, **SMALL}), encoding="utf-8")
    return str(path)


@pytest.fixture
def say(capsys):
    """Run a command; return exit code, standard output and standard error."""

    def run(*words):
        code = exit_code([str(word) for word in words])
        return code, *capsys.readouterr()

    return run
