"""The two ways in which sending fails. Their words name the fault only: an address or a text never gets into an error (PLAT-05)."""


class ChannelDown(Exception):
    """The provider does not take anything now; the rest of the batch need not be tried."""


class MessageRefused(Exception):
    """The provider will never take this message: a wrong number, a mailbox that does not exist."""
