"""Signs of who wrote a letter: a mail system about mail, or anyone else (RFC 5321 section 4.5.5, RFC 3834, RFC 5436).

If no mail system wrote a letter, addresses in its text are not read as failures, whatever the text says.
"""

import re

from bouncer.ndr import goods, phrases
from bouncer.ndr.header import Headers, parameter

# Looked up in lower case: the engine skips alternatives by their first letter only in a case-sensitive expression.
_SYSTEM = re.compile(
    r"mailer.?daemon|mail.?deliver|\bdelivery (?:system|subsystem|status|service|agent|report|notif|fail)"
    r"|mdaemon|system.administrator(?!['\u2019])"
    r"|\bndr\b|mailerror|mail.?daemon|\bdaemon@|undeliver|imss|interscan|messagelabs|symantec|mailmarshal"
    r"|mimesweeper|mailsweeper"
    r"|post_master|no-?reply@sns\.|\bmmdf\b",
)
_MAY_BE_SYSTEM = re.compile(
    r"postmaster(?!s)|mail.?administrator|mail.?system|bounce|mail.?service|autoresponder@|sysadmin"
    r"|mail (?:server|gateway|system|scanner|security)|smtp|exchange|postoffice"
    r"|anti-?virus|anti-?spam|virus ?(?:scan|wall|alert)|content.?filter|forefront"
    r"|mail.?router|mail.?relay|mail.?transport|mail.?server|mailgate|メール|管理者|почт|邮件|郵件",
)
"""From of mail systems, and also of shops, newspapers and monitors: a second sign must show that a mail system wrote."""
_SUBJECT = re.compile(
    r"undeliver|deliver(?:y|ed)\b.{0,40}(?:fail|status|problem|error|report|notif|unsuccess|delay|warning)"
    r"|(?:fail|return|bounce|reject)(?:ed|ure)?\b.{0,30}(?:mail|deliver|message|notice)|failure notice|non.?deliver"
    r"|could not be delivered|(?:not|n't) (?:be )?delivered|mail (?:error|failed|failure|delivery|system error)|error sending"
    r"|(?:mail|message) (?:not|rejected|undeliv|delayed|failure|delivery)|warning: (?:message|could)|user unknown"
    r"|returned|bounce notification|\bbounced\b|\b(?:hard|soft) bounce\b"
    r"|\bvirus\b.{0,80} in (?:(?:an? |the )?(?:(?:e-?)?mail|message)s? (?:from|by) you\b|your (?:(?:e-?)?mail|message))"
    r"|unzustellbar|nicht zugestellt|non remis|échec|no se (?:puede|pudo|ha)|não entreg|não foi possível|impossibile"
    r"|mancata|olevererbart|onbestelbaar|nie(?:doręcz|dostarcz)|nedoruč|kézbesít|teslim|не доставлен|недоставлен"
    r"|zustell\w{0,6}(?:fehler|status|bericht)|fehler bei der .{0,20}zustellung|unzustellbarkeit|mail nicht zustell"
    r"|non (?:délivré|distribué|livré)|avis de non|retour de (?:mail|message)|no entregad|devuelto"
    r"|devolvid|non consegnat"
    r"|niet (?:bezorgd|afgeleverd|bestelbaar)|kunde inte leverer|kan ikke lever|ikke lever(?:t|et)"
    r"|uleverbar|ej levererat|ei voitu"
    r"|(?:couldn't|could not|can't|cannot|unable to|wasn't able to) (?:be )?(?:deliver|sent\b)|nie dostarcz|nie doręcz"
    r"|nem kézbesíthető|toimitus epä|nelivrat|iletileme|gönderileme|sikertelen|nedoruč|nebyl[ao] doruč|недоставк"
    r"|не доставлен|не доставлено"
    r"|возвра(?:т|щен)|не вдалося|αδύνατη η|δεν παραδόθηκε|לא נמסר|تعذر|تعذّر|không (?:gửi|thể gửi)"
    r"|配信|送信でき|届け|返送|エラー|退信|退回|系统退|未送达|未送達|無法|无法|失败|失敗|반송|실패",
    re.DOTALL,
)
_ASKS = ("?", "\uff1f")
_SUMS_UP = re.compile(
    r"\bcron <|\*\* ?(?:problem|recovery|warning|critical)\b|service alert"
    r"|\b(?:hourly|daily|weekly|monthly)\b.{0,30}\b(?:report|table|bounces|summary|statistics|digest)\b"
    r"|\b(?:delivery|mail) statistics\b"
    r"|(?:quarantine|spam).{0,12} (?:summary|digest|report)\b|log summar|logwatch|\bqueue (?:warning|report|status)"
)
_TICKET = re.compile(
    r"\[[^\]]{0,30}#[^\]]{0,20}\d{2,}\]|\[(?i:ticket|case|request|id|ref)[ :#-]{1,3}[\w-]{2,20}\]|\b(?:INC"
    r"|REQ|CS|CASE|TICKET|SR)[-#]?\d{5,}\b|\A(?i:case|ticket|request|incident) (?:#|no\.? )?\d{4,}\b|\bref:_?\w{3,20}\.\w"
)
"""A ticket number in a subject; helpdesks write it to recognize the answer."""
_OF_LISTS = frozenset({"list-id", "list-unsubscribe"})
_HELPDESK_PREFIXES = (
    " x-freescout", " x-otrs", " x-rt-", " rt-", " x-zendesk", " x-freshdesk", " x-helpscout", " x-osticket", " x-zammad",
    " x-jira", " x-servicenow", " x-intercom", " x-github", " x-gitlab", " x-jenkins", " x-redmine",
)  # fmt: skip
"""Header fields of helpdesks and trackers, which write about somebody's letter and never report a failure of their own."""
_CERTIFIED = frozenset({"errore-consegna", "preavviso-errore-consegna", "non-accettazione", "rilevazione-virus"})
"""Receipts of Italy's certified mail that tell of a failure (Decreto 2 novembre 2005, Allegato tecnico, section 7)."""
_OFFICE = re.compile(
    r"(?:^|[<\s])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|support|web-?master|post-?master|mail|admin|info|system|notif)[\w.+-]*@"
)
_MAILBOX = re.compile(r"mailer-daemon\b|postmaster@", re.IGNORECASE)
_ANSWER = re.compile(
    r"\s*+(?:\[[^\]]{1,60}\]\s*+)?(?:re|aw|antw|sv|vs|odp|rif|res|r|ynt|yan|vá|bls|atb|απ"
    r"|ответ|відп|回复|回覆|答复|返信|답장|회신|رد|תגובה|השב)"
    r"\s*+(?:\[\d{1,4}\])?[:\uff1a]",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\s*+(?:undeliver(?:able|ed)(?: mail| message| e-?mail)?|non-?delivery|returned mail|delivery failure) ?(?::|$)",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*+(?:fwd?|wg|tr|rv|i|enc|vs|doorst|pd|továbbítva|fs|转发|轉寄|転送)\s*+:", re.IGNORECASE)


