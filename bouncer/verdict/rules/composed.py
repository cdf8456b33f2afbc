"""Statements made of classes of words: who (a server, the sender, the message, a mailbox), and what is said of it.

They are tried last, for wordings that no list has: any noun of a class with any verb or adjective of another. The classes are
closed; what speaks of the sender, of the message, of time or of room comes before what speaks of an absence.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

_HOST = (
    "(?:(?:mail-? ?|smtp ?|remote |destination |next |far )?(?:servers?|hosts?|exchangers?|gateways?|machines?|relays?|systems?|mta"
    "|mx|computers?|smarthosts?|peer|end|side|party|node|box at))"
)
_OF = r"(?: (?:(?:for|of|at|in|behind|named|called|responsible for|in charge of) )?(?:the |this |that )?[^\s;!?]{1,80}){0,3}"
"""Words between a host and its verb: its name, its domain, the address that it serves."""
_BE = r"(?:is|was|are|were|has been|have been|stays?|stayed|remains?|remained|keeps?|kept|went|goes|seems?|appears?|looks?)"
_MUTE = (
    r"(?:silent|mute|dumb|unresponsive|dead|asleep|down|off-?line|off the (?:air|net)|out of reach|not (?:there|up|listening)"
    r"|not online|inaccessible|unreachable)"
)
_SIGN = r"(?:answer|reply|response|reaction|greeting|banner|sign of life|life sign)s?"
_YOURS = (
    r"(?:(?:your|the sending|sending|the client|client|connecting|source|originating|sender'?s|senders?|this|whose)"
    r" (?:mail |e-?mail |ip |smtp |sending |internet |whole |entire ){0,2}"
    r"(?:ip|addresse?s?|hosts?|servers?|networks?|net|provider|isp|domains?|ranges?|subnet|neighbou?rhood|systems?|machines?|mta|relay"
    r"|organi[sz]ation|company|service)|ip)"
)
_BAD = (
    r"(?:bad|poor|low|negative|doubtful|dubious|shady|questionable|weak|damaged|tarnished|insufficient|spotty|terrible|awful|ill|worst"
    r"|no good|too little|not enough|mixed)"
)
_FAME = r"(?:histor(?:y|ies)|records?|names?|standing|scores?|ratings?|trust|karma|repute|pasts?|fame|credit|marks?)"

RULES = (
    Rule(
        "composed-standing",
        Reason.BAD_REPUTATION,
        "the sender's host or address, and how it stands: any words of the two classes",
        (
            rf"\b{_YOURS}\b.{{0,40}}\b(?:has|have|had|with|got|earned|of) (?:\w{{1,12}} ){{0,2}}{_BAD} (?:\w{{3,12}} )?{_FAME}\b",
            rf"\b{_BAD} (?:\w{{3,12}} )?{_FAME} (?:of|for|with) (?:\w{{1,12}} )?{_YOURS}\b",
        ),
    ),
    Rule(
        "composed-silence",
        Reason.NETWORK_ERROR,
        "a server, and that it does not answer: any words of the two classes",
        (
            rf"\b{_HOST}\b{_OF} {_BE} (?:(?!going\b)\w{{2,12}} ){{0,2}}{_MUTE}\b",
            (
                rf"\b{_HOST}\b{_OF} (?:gave|gives|sent|sends|made|returned|showed|offers?|offered) "
                rf"(?:us |me |back )?(?:no|not an?|never an?) (?:\w{{3,12}} )?{_SIGN}\b"
            ),
        ),
    ),
)
