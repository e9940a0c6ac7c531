"""Schema migrations by Alembic, forward and back, run from the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from ledger.errors import ConfigurationError
from ledger.store.engine import Store


def upgrade(store: Store) -> None:
    """Bring the schema to this version's state, in one transaction.

    Raises ConfigurationError if a newer version has changed it.
    """
    config = _config()
    try:
        with store.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError(
            "a newer version of Sealbook has changed the database; run that version"
        ) from error


def downgrade(store: Store, revision: str) -> None:
    """Take the schema back to an earlier revision, `base` for none."""
    config = _config()
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def prepare(store: Store) -> None:
    """Make the schema if the database is new, else check that it is this version's.

    For programs beside a service, under which the schema must not change. Raises
    ConfigurationError.
    """
    if _revision(store) is None:
        upgrade(store)
    else:
        check_current(store)


def check_current(store: Store) -> None:
    """Raise ConfigurationError unless the schema is this version's."""
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    found = _revision(store)
    if found != wanted:
        raise ConfigurationError(
            f"the database has schema {found or 'none'} and this version needs {wanted};"
            " stop the service and start it again to migrate"
        )


def _revision(store: Store) -> str | None:
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
