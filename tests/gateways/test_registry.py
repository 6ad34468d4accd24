"""Each mode has its gateway, and live mode without one says so."""

import pytest

from domain.errors import DomainError, ErrorCode
from gateways.registry import Gateways
from gateways.sandbox import SandboxGateway


def test_test_mode_is_the_sandbox() -> None:
    assert isinstance(Gateways.standard().for_mode(livemode=False), SandboxGateway)


def test_live_mode_without_a_gateway_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        Gateways.standard().for_mode(livemode=True)

    (problem,) = refusal.value.problems
    assert problem.code is ErrorCode.GATEWAY_NOT_CONFIGURED
    assert "live mode" in problem.message


def test_live_mode_uses_the_configured_gateway() -> None:
    configured = SandboxGateway()

    assert Gateways.standard(live=configured).for_mode(livemode=True) is configured
