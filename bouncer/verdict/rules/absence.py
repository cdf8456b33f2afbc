"""Words of absence in free sentences: beside a code that names the recipient they are enough, for the code says the same."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

_NONE = (
    "(?:kein|keine|keinen|niemand|niemanden|personne|aucun|aucune|nadie|ningún|ninguna|ninguno|ninguém|nenhum|nenhuma|nessun"
    "|nessuno|nessuna|geen|nie ma|nikt|nikdo|žádný|žádná|není|ei ole|ingen|inget|nincs|yok|нет|никто|немає|нема|няма|nema)"
)
"""Nobody, none, there is none: in languages whose words for a mailbox are known (abroad.py). A plain "not" denies any verb."""
_IS_NOT = "(?:yok|ei ole|nincs|нет|немає|нема|няма|nema|není)"

RULES = (
    Rule(
        "absence",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1 and its kind, beside words for what is not there",
        (
            # of the recipient itself: "@" is also its name (classify.py)
            r"(?:@|\d\.\d{1,3}\.\d{1,3})[>)\"']{0,3}[:,]? (?:is |was |sorry,? )?<gone>",
            (
                r"(?:@|\d\.\d{1,3}\.\d{1,3})[>)\"']{0,3}[:,]? (?:unk\w{0,5}(?: us\w{0,2})?\W{0,3}$|unalloc\w{1,5}"
                r"|de-?provision\w{0,3}|expunged)"
            ),
            r"<who> (?:unk\w{0,5}(?: us\w{0,2})?\W{0,3}$|unalloc\w{1,5}|de-?provision\w{0,3}|expunged)",
            (
                r"(?:unknown|invalid|non-?exist\w{0,5}|inexist\w{0,5}|unrecogni[sz]ed|unregistered|unlisted|undefined"
                r"|unroute?able|unassigned|bad|wrong|incorrect|other) (?:or \w{4,12} )?"
                r"(?:local[- ]|virtual |e-?mail |mail |final |delivery |destination ){0,2}(?:<who>|part|spelling)\b"
                r"(?! [a-z]{3,20}\W{0,3}$)"
            ),
            (  # an "invalid session" is no absence
                r"(?:@|\d\.\d{1,3}\.\d{1,3})[>)\"']{0,3}[:,]? <absent>\b(?! (?!<person>|(?:hier|mehr|auf|bei|unter|ici|sur|dans"
                r"|chez|aquí|aqui|este|esta|neste|nesta|nel|nella|questo|deze|dit|tym|här|hos|på|her|para|zde|itt|tutaj|tässä"
                r"|here)\b)[^\W\d_]{3})"
            ),
            r"<left>",
            r"<nomore>",
            r"<closed>",
            (
                r"(?:find|locate|know|have) (?:any |an? |the |this |that |such ){0,2}(?:<who>|person|one|name)\b(?=\W{0,3}$"
                r"|[.,;:!]| (?:of|named|called|here|by|with|at|in|on|for|that|like|@))"
            ),
            r"(?:do|does|did|can)(?:n't| not) (?:have|know|find|locate) @",
            r"(?:nobody|no one|no-one|none) (?:here|home|by|with|called|named|has|uses|lives|works|answers)\b",
            r"no longer (?:hosts?|serves?|here|exists?|with)\b",
            r"neither (?:an? )?(?:<who>|list)\b",
            (
                r"\bno (?:\S{1,20} ){0,3}(?:<who>|list|@)"
                r"(?=\W{0,3}$|[.,;:!]| (?:of|named|called|here|by|with|at|in|on|for|that|like|known|found|under|@))"
            ),
            r"(?:no|wrong|other) name\b",
            r"(?:lists?|shows?|contains?) no (?:@|such|person|<who>)",
            r"(?:lists no [\w.+-]{3,64}|found none)$",
            (
                r"(?:(?:has|have|takes?|accepts?|receives?) no|never (?:takes?|accepts?|receives?)(?: any)?) (?:e-?)?mail\b"
                r"(?! (?:from|of|with|without|unless|by|larger|over|above)\b)"
            ),
            r"not verified as existing\b",
            r"never (?:existed|had (?:an? |any |such )?<who>)\b",
            r"(?:misspel|mistyp|typo\b)",
            (
                r"(?:<who>|@|list|person|domain|she|he)[>)\"']{0,2}:? (?:\S{1,64} |(?:that "
                r"|which )?you (?:\w{1,12} ){1,4})?(?:(?:is|was|has|have|been|were|are) ){0,3}"
                r"(?:deleted|closed|terminated|removed|retired|discontinued|cancell?ed|deceased|departed|left|given up)\b"
                r"(?! (?:your|you|this message|the message|it|to|for)\b)"
            ),
            r"(?:former|\d\.\d{1,3}\.\d{1,3} (?:deleted|closed|removed|retired)) <who>\b",
            r"(?:changed|went|switched) (?:\w{1,12} ){0,3}(?:address|provider|company|job|employer|name)\b",
            r"(?:not|no longer|nothing is|nor) (?:being )?forward",
            r"(?:has|have) moved (?!mail|to)",
            r"out of (?:service|use)\b",
            rf"{_NONE} .{{0,30}}<person>",
            rf"{_NONE} (?:\S{{1,12}} ){{0,3}}(?:nom|nome|nombre|namen|navn|namn|imieniu|имен)",
            rf"<person> .{{0,20}}{_IS_NOT}\b",
            r"dad[oa] de baja",
            (
                r"(?:er ekki til|fannst ekki|finnst ekki|ez da existitzen|non existe|nuk ekziston|не постои|не съществува"
                r"|tidak wujud|hindi umiiral|mavjud emas|mövcud deyil|жоқ\b)"
            ),
            r"(?:არ არსებობს|գոյություն չունի|לא קיי|לא נמצא|غير موجود|لا يوجد|وجود ندارد|यह मौजूद नहीं|मौजूद नहीं|ไม่มี|ไม่พบ)",
            r"(?:存在しま|存在しな|見つかりま|見当たりま|不明|いません|ありません)",
            r"(?:不存在|无此|無此|查无|查無|没有|沒有|找不到)",
            r"(?:존재하지|없는|없습니다|찾을)",
        ),
    ),
)
"""One of these words is no proof by itself: "no mail for this address from you" has one, too."""
