"""The tasks of notifications that are asked to look as soon as a transaction is through, by the name that ``worker`` gives them."""

EXPAND_NOTICES = "notifications.expand_notices"
SEND_DUE = "notifications.send_due"
MATCH_RECEIPTS = "notifications.match_receipts"
SEND_HOOKS = "notifications.send_hooks"