def is_declared(headers: Headers, media_type: str) -> bool:
    """Whether header fields say that this is a report about delivery."""
    if "x-ricevuta" in headers and headers.raw("x-ricevuta").lower().strip() in _CERTIFIED:
        return True
    return "x-failed-recipients" in headers or "x-mlserver" in headers or has_form_of_report(headers, media_type)


def has_another_purpose(headers: Headers) -> bool:
    """Whether a mail system's postmaster answers a person, or the letter sums up a log, a filter or a queue."""
    return _is_by_person(headers) or is_digest(headers)


def is_system(headers: Headers) -> bool:
    """Whether From is empty or names a mail system."""
    sender = headers.get("from").lower()
    return _SYSTEM.search(sender) is not None or ("from" in headers and not sender.strip("<> "))


def may_be_system(headers: Headers) -> bool:
    """Whether From may name a mail system: shops, newspapers and monitors use such names too."""
    return _MAY_BE_SYSTEM.search(headers.get("from").lower()) is not None


def has_second_sign(headers: Headers) -> bool:
    """Whether a sign other than From shows that a mail system wrote; shops' programs write of parcels."""
    subject = headers.get("subject").lower()
    other = goods.tells_of_goods(subject) or goods.tells_of_business(subject)
    automatic = "auto-submitted" in headers and not other
    return automatic or has_null_path(headers) or has_subject_of_report(headers)


def is_office(headers: Headers) -> bool:
    """Whether From is the mailbox of an office or a program (RFC 2142), such as support@ or noreply@, and of no helpdesk."""
    return _OFFICE.search(headers.raw("from").lower()) is not None and not is_from_helpdesk(headers)


def is_postmaster(headers: Headers) -> bool:
    """Whether the letter is from a postmaster, and not through a list: then its words decide whether a mail system wrote it."""
    if headers.any_of(_OF_LISTS) or has_another_purpose(headers):
        return False
    return "postmaster@" in headers.raw("from").lower()


def may_be_by_person(headers: Headers, reverse_path: str | None) -> bool:
    """Whether a postmaster, or somebody outside mail systems, may be the writer: no null reverse-path, no Auto-Submitted."""
    by_program = reverse_path == "" or "auto-submitted" in headers or has_null_path(headers)
    return not by_program and (is_postmaster(headers) or not is_system(headers))


def has_own_reverse_path(headers: Headers, reverse_path: str | None) -> bool:
    """Whether the reverse-path is the writer's own address: mail systems report from the null one (RFC 5321 section 4.5.5).

    *reverse_path* is the one of the letter's envelope where it is known. A list that forwards a mail system's report sets a
    reverse-path of its own: mostly the address that the report was sent to.
    """
    path = _path(headers, reverse_path)
    if not path or _speaks_for_system(path):
        return False
    sender = headers.get("from").lower()
    if path in sender:
        return True
    passed_on = path in f"{headers.raw('to')} {headers.raw('delivered-to')}".lower()
    by_another = is_system(headers) and path.rpartition("@")[2] not in sender
    return not (passed_on or by_another)


