"""The two engines: `qisim.engine.model` in Mesa, to be read; `qisim.engine.kernel` compiled, to be used."""
