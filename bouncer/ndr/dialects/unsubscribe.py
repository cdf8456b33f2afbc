"""Mail that asks to be taken off a list, as mail programs write it to a List-Unsubscribe address (RFC 2369, RFC 8058)."""

from bouncer.ndr import phrases
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Kind, Reading

_SUBJECTS = phrases.listed(
    """
    unsubscribe | list unsubscribe | list-unsubscribe | opt-out | opt out | remove me | désinscri | désabonne | abmelden |
    abmeldung | austragen | uitschrijven | afmelden | darme de baja | baja | cancelar suscripción | descadastr |
    cancelar inscrição | cancellami | cancellazione | disiscri | avregistrer | afmeld | peruuta tilaus | wypisz | odhlásit |
    leiratkozás | dezabonare | отписаться | отпишите | отписка | відписатися | iptal | 配信停止 | 退订 | 退訂 | 取消订阅 | 수신거부
    """
)
_WORDS = phrases.listed(
    """
    sent this email to unsubscribe | please unsubscribe | automatically unsubscribe | unsubscribe me | remove me from |
    me désinscrire | me désabonner | bitte abmelden | darme de baja
    """
)


class Unsubscribe:
    """A reader who wants no more of this."""

    name = "unsubscribe"

    def read(self, letter: Letter) -> Reading | None:
        """Recognise the wish by Apple's field, by the subject, or by the words of a short mail."""
        if "x-apple-unsubscribe" in letter.headers:
            return self._reading(letter, "X-Apple-Unsubscribe")
        if letter.by_mail_system:
            return None
        if letter.subject.removeprefix("re: ").startswith(_SUBJECTS):
            return self._reading(letter, "its subject")
        if "list-id" not in letter.headers and len(letter.evidence) < _SHORT and phrases.says(_WORDS, letter.flat):
            return self._reading(letter, "its words")
        return None

    def _reading(self, letter: Letter, why: str) -> Reading:
        return Reading(Kind.UNSUBSCRIBE, self.name, original=letter.original, why=f"asks to be taken off, by {why}")


_SHORT = 600
"""Characters; a longer mail that says so somewhere is something else."""
