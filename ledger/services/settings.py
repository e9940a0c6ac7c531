"""The configuration file (`sealbook.toml`): where everything is, and the limits.

One file serves the service and the command line; each uses the tables it needs. Relative paths
are relative to the file. Secrets stand in files of their own, never here.
"""

import os
import tomllib
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ledger.anchoring.limits import Finality
from ledger.chain.secret_files import read_secret
from ledger.errors import ConfigurationError
from ledger.invoices import Fingerprints, HmacFingerprint
from ledger.invoices.fingerprint import MAX_VERSION

CONFIG_VARIABLE = "SEALBOOK_CONFIG"
FINGERPRINT_KEY_VARIABLE = "SEALBOOK_FINGERPRINT_KEY"
LOG_FORMAT_VARIABLE = "SEALBOOK_LOG_FORMAT"
LOG_FORMATS = ("json", "text")
_FINGERPRINT_VERSION = 1
_LIMITS = "limits"
_CHOICES = "choices"
_DAY_SECONDS = 86_400
_Table = TypeVar("_Table")
_Number = TypeVar("_Number", int, float)


def _within(least: _Number, most: _Number, *, default: _Number) -> _Number:
    """A number of the file, with its default and the limits that it must keep."""
    return field(default=default, metadata={_LIMITS: (least, most)})


def _one_of(*choices: str) -> Any:
    """One of some words, of which the first is the default."""
    return field(default=choices[0], metadata={_CHOICES: choices})


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """[chain]: the node, and what is trusted about the chain.

    deployment: the manifest with the contracts' addresses.
    development: whether the chain is a development chain, whose blocks nobody seals.
    finality: when a block counts as final: "depth", with its confirmations, or "engine", when the
    node says so by the block tag `finalized`.
    confirmations: blocks that must stand on top of a block before it counts as final by depth; 0
    for engines that never take a block back. A file that names a development chain may not ask for
    any: such a chain seals no block without a transaction, so that the last documents would never
    be final.
    """

    rpc_url: str
    deployment: Path
    development: bool = False
    finality: str = _one_of(*Finality)
    confirmations: int = _within(0, 100_000, default=12)
    timeout_seconds: float = _within(0.1, 600.0, default=10.0)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """[service]: the API process and its worker.

    database_url: of SQLite or PostgreSQL; ledger/store/README.md says what each keeps.
    max_bundle_bytes: most that is read of files which one request hands in.
    keys_dir: operator keys, one file a member. passphrase_file: of those that are keystores.
    batch_max_age_seconds: how long a document waits for company in its batch.
    resend_seconds: after which a transaction that no block holds is sent again.
    poll_seconds: how often the worker looks for work. follow_max_blocks: read in one of its steps.
    log_format: of the lines on the standard error, which sealbook serve --log-format overrides.
    """

    database_url: str
    keys_dir: Path
    passphrase_file: Path | None = None
    max_document_bytes: int = _within(1, 2**30, default=32 * 2**20)
    max_bundle_bytes: int = _within(1, 2**40, default=2**30)
    batch_max_documents: int = _within(1, 1_000_000, default=16_384)
    batch_max_age_seconds: int = _within(0, _DAY_SECONDS, default=1)
    resend_seconds: int = _within(1, _DAY_SECONDS, default=30)
    poll_seconds: float = _within(0.001, 600.0, default=0.2)
    follow_max_blocks: int = _within(1, 100_000, default=1000)
    log_format: str = _one_of(*LOG_FORMATS)


@dataclass(frozen=True, slots=True)
class FingerprintSettings:
    """[fingerprint]: the consortium's key for identity keys, 64 hex digits in a file.

    previous_key_file, previous_version: of the key before it, while members change the key.
    """

    key_file: Path | None = None
    version: int = _within(0, MAX_VERSION, default=_FINGERPRINT_VERSION)
    previous_key_file: Path | None = None
    previous_version: int | None = field(default=None, metadata={_LIMITS: (0, MAX_VERSION)})


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """[api]: where the command line finds a service, and the API key it shows."""

    url: str | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole configuration file. Tables that are absent are None."""

    chain: ChainSettings | None = None
    service: ServiceSettings | None = None
    fingerprint: FingerprintSettings = field(default_factory=FingerprintSettings)
    api: ApiSettings = field(default_factory=ApiSettings)


def load_settings(path: Path) -> Settings:
    """Read a configuration file. Raises ConfigurationError naming what is wrong in it."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    unknown = tables.keys() - {item.name for item in fields(Settings)}
    if unknown:
        raise ConfigurationError(
            f"{path} has unknown tables: {', '.join(sorted(unknown))};"
            f" there are {', '.join(item.name for item in fields(Settings))}"
        )
    return Settings(
        chain=_chain(tables, path),
        service=_optional(ServiceSettings, tables, "service", path),
        fingerprint=_table(FingerprintSettings, tables, "fingerprint", path),
        api=_table(ApiSettings, tables, "api", path),
    )


