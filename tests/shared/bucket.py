"""A stand-in for an S3 bucket, by what its interface says: objects, uploads in parts that count only once completed, and a switch that
takes it away or breaks its answers off.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from xml.sax.saxutils import escape

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ops.up.ports import free_port
from shared.storage import Storage

OPTIONS = {"access_key_id": "x", "secret_access_key": "y", "region": "z"}


class Bucket:
    """``objects`` and open ``uploads`` by key; ``away`` answers 503; a key of ``broken`` is
    not read beyond its beginning, one of ``forbidden`` not at all; ``full`` takes nothing more."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.away = False
        self.full = False
        self.broken: set[str] = set()
        self.forbidden: set[str] = set()
        self.most_part = 0
        self.part_came = asyncio.Event()

    async def answer(self, request: Request) -> Response:
        """One request, path-style."""
        key = request.path_params.get("key", "").removeprefix("prefix/")
        if self.away:
            return Response(status_code=503)
        if self.full and request.method in {"PUT", "POST"}:
            return _xml("<Error><Code>InsufficientStorage</Code></Error>", 507)
        if key in self.forbidden:
            return Response(status_code=403)
        if "uploadId" in request.query_params or "uploads" in request.query_params:
            return await self._upload(request, key)
        if request.method == "GET" and "list-type" in request.query_params:
            return self._listed(request.query_params["prefix"].removeprefix("prefix/"))
        if request.method == "POST":
            return self._delete_many((await request.body()).decode())
        if request.method == "PUT":
            self.objects[key] = await request.body()
            return Response(headers={"ETag": '"1"'})
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return Response(status_code=204)
        return self._read(request, key)

    def _read(self, request: Request, key: str) -> Response:
        if key not in self.objects:
            return _xml("<Error><Code>NoSuchKey</Code></Error>", 404)
        data = self.objects[key]
        headers = {"ETag": '"1"', "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT"}
        if request.method == "HEAD":
            return Response(headers={**headers, "Content-Length": str(len(data))})
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if not wanted:
            return Response(data, headers=headers)
        start, end = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
        if key in self.broken and start:
            return Response(status_code=403)
        headers |= {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
        return Response(data[start : end + 1], 206, headers)

    async def _upload(self, request: Request, key: str) -> Response:
        if "uploads" in request.query_params:
            upload = f"u{len(self.uploads)}"
            self.uploads[upload] = {}
            return _xml(f"<R><UploadId>{upload}</UploadId></R>")
        upload = request.query_params["uploadId"]
        if request.method == "PUT":
            data = await request.body()
            self.most_part = max(self.most_part, len(data))
            self.part_came.set()
            self.uploads[upload][int(request.query_params["partNumber"])] = data
            return Response(headers={"ETag": '"1"'})
        parts = self.uploads.pop(upload)
        if request.method == "DELETE":
            return Response(status_code=204)
        self.objects[key] = b"".join(data for _, data in sorted(parts.items()))
        return _xml('<R><ETag>"1"</ETag></R>')

    def _listed(self, prefix: str) -> Response:
        found = "".join(
            f"<Contents><Key>prefix/{escape(key)}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified>"
            f'<ETag>"1"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in self.objects.items()
            if key.startswith(prefix)
        )
        return _xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")

    def _delete_many(self, body: str) -> Response:
        keys = re.findall(r"<Key>prefix/(.*?)</Key>", body)
        for key in keys:
            self.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>prefix/{escape(key)}</Key></Deleted>" for key in keys)
        return _xml(f"<DeleteResult>{gone}</DeleteResult>")


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="application/xml")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The address of an app that answers over a real connection in the block."""
    port = free_port()
    server = _Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def open_bucket() -> AsyncIterator[tuple[Bucket, Storage]]:
    """A bucket, and the platform's storage in it."""
    bucket = Bucket()
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    app = Starlette(
        routes=[
            Route("/bucket/{key:path}", bucket.answer, methods=methods),
            Route("/bucket", bucket.answer, methods=methods),
        ]
    )
    async with serving(app) as address:
        yield bucket, Storage("s3://bucket/prefix", {**OPTIONS, "endpoint": address})
