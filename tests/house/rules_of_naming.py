"""Names say what a thing is in the words of billing, and everything public says what it gives."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import LAYERS, Function, Source

__all__ = ["INFRASTRUCTURE", "RULES"]

FORBIDDEN_WORDS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

FEATURES = {
    "accounts",
    "alerts",
    "analytics",
    "api_keys",
    "balances",
    "catalog",
    "checkout",
    "clocks",
    "cloning",
    "coupons",
    "credit_grants",
    "credit_notes",
    "customers",
    "disputes",
    "entitlements",
    "events",
    "exports",
    "invoice_drafts",
    "invoice_verbs",
    "invoice_items",
    "invoice_payments",
    "invoices",
    "mail",
    "payment_links",
    "payment_methods",
    "payments",
    "payouts",
    "portal",
    "previews",
    "pricing",
    "price_migrations",
    "quotes",
    "refunds",
    "schedules",
    "settings",
    "subscriptions",
    "tax",
    "transfers",
    "usage",
    "webhooks",
}
# Rooms of a layer's own that belong to no single feature.
INFRASTRUCTURE = {
    "models": {"agenda", "base", "idempotency"},
    "services": {
        "agenda",
        "aggregates",
        "availability",
        "answers",
        "base",
        "blocks",
        "due",
        "events",
        "expected_money",
        "handlers",
        "idempotency",
        "known_tax_rates",
        "pages",
        "reactions",
        "related",
        "rows",
        "scope",
        "snapshots",
        "transactions",
    },
    "schema": {"base", "connections", "errors", "inputs", "papers", "payloads", "refs", "relations", "scalars"},
    "resolvers": {"context", "loaders", "mutations", "nodes", "queries", "reading", "tuning"},
}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def modules_have_speaking_names(source: Source) -> Iterator[str]:
    """No module or folder is called utils, helpers, common or manager."""
    for part in Path(source.path).with_suffix("").parts:
        for word in sorted(_words(part) & FORBIDDEN_WORDS):
            yield source.offence(source.tree, f"is called {part}: {word} says nothing. Name what is in it.")


def definitions_have_speaking_names(source: Source) -> Iterator[str]:
    """No class or function is called a helper, a manager or a utility."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | Function):
            for word in sorted(_words(node.name) & (FORBIDDEN_WORDS - {"common"})):
                yield source.offence(node, f"{node.name} is a {word}: name what it does.")


def _is_overload(function: ast.AST) -> bool:
    decorators = function.decorator_list if isinstance(function, Function) else []
    return any(isinstance(each, ast.Name) and each.id == "overload" for each in decorators)


def _undocumented(node: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | Function]:
    for member in node.body:
        if not isinstance(member, ast.ClassDef | Function) or member.name.startswith("_") or member.name == "Meta":
            continue
        if ast.get_docstring(member) is None and not _is_overload(member):
            yield member
        if isinstance(member, ast.ClassDef):
            yield from _undocumented(member)


def public_things_are_documented(source: Source) -> Iterator[str]:
    """Every module has a docstring, and every public class and function outside the tests."""
    if source.text.strip() and ast.get_docstring(source.tree) is None:
        yield source.offence(source.tree, "has no docstring: say what the module is for.")
    if source.layer in LAYERS:
        for node in _undocumented(source.tree):
            yield source.offence(node, f"{node.name} has no docstring: say what it gives.")


def feature_stems_are_known(source: Source) -> Iterator[str]:
    """A file of a layer is called after a feature, so that a reader finds the feature in every layer."""
    parts = Path(source.path).parts
    if source.layer not in INFRASTRUCTURE or len(parts) < 2 or parts[1] == "__init__.py":
        return
    stem = Path(parts[1]).stem
    if stem not in FEATURES | INFRASTRUCTURE[source.layer]:
        yield source.offence(
            source.tree, f"is called {stem}, which is neither a feature nor a known room of the layer."
        )


RULES = (
    modules_have_speaking_names,
    definitions_have_speaking_names,
    public_things_are_documented,
    feature_stems_are_known,
)
