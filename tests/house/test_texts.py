"""Committed files hold no unfinished work and name no machine, and the rules that say so find their offenders."""

import pytest

from tests.house.rules_of_text import RULES, TextRule, committed_files, no_machine_is_named, nothing_is_left_for_later

OFFENDERS = [
    (nothing_is_left_for_later, "x = 1  # TODO: more"),
    (nothing_is_left_for_later, "<!-- FIXME -->"),
    (no_machine_is_named, "cd /root/prorata"),
    (no_machine_is_named, 'open("/home/ada/key")'),
    (no_machine_is_named, "https://pypi.org/simple"),
    (no_machine_is_named, "--extra-index-url x"),
]
INNOCENTS = [
    (nothing_is_left_for_later, "A todo list; mastodon"),
    (no_machine_is_named, "see https://example.com/home/page, and docs/work/x"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_committed_file_breaks_the_rule(rule: TextRule) -> None:
    offences = [offence for path, text in committed_files() for offence in rule(path, text)]
    assert not offences, "\n" + "\n".join(offences)


@pytest.mark.parametrize(("rule", "text"), OFFENDERS)
def test_offender_is_found(rule: TextRule, text: str) -> None:
    assert [offence.startswith("notes.md:1 ") for offence in rule("notes.md", text)] == [True]


@pytest.mark.parametrize(("rule", "text"), INNOCENTS)
def test_innocent_is_left_alone(rule: TextRule, text: str) -> None:
    assert list(rule("notes.md", text)) == []


def test_committed_files_are_found() -> None:
    assert {"pyproject.toml", "Makefile", "requirements.lock"} <= {path for path, _ in committed_files()}
