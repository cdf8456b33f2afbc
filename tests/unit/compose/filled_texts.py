"""The texts of the checks, as the catalogues have them: read from the source, so that none is forgotten."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import bouncer

ROOT = Path(bouncer.__file__).parent
CHECKS = [*sorted((ROOT / "doctor").glob("*.py")), ROOT / "pages/check_runner.py"]
SPEAKING = frozenset({"fill", "ok", "warn", "fail", "Finding", "DnsRecord"})
"""Functions whose arguments are texts."""
UNSAID = frozenset(
    {
        "<IPv4 address of this host>", "<IPv6 address of this host>", "<that address, reversed>", "v=spf1 a -all", "v=spf1 mx -all",
        "v=DMARC1; p=none", "\n; the DNS records to publish", "SHOW server_version", "PRAGMA quick_check(1)",
        "SELECT has_schema_privilege('public', 'CREATE')", r"; daemon ([0-9a-f]{4,64})\s*$", "nothing came", "{}. IN {} {}",
        "the checks of the page Setup broke off",
    }
)  # fmt: skip
"""Texts that a program reads, and places in a line for the DNS."""
SENTENCE = re.compile(r"[a-z]{2,}[,;:]? [a-z({]", re.IGNORECASE)
"""Two words side by side."""


def texts() -> frozenset[str]:
    """Give every sentence of the checks, and whatever a module fills in or makes a result of."""
    return frozenset(text for module in sorted(ROOT.rglob("*.py")) for text in _texts(module))


def unfilled() -> Iterator[str]:
    """Give the formatted sentences of the checks: their words would be English in every language."""
    for module in CHECKS:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.JoinedStr):
                words = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                if SENTENCE.search(words) and words not in UNSAID:
                    yield f"{module.name}: {words}"


def _texts(module: Path) -> Iterator[str]:
    source = module.read_text()
    if module not in CHECKS and "fill(" not in source:
        return  # nothing below looks at it, and to parse all modules takes two seconds
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKING:
            if module in CHECKS or node.func.id == "fill":
                yield from filter(_is_said, map(_constant, node.args))
        elif (
            module in CHECKS
            and isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "").lower().strip("_") == "about"
        ):
            yield from filter(_is_said, [_constant(node.value)])
    if module in CHECKS:
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in documentation and SENTENCE.search(_constant(node)):
                yield from filter(_is_said, [_constant(node)])


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_said(text: str) -> bool:
    return bool(re.search(r"[a-z]{2}", text)) and text not in UNSAID
