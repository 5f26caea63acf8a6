"""Says what a zstd dictionary a host would save in archive.db, and what it would cost.

    python benchmarks/compression.py FOLDER... [--least 4] [--sizes 16,64,112]

A FOLDER holds one folder of saved pages (.html, .html.gz) a site. Of each site with at least ``--least`` pages, every
other page trains the dictionary and the rest are packed with it, so that no page is measured on a dictionary that has
seen it. ``first page`` takes the first page itself as the dictionary, which needs no training. A dictionary has to be
stored, too: it is counted packed, and ``pays after`` says how many further pages of a site make up for it. Times are
CPU seconds of one core over those for the same pages without a dictionary, the training told apart.

The last line is what winnow does: all pages of all sites, also of those with few, put into an archive in their order.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/compression.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from pipelines.archive import Archive  # noqa: E402
from pipelines.packing import LEVEL  # noqa: E402
from pipelines.page import Page  # noqa: E402

Maker = Callable[[Sequence[bytes]], zstandard.ZstdCompressionDict | None]


@dataclass
class Cost:
    """What one way of packing came to over all sites; sizes in bytes, times in CPU seconds."""

    name: str
    packed: int = 0
    dictionaries: int = 0
    sites: int = 0
    packing: float = 0.0
    unpacking: float = 0.0
    training: float = 0.0
    by_site: dict[str, int] = field(default_factory=dict)


def pages_by_site(folders: Sequence[Path]) -> dict[str, list[bytes]]:
    """The saved pages of each folder that holds any, in the order of their names."""
    found: dict[str, list[bytes]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.name.endswith((".html", ".html.gz")):
                body = path.read_bytes()
                found.setdefault(str(path.relative_to(folder).parent), []).append(
                    gzip.decompress(body) if path.suffix == ".gz" else body
                )
    return found


def trained(size: int) -> Maker:
    """A dictionary of at most ``size`` bytes, by zstd's own training."""

    def make(pages: Sequence[bytes]) -> zstandard.ZstdCompressionDict | None:
        # the training wants many samples: pieces of a page serve where there are few pages
        pieces: list[bytes | bytearray | memoryview] = [
            page[at : at + 8192] for page in pages for at in range(0, len(page), 8192)
        ]
        try:
            return zstandard.train_dictionary(size, pieces, level=LEVEL)
        except zstandard.ZstdError:
            return None

    return make


def first_page(pages: Sequence[bytes]) -> zstandard.ZstdCompressionDict:
    """The site's first page as it is."""
    return zstandard.ZstdCompressionDict(pages[0], dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def ways(sizes: Sequence[int]) -> Iterator[tuple[str, Maker]]:
    """Every way of packing, by name; the first is the one in force."""
    yield "none", lambda _: None
    for size in sizes:
        yield f"trained, {size} KiB", trained(size * 1024)
    yield "first page", first_page


def measure(cost: Cost, site: str, make: Maker, learned: Sequence[bytes], pages: Sequence[bytes]) -> None:
    """Add what packing the pages of a site costs this way."""
    began = time.process_time()
    dictionary = make(learned)
    if dictionary is not None:
        dictionary.precompute_compress(level=LEVEL)
        cost.dictionaries += len(zstandard.ZstdCompressor(level=19).compress(dictionary.as_bytes()))
        cost.sites += 1
    cost.training += time.process_time() - began
    packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
    began = time.process_time()
    packed = [packer.compress(page) for page in pages]
    cost.packing += time.process_time() - began
    unpacker = zstandard.ZstdDecompressor(dict_data=dictionary)
    began = time.process_time()
    unpacked = [unpacker.decompress(frame) for frame in packed]
    cost.unpacking += time.process_time() - began
    assert unpacked == list(pages), "what was packed has to come out again"  # noqa: S101
    cost.packed += sum(map(len, packed))
    cost.by_site[site] = sum(map(len, packed))


def report(costs: Sequence[Cost], raw: dict[str, tuple[int, int]]) -> Iterator[str]:
    """The tables, line by line; ``raw`` holds pages and bytes of each site."""
    pages, size = sum(count for count, _ in raw.values()), sum(length for _, length in raw.values())
    plain = costs[0]
    yield f"{pages} pages of {len(raw)} sites that no dictionary has seen, {size:,} bytes; zstd level {LEVEL}"
    yield ""
    yield "| dictionary a site | bytes | ratio | of none | with the dictionaries | pays after | pack | unpack | train |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for cost in costs:
        saved = (plain.packed - cost.packed) / pages
        after = f"{cost.dictionaries / cost.sites / saved:.1f} pages" if cost.sites and saved > 0 else ""
        yield (
            f"| {cost.name} | {cost.packed:,} | {size / cost.packed:.2f} | {cost.packed / plain.packed:.1%}"
            f" | {(cost.packed + cost.dictionaries) / plain.packed:.1%} | {after}"
            f" | x{cost.packing / plain.packing:.2f} | x{cost.unpacking / plain.unpacking:.2f}"
            f" | {cost.training:.2f} s |"
        )
    yield ""
    yield "| site | pages | bytes | " + " | ".join(cost.name for cost in costs) + " |"
    yield "|---|---:|---:|" + "---:|" * len(costs)
    for site, (count, length) in sorted(raw.items()):
        shares = [f"{length / cost.by_site[site]:.2f}" for cost in costs]
        yield f"| {site} | {count} | {length:,} | " + " | ".join(shares) + " |"


def archived(sites: dict[str, list[bytes]]) -> str:
    """What an archive of all these pages holds, beside the same pages packed one by one."""
    bodies = {body for pages in sites.values() for body in pages}
    raw, plain = sum(map(len, bodies)), sum(len(zstandard.compress(body, LEVEL)) for body in bodies)
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "archive.db") as archive:
        for site, pages in sites.items():
            host = site.rsplit("/", 1)[-1].lower()
            for number, body in enumerate(pages):
                archive.put(Page(f"https://{host}/{number}", body), site)
        (packed,) = archive.connection.execute(
            "SELECT (SELECT sum(length(data)) FROM bodies) + (SELECT sum(length(data)) FROM dictionaries)"
        ).fetchone()
        (count,) = archive.connection.execute("SELECT count(*) FROM dictionaries").fetchone()
    return (
        f"In an archive: {len(bodies)} bodies of {len(sites)} sites, {raw:,} bytes; {plain:,} ({raw / plain:.2f})"
        f" each by itself, {packed:,} ({raw / packed:.2f}) with {count} dictionaries, these included"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--least", type=int, default=4, help="pages that a site has to have")
    parser.add_argument("--sizes", default="16,64,112", help="sizes of trained dictionaries, KiB")
    given = parser.parse_args(arguments)
    everything = pages_by_site(given.folders)
    sites = {name: pages for name, pages in everything.items() if len(pages) >= given.least}
    if not sites:
        parser.error(f"no site with at least {given.least} pages in {', '.join(map(str, given.folders))}")
    raw = {name: (len(pages[1::2]), sum(map(len, pages[1::2]))) for name, pages in sites.items()}
    costs = []
    for name, make in ways([int(size) for size in given.sizes.split(",")]):
        cost = Cost(name)
        for site, pages in sites.items():
            measure(cost, site, make, pages[::2], pages[1::2])
        costs.append(cost)
    print("\n".join([*report(costs, raw), "", archived(everything)]))


if __name__ == "__main__":
    main()
