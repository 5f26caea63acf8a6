"""``make demo``: serves the demonstration site on loopback, crawls it for real and shows what came of it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python demo/run.py` puts demo/ there instead
    sys.path.insert(0, str(ROOT))

from demo.server import serve  # noqa: E402
from demo.summary import show  # noqa: E402

DATA = Path("data/demo")
DATABASES = ("corpus.db", "archive.db", "review.db")
# Three ways to the same pages, side by side: the feeds forget the oldest guide, the sitemap knows no old
# addresses, and links lead to what neither of them names.
SOURCES = {
    "demo-feed": """title = "The demonstration site, by its feeds"
way = "feed"
start = ["{base}/feed.xml", "{base}/atom.xml"]
""",
    "demo-sitemap": """title = "The demonstration site, by its sitemap"
way = "sitemap"
start = ["{base}/sitemap.xml"]
""",
    "demo-site": """title = "The demonstration site, by following links"
way = "site"
start = ["{base}/"]
follow = ["/blog/(page/[0-9]+/)?$"]
depth = 4
""",
}
COMMON = """homepage = "{base}/"
licence = "Apache-2.0"
notes = "Written by make demo; the address changes with every run."
delay = 0.0
allow_private = true
"""


def prepare(data: Path, base_url: str) -> list[str]:
    """Empty the folder of an earlier demonstration and write the sources into it; gives their names.

    Only files that a demonstration writes are deleted, since ``data`` may be any folder.
    """
    sources = data / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for name in DATABASES:
        for suffix in ("", "-wal", "-shm"):
            (data / f"{name}{suffix}").unlink(missing_ok=True)
    for name, text in SOURCES.items():
        (sources / f"{name}.toml").write_text((text + COMMON).replace("{base}", base_url), encoding="utf-8")
    return list(SOURCES)


def crawl_site(data: Path, base_url: str) -> int:
    """Crawl the served site into ``data``; the exit status of the crawl."""
    names = prepare(data, base_url)
    from crawler.run import crawl

    return crawl(names, data=data, sources_dir=data / "sources").status


def is_a_demonstration(data: Path) -> bool:
    """Whether a folder is new, empty or left by an earlier demonstration, and so may be started afresh."""
    if not data.exists() or not any(data.iterdir()):
        return True
    return all((data / "sources" / f"{name}.toml").is_file() for name in SOURCES)


def main(arguments: list[str] | None = None) -> int:
    """Run the demonstration; the exit status."""
    parser = argparse.ArgumentParser(description="Crawl the bundled demonstration site and show the result.")
    parser.add_argument(
        "--data", type=Path, default=DATA, help="folder of the databases (default: %(default)s)"
    )
    data: Path = parser.parse_args(arguments).data
    if data.exists() and not data.is_dir():
        parser.error(f"{str(data)!r} is not a folder")
    if not is_a_demonstration(data):
        parser.error(f"{str(data)!r} holds other files than a demonstration's: name a folder of its own")
    began = time.monotonic()
    with serve() as base_url:
        Console(stderr=True).print(f"Serving the demonstration site at {base_url}/ and crawling it ...")
        status = crawl_site(data, base_url)
    if not (data / "corpus.db").is_file():
        return status or 1
    balanced = show(data, urlsplit(base_url).netloc, time.monotonic() - began)
    return status or (0 if balanced else 1)


if __name__ == "__main__":
    sys.exit(main())
