"""Counts in how many articles each English stem occurs: the background that a page's own words stand out from.

    python benchmarks/background.py GOLD.jsonl > filters/lexicons/background.tsv

GOLD.jsonl is the gold file of a development set (rows with ``page_type`` and ``text``); only stems that
occur in at least ``LEAST`` articles are written, none of the texts.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from filters.topic import stems

LEAST = 4


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    with parser.parse_args().gold.open(encoding="utf-8") as gold:
        rows = [json.loads(line) for line in gold]
    texts = [row["text"] for row in rows if row.get("page_type") == "article" and len(row["text"]) > 800]
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(stems(text))
    print(f"# English stems by the share of {len(texts)} web articles they occur in.")
    print("# Source: counted by benchmarks/background.py on the development articles of WCXB (CC-BY-4.0).")
    for stem, count in sorted(counts.items()):
        if count >= LEAST and stem.isascii():
            print(f"{stem}\t{count / len(texts):.4f}")


if __name__ == "__main__":
    main()
