"""``python -m qisim`` is ``qisim``."""

from qisim.cli.main import main

if __name__ == "__main__":
    main()
