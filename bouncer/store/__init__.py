"""Stores: the port Store on SQL engines (layer 4); ``sql.open_store``, ``find_store`` and ``create_store`` give one."""
