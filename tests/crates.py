"""What every RO-Crate of this program must be: a description of the folder, of every file, and of the run."""

import json
import re

from qisim.output.crate import CRATE


def crate_in(folder):
    """Return the entities of a folder's crate by name, once all of it is found to be as it must be."""
    crate = json.loads((folder / CRATE).read_text())
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert graph[CRATE]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    assert not root["name"].strip().endswith(":") and " of ," not in root["description"]
    parts = {part["@id"] for part in root["hasPart"]}
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert parts == on_disk - {CRATE}
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    assert {name: graph[name]["sha256"] for name in listed} == listed
    assert all(graph[name]["@type"] == "File" for name in parts)
    references = re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(crate["@graph"]))
    assert all(ref in graph or ref.startswith("https://") for ref in references)
    return graph
