"""What auth does about other services' events: nothing, it follows nobody (``shared.events.subscriptions``)."""

from shared.events.bookmarks import Handlers

HANDLERS: Handlers = {}
