"""The two engines: `qisim.engines.mesa_model` in Mesa, to be read; `qisim.engines.compiled`, to be used."""
