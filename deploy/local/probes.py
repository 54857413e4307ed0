"""Questions that only a working server can answer; an open port proves nothing, brokers open it early."""

import http.client
import socket
import struct

HOST = "127.0.0.1"
_PATIENCE_S = 2.0

_KAFKA_METADATA, _VERSION_1, _NO_CLIENT_ID, _NO_TOPICS = 3, 1, -1, 0
_KAFKA_QUESTION = struct.pack(">hhihi", _KAFKA_METADATA, _VERSION_1, 1, _NO_CLIENT_ID, _NO_TOPICS)

_BSON_PING = b"\x10ping\x00\x01\x00\x00\x00" + b"\x02$db\x00\x06\x00\x00\x00admin\x00" + b"\x00"
_MONGO_OP_MSG = 2013
_MONGO_QUESTION = struct.pack("<iiiiB", 1, 0, _MONGO_OP_MSG, 0, 0) + struct.pack("<i", len(_BSON_PING) + 4) + _BSON_PING
_MONGO_OK = b"\x00\x00\x00\x00\x00\x00\xf0\x3f"  # the double 1.0
_HTTP_OK = 200


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as door:
        door.bind((HOST, 0))
        port: int = door.getsockname()[1]
        return port


def kafka_answers(port: int) -> bool:
    """Ask a broker for the cluster's metadata: true once it counts at least one live broker."""
    try:
        with socket.create_connection((HOST, port), _PATIENCE_S) as wire:
            wire.sendall(struct.pack(">i", len(_KAFKA_QUESTION)) + _KAFKA_QUESTION)
            (length,) = struct.unpack(">i", _read(wire, 4))
            _correlation, live_brokers = struct.unpack_from(">ii", _read(wire, length))
    except (OSError, struct.error):
        return False
    return bool(live_brokers >= 1)


def mongo_answers(port: int) -> bool:
    """Ping a MongoDB-protocol server: true once it says ok."""
    try:
        with socket.create_connection((HOST, port), _PATIENCE_S) as wire:
            wire.sendall(struct.pack("<i", len(_MONGO_QUESTION) + 4) + _MONGO_QUESTION)
            (length,) = struct.unpack("<i", _read(wire, 4))
            answer = _read(wire, length - 4)
    except (OSError, struct.error):
        return False
    return b"ok\x00" + _MONGO_OK in answer or b"ok\x00\x01\x00\x00\x00" in answer


def is_ready(port: int) -> bool:
    """Ask a Linli service whether it is ready: true when its /internal/ready says 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/internal/ready")
        return connection.getresponse().status == _HTTP_OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _read(wire: socket.socket, length: int) -> bytes:
    """Read exactly this many bytes; a peer that hangs up earlier is a ``ConnectionError``."""
    read = b""
    while len(read) < length:
        piece = wire.recv(length - len(read))
        if not piece:
            raise ConnectionError(f"The peer hung up after {len(read)} of {length} bytes.")
        read += piece
    return read
