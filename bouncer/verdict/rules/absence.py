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
            r"<gone>",
            (  # an "invalid session" is no absence
                r"<absent>\b(?! (?!<person>|(?:hier|mehr|auf|bei|unter|ici|sur|dans|chez|aquí|aqui|este|esta|neste|nesta|nel|nella"
                r"|questo|deze|dit|tym|här|hos|på|her|para|zde|itt|tutaj|tässä|here)\b)[^\W\d_]{3})"
            ),
            r"<left>",
            r"<nomore>",
            r"<closed>",
            (
                r"(?:unknown|invalid|non-?exist\w{0,5}|inexist\w{0,5}|unrecogni[sz]ed|unregistered|unlisted|undefined"
                r"|unroute?able|unassigned) (?:or \w{4,12} )?"
                r"(?:local[- ]|virtual |e-?mail |mail |final |delivery |destination ){0,2}(?:<who>|part)\b"
            ),
            r"(?:inexist\w{0,5}|unlisted|unassigned)\b(?! [^\W\d_]{2})",
            (
                r"(?:not|n't|never|cannot|unable to) (?:\w{1,12} ){0,3}(?:exist|find|found|known|valid|such|recogni|registered"
                r"|match|locate)"
            ),
            r"(?:do|does|did|can)(?:n't| not) (?:\w{1,12} ){0,2}(?:have|know|find|see|exist|locate|match|live|work)\b",
            r"(?:nobody|no one|no-one|no such|no longer|no more|none|neither)\b",
            r"no (?:\S{1,20} ){0,3}(?:<who>|list)\b",
            r"(?:no|wrong|other) name\b",
            r"(?:lists?|shows?|contains?) no\b",
            (
                r"(?:(?:has|have|takes?|accepts?|receives?) no|never (?:takes?|accepts?|receives?)(?: any)?) (?:e-?)?mail\b"
                r"(?! (?:from|of|with|without|unless|by|larger|over|above)\b)"
            ),
            r"never (?:had|was|were|will|existed)\b",
            r"(?:wrong|incorrect|misspel|mistyp|typo|spelling)",
            (
                r"(?:deleted|closed|terminated|removed|retired|former|discontinued|cancell?ed|deceased|departed"
                r"|left)\b(?! (?:your|you|this message|the message|it)\b)"
            ),
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
