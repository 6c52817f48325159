"""A door before a server on loopback: what comes in goes on to it, in clear or as it was encrypted. It can be cut, so that the server is
out of reach for whoever comes by this door while it goes on serving others, and be mended.
"""

import socket
import ssl
from contextlib import suppress
from threading import Lock, Thread

_TLS_HANDSHAKE = b"\x16"
_CHUNK = 65536


class Front:
    """``tls`` lets in who speaks TLS; who begins in clear is let in as well, as a server's own companions do."""

    def __init__(self, target: int, tls: ssl.SSLContext | None = None) -> None:
        self._target, self._tls = target, tls
        self._lock, self._open, self._cut = Lock(), set[socket.socket](), False
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """From now on nobody gets through: what is open ends, what is new is turned away."""
        with self._lock:
            self._cut, ended = True, list(self._open)
        for each in ended:
            _end(each)

    def mend(self) -> None:
        with self._lock:
            self._cut = False

    def close(self) -> None:
        self.cut()
        _end(self._door)
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._door.accept()
                Thread(target=self._let_in, args=(came,), daemon=True).start()

    def _let_in(self, came: socket.socket) -> None:
        try:
            inner = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            inner.settimeout(None)
            if self._tls and came.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                came = self._tls.wrap_socket(came, server_side=True)
        except OSError:
            came.close()
            return
        with self._lock:
            self._open |= {came, inner}
            cut = self._cut
        if cut:
            _end(came)
        back = Thread(target=_pump, args=(inner, came), daemon=True)
        back.start()
        _pump(came, inner)
        back.join()
        with self._lock:
            self._open -= {came, inner}
        came.close()
        inner.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := source.recv(_CHUNK):
            sink.sendall(data)
    _end(source)
    _end(sink)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
