"""Small samples of known functions, and what is found in them."""

from known_functions import (
    common_noise,
    design_of,
    fresh_noise,
    ishigami,
)

from qisim.sensitivity.findings import analysed

SIZES = {"hdmr": 700, "rbd_fast": 300, "delta": 200, "pawn": 200, "efast": 4 * 80}


def small(method, **more):
    return design_of(method, SIZES.get(method, 64), **more)


def values_of(design, replicates=3, noise=2.0, seed=0):
    make = common_noise if design.common else fresh_noise
    return ishigami(design.points)[:, None] + make(design.points, replicates, noise, seed)


def found(design, values, **more):
    return analysed(design, {"one": {"peak": values}}, resamples=50, **more)
