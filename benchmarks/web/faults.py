"""What goes wrong on the loopback web, and how a crawl has to end for it.

A fault is a page whose path begins with ``/faults/<name>``; ``benchmarks.web.server`` says how it is served.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """How a URL has to end: one of ``states``, the ``reason`` to be found in the row, how often it is asked for.

    ``asked`` is the number of requests in a crawl (None: the redirects decide, or the trap's bound), ``retries`` how
    many of them are retries. A busy machine may make it more, by retries that the books tell of.
    """

    states: tuple[str, ...]
    reason: str = ""
    status: int | None = None
    asked: int | None = 1
    retries: int = 0


# An article has to be kept; whether the rules think a text worth keeping that is made of chance is their affair,
# see LEAST_ACCEPTED in ``benchmarks.web.check``.
ACCEPTED = Fate(("accepted", "rejected"), status=200)
# Tried four times, with pauses of 2, 6 and 18 seconds between.
SLOW: dict[str, Fate] = {
    "error": Fate(("failed",), "HTTP 500", 500, 4, 3),
    "reset": Fate(("failed",), "connection broke", None, 4, 3),
    "cut": Fate(("failed",), "broke before the body was complete", None, 4, 3),
    "garbage": Fate(("failed",), "does not speak HTTP", None, 4, 3),
}
# Tried twice, a minute each.
HANGING: dict[str, Fate] = {
    "hang": Fate(("failed",), "not complete after", None, 2, 1),
    "drip": Fate(("failed",), "not complete after", None, 2, 1),
}
QUICK: dict[str, Fate] = {
    "flaky": Fate(ACCEPTED.states, status=200, asked=2, retries=1),
    "busy": Fate(ACCEPTED.states, status=200, asked=2, retries=1),
    "late": ACCEPTED,
    "loop": Fate(("failed",), "redirected too often", asked=None),
    "moved": ACCEPTED,
    "away": Fate(("skipped",), "not one of the source's hosts"),
    "inward": Fate(("skipped",), "refused: 10.0.0.1, a private"),
    "gone": Fate(("failed",), "HTTP 410", 410),
    "missing": Fate(("failed",), "HTTP 404", 404),
    "picture": Fate(("skipped",), "content type 'image/png'", 200),
    "pdf": Fate(("skipped",), "a PDF file", 200),
    "truncated": Fate(("failed",), "breaks off before it is unpacked whole"),
    "unpacked": Fate(("failed",), "not packed as its Content-Encoding says"),
    "bomb": Fate(("failed",), "unpacks to more than"),
    "huge": Fate(("failed",), "larger than"),
    "part": Fate(("failed",), "only a part", 206),
    "refresh": Fate(("rejected",), status=200),
    "soft404": Fate(("rejected",), status=200),
    "casino": Fate(("rejected",), status=200),
    "copy": ACCEPTED,
    "members": Fate(("skipped",), "disallows it", asked=0),
    "x/x/x/x": Fate(("skipped",), "repeats the path segment", asked=0),
}
FAULTS = QUICK | SLOW | HANGING

# A site as a whole, of whose pages nobody ever hears: the fate of what its source starts from.
WHOLE: dict[str, Fate] = {
    "down": Fate(("failed",), "refused the connection", asked=0),
    "robots": Fate(("failed",), "robots.txt answers HTTP 500", asked=0),
    "closed": Fate(("skipped",), "disallows it", asked=0),
    "listing": Fate(("failed",), "not"),
}
