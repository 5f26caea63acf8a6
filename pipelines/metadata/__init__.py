"""What a page says of itself: title, authors, days, site, licence, language, canonical URL, and where each stands."""

from pipelines.metadata.reading import Metadata, read_metadata

__all__ = ("Metadata", "read_metadata")
