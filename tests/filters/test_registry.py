"""The registry of rules: ids stay what they are, every rule says what it does, every profile can be loaded."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from filters import ProfileError, load_profile
from filters.profile import profiles
from filters.rule import registry
from filters.verdict import Action, Family, Verdict

IDS = tomllib.loads(Path(__file__).with_name("rule_ids.toml").read_text(encoding="utf-8"))


def test_ids_are_permanent() -> None:
    assert sorted(registry()) == IDS["rules"]
    assert not set(IDS["rules"]) & set(IDS["retired"])


@pytest.mark.parametrize("rule", sorted(registry()))
def test_a_rule_tells_what_it_does_and_what_can_be_set(rule: str) -> None:
    kind = registry()[rule]
    assert kind.id == rule
    assert kind.version >= 1
    assert isinstance(kind.family, Family)
    assert kind.summary().endswith("."), "the docstring has to begin with a sentence"
    assert all(isinstance(f.default, int | float | str | tuple) for f in fields(kind)), (
        "settings need plain defaults"
    )


def test_the_default_profile_runs_every_rule() -> None:
    assert {rule.id for rule in load_profile().rules} == set(registry())


@pytest.mark.parametrize("name", profiles())
def test_profiles_load(name: str) -> None:
    assert load_profile(name).fingerprint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rule.gamblng]\n", "line 1: unknown rule 'gamblng'; did you mean 'gambling'?"),
        (
            "[rule.too_short]\nwodrs = 3\n",
            "line 2: rule 'too_short' has no setting 'wodrs'; its settings: words",
        ),
        (
            "[rule.too_short]\nwords = 'many'\n",
            "line 2: too_short.words is 'many', but has to be int, like 50",
        ),
        ("[rule.too_short]\nwords = true\n", "too_short.words is True, but has to be int"),
        ("threshold = 9\n[rule.hidden]\n", "line 1: threshold is 9, but has to lie between 0 and 5"),
        ("treshold = 1\n[rule.hidden]\n", "line 1: unknown key 'treshold'; valid are: name, threshold, rule"),
        ("name = 'x'\n", "no rules"),
        ("[rule.hidden]\n[rule.curator]\n", "line 2: 'curator' comes first in every profile"),
        ("[rule.hidden\n", "not valid TOML"),
    ],
)
def test_a_wrong_profile_says_what_to_mend(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        load_profile(str(file))
    assert said in str(error.value)
    assert "mine.toml" in str(error.value)


def test_no_profile_can_leave_a_curator_unheard(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[rule.hidden]\n", encoding="utf-8")
    assert [rule.id for rule in load_profile(str(file)).rules] == ["curator", "hidden"]
    assert load_profile().rules[0].id == "curator"


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match=r"'strict'.*default"):
        load_profile("strict")


def test_a_verdict_has_no_truth_value() -> None:
    verdict = Verdict("x", 1, Action.REMOVE, Family.LEXICON, "because")
    with pytest.raises(TypeError, match="look at its action"):
        bool(verdict)
