"""The schema of scenario files against the checker: it refuses nothing that the checker accepts."""

import json
import tomllib

import mutations
import pytest
from jsonschema import Draft202012Validator
from random_worlds import strange_world

from qisim.errors import ScenarioError
from qisim.scenario.fields import KEYS
from qisim.scenario.files import shipped_folder
from qisim.scenario.scenario import load
from qisim.scenario.schema import schema

CHECK = Draft202012Validator(schema())


def accepted(data):
    try:
        load(data)
    except ScenarioError:
        return False
    return True


def test_it_is_a_schema_and_strict_json():
    Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema(), allow_nan=False)) == schema()


def test_all_shipped_files_and_strange_worlds_are_valid():
    folder = shipped_folder()
    files = [*folder.glob("*.toml"), *(folder / "parts").glob("*.toml")]
    assert len(files) > 20
    for file in files:
        assert CHECK.is_valid(tomllib.loads(file.read_text(encoding="utf-8"))), file.name
    for seed in range(40):
        assert CHECK.is_valid(strange_world(seed).to_dict()), seed


def test_what_it_refuses_the_checker_refuses(tmp_path):
    refused, file = 0, tmp_path / "wrong.toml"
    for number in range(150):
        content = mutations.gone_wrong(number)
        try:
            data = tomllib.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue
        if not CHECK.is_valid(data):
            refused += 1
            file.write_bytes(content)  # a mapping may have dotted keys, a file may not
            assert not accepted(file), data
    assert refused > 20


@pytest.mark.parametrize("odd", [None, True, "x", "", [], {}, -1e9, 1e9, 0.5, float("nan")])
def test_every_key_with_an_odd_value_is_refused_by_the_checker_where_the_schema_does(odd):
    for key in list(KEYS)[::7]:
        section, _, name = key.partition(".")
        data = {section: {name: odd}}
        if not CHECK.is_valid(data):
            assert not accepted(data), data
