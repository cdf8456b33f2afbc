"""Receipts (RFC 8098), and refusals that a filter sends in a receipt's form (RFC 5429 section 2.2)."""

from bouncer.ndr import codes, fields, origin, phrases
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_SUBJECTS = (
    "read: ", "gelesen: ", "lu : ", "lu: ", "leído: ", "leido: ", "letto: ", "lida: ", "lido: ", "gelezen: ", "przeczytano: ",
    "прочтено: ", "прочитано: ", "läst: ", "læst: ", "lest: ", "luettu: ", "přečteno: ", "elolvasva: ", "okundu: ", "開封済み: ",
    "已读: ", "已讀: ", "읽음: ", "not read: ", "ungelesen: ", "deleted: ", "gelöscht: ", "non lu : ", "no leído: ",
)  # fmt: skip
"""Beginnings of the subjects of receipts in mail programs' languages."""
_REFUSED = ("automatically rejected", "was rejected", "has been rejected", "message refused", "was refused")


class Receipt:
    """Receipts: what happened to a message after its delivery (displayed, deleted, and so on)."""

    name = "rfc8098"

    def read(self, letter: Letter) -> Reading | None:
        """Read the receipt; None where the letter holds none. A filter's refusal in a receipt's form is a bounce."""
        for part in letter.parts:
            if part.content_type in {"message/disposition-notification", "message/global-disposition-notification"}:
                return self._reading(_merge_blocks(fields.blocks_of_any_name(part.text(letter.limits.text))), letter)
        if letter.subject.startswith(_SUBJECTS) and origin.has_null_path(letter.headers):
            return Reading(Kind.RECEIPT, self.name, original=letter.original, why="receipt, by its subject")
        return None

    def _reading(self, report: fields.Block, letter: Letter) -> Reading:
        final = fields.address(report.get("final-recipient", ""))
        original = fields.address(report.get("original-recipient", ""))
        if final and _is_refusal(letter):
            words = " ".join(letter.evidence.split())
            failed = Recipient(
                recipient=original or final,
                action=Action.FAILED,
                original_recipient=original or None,
                final_recipient=final,
                status=codes.status(words),
                reply_code=codes.reply_code(words),
                diagnostic_code=words or None,
            )
            return Reading(Kind.BOUNCE, self.name, original=letter.original, recipients=(failed,))
        disposition = report.get("disposition", "").partition(";")[2].strip() or "no disposition"
        return Reading(Kind.RECEIPT, self.name, original=letter.original, why=f"receipt: {disposition}")


def _merge_blocks(blocks: list[fields.Block]) -> fields.Block:
    merged: fields.Block = {}
    for block in blocks:
        merged = {**block, **merged}
    return merged


def _is_refusal(letter: Letter) -> bool:
    return "rejected" in letter.headers.raw("auto-submitted").lower() or phrases.contains_any(_REFUSED, letter.flat)
