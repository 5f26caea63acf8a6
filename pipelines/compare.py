"""What storing an outcome would change, in a curator's terms: blocks and states."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from pipelines.curate import Status
from pipelines.store import Store
from pipelines.store.queries import StoredBlock, stored_blocks, stored_status
from pipelines.store.rows import PostRows

_SHOWN = 90


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block that would be decided otherwise; rule and reason are those of the side that removes it."""

    index: int
    text: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class PostDiff:
    """What would change in one post; ``before`` is empty for a page that is no post yet."""

    post: str
    url: str
    before: str
    after: str
    reason: str
    removed: tuple[BlockChange, ...]
    kept: tuple[BlockChange, ...]
    trimmed: tuple[BlockChange, ...]


@dataclass(frozen=True)
class Diff:
    """The posts that would change, out of the pages looked at; ``damaged`` tells which could not be."""

    pages: int
    posts: tuple[PostDiff, ...]
    damaged: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{len(self.posts)} of {self.pages} posts would change; nothing was written."]
        for post in self.posts:
            state = post.after if post.before == post.after else f"{post.before or 'new'} -> {post.after}"
            lines += ["", f"{post.url} ({state}{': ' + post.reason if post.reason else ''})"]
            for sign, changes in (("-", post.removed), ("~", post.trimmed), ("+", post.kept)):
                lines += [f"  {sign} {_short(change)}" for change in changes]
        return "\n".join([*lines, *self.damaged])


def compare(store: Store, rows: PostRows) -> PostDiff | None:
    """What saving the rows would change; None where it would change neither a block nor the status."""
    before = stored_status(store.connection, rows.id)
    if rows.status is Status.ERRORED and before not in ("", "errored"):
        return None  # the earlier post would stay
    new = [StoredBlock.of(row) for row in rows.fragments]
    old = stored_blocks(store.connection, rows.id)
    removed, kept, trimmed = _blocks(old, new)
    after = rows.status.value
    if before == after and not (removed or kept or trimmed):
        return None
    url = str(rows.post["url"])
    return PostDiff(rows.id, url, before, after, rows.reason, tuple(removed), tuple(kept), tuple(trimmed))


def _blocks(
    old: list[StoredBlock], new: list[StoredBlock]
) -> tuple[list[BlockChange], list[BlockChange], list[BlockChange]]:
    """Blocks removed, kept and trimmed anew, matched by text: an extraction may number them otherwise."""
    known: dict[str, deque[StoredBlock]] = defaultdict(deque)
    for block in old:
        known[block.text].append(block)
    removed, kept, trimmed = [], [], []
    for block in new:
        stood = known[block.text].popleft() if known[block.text] else None
        if block.decision == "removed":
            if stood is not None and stood.decision != "removed":
                removed.append(_change(block))
        elif stood is None or stood.decision == "removed":
            kept.append(_change(stood or block))
        elif block.span != stood.span:
            trimmed.append(_change(block))
    for left in known.values():
        removed += [
            BlockChange(block.index, block.text, "", "no longer found in the page")
            for block in left
            if block.decision != "removed"
        ]
    return sorted(removed, key=lambda change: change.index), kept, trimmed


def _change(block: StoredBlock) -> BlockChange:
    return BlockChange(block.index, block.text, block.rule, block.reason)


def _short(change: BlockChange) -> str:
    text = " ".join(change.text.split())
    told = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"{told} [{change.rule}: {change.reason}]" if change.rule else told
