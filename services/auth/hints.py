"""The tasks of auth that are asked to look as soon as a transaction is through, by the name that ``worker`` gives them."""

SEND_TEXTS = "auth.send_texts"
FOLLOW_TEXTS = "auth.follow_texts"
