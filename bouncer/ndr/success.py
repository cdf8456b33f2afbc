"""Sentences that say that a message arrived, in the languages of notices."""

import re

from bouncer.ndr import phrases

_HAS_IT = re.compile(
    r"\bdelivered\b|\bsucceeded\b|\b(?:got|received|has|have) (?:it\b|(?:your|the|this) (?:message|mail|e-?mail|letter)\b)"
    r"|\bbeen reached\b"
    r"|\b(?:message|mail|e-?mail|letter|it) (?:(?:has |was )?(?:reached|relayed)"
    r"|(?:has been|was|were) (?:accepted|sent|handed|passed))\b"
    r"|\bsuccessfully (?:sent|handed|passed)\b|\bpassed your (?:message|mail) on\b"
    r"|\berreicht\b|\bzugestellt\b|\berhalten\b|\bangenommen\b|\bremise?s?\b|\bdistribuée?\b|\breçu\b|\bentregado\b"
    r"|\bse entreg[óo]\b|\brecibi(?:do|ó)\b"
    r"|\bconsegnat[oa]\b|\brecapitat[oa]\b|\bricevuto\b|\bentregue\b|\brecebeu\b|\bbezorgd\b|\bafgeleverd\b|\bontvangen\b"
    r"|\bleverera(?:t|des|ts)\b|\blevere?t\b|\bmottagit\b|\bmodtaget\b|\bdostarczon[aoy]\b|\botrzymał\b|\bdoručen[ao]?\b"
    r"|доставлен|получил|teslim edildi|配信されました|受け取りました|送达|送達|已收到|배달되었습니다|전달되었습니다",
    re.IGNORECASE,
)
_BEGINNINGS = phrases.split_phrases(
    """
    succeeded | have the message
    | got your | got the | got this | got it | received your | received the | received this | received it | has it | have it
    | has your | has the | have your | has this | have this | reached | relayed | been accepted | was accepted | were accepted
    | been sent | was sent | were sent | handed | passed | successfully | erreicht | zugestellt | erhalten | angenommen | remis
    | distribu | reçu | entregad | se entreg | recibi | consegnat | recapitat | ricevuto | entregue | recebeu | bezorgd | afgeleverd
    | ontvangen | leverera | levere | levert | mottagit | modtaget | dostarczon | otrzymał | doručen | доставлен | получил
    | teslim edildi | 配信されました | 受け取りました | 送达 | 送達 | 已收到 | 배달되었습니다 | 전달되었습니다
    """
)
"""Parts of the words of success."""
_NOT_SO = re.compile(
    r"\b(?:not|no|never|cannot|nobody|none|nor|un\w*able|nicht|kein\w*|nie|ne|pas|jamais|n'\w+|non|não|nao|nunca|niet|geen|inte|ikke"
    r"|ej|ei|nem|nu|не|нет|değil)\b|n't\b|ません|ない|未|没|沒|不|않|못"
    r"|\b(?:will|would|shall|should|can|could|may|might|must|if|when|whenever|once|until|unless|before|after|to be|try|tries|trying"
    r"|wird|werden|kann|könnte|wenn|falls|sobald|bis|sera|sont|pourra|peut|si|quand|será|puede|cuando|sarà|può|quando|se|pode"
    r"|wordt|zal|kan|als|zodra|skall?|kommer|vil|hvis|om|gdy|jeśli|będzie|если|когда|будет)\b",
    re.IGNORECASE,
)
"""A negation, a condition, or what is to come: no word of success counts beside them."""


def may_be_told(flat: str) -> bool:
    """Whether normalized text (``phrases.normalize``) may have a word of success: a quick look before clauses are searched."""
    plain = f" {flat}".replace("be delivered", "").replace("not delivered", "")
    return " delivered" in plain or phrases.contains_any(_BEGINNINGS, plain)


def is_told(words: str) -> bool:
    """Whether *words*, a sentence or a heading, say that a message arrived, and of no failure, delay or condition."""
    normalized = phrases.normalize(words)
    if not may_be_told(normalized) or not _HAS_IT.search(words) or _NOT_SO.search(words):
        return False
    return not phrases.contains_any(phrases.FAILED_OR_LATE, normalized)