def is_from_helpdesk(headers: Headers) -> bool:
    """Whether a helpdesk or tracker wrote the letter: a ticket number in the subject, or a helpdesk's fields, show it."""
    if _TICKET.search(headers.get("subject")):
        return True
    return phrases.contains_any(_HELPDESK_PREFIXES, " " + " ".join(headers))


def _path(headers: Headers, reverse_path: str | None) -> str | None:
    """Give the reverse-path in lower case, empty for the null one; None where it is not known."""
    if reverse_path is None and "return-path" not in headers:
        return None
    return (headers.raw("return-path") if reverse_path is None else reverse_path).lower().strip("<> ")


def _speaks_for_system(path: str) -> bool:
    return not path or path.startswith("postmaster@") or _SYSTEM.search(path.rpartition("@")[0] or path) is not None


def is_digest(headers: Headers) -> bool:
    """Whether the subject is the subject of a digest: of a filter, a log, a queue."""
    return _SUMS_UP.search(headers.get("subject").lower()) is not None


def has_form_of_report(headers: Headers, media_type: str) -> bool:
    """Whether the letter is a multipart/report about delivery (RFC 6522), not about a policy, a receipt or a complaint."""
    if media_type != "multipart/report":
        return False
    kind = parameter(headers.raw("content-type"), "report-type").lower()
    return kind in {"", "delivery-status"}


def has_null_or_system_path(headers: Headers, reverse_path: str | None = None) -> bool:
    """Whether the letter came with the null reverse-path, or from a mailbox that mail systems report from.

    A postmaster's letter with his own address as reverse-path does not count.
    """
    if (path := _path(headers, reverse_path)) and "@" in path and path in headers.get("from").lower():
        return False
    return has_null_path(headers) or _MAILBOX.search(headers.raw("from")) is not None


def may_have_null_path(headers: Headers, reverse_path: str | None) -> bool:
    """Whether the reverse-path is null, a mail system's, or not known: a letter from a file may not have it."""
    path = _path(headers, reverse_path)
    return path is None or _speaks_for_system(path)


def may_be_from_mail_system(headers: Headers) -> bool:
    """Whether From is empty, names a mail system, or may name one."""
    return is_system(headers) or may_be_system(headers)


def has_subject_of_report(headers: Headers) -> bool:
    """Whether the subject is one that reports have. An answer to a report, or a forwarded one, must have the null reverse-path.

    Newsletters also write of failed deliveries: of parcels; and people ask: "Delivery problem?"
    """
    subject = headers.get("subject").lower()
    if _OPENS.match(subject):
        return True
    if "list-unsubscribe" in headers or "list-id" in headers:
        return False
    if answers_report(headers) and not is_system(headers):
        return False
    answers = _is_answer(headers) or is_persons_answer(headers)
    if (answers or _FORWARD.match(subject) or subject.endswith(_ASKS)) and not has_null_path(headers):
        return False
    if _SUBJECT.search(subject) is None or goods.tells_of_goods(subject):
        return False
    return has_null_path(headers) or is_system(headers) or not goods.tells_of_business(subject)


def _is_answer(headers: Headers) -> bool:
    return _ANSWER.match(headers.get("subject")) is not None and ("in-reply-to" in headers or "references" in headers)


def is_persons_answer(headers: Headers) -> bool:
    """Whether somebody who is no mail system answers a mail: by In-Reply-To, or by "Re:" right before the subject of a report."""
    if is_system(headers):
        return False
    by_program = has_null_path(headers) or "auto-submitted" in headers
    return answers_report(headers) or ("in-reply-to" in headers and not by_program)


def answers_report(headers: Headers) -> bool:
    """Whether the subject is "Re:" and then the subject of a report: even a program that writes so answers one."""
    subject = headers.get("subject").lower()
    answer = _ANSWER.match(subject)
    return answer is not None and _SUBJECT.match(subject[answer.end() :].lstrip()) is not None


def _is_by_person(headers: Headers) -> bool:
    """Whether a person at a mail system answers: mail programs write both reply fields, gateways that write "Re:" only one."""
    automatic = "auto-submitted" in headers or has_null_path(headers)
    return _is_answer(headers) and "in-reply-to" in headers and "references" in headers and not automatic


def is_forwarded(headers: Headers) -> bool:
    """Whether the subject shows that somebody forwards a mail."""
    return _FORWARD.match(headers.get("subject")) is not None


def has_null_path(headers: Headers) -> bool:
    """Whether the letter came, by its own header, with the null reverse-path or a mail system's."""
    path = headers.raw("return-path").lower()
    return path == "<>" or path.startswith(("<mailer-daemon", "mailer-daemon"))
