# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Words by which a server says that it goes on trying, composed of classes of words in the languages of notices.

``phrases.LATE`` has the sentences that programs print; these are the free ones: "further attempts will be made until Tuesday",
"the message stays in our queue", "it has not arrived yet".
"""

import re

from bouncer.ndr import phrases

_HINTS = phrases.split_phrases(
    """
    yet | given up | attempt | retr | tries | try again | queue | soon as | versuch | noch nicht | bisher nicht |
    bislang nicht | warteschlange |
    essai | tentativ | pas encore | attente | intento | cola | aún no | todavía no | ancora | coda | ainda | fila |
    poging | nog niet |
    wachtrij | prób | jeszcze | kolej | попыт | очеред | пока | ещё | еще | поки | ще не | försök | ännu | i kö | forsøk |
    forsøg |
    endnu | ennå | i kø | pokus | dosud | zatím | zatiaľ | front | deneme | henüz | kuyruk | vielä | még nem | încă |
    まだ | 待ち | 再度 |
    再送 | 尚未 | 排队 | 排隊 | 重试 | 重試 | 아직 | 다시
    """
)
"""Parts of these words: text without them is searched no further."""
_MORE = (
    r"(?:further|more|new|next|another|other|additional|weitere[rn]?|neue[rn]?|nächste[rn]?|nouve(?:aux?|lles?|l)|autres?"
    r"|prochaine?s?"
    r"|nuev[oa]s?|otr[oa]s?|próxim[oa]s?|altr[ie]|nuov[ieoa]|prossim[oa]|nov[ao]s?|outras?|nieuwe|volgende|następn\w{1,3}"
    r"|kolejn\w{1,3}"
    r"|nowe|следующ\w{2,3}|новы[ех]|дальнейш\w{2,3}|nya|nästa|nye|neste|næste|další|nov[éý]|yeni|sonraki)"
)
_TRY = (
    r"(?:(?:delivery |re)?(?:attempt|tr[yi])(?:s|es|e?s)?|retr(?:y|ies)|(?:zustell)?versuche?n?|essais?|tentatives?|intentos?"
    r"|tentativ[oie]|tentativas?|poging(?:en)?|prób[ay]?|попыт\w{1,3}|försök|forsøk|forsøg|pokus[yů]?|deneme)\b"
)
_STAYS = (
    r"(?:stays?|remains?|kept|held|lies|waits?|waiting|still|bleibt|liegt|wartet|befindet sich|reste|demeure|est|sigue"
    r"|permanece|está"
    r"|continúa|resta|rimane|è|continua|fica|staat|blijft|ligger|står|oczekuje|znajduje się|находится|остаётся|остается"
    r"|ждёт|ждет|čeká|je)"
)
_QUEUE = r"(?:queue|warteschlange|(?:file d')?attente|cola|coda|fila|wachtrij|kolejce|очереди|kön?|køen?|frontě)\b"
_DELIVERED = (
    r"(?:deliver|sent\b|arriv|reach|zugestellt|übermittelt|ausgeliefert|angekommen|remis|livré|distribué|arrivé|entreg|lleg"
    r"|consegn"
    r"|recapit|arrivat|cheg|bezorg|afgelever|verzonden|aangekomen|dostarcz|doręcz|dotar|lever|anlänt|framme|frem|doruč"
    r"|teslim|ulaş"
    r"|toimit|kézbesí|livrat|ajuns|доставл|дошл|配信|配送|届|送达|送達|投递|投遞|전달|배달|전송)"
)
_GOES_ON = re.compile(
    rf"\b{_MORE} (?:delivery |zustell-?)?(?:\w{{1,12}} )?{_TRY}"
    rf"|\b{_STAYS} (?:\w{{1,12}} ){{0,2}}?(?:in|on|en|na|ve|v|w|i|в)(?: (?:the|our|its|a|der|unserer|la|notre|nuestra|nostra"
    rf"|nossa|de|het"
    rf"|onze))?(?: (?:mail|retry|delivery|outgoing))? {_QUEUE}(?! too long| for more| since| (?:for )?(?:over|too))"
    rf"|\bkuyrukta\b"
    r"|\b(?:will|shall|'ll|we) (?:be )?(?:re-?)?(?:try|tried|attempt(?:ed)?|retried)(?: (?:it|this|delivery"
    r"|to deliver))? again\b"
    r"|\bwill be (?:delivered|sent) (?:as soon as|when|once)\b"
    r"|\b(?:not yet|noch nicht|bis(?:her|lang) nicht|pas encore|(?:aún|todavía) no|non (?:è |sono )?(?:stat[oa] )?ancora"
    r"|ainda não|nog niet"
    r"|jeszcze nie|nie (?:została|zostało|był[ao]?) jeszcze|ännu inte|endnu ikke|ennå ikke|(?:dosud|zatím|zatiaľ) ne|henüz"
    r"|ei ole vielä"
    rf"|vielä ei|még nem|încă nu|(?:пока|ещё|еще|поки|ще) не)[^.:;]{{0,40}}?{_DELIVERED}|(?:まだ|尚未"
    rf"|아직)[^.:;\u3002]{{0,40}}?{_DELIVERED}"
    r"|\b(?:not|n't) (?:be |been )?(?:delivered|sent|arrived|reached)[^.:;]{0,20} yet\b"
    r"|送信待ち|配送待ち|排队|排隊|(?:後に|后|後|将|將|후)[^.:;\u3002]{0,12}(?:重试|重試|再试|再度|再送|다시)"
)
_NOT = re.compile(
    r"\b(?:no|not|never|without|kein\w*|nicht|ohne|pas|plus|aucune?|sans|sin|ning[uú]n\w?|non|nessun\w?|senza|não|nenhum\w?"
    r"|sem|geen|niet"
    r"|zonder|nie|żadn\w+|bez|не|без|inte|inga|utan|ikke|ingen|uden|uten|žádn\w+|nebud\w+|after|nach|après|tras|dopo|após"
    r"|na|po|после"
    r"|despite|trotz|malgré)\b[^.:;,]{0,12}$"
    r"|\b(?:you|please|bitte|vous|veuillez|usted|por favor|per favore)\b[^.:;,]{0,30}$"
)
_IN_VAIN = re.compile(
    r"[^.:;]{0,30}\b(?:not|no|n't|failed|unsuccessful|in vain|nicht|erfolglos|échoué|fallaron|falliti|falharam|mislukt|не"
    r"|nie|inte|ikke)\b"
)
"""Words before or behind by which nobody goes on: "no further attempts", "further attempts will not be made"."""
_AROUND = 80
"""Characters before the words that are searched for one of ``_NOT``."""
_MOST = 20
"""Places that are looked at; a notice says it once or twice."""
_GO_ON = re.compile(r"\bnot (?:yet )?given up\b")
"""The contrary of "given up", which is one of ``phrases.GAVE_UP``."""


def has_given_up(words: str) -> bool:
    """Whether normalized *words* (``phrases.normalize``) say that the server stopped trying."""
    return phrases.contains_any(phrases.GAVE_UP, words) and phrases.contains_any(phrases.GAVE_UP, _GO_ON.sub("", words))


def is_late(words: str) -> bool:
    """Whether normalized *words* say that the server goes on trying, or that the mail did not arrive yet."""
    if phrases.contains_any(phrases.LATE, words):
        return True
    return phrases.contains_any(_HINTS, words) and (_says_freely(words) or _GO_ON.search(words) is not None)


def _says_freely(words: str) -> bool:
    for place, _ in zip(_GOES_ON.finditer(words), range(_MOST), strict=False):
        before = words[max(0, place.start() - _AROUND) : place.start()]
        if not _NOT.search(before) and not _IN_VAIN.match(words, place.end()):
            return True
    return False
