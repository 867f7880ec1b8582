"""Messages over a socket that is a stream: each behind its length."""

import socket
from collections.abc import Iterator

LARGEST = 16_000_000
"""Bytes. More is a fault, and nobody waits for it."""
CHUNK = 262_144


class TooLongError(Exception):
    """What came is longer than any message."""


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


class Frames:
    """The messages that arrive, from whatever pieces they come in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._arrived = bytearray()
        self.ended = False

    def read(self) -> Iterator[bytes]:
        """What is complete, after one piece more. `ended` says that no more will come."""
        try:
            piece = self._connection.recv(CHUNK)
        except (BlockingIOError, TimeoutError):
            return
        except OSError:
            piece = b""
        self.ended = not piece
        self._arrived += piece
        while len(self._arrived) >= 4:
            end = 4 + int.from_bytes(self._arrived[:4], "big")
            if end > LARGEST:
                raise TooLongError
            if len(self._arrived) < end:
                return
            yield bytes(self._arrived[4:end])
            del self._arrived[:end]
