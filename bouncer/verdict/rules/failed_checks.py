"""Words for an address that fails a check of its spelling or existence: beside a code that names the recipient they are enough.

"The sender could not be verified" has a rule that is looked at first.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "failed-check",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1 and its kind, beside a check that the address failed",
        (
            (
                r"(?<!your )(?:<who>|@)[>)\"']{0,2}:? (?:\S{1,64} ){0,2}(?:could|can|is|was|were|has|have|did|does)(?:n't| not|not)"
                r" (?:be |been |get )?(?:verif|valid|resolv|match|identif|determin|routed|mapped|looked up|located|traced"
                r"|recogni[sz]|confirmed as)"
            ),
            (
                r"(?:rejected:|refused:|@[>)\"']{0,2}\.{0,3}:?|\d\.\d{1,3}\.\d{1,3}) (?:address |recipient |user"
                r" )?(?:verif\w{1,8}|validation|look-?ups?|resolution) (?:has |have )?fail"
            ),
            (
                r"(?:recipient|user|rcpt|mailbox|addressee) (?:address )?(?:verif\w{1,8}|validation|resolution) (?:has |have"
                r" )?fail"
            ),
            (
                r"(?:not|cannot|can't|couldn't|failed to|unable to) (?:be )?(?:verify|validate|resolve|match|identify|look up)"
                r" (?:the |this |that |your )?(?:<who>|@)"
            ),
            r"not an? (?:\w{3,12} )?(?:<who>|list)\b(?=\W{0,3}$|[.,;:!]| (?:of|here|at|on|in|by|with) )",
            r"not in (?:ldap|passwd|the password file|active directory|ad|nis|our ldap)\b",
            r"\bno (?:mbox|entry|match|mapping|route to (?:<who>|@))\b(?! for your)",
            r"(?:un|ir)(?:resolv|mapp|match|identif)\w{2,5}(?=\W{0,3}$| (?:<who>|@))",
            (
                r"(?:<who>|@)[>)\"']{0,2}:? (?:(?:is|was|has|have|been) ){0,3}(?:scrubbed|purged|wiped|decommissioned"
                r"|offboarded|off-boarded|deactivated for good)\b"
            ),
            r"(?:retired|dead|defunct|obsolete|bogus|nonsense|fictitious|made-?up|fake) <who>\b",
            (
                r"(?:<who>|@)[>)\"']{0,2}:? (?:is |was |looks |seems |has )?(?:bad|bogus|nonsense|dead|defunct|obsolete"
                r"|fictitious|made-?up|fake|misspelled|spelled wrong\w{0,2}|spelled incorrectly|incorrectly spelled"
                r"|mis-?spelt)(?=\W{0,3}$|[.,;:!]| or obsolete)"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2}:? (?:has |have |had |was |were |is |been ){0,3}(?:(?:been )?disposed of|un-?assigned"
                r"|fictional|imaginary|gone (?:away )?for good|quit\b|archived and (?:closed|removed|deleted))(?=\W{0,3}$"
                r"|[.,;:!])"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2}:? (?:does not |doesn't )?(?:appears?|seems?) (?:not )?to (?:be (?:correct|valid|wrong"
                r"|invalid|gone|bad)|exist|have (?:left|gone))\b"
            ),
            r"(?:<who>|@)[>)\"']{0,2}:? appears (?:wrong|invalid|bad|incorrect)\b",
            r"(?:<who>|@) (?:look-?up|search|query) (?:has |have )?(?:returned|found|gave|yielded) (?:nothing|none|no\b)",
            (
                r"(?:<who>|@) (?:has |have )?(?:failed|fails|did not pass|didn't pass|does not pass) (?:the )?(?:\w{3,12}"
                r" (?:and |or )?){0,3}(?:checks?|validation|verification)\b"
            ),
            (
                r"\bno (?:<who>|results?|matches|record|hits?) (?:match(?:es|ed|ing)?|(?:was |were )?found|for (?:this |that "
                r"|the )?(?:<who>|@))"
            ),
            r"(?:look-?up|search|query)\b.{0,20}\bno (?:hits?|match(?:es)?|results?|records?)(?=\W{0,3}$|[.,;:!])",
            r"(?:hier|bei uns|chez nous|aqui|aquí|qui) (?:nicht |nicht mehr )?(?:geführt|verzogen|bekannt|gelistet)\b",
            r"<person> (?:ist |is |wurde )?(?:unbekannt )?verzogen\b",
            (
                r"\b(?:non|no|não|pas) (?:est |es |é )?(?:presente|présent|present|figura|consta|inscrit|registrad[oa]"
                r"|elencat[oa]) (?:in|en|em|nel|nella|dans|na|no|sur)\b"
            ),
            (
                r"(?:check|verify|correct) (?:the |your )?(?:spelling\b|(?:<who>|@)(?:'s)? (?:e-?mail )?(?:address )?(?:for"
                r" (?:errors|typos)|\W{0,3}$))"
            ),
            r"\bno such box\b",
            r"not deliverable to (?:this|that) (?:name|<who>)\b",
            r"(?:can't|cannot|could not|couldn't|unable to) route (?:mail )?to (?:<who> )?@",
            r"<who> entry (?:is |was )?(?:missing|not (?:found|there))\b",
            r"(?:is|are) (?:unfamiliar|not familiar|a stranger) to us\b",
            (
                r"(?:nom|nome|nombre|name|naam|nazwa) (?:@ )?(?:est |es |é |è |ist |is |jest )?(?:inconnu|equivocado|errad[oa]"
                r"|sbagliato|falsch|unbekannt|onbekend|nieznana)\b"
            ),
            r"wrong number\b",
            r"not (?:handled|served|homed|housed|kept|known|hosted) (?:here|by this|on this|at this|by us)\b",
            (
                r"(?:adresse|destinatario|destinataire|destinatário|indirizzo|endereço|dirección|direccion|adres|geadresseerde"
                r"|empfänger|adresat|adressat|postfach|benutzer|utente|usuario|utilisateur|gebruiker) (?:\S{1,64}"
                r" ){0,2}(?:(?:is|ist|est|es|è|é|errat\w|nicht|niet|non|no|não|pas|jest) ){0,2}(?:incorrect[oae]?|incorrecte"
                r"|inexacte?|sbagliat[oa]|errat[oa]|errón[eoa]{1,2}|errad[oa]|onjuist|foutief|fout|falsch|fehlerhaft"
                r"|ermittelbar|auffindbar|zuordenbar|trouvable|introuvable|błędn[yae]|niepoprawn[yae])\b"
            ),
            r"(?:不在通讯录|不在通訊錄|地址错误|地址錯誤|用户名错误|宛先が正しく|宛先不正|주소가 올바르지|주소 오류)",
        ),
    ),
)
