"""The layers: which package stands on which."""

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "mail"),
    ("ndr",),
    ("verdict",),
    ("policy",),
    ("compose",),
    ("ports", "settings", "files", "logs", "clock", "installation", "garbage", "turns"),
    ("own_hosts", "settings_file", "key_files", "unix_listening"),
    ("store", "courier", "notify", "stages", "manage", "workers", "listening", "connections"),
    ("server",),
    ("smtpd", "milter", "web"),
    ("doctor",),
    ("pages",),
    ("daemon",),
    ("cli",),
    ("__main__",),
)
