"""What a page is curated under changes with whatever may change what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import filters
from filters import topic
from pipelines import profile


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """What a test changed is forgotten after it."""
    yield
    profile.extraction_fingerprint.cache_clear()


def fingerprint() -> str:
    profile.extraction_fingerprint.cache_clear()
    return profile.load_profile().fingerprint


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Has a package find a copy of its folder of data in which one file is another."""

    def change(package: str, name: str) -> None:
        folder = Path(str(files(package)))
        for path in folder.rglob("*.t[os][mv]*"):
            copy = tmp_path / package / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes() + (b"# changed\n" if path.name == name else b""))
        for module in (topic, profile):
            monkeypatch.setattr(
                module, "files", lambda asked: tmp_path / asked if asked == package else files(asked)
            )

    return change


@pytest.mark.parametrize(
    ("package", "name"),
    [("pipelines", name) for name in profile.DATA] + [("filters", "background.tsv")],
)
def test_a_model_or_a_list_that_is_another_gives_another_fingerprint(
    changed: Callable[[str, str], None], package: str, name: str
) -> None:
    """Or a replay would call pages unchanged that would come out otherwise."""
    before = fingerprint()
    changed(package, name)
    assert fingerprint() != before


def test_no_data_of_ours_is_left_out() -> None:
    """Every file that the extraction reads is named."""
    found = {path.name for path in Path(str(files("pipelines"))).glob("*.t[os][mv]*")}
    assert found == set(profile.DATA)


def test_another_way_of_reading_pages_gives_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    assert before != filters.load_profile().fingerprint
    monkeypatch.setattr(profile, "EXTRACTION", profile.EXTRACTION + 1)
    assert fingerprint() != before
    monkeypatch.undo()
    assert fingerprint() == before
