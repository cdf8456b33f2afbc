"""The digest of a delivery job, and the input that an account's own templates get of one."""

from bouncer.compose.custom import TemplateInput
from bouncer.compose.digest import Digest
from bouncer.compose.owner_mails import shown_digest, shown_notice
from bouncer.compose.tally import DigestTally
from bouncer.notify.facts import make_notice
from bouncer.policy.records import EntryKind
from bouncer.ports.outbox import DeliveryJob


def template_input(job: DeliveryJob) -> TemplateInput | None:
    """Give the input of an account's templates; None for mails that are always in our form."""
    if job.row.kind is EntryKind.NOTICE:
        return shown_notice(make_notice(job))
    return shown_digest(digest_for(job, job.tally)) if job.tally is not None else None


def digest_for(job: DeliveryJob, tally: DigestTally) -> Digest:
    """Make the digest of a job with the rows of *tally*."""
    row, preferences = job.row, job.preferences
    return Digest(
        row.to,
        row.message_id,
        row.created_at,
        tally,
        row.account,
        language=preferences.language,
        contact=preferences.contact,
    )
