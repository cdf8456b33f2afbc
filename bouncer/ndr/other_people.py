# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Words before an address that a notice names besides the failed one: a successor, a new address, somebody who helps."""

import re

_INTRODUCES = re.compile(
    r"(?:\b(?:(?<!in )use|new (?:e-?mail )?address(?: is)?|write to|ask"
    r"|(?<!tried to )(?<!trying to )(?<!wanted to )contact|forward this (?:report|notice|error)[a-z ]{0,20} to"
    r"|successors?(?: is)?|replaced by|moved to|copy to|did you mean|please try"
    r"|neue (?:e-?mail-?)?adresse(?: ist| lautet)?|(?:nutzen|verwenden|benutzen) sie(?: bitte)?|schreiben sie(?: bitte)? an"
    r"|nachfolger(?:in)?(?: ist)?|kopie an|écri(?:re|vez)(?: plutôt)? à|utilise[zr]|nouvelle adresse(?: est)?|copie à"
    r"|utilice|escrib(?:an?|ir) a|nueva dirección(?: es)?|copia a|novo endereço(?: é)?|utilize|escreva para|cópia para"
    r"|nuovo indirizzo(?: è)?|scriv(?:a|ere|ete) a|utilizz\w{1,4}|nieuwe? adres(?: is)?|gebruik|schrijf naar"
    r"|ny(?:a|tt)? adresse?(?: är| er)?|nowy adres(?: to)?|pisz\w{0,3} (?:do|na)|nová adresa(?: je)?"
    r"|új cím\w{0,2}|yeni adres\w{0,2}"
    r"|новый адрес|пишите на|новая почта|нова адреса)"
    r"|新しい(?:メール)?アドレスは|新(?:邮箱|地址|郵箱)|새 주소는?)"
    r"[\s:：<(\[\"'«„“‘「]{0,4}(?:mailto:)?$"
)
"""Words in lower case: an expression for both cases takes three times as long, and thousands of addresses are looked at."""
_LARGE_DOTTED_I = "i\N{COMBINING DOT ABOVE}"
"""A large Turkish i (U+0130) in lower case, as Python writes it; in words it is an i."""

_LINE_END = 60
"""Characters at a line's end that are searched for such words."""


def words_before(text: str, end: int, most: int) -> str:
    """Give the words of *text* before an address that begins at *end*, in lower case: the last *most* characters.

    They begin at the sign of the address before: what introduces that one tells nothing of this one, and whoever writes thousands
    of addresses close together has none of these words looked at twice.
    """
    begin = max(0, end - most)
    return text[max(begin, text.rfind("@", begin, end)) : end].lower().replace(_LARGE_DOTTED_I, "i")


def is_of_other(before: str) -> bool:
    """Whether the words *before* an address (``words_before``) tell that it is somebody else's than the failed recipient's."""
    return _INTRODUCES.search(before) is not None


def introduces_below(line: str) -> bool:
    """Whether *line* ends with words that introduce such an address, which was wrapped to the next line."""
    return bool(line) and _INTRODUCES.search(line[-_LINE_END:].lower().replace(_LARGE_DOTTED_I, "i")) is not None
