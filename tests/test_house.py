"""What keeps the house in order: exports, articles byte for byte, the wheel's contents."""

import importlib
import pkgutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import ARTICLES

PACKAGES = ("corpus", "embeddings", "rag")
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", PACKAGES)
def test_exports_are_sorted_and_there(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__all__ == sorted(
        package.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    for export in package.__all__:
        assert getattr(package, export) is not None
        assert export in dir(package)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_module_says_what_it_exports(name: str) -> None:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        exported = importlib.import_module(module.name)
        if not module.ispkg:
            assert set(exported.__all__) <= set(vars(exported)), module.name


def test_the_bundled_articles_are_as_they_were_given() -> None:
    sums = {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in ARTICLES.glob("*.txt")}
    assert sums == {"000_0eb0c2514dd7671a.txt": "a4b89e2dca9adee4", "003_5e9ebf8f6c1b539e.txt": "ef945799a6d92199"}


def test_the_wheel_holds_the_four_packages_and_the_articles(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert tops == {"corpus", "embeddings", "rag", "ui"}
    assert {f"corpus/articles/{path.name}" for path in ARTICLES.glob("*.txt")} <= set(names)
    assert any(name.startswith("ui/web/assets/") for name in names)
    assert not any("test" in name for name in names)
