"""SQLAlchemy's asynchronous engine, imported without its ORM.

``sqlalchemy.ext.asyncio`` imports sessions beside the engine, and with them all of the ORM, which we do not use: a quarter of the
time that SQLAlchemy takes to be imported, in each command and in each process of the daemon. Here the module of the engine is
imported by itself. A later import of the package loads all of it, with this same engine.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

_PACKAGE = "sqlalchemy.ext.asyncio"
_ENGINE = f"{_PACKAGE}.engine"

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
else:

    def _import_engine() -> ModuleType:
        """Import the engine's module: alone, unless its package is imported already."""
        if _PACKAGE in sys.modules or (spec := importlib.util.find_spec(_PACKAGE)) is None:
            return importlib.import_module(_PACKAGE)
        package = ModuleType(_PACKAGE)
        package.__path__ = spec.submodule_search_locations
        sys.modules[_PACKAGE] = package
        try:
            return importlib.import_module(_ENGINE)
        except ImportError:  # a version of SQLAlchemy that divides the package otherwise
            pass
        finally:
            del sys.modules[_PACKAGE]  # it is empty: the next to import it gets the whole one
        return importlib.import_module(_PACKAGE)

    _module = _import_engine()
    AsyncConnection, AsyncEngine, create_async_engine = (
        _module.AsyncConnection,
        _module.AsyncEngine,
        _module.create_async_engine,
    )

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]
