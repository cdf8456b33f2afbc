"""The servers that our own mail servers ask before a mail goes out: milter, policy service, socketmap table (floor 5)."""
