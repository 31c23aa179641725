"""What is wrong with a small study."""

import pytest
from studies import study

from qisim.design.plan_file import read
from qisim.errors import StudyError


def problems(**changes):
    """Return what is wrong with a study."""
    with pytest.raises(StudyError) as refused:
        read(study(**changes))
    return refused.value.problems


def one_problem(**changes):
    (problem,) = problems(**changes)
    return problem
