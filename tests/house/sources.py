"""The project's own Python files, parsed once, and the shape of a rule over them."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

__all__ = ["LAYERS", "ROOT", "Function", "Rule", "Source", "functions_of", "python_sources", "source_of"]

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("domain", "gateways", "models", "services", "documents", "schema", "resolvers", "prorata")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def layer(self) -> str:
        """First folder of the path."""
        return self.path.partition("/")[0]

    @property
    def stem(self) -> str:
        """Name of the file without its ending; of a package, the name of its folder."""
        path = Path(self.path)
        return path.parent.name if path.name == "__init__.py" else path.stem

    @property
    def room(self) -> str:
        """Name of the module or the folder that it belongs to within its layer."""
        return Path(Path(self.path).parts[1]).stem

    def offence(self, node: ast.AST, message: str) -> str:
        """A message with the place it speaks of."""
        return f"{self.path}:{getattr(node, 'lineno', 1)} {message}"


# A rule gives one message per offence that it finds in a file.
Rule = Callable[[Source], Iterator[str]]


def source_of(path: str, text: str) -> Source:
    """A made-up file, for the tests of the rules themselves."""
    return Source(path=path, text=text)


@cache
def python_sources() -> tuple[Source, ...]:
    """Every Python file of the layers, the tests and the benchmarks; generated migrations are left out."""
    found = []
    for folder in (*LAYERS, "tests", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            relative = path.relative_to(ROOT).as_posix()
            if not relative.startswith(("models/migrations/", "prorata/_bundled/")):
                found.append(Source(path=relative, text=path.read_text(encoding="utf-8")))
    return tuple(found)


def functions_of(tree: ast.AST) -> Iterator[Function]:
    """Every function and method below a node, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node
