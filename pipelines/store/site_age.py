"""Which days of publication are before their site: years earlier than anything else that it has.

A template without a date, an import that went wrong and a mirror that wants to look old state such days. What a site's
first day is follows from all of its posts at once, so the order in which they came does not matter.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from pipelines.address import host

LEAST = 4  # dated posts of a site, below which nothing is said
APART = timedelta(days=730)
"""A site begins with the first day that another one follows within two years: a lone post so far from the rest is more
often a wrong date than an old post that was followed by silence. It is a sign and removes nothing."""


def judge_days(connection: sqlite3.Connection) -> int:
    """Write which posts are dated before their site, inside the caller's transaction; returns how many changed."""
    rows = connection.execute(
        "SELECT id, url, published, before_site FROM posts WHERE published IS NOT NULL"
    ).fetchall()
    days: dict[str, list[str]] = defaultdict(list)
    for _, url, published, _ in rows:
        days[host(url)].append(published)
    first = {site: beginning(found) for site, found in days.items()}
    changes = [
        (int(before), post)
        for post, url, published, stood in rows
        if (before := published < first[host(url)]) != bool(stood)
    ]
    changes += [
        (0, post)
        for (post,) in connection.execute("SELECT id FROM posts WHERE before_site AND published IS NULL")
    ]
    connection.executemany("UPDATE posts SET before_site = ? WHERE id = ?", changes)
    return len(changes)


def beginning(days: Iterable[str]) -> str:
    """The first day of a site with posts of these days; an empty string, which is before all days, for few of them."""
    known = list(days)
    if len(known) < LEAST:
        return ""
    told = sorted(map(date.fromisoformat, set(known)))
    return next((one.isoformat() for one, other in pairwise(told) if other - one <= APART), "")
