"""Every rule finds its offender, and lets the innocent neighbour be."""

from pathlib import Path

import pytest

from tests.house import rules_of_code as code
from tests.house import rules_of_naming as naming
from tests.house import rules_of_size as size
from tests.house.sources import Rule, source_of
from tests.house.test_rules_hold import RULES


def _function(lines: int, name: str = "settle") -> str:
    return f"def {name}():\n" + "    step()\n" * (lines - 1)


def _service(methods: int) -> str:
    return (
        "class Refunds:\n"
        + "".join(f"    def verb_{n}(self): ...\n" for n in range(methods))
        + "    def _own(self): ...\n"
    )


OFFENDERS = [
    (size.modules_are_short, "domain/money.py", "x = 1\n" * 401),
    (size.functions_are_short, "domain/money.py", _function(51)),
    (size.functions_are_short, "tests/domain/test_money.py", _function(41, "test_money")),
    (size.services_are_narrow, "services/refunds.py", _service(16)),
    (size.resolvers_are_thin, "resolvers/refunds.py", _function(10)),
    (size.resolvers_are_thin, "resolvers/refunds.py", "def refund():\n    if a:\n" + "        step()\n" * 8),
    (naming.modules_have_speaking_names, "domain/money_utils.py", ""),
    (naming.modules_have_speaking_names, "services/common/__init__.py", ""),
    (naming.definitions_have_speaking_names, "services/refunds.py", "class RefundManager: ..."),
    (naming.definitions_have_speaking_names, "services/refunds.py", "def date_helper(): ..."),
    (naming.public_things_are_documented, "domain/money.py", "x = 1"),
    (naming.public_things_are_documented, "domain/money.py", '"""Money."""\ndef total(): ...'),
    (naming.public_things_are_documented, "domain/money.py", '"""M."""\nclass A:\n  """A."""\n  def b(self): ...'),
    (naming.feature_stems_are_known, "services/renewals.py", ""),
    (naming.feature_stems_are_known, "models/things/__init__.py", ""),
    (code.imports_stand_at_the_top, "services/refunds.py", "def f():\n    import models"),
    (code.imports_stand_at_the_top, "tests/test_x.py", "async def f():\n    if x:\n        from models import base"),
    (code.domain_stands_on_little, "domain/money.py", "import tortoise.models"),
    (code.domain_stands_on_little, "domain/money.py", "from models.base import Row"),
    (code.money_is_exact, "domain/money.py", "share = 0.5"),
    (code.money_is_exact, "services/tax.py", "def f(rate: float): ..."),
    (code.money_is_exact, "domain/money.py", "round(x)"),
    (code.only_the_clock_reads_the_time, "services/due.py", "import time\ntime.time()"),
    (code.only_the_clock_reads_the_time, "prorata/worker.py", "from time import monotonic"),
    (code.only_the_clock_reads_the_time, "domain/periods.py", "datetime.datetime.now(UTC)"),
    (code.only_the_clock_reads_the_time, "models/base.py", "f = DatetimeField(auto_now=True)"),
]

INNOCENTS = [
    (size.modules_are_short, "domain/money.py", "x = 1\n" * 400),
    (size.functions_are_short, "domain/money.py", _function(50)),
    (size.functions_are_short, "tests/domain/test_money.py", _function(40, "test_money")),
    (size.services_are_narrow, "services/refunds.py", _service(15)),
    (size.services_are_narrow, "gateways/refunds.py", _service(16)),
    (size.resolvers_are_thin, "resolvers/refunds.py", 'def refund():\n    """Gives it."""\n' + "    step()\n" * 8),
    (naming.modules_have_speaking_names, "domain/commonwealth.py", ""),
    (naming.definitions_have_speaking_names, "services/refunds.py", "def managed(): ..."),
    (naming.public_things_are_documented, "domain/money.py", '"""Money."""\ndef _total(): ...'),
    (naming.public_things_are_documented, "models/refunds.py", '"""M."""\nclass A:\n  """A."""\n  class Meta: ...'),
    (naming.public_things_are_documented, "tests/test_x.py", '"""X."""\ndef test_x(): ...'),
    (naming.feature_stems_are_known, "services/subscriptions/renewals.py", ""),
    (code.imports_stand_at_the_top, "services/refunds.py", "import models"),
    (code.domain_stands_on_little, "domain/money.py", "from decimal import Decimal\nfrom babel import Locale"),
    (code.money_is_exact, "domain/money.py", "money.round(x)"),
    (code.money_is_exact, "gateways/sandbox.py", "delay = 0.5"),
    (code.only_the_clock_reads_the_time, "prorata/clock.py", "import time\ntime.time()"),
    (code.only_the_clock_reads_the_time, "services/due.py", "clock.now()\nasyncio.sleep(1)"),
]


def _name(value: object) -> str | None:
    return getattr(value, "__name__", None) or (Path(value).stem if isinstance(value, str) and "/" in value else "")


@pytest.mark.parametrize(("rule", "path", "text"), OFFENDERS, ids=_name)
def test_offender_is_found(rule: Rule, path: str, text: str) -> None:
    assert [offence.startswith(f"{path}:") for offence in rule(source_of(path, text))] == [True]


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENTS, ids=_name)
def test_innocent_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert list(rule(source_of(path, text))) == []


def test_every_rule_has_an_offender() -> None:
    assert {rule for rule, _, _ in OFFENDERS} == set(RULES)
