"""What a server runs: `uvicorn --factory api.main:app_from_environment`."""

import logging
import os
from pathlib import Path

from fastapi import FastAPI

from api.app import create_app
from api.wiring import open_service
from ledger.errors import ConfigurationError
from ledger.services.settings import CONFIG_VARIABLE, load_settings


def app_from_environment() -> FastAPI:
    """The application of the configuration file that SEALBOOK_CONFIG names.

    Raises ConfigurationError with a sentence for the operator.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        raise ConfigurationError(f"set {CONFIG_VARIABLE} to the path of your sealbook.toml")
    service = open_service(load_settings(Path(path)))
    return create_app(service.ledger, service.worker)
