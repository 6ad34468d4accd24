"""Payloads of mutations: the result under its noun, null when refused, and everything that was wrong.

    CustomerCreatePayload = payload("customerCreate", customer=(CustomerRef, "The new customer."))

The first field is the noun. A service that answers with a row fills it; one that answers with a frozen dataclass
(`services.answers.answer`) fills every field by its name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_origin

import strawberry

from domain.errors import ErrorCode, ErrorType, Problem
from schema.base import DIRECT, KINDS_BY_MODEL, wrapped
from schema.errors import UserError
from services.base import Settled


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as it is told, with the payment intent that it is about."""

    type: ErrorType
    code: ErrorCode
    message: str
    param: tuple[str, ...]
    decline_code: str | None
    payment_intent_id: str | None = None

    @classmethod
    def of(cls, problem: Problem, payment_intent_id: str | None = None) -> "Told":
        """The problem, and where a card said no the intent that was to be paid."""
        told = (problem.type, problem.code, problem.message, problem.param, problem.decline_code)
        return cls(*told, payment_intent_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a payload shows: the answer of a service, what was wrong, or (a decline) both."""

    answer: Any
    user_errors: list[UserError]

    @classmethod
    def of(cls, answer: Any) -> "Outcome":
        """The outcome of a verb that went through."""
        if not isinstance(answer, Settled):
            return cls(answer, [])
        told = [Told.of(answer.problem, answer.payment_intent_id)] if answer.problem else []
        return cls(answer.value, [UserError.of(each) for each in told])

    @classmethod
    def refused(cls, problems: Sequence[Problem]) -> "Outcome":
        """The outcome of a verb that changed nothing."""
        return cls(None, [UserError.of(Told.of(problem)) for problem in problems])


def payload(mutation: str, **fields: Any) -> type:
    """The payload type of a mutation, by its GraphQL name. Fields are a type, or a type and a description."""
    annotations: dict[str, Any] = {}
    members: dict[str, Any] = {"__module__": __name__, "__doc__": f"What `{mutation}` answers."}
    for position, (name, declared) in enumerate(fields.items()):
        annotation, description = declared if isinstance(declared, tuple) else (declared, _description(name))
        several = _is_list(annotation)
        annotations[name] = annotation if several else annotation | None
        resolve = _shown(name, is_noun=position == 0, nothing=[] if several else None)
        members[name] = strawberry.field(description=description, metadata={DIRECT: resolve})
    annotations["user_errors"] = list[UserError]
    members["user_errors"] = strawberry.field(
        description="What was wrong; empty when all went through. A declined payment stands here beside the object."
    )
    members["__annotations__"] = annotations
    made = type(mutation[0].upper() + mutation[1:] + "Payload", (), members)
    return strawberry.type(made, description=members["__doc__"])


def _is_list(annotation: object) -> bool:
    origin: object = get_origin(annotation)
    return origin is list


def _shown(name: str, *, is_noun: bool, nothing: Any) -> Callable[[Outcome, Any], Any]:
    def resolve(source: Outcome, _info: Any) -> Any:
        answer = source.answer
        if answer is None:
            return nothing
        if type(answer) in KINDS_BY_MODEL:
            return wrapped(answer) if is_noun else nothing
        return wrapped(getattr(answer, name, nothing))

    return resolve


def _description(name: str) -> str:
    return f"The {name.replace('_', ' ')}; null when the input was refused."
