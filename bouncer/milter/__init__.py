"""The servers that our own mail servers query before a mail goes out: milter, policy service, socketmap table."""
