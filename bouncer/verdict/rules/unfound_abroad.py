"""Sentences in which a server does not know or find the recipient, in languages that put the verb apart from the noun."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

_THIS = {
    "German": "(?:den|die|das|diese[nrs]?|einen solchen|eine solche|ein solches)",
    "French": "(?:l'|le |la |ce |cet |cette |un tel |une telle )",
    "Spanish": "(?:al |a la |a este |a esta |a ese |el |la |este |esta |ese |esa |tal )",
    "Italian": "(?:il |la |l'|lo |questo |questa |quest'|tale )",
    "Portuguese": "(?:o |a |este |esta |esse |essa |tal )",
    "Dutch": "(?:de|het|deze|dit|die|dat)",
}
"""Determiners of a noun for the recipient."""

_OTHER = r"(?!.{0,12}<sender>)"
"""The noun is the sender's: "wir kennen diese Adresse nicht | als Absender"."""

RULES = (
    Rule(
        "unfound-abroad",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1 in sentences of mail servers in German, French, Spanish, Italian, Portuguese and Dutch",
        (
            rf"\bkenn(?:t|en) {_THIS['German']} (?:\w{{3,20}} )?<person> (?:leider |hier )?nicht\b{_OTHER}",
            r"\bkenn(?:t|en) (?:hier |leider )?keine?n? (?:solche[ns]? )?<person>",
            (
                rf"\bk(?:o|ö|oe)nn(?:t|te|ten|en) {_THIS['German']} (?:\w{{3,20}} )?<person> (?:\S{{1,15}} ){{0,3}}"
                r"nicht (?:finden|ermitteln)\b"
            ),
            r"\bkeine?n? (?:passende|entsprechende|zugehörige)[nrs]? <person> (?:gefunden|vorhanden|bekannt|registriert)\b",
            r"\bnicht (?:mehr )?existierende[nrs]? <person>",
            rf"\bes {_THIS['German']} <person> (?:hier |bei uns )?nicht (?:mehr )?gibt\b",
            rf"\bne conna(?:î|i)(?:t|ssons) pas {_THIS['French']}<person>\b{_OTHER}",
            r"\bpas (?:de |d')<person> (?:@|(?:à|de) ce nom\b|nommée? )",
            r"\baucune? <person> correspondante?\b",
            rf"\bno conoc(?:e|emos|en) {_THIS['Spanish']}<person>\b{_OTHER}",
            rf"\bno (?:hemos|se ha|han) (?:podido )?encontra(?:do|r) {_THIS['Spanish']}<person>\b{_OTHER}",
            rf"\bnon conosc(?:e|iamo) {_THIS['Italian']}<person>\b{_OTHER}",
            rf"\bnon (?:abbiamo|ha|è stato possibile) trova(?:to|re) {_THIS['Italian']}<person>\b{_OTHER}",
            r"\bnessuna? <person> corrispondente\b",
            rf"\bn(?:ã|a)o (?:encontramos|encontrou|conhecemos|conhece|achamos) {_THIS['Portuguese']}<person>\b{_OTHER}",
            rf"\bkenn?(?:t|en) {_THIS['Dutch']} <person> (?:hier )?niet\b{_OTHER}",
            rf"\bk(?:on|onden|an) {_THIS['Dutch']} <person> (?:\S{{1,12}} ){{0,3}}niet vinden\b",
        ),
    ),
)
