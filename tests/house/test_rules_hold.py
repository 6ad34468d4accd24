"""The project keeps its own rules."""

import pytest

from tests.house import rules_of_code, rules_of_naming, rules_of_size
from tests.house.sources import Rule, python_sources

RULES = (*rules_of_size.RULES, *rules_of_naming.RULES, *rules_of_code.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_file_breaks_the_rule(rule: Rule) -> None:
    offences = [offence for source in python_sources() for offence in rule(source)]
    assert not offences, "\n" + "\n".join(offences)
