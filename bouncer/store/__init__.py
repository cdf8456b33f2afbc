"""Stores: the port Store on SQL engines; ``sql.open_store``, ``find_store`` and ``create_store`` give one."""
