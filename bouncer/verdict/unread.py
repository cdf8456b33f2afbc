"""Whether an answer says something that no rule understands, so that its code does not speak alone."""

import re
from itertools import islice

from bouncer.verdict.rules.known_words import KNOWN
from bouncer.verdict.words import AnswerText

ENOUGH = 1
"""Words from which on an answer says more than its frame; words of the frame and of the recipient's name do not count."""
_SHORTEST_NAME = 3
"""Characters of a local part that is looked for; a shorter one is a word of many languages."""
_MOST = 400
"""Words of an answer that are looked at."""
_TOKEN = re.compile(r"(?<!\S)[\"'(\[<*]{0,3}([^\W\d_]{3,40}(?:['-][^\W\d_]{1,20})?)[\"')\]>.,:;!?*]{0,3}(?!\S)")
"""A word of letters alone: a word with digits, dots or underscores is a code, a host's name or a queue's id."""
_NO_LETTERS = re.compile(r"[\W\d_]{1,300}")
_OF_MESSAGE = re.compile(r"\b(?:not|never|unread|was|were|been|being|be|is|are) (?:not |never )?(?:read|opened|seen)\b")
"""The fate of a message; "read" alone is one of the frames: "please read our rules"."""
_BEYOND = re.compile(r"[^\W\d_\x00-\u024f]")
"""A letter of another script than Latin's: many of these scripts are written without blanks."""
_FRAMES = """
above accepted account action address addressee addresses administrator after all also and answer answered any are attempt
attempted attempts available back because been being below bounce bounced but can cause click code command connection contact could
dear declined deliver deliverable delivered delivering delivery denied destination details diagnostic diagnostic-code
domain due e-mail email error errors esmtp fail failed fails failure fatal following for from gave generating give
giving gsmtp had has have header headers hello help here hi host hosts http https info information intended it's its
learn letter link lmtp local mail mailbox mailboxes mailer mails may message messages mode more mta normal not off one
original our out page permanent permanently person please postmaster problem psmtp queue queued rcpt reach reached
read reason recipient recipients redirect redirected ref reference refuse refused refusing reject rejected rejecting
remote replied reply required reported reports requested response result results return returned returning said says see send
sending sent server servers session smtp sorry status subject support system systems taken talking than thank thanks
that the their them then there these they this transaction tried unavailable undeliverable undeliverables undelivered
url use user users using via visit was web were when while will with would x-unix you your
"""
"""Words of the frames in which mail servers set their answers, and of those that every answer has."""
_SAYS_NOTHING = frozenset(_FRAMES.split())


_THINGS = """
abuse account accounting accounts admin agenda api app archive archives arrangement article auction backup bill billing board
booking bookings bug bugs calendar campaign career careers case cases catalog certificate claim claims command comment contract
conference course courses credit data demo desk dev document documents domain donate donation download edition editor enquiries
enquiry entry error event events fax feedback file files finance folder form forum forward gallery game guest hosting hotel hr
image info inquiry invoice invoices issue issues item jobs journal key legal letter library licence license link lists log logs
magazine manager map market marketing media meeting menu module music network news newsletter newsletters note notice object
offer offers office online order orders package page parcel partner parts party payment payments photo photos plan policy post
press price print privacy product products profile project projects promo purchase quality quarantine query queue quote quotes
record records relay rental request requests reservation reservations resource resume root route rule sales sample security
service services session shipment shipping shop sms spam stock storage store studio subscription survey system tender test
theme thread ticket tickets topic tour tours trade training transport travel update upload video virus voucher warranty web
webinar website workshop
"""
"""Local parts that are also things, or roles: "booking not found" may be about the recipient's booking, not about booking@."""
_NO_NAMES = KNOWN.union(_THINGS.split())


def is_name(local: str) -> bool:
    """Whether *local*, a local part in lower case, can only be a name, and is no thing or role."""
    return local not in _NO_NAMES


def naming_person(words: AnswerText, recipient: str) -> AnswerText | None:
    """Give *words* as ``naming`` does, where the local part can only be a name; None where the words lack it."""
    if not is_name(recipient.partition("@")[0].lower()):
        return None
    personal = naming(words, recipient)
    is_alike = personal is not words and len(personal.searched) == len(words.lines)
    return personal._replace(lines=words.lines) if is_alike else None


def naming(words: AnswerText, recipient: str) -> AnswerText:
    """Give *words* with the local part of *recipient* as an address: "no such name as jane.roe" speaks of it."""
    local = recipient.partition("@")[0].lower()
    if len(local) < _SHORTEST_NAME or local not in words.text:
        return words
    name = re.compile(rf"(?<![\w.@+/=&-]){re.escape(local)}(?![\w@+/=&-]|\.\w)")
    return AnswerText.of(name.sub(recipient.replace(" ", ""), line.lower()) for line in words.searched)


def says_more(words: AnswerText, recipient: str) -> bool:
    """Whether *words* say more than the frames that servers use for every answer, and the *recipient*'s name."""
    if _BEYOND.search(words.text) or _OF_MESSAGE.search(words.text):
        return True
    address_parts = {*_NO_LETTERS.split(recipient.lower())}
    tokens = (match[1] for match in islice(_TOKEN.finditer(words.text), _MOST))
    unread = {token for token in tokens if token not in _SAYS_NOTHING and token not in address_parts}
    return len(unread) >= ENOUGH
