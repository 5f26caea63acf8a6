"""Markdown and plain text of a document or of a single block."""

from __future__ import annotations

from filters.document import Block, Document


def markdown(document: Document) -> str:
    """The document as CommonMark (tables as pipe tables); every piece of page text is escaped."""
    raise NotImplementedError


def block_markdown(block: Block) -> str:
    """One block as CommonMark, escaped; a list item carries its marker and indentation."""
    raise NotImplementedError
