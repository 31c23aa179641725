"""What holds for all tests: examples are found anew each time, and no test is a race against a clock."""

from hypothesis import settings

settings.register_profile("qisim", deadline=None, print_blob=True)
settings.load_profile("qisim")
