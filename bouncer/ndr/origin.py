"""Who wrote a letter: a mail system about mail, or anyone else (RFC 5321 section 4.5.5, RFC 3834, RFC 5436).

Addresses in the text of a letter that no mail system wrote are not read as failures, whatever the text says.
"""

import re

from bouncer.ndr import addresses
from bouncer.ndr.header import Headers, parameter

# These are looked up in lower case: the engine skips alternatives by their first letter, unless it has to think of both cases.
_SYSTEM = re.compile(
    r"mailer.?daemon|postmaster(?!s)|post_master|mail.?deliver|\bdelivery (?:system|subsystem|status|service"
    r"|agent|report|notif|fail)|mdaemon|system.administrator|mail.?administrator"
    r"|mail.?system|\bndr\b|bounce|mail.?service|mailerror|mail.?daemon|\bdaemon@|undeliver|imss|interscan|messagelabs|no-?reply@sns\."
    r"|autoresponder@|sysadmin|symantec|e-?mail (?:server|gateway|system)|smtp|exchange|postoffice|mailmarshal"
    r"|mail.?router|mail.?relay|mail.?transport|mail.?server|mimesweeper|mailsweeper|mailgate|メール|管理者|почт|邮件|郵件",
)
_SUBJECT = re.compile(
    r"undeliver|deliver(?:y|ed)\b.{0,40}(?:fail|status|problem|error|report|notif|unsuccess|delay|warning)"
    r"|(?:fail|return|bounce|reject)(?:ed|ure)?\b.{0,30}(?:mail|deliver|message|notice)|failure notice|non.?deliver"
    r"|could not be delivered|not (?:be )?delivered|mail (?:error|failed|failure|delivery|system error)|error sending"
    r"|(?:mail|message) (?:not|rejected|undeliv|delayed|failure|delivery)|warning: (?:message|could)|user unknown"
    r"|returned|bounce notification"
    r"|unzustellbar|nicht zugestellt|non remis|échec|no se (?:puede|pudo|ha)|não entreg|não foi possível|impossibile"
    r"|mancata|olevererbart|onbestelbaar|nie(?:doręcz|dostarcz)|nedoruč|kézbesít|teslim|не доставлен|недоставлен"
    r"|zustell\w{0,6}(?:fehler|status|bericht)|fehler bei der .{0,20}zustellung|unzustellbarkeit|mail nicht zustell"
    r"|non (?:délivré|distribué|livré)|avis de non|retour de (?:mail|message)|no entregad|devuelto|devolvid|non consegnat"
    r"|niet (?:bezorgd|afgeleverd|bestelbaar)|kunde inte leverer|kan ikke lever|ikke lever(?:t|et)|uleverbar|ej levererat|ei voitu"
    r"|toimitus epä|nelivrat|iletileme|gönderileme|sikertelen|nedoruč|nebyl[ao] doruč|недоставк|не доставлен|не доставлено"
    r"|возвра(?:т|щен)|не вдалося|αδύνατη η|δεν παραδόθηκε|לא נמסר|تعذر|تعذّر|không (?:gửi|thể gửi)"
    r"|配信|送信でき|届け|返送|エラー|退信|退回|系统退|未送达|未送達|無法|无法|失败|失敗|반송|실패",
    re.DOTALL,
)
_GOODS = re.compile(
    r"parcel|package|shipment|courier|\border\b|paket|sendung|colis|paquete|pacote|pacco|pakje|przesyłk|paczk|посылк|kargo"
    r"|荷物|包裹|택배|快递|快遞",
)
_SUMS_UP = re.compile(
    r"(?:quarantine|spam).{0,12} (?:summary|digest|report)\b|log summar|logwatch|\bqueue (?:warning|report|status)",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"mailer-daemon\b|postmaster@", re.IGNORECASE)
_ANSWER = re.compile(
    r"\s*+(?:\[[^\]]{1,60}\]\s*+)?(?:re|aw|antw|sv|vs|odp|rif|res)\s*+(?:\[\d{1,4}\])?:", re.IGNORECASE
)
_OPENS = re.compile(r"\s*+(?:undeliver(?:able|ed)|non-?delivery|returned mail|delivery failure) ?:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*+(?:fwd?|wg|tr|rv|i|enc|vs|doorst|pd|továbbítva|fs|转发|轉寄|転送)\s*+:", re.IGNORECASE)
_OWN_FIELDS = ("to", "from", "reply-to", "sender", "errors-to", "delivered-to", "cc")
_SENDER_FIELDS = ("from", "return-path", "sender", "reply-to", "errors-to")


def is_report(headers: Headers, media_type: str) -> bool:
    """Whether header fields say that a mail system wrote this about mail; the subject alone is no proof."""
    if "x-failed-recipients" in headers or "x-mlserver" in headers or has_form_of_report(headers, media_type):
        return True
    return from_mail_system(headers) and not _by_person(headers) and not sums_up(headers)


def sums_up(headers: Headers) -> bool:
    """Whether the subject is that of a digest: of a filter, a log, a queue."""
    return _SUMS_UP.search(headers.get("subject")) is not None


def has_form_of_report(headers: Headers, media_type: str) -> bool:
    """Whether this is a multipart/report about delivery (RFC 6522), not one about a policy, a receipt or a complaint."""
    if media_type != "multipart/report":
        return False
    kind = parameter(headers.raw("content-type"), "report-type").lower()
    return kind in {"", "delivery-status"}


def speaks_for_nobody(headers: Headers) -> bool:
    """Whether the letter came with the null reverse-path, or from the mailbox that mail systems report from."""
    return _has_null_path(headers) or _MAILBOX.search(headers.raw("from")) is not None


def from_mail_system(headers: Headers) -> bool:
    """Whether From is that of a mail system, or an empty one."""
    sender = headers.get("from").lower()
    return _SYSTEM.search(sender) is not None or ("from" in headers and not sender.strip("<> "))


def has_subject_of_report(headers: Headers) -> bool:
    """Whether the subject is one that reports have; an answer to one, or one that is forwarded, has to come from nobody.

    Newsletters write of failed deliveries too: about parcels.
    """
    subject = headers.get("subject").lower()
    if _OPENS.match(subject):
        return True
    if "list-unsubscribe" in headers or "list-id" in headers:
        return False
    if (_is_answer(headers) or _FORWARD.match(subject)) and not _has_null_path(headers):
        return False
    return _SUBJECT.search(subject) is not None and _GOODS.search(subject) is None


def _is_answer(headers: Headers) -> bool:
    return _ANSWER.match(headers.get("subject")) is not None and ("in-reply-to" in headers or "references" in headers)


def _by_person(headers: Headers) -> bool:
    """Whether a person at a mail system answers: mail programs write both fields, gateways that say "Re:" but one."""
    automatic = "auto-submitted" in headers or _has_null_path(headers)
    return _is_answer(headers) and "in-reply-to" in headers and "references" in headers and not automatic


def forwards(headers: Headers) -> bool:
    """Whether the subject says that somebody passes a mail on."""
    return _FORWARD.match(headers.get("subject")) is not None


def _has_null_path(headers: Headers) -> bool:
    path = headers.raw("return-path").lower()
    return path == "<>" or path.startswith(("<mailer-daemon", "mailer-daemon"))


def parties(headers: Headers, returned: Headers) -> frozenset[str]:
    """The addresses that a report speaks to or from: its own To and From, the returned message's sender. In lower case."""
    values = [headers.raw(name) for name in _OWN_FIELDS if name in headers]
    values += [returned.raw(name) for name in _SENDER_FIELDS if name in returned]
    return frozenset(address.lower() for value in values for address in addresses.in_field(value))
