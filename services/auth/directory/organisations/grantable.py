"""What an account of an organisation may be granted when it is opened (X25); ``access.accounts.grants`` judges by the same sets."""

from shared.roles import Grant, Level

# 数据直报员, and 数据质控员 with 系统管理员, as the application form groups them (AUTH-04). An employer signs up by itself.
REPORTER = frozenset(
    {
        Grant.HEALTH_EXAMINATION,
        Grant.DIAGNOSIS,
        Grant.ARBITRATION,
        Grant.TECHNICAL_SERVICE,
        Grant.PNEUMOCONIOSIS_FOLLOW_UP,
        Grant.GROUP_REGISTRATION,
    }
)
MANAGER = frozenset({Grant.DISEASE_CONTROL, Grant.HEALTH_ADMINISTRATION, Grant.ACCOUNT_MANAGEMENT})


def grantable_at(level: Level) -> list[Grant]:
    """Each of them, in a fixed order."""
    return sorted(REPORTER if level is Level.UNIT else MANAGER)
