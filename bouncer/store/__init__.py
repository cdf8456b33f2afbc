"""Stores: the port Store on SQL engines (floor 4); ``sql.open_store``, ``find_store`` and ``create_store`` are the doors."""
