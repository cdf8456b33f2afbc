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
    r"[\s:：<(\[\"'«„“‘「]{0,4}(?:mailto:)?$",
    re.IGNORECASE,
)


def is_of_other(before: str) -> bool:
    """Whether the words *before* an address tell that it is somebody else's than the failed recipient's."""
    return _INTRODUCES.search(before) is not None
