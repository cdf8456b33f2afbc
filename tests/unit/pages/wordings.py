"""The texts that modules can make, read from their source."""

import ast
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path


def wordings(node: ast.expr) -> list[str]:
    """Give the texts that an expression can make, with {} for what differs."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in values)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [a + b for a, b in product(wordings(left), wordings(right))]
        case ast.IfExp(body=body, orelse=orelse):
            return wordings(body) + wordings(orelse)
    return ["{}"]


def texts_of(modules: Iterable[Path]) -> Iterator[str]:
    """Give every text in the source of *modules*; two places side by side are one."""
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
                yield from (text.replace("{}{}", "{}") for text in wordings(node))
