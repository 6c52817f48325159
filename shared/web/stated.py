"""What a JSON body says in one field, for whoever has to ask something before the body is checked."""

import json

from fastapi import Request


async def stated(request: Request, field: str) -> str:
    """The text that is there; empty where there is none, or no JSON object, which the check itself will tell."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return ""
    value = body.get(field) if isinstance(body, dict) else None
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


# More is no number.
_LONGEST = 60
