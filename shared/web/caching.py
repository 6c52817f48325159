"""Answers that a browser keeps for a while and then asks for only by their ETag: what forms are filled in from."""

from hashlib import sha256

from fastapi import Request, Response

# Long enough to fill a form from, short enough that a new entry is there within minutes.
_SECONDS = 300


def cacheable(
    request: Request, content: bytes, *, public: bool, seconds: int = _SECONDS, media_type: str = "application/json"
) -> Response:
    """This content, or 304 for whoever has it already; what is not ``public`` is kept by the browser of who asked alone, for ``seconds``
    (with 0 it asks each time)."""
    kept = f"{'public' if public else 'private'}, max-age={seconds}"
    headers = {"ETag": f'"{sha256(content).hexdigest()[:32]}"', "Cache-Control": kept}
    given = request.headers.get("If-None-Match", "")
    if headers["ETag"] in (each.strip().removeprefix("W/") for each in given.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
