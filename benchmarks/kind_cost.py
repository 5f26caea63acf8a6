"""What judging a document costs, beside the least that anybody could do with its words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.kind_samples import Sample
from filters.document import Document
from filters.judgement import judge
from filters.texts import WORD

ROUNDS = 3
EVERY = 4  # of the pages one in so many is timed


def cost(samples: Sequence[Sample]) -> str:
    """The processor time a page, as a ratio to counting the page's words one by one, in a sentence."""
    documents = [sample.document for sample in samples if sample.folder != "topic"][::EVERY]
    judge(documents[0])  # words and weights are read once
    # the two in turns: what else the machine does then hits both
    rounds = [(_time(judge, documents), _time(_counted, documents)) for _ in range(ROUNDS)]
    judging, counting = (min(times) for times in zip(*rounds, strict=True))
    words = sum(document.words for document in documents) / len(documents)
    return (
        f"Judging a page takes {judging / counting:.1f} times as long as counting its words: "
        f"{judging * 1000:.2f} ms and {counting * 1000:.2f} ms a page on this machine, over {len(documents)} pages "
        f"of {words:,.0f} words on average."
    )


def _counted(document: Document) -> object:
    return Counter(word for block in document.blocks for word in WORD.findall(block.text.lower()))


def _time(work: Callable[[Document], object], documents: Sequence[Document]) -> float:
    """Seconds of processor time a document."""
    began = time.process_time()
    for document in documents:
        work(document)
    return (time.process_time() - began) / len(documents)
