"""The import graph: numeric ← core ← subjects ← check; render beside; cli on top of all."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("numeric", "core", "subjects", "check", "render", "cli")
ALLOWED = {
    "numeric": {"numeric"},
    "core": {"numeric", "core"},
    "subjects": {"numeric", "core", "subjects"},
    "check": {"numeric", "core", "subjects", "check", "render"},
    "render": {"numeric", "core", "render"},
    "cli": set(ROOMS),
}
LATE = {("derivations/core/derivation.py", "render"), ("derivations/subjects/networks/arithmetic.py", "render")}
"""Imports inside a function that reach sideways: a derivation or a table renders itself when asked to."""


def room_of(module: str) -> str | None:
    """The room of a module name, None for what is not ours or is the front door."""
    first, _, rest = module.partition(".")
    if first == "numeric":
        return "numeric"
    return rest.partition(".")[0] or None if first == "derivations" else None


def imports_of(path: Path, root: Path = ROOT) -> list[tuple[str, bool]]:
    """(module, whether it is imported inside a function or for types alone) for every import of a file."""
    tree = ast.parse(path.read_text())
    inside = {
        id(node) for outer in ast.walk(tree) if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) or checks_types(outer)
        for node in ast.walk(outer)
    }  # fmt: skip
    package = ".".join(path.relative_to(root).with_suffix("").parts[:-1])
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join((*above, *([node.module] if node.module else [])))
            found += [(f"{base}.{alias.name}", id(node) in inside) for alias in node.names]
    return found


def checks_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


FILES = sorted((*ROOT.glob("derivations/**/*.py"), *ROOT.glob("numeric/**/*.py")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path):
    name = path.relative_to(ROOT).as_posix()
    own = room_of(name.removesuffix(".py").replace("/", "."))
    if own not in ALLOWED:
        return
    for module, late in imports_of(path):
        room = room_of(module)
        if room in ROOMS and room not in ALLOWED[own]:
            assert late, f"{name} imports {module}"
            assert (name, room) in LATE, f"{name} imports {module}"


def test_every_room_is_known():
    found = {room_of(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in FILES}
    assert found - {None, "__init__", "__main__"} <= set(ROOMS)
    assert len(FILES) > 80


@pytest.mark.parametrize("banned", ["sympify", "parse_expr", "eval", "exec", "parse_latex", "sstr2expr"])
def test_nothing_evaluates_text(banned):
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                assert called != banned, f"{path.relative_to(ROOT)} line {node.lineno}"
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sympy"):
                assert banned not in {alias.name for alias in node.names}, path.relative_to(ROOT)


def test_nothing_forces_a_simplification():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "force":
                assert ast.unparse(node.value) == "False", path.relative_to(ROOT)


def test_importing_the_front_door_does_not_import_the_subjects():
    program = "import sys, derivations; print([m for m in sys.modules if m.startswith('derivations.')])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_the_graph_test_sees_a_forbidden_import(tmp_path):
    (tmp_path / "x.py").write_text("from derivations.cli import main\ndef f():\n    from derivations.check.reader import tree\n")
    assert imports_of(tmp_path / "x.py", tmp_path) == [("derivations.cli.main", False), ("derivations.check.reader.tree", True)]
