"""The floors of the house: home below donate below news below site. Read from the source, not from memory."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"home": 0, "donate": 1, "news": 2, "site": 3}
SITE_MODULES = {file.stem for file in (ROOT / "site").glob("*.py")}
LEDGER_MODELS = {"Gift", "RecurringGift", "LedgerEntry"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update"}
LEDGER_WRITERS = {"donate/ledger.py", "donate/ledger"}


def sources(*floors: str) -> list[Path]:
    return [
        file
        for floor in floors
        for file in sorted((ROOT / floor).rglob("*.py"))
        if "migrations" not in file.parts
    ]


def imported(file: Path) -> set[str]:
    """Every module name that a file imports, at the top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
    return names


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("floor", ["home", "donate", "news"])
def test_no_floor_imports_the_one_above_it(floor):
    above = {other for other, level in FLOORS.items() if level > FLOORS[floor]} - {"site"} | SITE_MODULES

    faults = [
        f"{name(file)} imports {module}"
        for file in sources(floor)
        for module in imported(file)
        if module.partition(".")[0] in above
    ]

    assert faults == []


def test_only_the_gateway_and_the_sandbox_know_stripe():
    faults = [
        name(file)
        for file in sources("home", "donate", "news", "site")
        if any(module.partition(".")[0] == "stripe" for module in imported(file))
        and name(file) != "donate/gateway.py"
        and not name(file).startswith(("donate/gateway/", "donate/sandbox/"))
    ]

    assert faults == []


def test_only_the_ledger_writes_the_books():
    faults = [
        f"{name(file)}:{line}"
        for file in sources("home", "donate", "news", "site")
        if not name(file).startswith(tuple(LEDGER_WRITERS))
        for line in writes_to_the_books(ast.parse(file.read_text()))
    ]

    assert faults == []


def writes_to_the_books(tree: ast.AST) -> list[int]:
    """Lines that make a ledger row, or write through a ledger model's manager."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in LEDGER_MODELS:
            lines.append(node.lineno)
        if isinstance(called, ast.Attribute) and called.attr in WRITES | {"update", "delete"}:
            root = called.value
            while isinstance(root, ast.Attribute | ast.Call):
                root = root.value if isinstance(root, ast.Attribute) else root.func
            if isinstance(root, ast.Name) and root.id in LEDGER_MODELS:
                lines.append(node.lineno)
    return lines


def test_the_check_of_the_books_sees_a_write():
    code = "Gift(amount_minor=1)\nGift.objects.filter(pk=1).update(x=1)\nLedgerEntry.objects.create()\nDonor.objects.create()"

    assert writes_to_the_books(ast.parse(code)) == [1, 2, 3]


def test_site_is_no_package():
    assert not (ROOT / "site" / "__init__.py").exists()


def test_nobody_imports_settings_by_name():
    faults = [
        name(file)
        for file in sources("home", "donate", "news")
        if imported(file) & {"settings", "urls", "wsgi"}
    ]

    assert faults == []


def test_no_file_is_longer_than_a_reader_bears():
    faults = [
        f"{name(file)}: {length}"
        for file in sources("home", "donate", "news")
        if (length := len(file.read_text().splitlines())) > 400
    ]

    assert faults == []
