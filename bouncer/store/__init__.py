"""Stores: the port Store on SQL engines (floor 4); ``sql.open_store`` opens one."""
