"""Whether JSON is what the official `stripe` package declares: its type hints, walked through to the leaves."""

import sys
import types
import typing
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal, Union

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject

_LIST_KEYS = {"object", "data", "has_more", "url"}


class _Names(dict[str, Any]):
    """Names that stripe's annotations use without importing them at run time."""

    def __missing__(self, name: str) -> Any:
        """The class of this name at the top of the package."""
        try:
            return getattr(stripe, name)
        except AttributeError:
            raise KeyError(name) from None


_NAMES = _Names(
    CardResource=stripe.Card,
    DiscountResource=stripe.Discount,
    DisputeResource=stripe.Dispute,
    IssuingDisputeResource=stripe.issuing.Dispute,
    Authorization=stripe.issuing.Authorization,
    Transaction=stripe.issuing.Transaction,
    RefundResource=stripe.Refund,
    FeedbackOption=stripe.billing.FeedbackOption,
    Alert=stripe.billing.Alert,
    Meter=stripe.billing.Meter,
    CreditBalanceTransaction=stripe.billing.CreditBalanceTransaction,
    CreditGrant=stripe.billing.CreditGrant,
    ActiveEntitlement=stripe.entitlements.ActiveEntitlement,
    Feature=stripe.entitlements.Feature,
    TestClock=stripe.test_helpers.TestClock,
)


def declared(cls: type[StripeObject]) -> dict[str, Any]:
    """The fields that a class of the package declares, with their types."""
    hints = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]), _NAMES)
    own = {name for base in cls.__mro__ if issubclass(base, StripeObject) for name in base.__annotations__}
    return {
        name: hint
        for name, hint in hints.items()
        if name in own and not name.startswith("_") and typing.get_origin(hint) is not ClassVar
    }


def mismatches(value: Any, hint: Any, path: str, extras: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a JSON value of the declared type, a line per field; `extras` are paths allowed beyond it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {Union, types.UnionType}:
        return _union(value, arguments, path, extras)
    if hint is Any:
        return []
    if origin is Literal:
        return [] if value in arguments else [f"{path}: {value!r} is none of {arguments[:6]}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: {value!r} is no list"]
        return [wrong for each in value for wrong in mismatches(each, arguments[0], f"{path}[]", extras)]
    if origin is ListObject:
        return _list_object(value, arguments[0], path, extras)
    cls = origin or hint
    if cls is UntypedStripeObject:
        return [] if isinstance(value, dict) else [f"{path}: {value!r} is no object"]
    if isinstance(cls, type) and issubclass(cls, StripeObject):
        return _object(value, cls, path, extras)
    return _plain(value, hint, path)


def _plain(value: Any, hint: Any, path: str) -> list[str]:
    """A number, a text or a truth value; decimals travel as text."""
    if hint is Decimal:
        try:
            right = isinstance(value, str) and Decimal(value).is_finite()
        except InvalidOperation:
            right = False
    elif hint in {int, bool, type(None)}:
        right = type(value) is hint
    else:
        assert hint in {str, float}, f"{path}: the package declares {hint!r}, which this test does not know"
        right = isinstance(value, hint)
    return [] if right else [f"{path}: {value!r} is no {hint.__name__}"]


def _union(value: Any, members: tuple[Any, ...], path: str, extras: frozenset[str]) -> list[str]:
    """One of several types. Beside a list of known words, `str` only stands for words of the future: not for ours."""
    words = any(typing.get_origin(member) is Literal for member in members)
    found: list[list[str]] = [
        mismatches(value, member, path, extras) for member in members if not (words and member is str)
    ]
    if not all(found):
        return []
    # The complaint worth reading is that of the object, not "no str".
    return max(found, key=lambda each: sum("." in wrong.removeprefix(path) for wrong in each))


def _list_object(value: Any, member: Any, path: str, extras: frozenset[str]) -> list[str]:
    """A list that could be paged through."""
    if not isinstance(value, dict) or not value.keys() >= _LIST_KEYS or value["object"] != "list":
        return [f"{path}: {value!r} is no list object"]
    wrong = [f"{path}.{name}: not a field of lists" for name in value.keys() - _LIST_KEYS - {"total_count"}]
    wrong += _plain(value["has_more"], bool, f"{path}.has_more") + _plain(value["url"], str, f"{path}.url")
    return wrong + mismatches(value["data"], list[member], f"{path}.data", extras)


def _object(value: Any, cls: type[StripeObject], path: str, extras: frozenset[str]) -> list[str]:
    """An object: nothing undeclared, nothing required absent, every field of its type."""
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {cls.__qualname__}"]
    fields = declared(cls)
    wrong = [
        f"{path}.{name}: not declared by {cls.__qualname__}"
        for name in value.keys() - fields.keys()
        if f"{path}.{name}" not in extras
    ]
    for name, hint in fields.items():
        if name in value:
            wrong += mismatches(value[name], hint, f"{path}.{name}", extras)
        elif type(None) not in typing.get_args(hint):
            wrong.append(f"{path}.{name}: required by {cls.__qualname__}, and absent")
    return wrong
