"""Schema migrations by Alembic, forward and back, run from the program itself.

On PostgreSQL several programs may want to migrate at once: a lock lets one after the other, and the
later ones find nothing left to do. A service that is at work must not find its tables changed, so
a schema that is in use is not migrated while other programs of ours are connected.
"""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from ledger.errors import ConfigurationError
from ledger.store.engine import Store

PATIENCE_SECONDS = 5.0
"""How long a migration waits for others to leave the database."""
_LOOK_SECONDS = 0.1


def upgrade(store: Store) -> None:
    """Bring the schema to this version's state, in one transaction.

    Raises ConfigurationError if a newer version has changed it, or if it has to be changed and
    other programs are at work on it; TransportError if the database does not answer.
    """
    config = _config()
    try:
        with store.migrating() as connection:
            if revision(connection) not in (None, _head()):
                _require_alone(store, connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError(
            "a newer version of Sealbook has changed the database; run that version"
        ) from error


def downgrade(store: Store, target: str) -> None:
    """Take the schema back to an earlier revision, `base` for none.

    Raises ConfigurationError if other programs are at work on it.
    """
    config = _config()
    with store.migrating() as connection:
        _require_alone(store, connection)
        config.attributes["connection"] = connection
        command.downgrade(config, target)


def prepare(store: Store) -> None:
    """Make the schema if the database is new, else check that it is this version's.

    For programs beside a service, under which the schema must not change. Raises
    ConfigurationError.
    """
    if _current(store) is None:
        upgrade(store)
    else:
        check_current(store)


def check_current(store: Store) -> None:
    """Raise ConfigurationError unless the schema is this version's."""
    wanted, found = _head(), _current(store)
    if found != wanted:
        raise ConfigurationError(
            f"the database has schema {found or 'none'} and this version needs {wanted};"
            " stop the service and start it again to migrate"
        )


def _require_alone(store: Store, connection: Connection) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while others := store.others_at_work(connection):
        if time.monotonic() >= deadline:
            raise ConfigurationError(
                f"the database's schema has to be changed, and {others} connections of other"
                " services or commands are open to it: stop them, then start this one again"
            )
        time.sleep(_LOOK_SECONDS)


def _current(store: Store) -> str | None:
    with store.reading() as connection:
        return revision(connection)


def revision(connection: Connection) -> str | None:
    """Name of the schema that the database has; None if it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_older(name: str) -> bool:
    """Whether this version knows a revision that is not its own, and so can migrate from it."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return name in known and name != _head()


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
