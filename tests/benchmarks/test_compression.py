"""The measurement of dictionaries, on pages written here."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from benchmarks.compression import main


def test_dictionaries_are_measured_on_pages_that_they_have_not_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for site in ("one", "two"):
        (tmp_path / site).mkdir()
        chosen = random.Random(site)
        template = "".join(f"<i class={chosen.randrange(16**8):08x}></i>" for _ in range(400))
        for number in range(6):
            body = f"{template}<p>Text {number} of {site}</p>".encode()
            (tmp_path / site / f"{number}.html.gz").write_bytes(gzip.compress(body))
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "a.html").write_text("<p>alone</p>")
    main([str(tmp_path), "--sizes", "16"])
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("6 pages of 2 sites that no dictionary has seen, ")
    rows = {
        row.split("|")[1].strip(): [cell.strip() for cell in row.split("|")] for row in said if row[:1] == "|"
    }
    none, first = (int(rows[name][2].replace(",", "")) for name in ("none", "first page"))
    assert first < none / 10
    assert [rows[site][2] for site in ("one", "two")] == ["3", "3"]
    assert "13 bodies of 3 sites" in said[-1]
    assert "with 2 dictionaries" in said[-1]


def test_a_folder_without_enough_pages_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "no site with at least 4 pages" in capsys.readouterr().err
