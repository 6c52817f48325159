"""What a proof can open. A proof for one opens no other."""

from enum import StrEnum


class Action(StrEnum):
    SIGN_IN = "sign_in"
    CHANGE_PHONE = "change_phone"
    RECOVERY = "recovery"
    UNLOCK = "unlock"
    ACTIVATION = "activation"
    APPLICATION = "application"
    SIGN_UP = "sign_up"
    CASE = "case"
    LOOKUP = "lookup"
