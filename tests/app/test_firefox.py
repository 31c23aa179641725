"""The page in Firefox, from a file: the same engine gives the same answer as in Python."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

import qisim

pytestmark = [
    pytest.mark.slow,
    # the driver leaves sockets open while it waits for the browser
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.skipif(
    not (shutil.which("firefox-esr") or shutil.which("firefox")), reason="no Firefox here"
)
def test_firefox_gives_the_same_digits(page_file: Path) -> None:
    driver = pytest.importorskip("marionette_driver.marionette")
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    client = driver.Marionette(bin=path, headless=True, startup_timeout=120)
    client.start_session()
    try:
        client.navigate(page_file.as_uri())
        deadline = time.monotonic() + 120
        while client.execute_script("return document.documentElement.dataset.shown") != "200":
            assert time.monotonic() < deadline, client.execute_script(
                "return document.body.innerText"
            )
            time.sleep(0.2)
        sentence = client.execute_script("return document.getElementById('sentence').innerText")
        assert "Own programme" in sentence
        client.execute_script("document.querySelector('#all').closest('details').open = true")
        time.sleep(1)
        told = client.execute_script(
            "return [...document.querySelectorAll('#all tr[data-outcome=adoption_final] td')]"
            ".map((td) => td.innerText)"
        )
    finally:
        client.delete_session()
        client.cleanup()
    found = qisim.compare(
        "internal-competence", "external-leadership", replicates=200, seed=1, over="acceptable"
    ).differences()
    row = found[found["outcome"] == "adoption_final"].iloc[0]
    np.testing.assert_allclose([float(text) for text in told[:2]],
                               [100 * row["base_mean"], 100 * row["other_mean"]], atol=0.0501)  # fmt: skip
