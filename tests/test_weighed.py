"""The numbers that were weighed by hand are those whose worth was measured: code and file say the same."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parent.parent / "benchmarks" / "weighed.py"
MEASURED = json.loads((PATH.parent / "results" / "weighed.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def weighed() -> Any:
    spec = importlib.util.spec_from_file_location("weighed", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "weighed", module)  # its dataclasses look themselves up
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("part", MEASURED)
def test_the_numbers_are_those_that_were_measured(weighed: Any, part: str) -> None:
    """After a change: python benchmarks/weighed.py PART, which tells what the new number is worth."""
    numbers = {f"{number.module}.{number.name}": number.value for number in weighed.numbers_of(part)}
    assert {name: measured["value"] for name, measured in MEASURED[part]["numbers"].items()}.items() <= numbers.items()
