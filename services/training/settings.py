"""Settings of training alone, read from the environment with the prefix ``TRAINING_``."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class TrainingSettings(Settings):
    """Nothing of it is a secret."""

    model_config = SettingsConfigDict(env_prefix="TRAINING_", env_ignore_empty=True, frozen=True)

    people_guesses_a_day: int = Field(
        default=30,
        gt=0,
        description="一个账号一天内填写的人员，其中在其他单位登记的至多这么多人，之后当天不能再添加人员",
    )
    offer_hours: float = Field(
        default=24, gt=0, description="空出的名额为候补人员保留的小时数，不超过该班次的选班截止时间（BEY-02）"
    )


@lru_cache(maxsize=1)
def training_settings() -> TrainingSettings:
    """The settings of this process; read once."""
    return TrainingSettings()
