"""The two engines: `qisim.engine.model` in Mesa, to be read; `qisim.engine.kernel` compiled, to be used."""

from qisim import own_rules

own_rules.put_in_place()
