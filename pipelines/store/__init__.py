"""The corpus in SQLite: schema, writing and reading; the only place that knows sqlite-utils."""

from pipelines.address import normal_url, post_id
from pipelines.store.connection import SchemaError, StoreError
from pipelines.store.records import (
    Accounting,
    Answer,
    AnswerKind,
    FetchRecord,
    RunKind,
    RunStatus,
    Saved,
    Source,
    State,
    UrlRecord,
    UrlState,
)
from pipelines.store.store import Store

__all__ = [
    "Accounting",
    "Answer",
    "AnswerKind",
    "FetchRecord",
    "RunKind",
    "RunStatus",
    "Saved",
    "SchemaError",
    "Source",
    "State",
    "Store",
    "StoreError",
    "UrlRecord",
    "UrlState",
    "normal_url",
    "post_id",
]
