"""The meaning of a reply code by itself (RFC 5321 section 4.2.3, RFC 7504, RFC 1846).

A reply code alone never makes a hard verdict: 551, 553 and 556 are used for relaying, senders, policies and
syntax as often as for recipients, 552 for rates and content as often as for full mailboxes.
"""

from bouncer.verdict.verdict import Reason

MEANS: dict[int, Reason] = {
    421: Reason.SERVER_BUSY,
    422: Reason.RECEIVER_ERROR,
    431: Reason.SERVER_BUSY,
    432: Reason.SERVER_BUSY,
    441: Reason.NETWORK_ERROR,
    442: Reason.NETWORK_ERROR,
    446: Reason.ROUTING_LOOP,
    447: Reason.EXPIRED,
    450: Reason.MAILBOX_UNAVAILABLE,
    451: Reason.RECEIVER_ERROR,
    452: Reason.SERVER_BUSY,
    454: Reason.RECEIVER_ERROR,
    471: Reason.POLICY,
    500: Reason.RECEIVER_ERROR,
    501: Reason.FORMAT_ERROR,
    502: Reason.RECEIVER_ERROR,
    503: Reason.RECEIVER_ERROR,
    504: Reason.RECEIVER_ERROR,
    510: Reason.GENERAL_PERMANENT,
    511: Reason.GENERAL_PERMANENT,
    512: Reason.GENERAL_PERMANENT,
    521: Reason.GENERAL_PERMANENT,
    523: Reason.MESSAGE_TOO_LARGE,
    530: Reason.RELAYING_DENIED,
    535: Reason.AUTHENTICATION_FAILED,
    541: Reason.POLICY,
    550: Reason.GENERAL_PERMANENT,
    551: Reason.GENERAL_PERMANENT,
    552: Reason.GENERAL_PERMANENT,
    553: Reason.GENERAL_PERMANENT,
    554: Reason.GENERAL_PERMANENT,
    555: Reason.FORMAT_ERROR,
    556: Reason.GENERAL_PERMANENT,
    571: Reason.POLICY,
}
