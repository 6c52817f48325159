"""Settings of declaration alone, read from the environment with the prefix ``DECLARATION_``."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class DeclarationSettings(Settings):
    """Nothing of it is a secret."""

    model_config = SettingsConfigDict(env_prefix="DECLARATION_", env_ignore_empty=True, frozen=True)

    # 职业病危害项目申报办法 (2012), articles 8 to 11; a province may have it otherwise.
    review_workdays: int = Field(
        default=5, ge=1, le=60, description="收到申报后多少个工作日内审核并出具回执，超过即提示逾期"
    )
    initial_days: int = Field(default=30, ge=1, description="竣工验收后多少日内初次申报")
    project_days: int = Field(default=30, ge=1, description="新建、改建、扩建、技术改造或引进后多少日内变更申报")
    change_days: int = Field(default=15, ge=1, description="其他变化后多少日内变更申报")
    cancellation_days: int = Field(default=15, ge=1, description="终止生产经营后多少日内注销")
    annual_after_months: int = Field(default=11, ge=1, description="上次申报满多少个月后可年度更新")
    annual_before_months: int = Field(default=13, ge=2, description="上次申报满多少个月前须年度更新")
    figure_days_kept_days: int = Field(
        default=3653,
        ge=0,
        description="申报统计保留最近多少天内每一天的数字；更早的只保留每月最后一天的；0 为永久保留每一天的",
    )


@lru_cache(maxsize=1)
def declaration_settings() -> DeclarationSettings:
    """The settings of this process; read once."""
    return DeclarationSettings()
