"""What a server runs: `uvicorn --factory api.main:app_from_environment`."""

import gc
import os
from pathlib import Path

from fastapi import FastAPI

from api.app import create_app
from api.wiring import open_service
from ledger.errors import ConfigurationError
from ledger.services.settings import (
    CONFIG_VARIABLE,
    LOG_FORMAT_VARIABLE,
    LOG_FORMATS,
    Settings,
    load_settings,
)
from ledger.services.watching.event_log import LogFormat, log_to_stderr
from ledger.services.watching.log_handler import send_logging_to


def app_from_environment() -> FastAPI:
    """The application of the configuration file that SEALBOOK_CONFIG names.

    Raises ConfigurationError with a sentence for the operator.
    """
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        raise ConfigurationError(f"set {CONFIG_VARIABLE} to the path of your sealbook.toml")
    settings = load_settings(Path(path))
    log = log_to_stderr(_log_format(settings))
    send_logging_to(log)
    service = open_service(settings, log)
    app = create_app(service.ledger, service.worker, service.meter, log)
    # What is loaded by now stays. Looking through all of it for garbage, again and again, would
    # cost a fifth of the time that accepting a document takes.
    gc.collect()
    gc.freeze()
    return app


def _log_format(settings: Settings) -> LogFormat:
    configured = LOG_FORMATS[0] if settings.service is None else settings.service.log_format
    chosen = os.environ.get(LOG_FORMAT_VARIABLE) or configured
    if chosen not in LOG_FORMATS:
        raise ConfigurationError(f"{LOG_FORMAT_VARIABLE} must be {' or '.join(LOG_FORMATS)}")
    return LogFormat(chosen)