def require_http_url(text: str, where: str) -> None:
    """Raise ConfigurationError for what is no URL of a node. where: what gave it."""
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"{where} must be a URL such as http://127.0.0.1:8545")


def load_fingerprints(settings: FingerprintSettings) -> Fingerprints | None:
    """The consortium's key, and the previous one during a rotation; None if no key is named.

    The environment's key comes before the one in key_file; the previous one always has a file.

    Raises ConfigurationError if a key is named and cannot be read, is none, or its file is open to
    others; or if the previous one lacks its version or bears the current one's.
    """
    previous = _previous_fingerprint(settings)
    text = os.environ.get(FINGERPRINT_KEY_VARIABLE)
    if text is not None:
        current = _fingerprint(text, settings.version, f"${FINGERPRINT_KEY_VARIABLE}")
        return Fingerprints(current, previous)
    if settings.key_file is not None:
        text = read_secret(settings.key_file, "fingerprint key")
        return Fingerprints(_fingerprint(text, settings.version, str(settings.key_file)), previous)
    if previous is not None:
        raise ConfigurationError(
            "[fingerprint] names the previous key and not the current one: set key_file"
        )
    return None


def _fingerprint(text: str, version: int, where: str) -> HmacFingerprint:
    try:
        return HmacFingerprint.from_hex(text, version=version)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where} holds no fingerprint key: {error}") from error


def _previous_fingerprint(settings: FingerprintSettings) -> HmacFingerprint | None:
    path, version = settings.previous_key_file, settings.previous_version
    if path is None and version is None:
        return None
    if path is None or version is None:
        raise ConfigurationError(
            "[fingerprint] needs both previous_key_file and previous_version while the key is"
            " changed, and neither otherwise"
        )
    if version == settings.version:
        raise ConfigurationError(
            f"version and previous_version of [fingerprint] are both {version}: a new key has a new"
            " version"
        )
    return _fingerprint(read_secret(path, "previous fingerprint key"), version, str(path))


def _chain(tables: Any, path: Path) -> ChainSettings | None:
    found = _optional(ChainSettings, tables, "chain", path)
    if found is not None:
        require_http_url(found.rpc_url, f"rpc_url of [chain] in {path}")
    if found is None or not found.development:
        return found
    if found.confirmations and "confirmations" in tables["chain"]:
        raise ConfigurationError(
            f"confirmations of [chain] in {path} must be 0 with development = true: a development"
            " chain seals no empty blocks, so the last documents would never be final"
        )
    return replace(found, confirmations=0)


def _optional(kind: type[_Table], tables: Any, name: str, path: Path) -> _Table | None:
    return _table(kind, tables, name, path) if name in tables else None


def _table(kind: type[_Table], tables: Any, name: str, path: Path) -> _Table:
    found = tables.get(name, {})
    if not isinstance(found, dict):
        raise ConfigurationError(f"{name} in {path} must be a table: write [{name}]")
    values = dict(found)
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    unknown = values.keys() - known.keys()
    if unknown:
        raise ConfigurationError(
            f"[{name}] in {path} has unknown keys: {', '.join(sorted(unknown))};"
            f" there are {', '.join(known)}"
        )
    for key, value in values.items():
        if key == "database_url" and isinstance(value, str):
            values[key] = _anchored(value, path.parent)
            continue
        values[key] = _value(known[key], value, f"{key} of [{name}] in {path}", path.parent)
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigurationError(f"[{name}] in {path} lacks a key: {error}") from error


def _anchored(url: str, folder: Path) -> str:
    """A database URL whose SQLite path, if it is relative, begins at the configuration file."""
    scheme, separator, path = url.partition(":///")
    if scheme.startswith("sqlite") and path and not path.startswith((":memory:", "/")):
        return f"{scheme}{separator}{(folder / path).resolve()}"
    return url


def _value(item: Field[Any], value: object, where: str, folder: Path) -> object:
    kind: Any = item.type
    if kind in (Path, Path | None) and isinstance(value, str):
        return folder / value
    if kind is float and type(value) is int:
        value = float(value)
    expected = {str | None: str, int | None: int}.get(kind, kind)
    if type(value) is not expected:
        raise ConfigurationError(f"{where} must be {getattr(expected, '__name__', 'text')}")
    if _LIMITS in item.metadata:
        least, most = item.metadata[_LIMITS]
        if not least <= value <= most:  # so that "nan" is refused too
            raise ConfigurationError(f"{where} must be from {least} to {most}, and is {value}")
    if value not in item.metadata.get(_CHOICES, (value,)):
        words = " or ".join(item.metadata[_CHOICES])
        raise ConfigurationError(f"{where} must be {words}")
    return value
