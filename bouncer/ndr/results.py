"""Results that stand before the address in a list of recipients: "[FAIL] jane@example.org", or a column of such words.

The form is that of logs and of mailing programs; no document publishes it.
"""

import re

_FAILED = (
    r"fail(?:ed|ure)?|error|bounced?|rejected|refused|undeliver(?:ed|able)|not (?:delivered|sent)"
    r"|fehler|échec|fallo|falha|errore"
)
_SUCCEEDED = (
    r"ok|done|delivered|sent|relayed|accepted|success(?:ful)?|succeeded|zugestellt|remis|entregado|entregue|consegnato"
)
_RESULT = re.compile(
    rf"[ \t>|*-]*+(?P<bracket>[\[(]) ?(?:(?P<failed>{_FAILED})|{_SUCCEEDED}) ?[\])][ \t:-]{{1,8}}"
    rf"|[ \t>|*-]*+(?:(?P<column>{_FAILED})|{_SUCCEEDED})(?:\t| {{2,40}}| ?\| ?)[ \t]*+(?=\S{{1,320}}@)"
    r"|[ \t>|*-]*+(?-i:(?P<capitals>FAIL(?:ED)?|ERROR)|OK)[ \t]++(?=\S{1,320}@)",
    re.IGNORECASE,
)
"""A word in brackets, or in a column of its own: two blanks, a tab or a bar behind it, and an address next; or capitals."""


def split_result(line: str) -> tuple[bool | None, str]:
    """Give (whether a result before an address tells of success; None where none stands there, *line*).

    A result of failure becomes a label, "failed: jane@example.org", which lines with recipients usually have.
    """
    result = _RESULT.match(line)
    if result is None:
        return None, line
    has_failed = bool(result["failed"] or result["column"] or result["capitals"])
    return not has_failed, f"failed: {line[result.end() :]}"
