import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.chain.web3_adapter import connect
from ledger.errors import TransportError
from ledger.types import ChainId

ANSWER = b'{"jsonrpc":"2.0","id":1,"result":"0x539"}'


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:  # http.server writes to the terminal otherwise
        pass


def write_certificate(folder: Path, address: str) -> Path:
    """A key and a certificate for an address, which vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "node.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture(params=["127.0.0.1", "127.0.0.2"])
def certified(request: pytest.FixtureRequest) -> str:
    """The address that the node's certificate is for."""
    return str(request.param)


@pytest.fixture
def url(tmp_path: Path, certified: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A node at 127.0.0.1, whose certificate the system trusts."""
    file = write_certificate(tmp_path, certified)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_node_is_asked_over_https_if_its_certificate_names_it(url: str, certified: str) -> None:
    chain = connect(url, timeout_seconds=5.0)
    if certified == "127.0.0.1":
        assert chain.chain_id() == ChainId(1337)
    else:
        with pytest.raises(TransportError, match="does not answer"):
            chain.chain_id()
    chain.close()
