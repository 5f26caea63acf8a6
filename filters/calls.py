"""What a site asks of its readers, and what it says of itself: "Book a demo", "We may earn a commission".

The phrases are ``phrases/calls.toml``. They stand by themselves and not in ``lexicons``, since most of them are
ordinary words that only a sentence makes a call of: a verb that opens it, a thing that only a site can be asked for,
and a word that ties it to the site.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filters.automaton import Automaton
from filters.texts import remembered

GROUPS = ("lead_ins", "verbs", "things", "own", "calls", "asks", "notice", "bio")
_LONGEST = 3_000  # characters; who asks for something comes to the point
_SENTENCES = re.compile(r"[^.!?…。！？।؟\n]*(?:[.!?…]+(?!\s|$)[^.!?…。！？।؟\n]*)*[.!?…。！？।؟\n]*")
# With the vowel signs of Indic scripts and Thai, which are no letters by themselves (as in ``filters.lexicon``).
_WORD = r"[\w\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff]+"
_TOKENS = re.compile(rf"{_WORD}(?:['-]{_WORD})*|[%©&]|[,;:–—|(]")
_BREAKS = frozenset(",;:–—|(")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SPEAKING = frozenset(("verbs", "calls", "asks", "notice", "bio"))
_CLOSE = 12  # words between a verb and what it asks for


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a block asks of its reader.

    ``calling`` is the share (0 to 1) of its words in sentences that are calls to action, ``asking`` of those that may
    be: an imperative without a word that ties it to the site, or a question to a customer. ``ends`` says whether the
    last sentence is a call. ``calls``, ``notice`` and ``bio`` quote the terms that were found.
    """

    words: int = 0
    calling: float = 0.0
    asking: float = 0.0
    ends: bool = False
    calls: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    bio: tuple[str, ...] = ()


@remembered
def calls_to_action(text: str) -> Appeal:
    """What a text asks of its reader; the beginning of a long one is read."""
    words = calling = asking = 0
    ends = False
    calls: list[str] = []
    notice: list[str] = []
    bio: list[str] = []
    for match in _SENTENCES.finditer(text[:_LONGEST].replace("’", "'").lower()):
        tokens = _TOKENS.findall(match[0])
        if not tokens:
            continue
        breaks = not _BREAKS.isdisjoint(tokens)
        size = sum(token not in _BREAKS for token in tokens) if breaks else len(tokens)
        words += size
        found = _found(tokens, breaks=breaks)
        if not found:
            ends = False
            continue
        strength, told = _strength(tokens, found)
        calling += size * (strength == 2)
        asking += size * (strength == 1)
        ends = strength == 2
        calls += told
        notice += [term for group, term, _, _ in found if group == "notice"]
        bio += [term for group, term, _, _ in found if group == "bio"]
    if not words:
        return Appeal()
    return Appeal(
        words, calling / words, asking / words, ends, *(tuple(dict.fromkeys(x)) for x in (calls, notice, bio))
    )


def data_fingerprint() -> str:
    """The sha256 of the phrases."""
    return hashlib.sha256(_path().read_bytes()).hexdigest()


def _strength(tokens: list[str], found: list[tuple[str, str, int, int]]) -> tuple[int, list[str]]:
    """2: a call to action; 1: it may be one; 0: none. With the terms that say so."""
    plain = [term for group, term, _, _ in found if group == "calls"]
    if plain:
        return 2, plain
    lead_ins = {start: end for group, _, start, end in found if group == "lead_ins"}
    best = 0
    told: list[str] = []
    for group, term, start, end in found:
        if group == "asks" and _opening(tokens, lead_ins, start) == 0:
            best, told = max(best, 1), told or [term]
        if group != "verbs":
            continue
        place = _opening(tokens, lead_ins, start)
        if place < 0:
            continue
        near = [(g, t) for g, t, s, _ in found if end <= s <= end + _CLOSE]
        thing = next((t for g, t in near if g == "things"), "")
        own = any(g == "own" for g, _ in near)
        if thing and own:
            return 2, [f"{term} … {thing}"]
        if place == 0 and (thing or own) and best < 1:
            best, told = 1, [f"{term} … {thing}" if thing else term]
    return best, told


def _opening(tokens: list[str], lead_ins: dict[int, int], start: int) -> int:
    """0: the word opens the sentence; 1: it opens a part of it; -1: neither."""
    position = 0
    while position < start and position in lead_ins:
        position = lead_ins[position]
    if position == start:
        return 0
    before = start
    for lead, end in sorted(lead_ins.items(), reverse=True):
        if end == before:
            before = lead
    if before and tokens[before - 1] in _BREAKS:
        return 1
    return 1 if before < start else -1


def _found(tokens: list[str], *, breaks: bool) -> list[tuple[str, str, int, int]]:
    """(group, term, first token, token behind the last) of all terms; of a group the longest at each place.

    Nothing where no group is among them that says something without the others; ``breaks``: some tokens are no words.
    """
    text = " ".join(["," if token in _BREAKS else token for token in tokens] if breaks else tokens)
    text = f" {text} "
    hits = list(_terms().iter(text))
    if not any(group in _SPEAKING for _, terms in hits for group, _ in terms):
        return []
    longest: dict[tuple[str, int], tuple[str, str, int, int]] = {}
    for last, terms in hits:
        for group, key in terms:
            opens = key.startswith(" ")  # so does every term but those of scripts without spaces
            left = last + 1 - len(key)
            start = text.count(" ", 0, left) if opens else 0
            end = text.count(" ", 0, last if key.endswith(" ") else text.find(" ", last + 1))
            place = group, start if opens else -left
            known = longest.get(place)
            if known is None or end > known[3]:
                longest[place] = group, key.strip(), start, end
    return sorted(longest.values(), key=lambda hit: (hit[2], hit[0]))


def _path() -> Path:
    return Path(__file__).with_name("phrases") / "calls.toml"


@cache
def _terms() -> Automaton[tuple[tuple[str, str], ...]]:
    """All terms by the form in which they stand in a sentence: words between single spaces."""
    keys: dict[str, list[tuple[str, str]]] = {}
    for terms in tomllib.loads(_path().read_text(encoding="utf-8")).values():
        if not isinstance(terms, dict):
            continue
        for group, listed in terms.items():
            for term in re.split(r"[,\n]", listed):
                key = _key(term.strip().lower())
                if key and (group, key) not in keys.setdefault(key, []):
                    keys[key].append((group, key))
    return Automaton({key: tuple(groups) for key, groups in keys.items()})


def _key(term: str) -> str:
    words = " ".join(_TOKENS.findall(term.removesuffix("*")))
    if not words or _UNSPACED.search(words):
        return words
    return f" {words}" if term.endswith("*") else f" {words} "
