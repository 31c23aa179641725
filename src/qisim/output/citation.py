"""The methods paragraph of a result: everything needed to report a study and to repeat it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from qisim.errors import InputError, Problem
from qisim.model.evidence import STUDY
from qisim.output.manifest import read_manifest

MADE = {
    "run": "{names} was simulated",
    "compare": "{others} was compared with {base}, replicate by replicate on common random numbers",
    "sweep": "{names} was simulated at the points of a design",
    "sensitivity": "what the outcomes of {names} depend on was analysed",
    "calibrate": "{names} was calibrated with counts from a site",
    "validate": "the model was held against known patterns ({names})",
    "diff-model": "two versions of the model were asked the same",
    "explain": "the difference between {names} was broken down into parts",
    "map": "{names} was simulated over a grid of two numbers",
    "flip": "the smallest plausible change that reverses the order of {names} was sought",
    "levers": "{names} was simulated with each possible change",
    "worth": "{names} and changes to it were simulated in plausible worlds",
    "search": "the best plan within a budget was sought, starting from {names}",
    "robust": "{names} was compared in plausible worlds",
    "story": "one person was followed through {names}",
    "claims": "claims about {names} were checked",
    "follow": "{names} was forecast from counts at a site",
    "trial": "studies of {names} were simulated",
}
"""Sentence on what a study did, by kind."""

RUNS = {
    "calibrate": "It had {number} runs, each with parameter values drawn anew",
    "validate": "Each arm of a pattern had {number} run{plural}",
}
"""How many runs there were, by the kind of study, where they are no replicates of a scenario."""

MATTERS = ("numpy", "numba", "scipy", "SALib", "mesa")
"""Packages named in the paragraph; the manifest has all."""


def cite(result: Any) -> str:
    """Return a paragraph for the methods section: model, version, runs, seed, digests.

    Parameters
    ----------
    result : Result, Comparison, or any other result; or path
        What a verb of qisim returned, or the folder that it was saved in.

    Returns
    -------
    str
        Plain text. How to cite the program and the study: ``qisim --cite``.

    Raises
    ------
    InputError
        If it is not a result of qisim.
    StoreError
        If it is a folder without a manifest of qisim.
    """
    if isinstance(result, str | os.PathLike):
        return methods_text(read_manifest(result))
    manifest = getattr(result, "manifest", None)
    if not isinstance(manifest, Mapping):
        allowed = "what a verb such as qisim.run returned, or the folder that it was saved in"
        raise InputError(
            Problem("is not a result of qisim", value=type(result).__name__, allowed=allowed)
        )
    return methods_text(manifest)


def methods_text(manifest: Mapping[str, Any]) -> str:
    """Return the methods paragraph of a manifest."""
    commit = manifest.get("qisim_commit")
    version = f"qisim {manifest['qisim_version']}{f' (commit {commit})' if commit else ''}"
    packages = ", ".join(
        f"{name} {manifest['packages'][name]}" for name in MATTERS if manifest["packages"].get(name)
    )
    parts = [
        f"With {version}, an agent-based model of how a quality-improvement programme is taken up in a nursing "
        f"home or home-care service, {_done(manifest)}. {_runs(manifest)} (seed {manifest['seed']}, "
        f"{manifest['engine']} engine, Python {manifest['python_version']}, {packages}).",
        *_special(manifest),
        _digests(manifest),
        f"The model starts from a qualitative study ({STUDY}), which gives no effect of any size: results hold "
        "if the model's mechanisms and assumed numbers do, and are no forecast for a site.",
    ]
    return " ".join(parts)


def _digests(manifest: Mapping[str, Any]) -> str:
    """Return by what scenarios and study can be found again."""
    study, each = manifest["study_digest"], manifest["digests"].items()
    if not each:
        return f"The study is identified by {study}."
    listed = "; ".join(f"{name} {digest}" for name, digest in each)
    return (
        f"Scenarios are identified by the SHA-256 of their content: {listed}; the study by {study}."
    )


def _done(manifest: Mapping[str, Any]) -> str:
    names = list(manifest["scenarios"])
    told = MADE.get(manifest["kind"], "{names} was studied (" + str(manifest["kind"]) + ")")
    said = told.format(names=_listed(names), base=_listed(names[:1]), others=_listed(names[1:]))
    several = len(names) > (2 if manifest["kind"] == "compare" else 1)
    named_first = told.startswith(("{names} was", "{others} was"))
    return said.replace(" was ", " were ", 1) if several and named_first else said


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def _runs(manifest: Mapping[str, Any]) -> str:
    number, study = manifest["replicates"], manifest["settings"].get("study", {})
    design = study.get("design", {}) if isinstance(study, Mapping) else {}
    plural = "" if number == 1 else "s"
    if not design:
        told = RUNS.get(manifest["kind"], "Each scenario had {number} replicate{plural}")
        return told.format(number=number, plural=plural)
    numbers = study.get("runs", {}).get("random_numbers", "common")
    return (
        f"The design was {design['method']} with {design['samples']} samples over {len(study['vary'])} inputs; "
        f"each point had {number} replicate{plural} with {numbers} random numbers"
    )


def _special(manifest: Mapping[str, Any]) -> list[str]:
    """Return sentences on anything unusual: sets of values, custom rules, failures, an early end."""
    found = []
    if "over" in manifest:
        over = manifest["over"]
        sets, keys = len(over["values"]), len(over["keys"])
        found.append(f"Replicates ran over {sets} sets of {keys} strengths ({over['name']}).")
    if manifest.get("own_rules"):
        found.append(f"Rules were replaced: {', '.join(manifest['own_rules']['replaces'])}.")
    if manifest["failures"]:
        found.append(f"{len(manifest['failures'])} runs failed and are left out.")
    if manifest["interrupted"]:
        found.append("The study was stopped before its end.")
    return found
