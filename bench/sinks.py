"""``python -m bench.sinks``: a provider of text messages and a mail server that take all and keep nothing, on ports of loopback that the
first line says. Of codes each further line says the phone and the second, by the machine's steady clock, at which it came.
"""

import asyncio
import json
import time

CODES = "1391111"


async def take_sms(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """HTTP with one kind of request, on a connection that stays open."""
    while head := await _head(reader):
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        asked = json.loads(await reader.readexactly(length))
        if asked["phone"].startswith(CODES):
            print(asked["phone"], time.monotonic(), flush=True)
        body = json.dumps({"reference": asked["id"]}).encode()
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(answer + body)
    writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def take_mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much SMTP as a client needs that wants to get rid of a mail."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        if line[:4].upper() == b"DATA":
            writer.write(b"354 go on\r\n")
            while await reader.readline() not in (b".\r\n", b""):
                """Nothing is kept."""
        writer.write(b"250 ok\r\n" if line[:4].upper() != b"QUIT" else b"221 bye\r\n")
    writer.close()


async def main() -> None:
    sms = await asyncio.start_server(take_sms, "127.0.0.1", 0)
    mail = await asyncio.start_server(take_mail, "127.0.0.1", 0)
    print(sms.sockets[0].getsockname()[1], mail.sockets[0].getsockname()[1], flush=True)
    await asyncio.gather(sms.serve_forever(), mail.serve_forever())


if __name__ == "__main__":
    asyncio.run(main())
