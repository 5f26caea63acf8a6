"""The loopback web and the benchmark that crawls it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.crawl import main
from benchmarks.web.bodies import bodies
from benchmarks.web.faults import FAULTS, WHOLE
from benchmarks.web.plan import plan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8, and /proc")


def test_the_same_seed_gives_the_same_web() -> None:
    one, same, other = plan(6, 90, 3), plan(6, 90, 3), plan(6, 90, 4)
    assert one == same
    assert bodies(one.sites[0], "http://base") == bodies(same.sites[0], "http://base")
    assert [site.size for site in one.sites] != [site.size for site in other.sites]


def test_the_full_web_has_its_pages_and_every_fault() -> None:
    web = plan(300, 20_000)
    assert web.pages == 20_000
    assert len({site.address for site in web.sites}) == len(web.sites) == 300
    assert {name for site in web.sites for name in site.faults} == set(FAULTS)
    assert {site.whole for site in web.sites} == {"", *WHOLE}


def test_a_crawl_of_a_small_web_meets_its_bars(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real server, the real command: nothing missing, nothing twice, every fault as expected."""
    monkeypatch.delenv("WINNOW_SOURCES", raising=False)
    main(["--sites", "4", "--pages", "80", "--no-hanging", "--only", "first", "--keep", str(tmp_path)])
    told = capfd.readouterr().out
    for bar in (
        "met     exit status 0",
        "met     missing, twice, or not as expected: nothing",
        "met     processes left behind: 0 of 2",
    ):
        assert bar in told, told


def test_what_cannot_be_asked_for_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "third"])
    assert ended.value.code == 2
    assert "the parts are first, second, reactor" in capsys.readouterr().err
