"""Settings of auth alone, read from the environment with the prefix ``AUTH_``. Keys and addresses that every service needs stand in
``shared.settings``.
"""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class AuthSettings(Settings):
    """Durations are in the unit that the name says. The argon2id costs give 50 to 100 ms on one core (``bench/`` has the figure)."""

    model_config = SettingsConfigDict(env_prefix="AUTH_", env_ignore_empty=True, frozen=True)

    session_hours: int = Field(default=12, description="登录最长保持的小时数")
    idle_hours: int = Field(default=2, description="多少小时没有操作即退出登录")
    sessions_kept_days: int = Field(
        default=365,
        ge=180,
        description="登录记录在登录结束后保留多少天（《网络安全法》：不少于六个月）；每个账号最近的一次始终保留",
    )
    cache_seconds: int = Field(default=60, description="登录状态缓存的秒数")
    # Longer than any cached state lives, so that no late look-up can bring an ended session back.
    tombstone_seconds: int = Field(default=180, description="已结束的登录在缓存中留存的秒数，应大于 AUTH_CACHE_SECONDS")

    wrong_passwords: int = Field(default=5, ge=2, description="密码连续输错多少次锁定账号")
    lock_hours: int = Field(default=6, description="账号锁定的小时数")
    failures_per_address: int = Field(default=30, description="同一网络地址每小时允许输错密码、验证码等的次数")
    # By people without an account: whether a credit code is registered (FAQ-D2), and files for a case.
    code_lookups_per_address: int = Field(default=30, description="同一网络地址每小时可查询信用代码是否注册的次数")
    uploads_per_address: int = Field(default=60, description="同一网络地址每小时可为申诉等上传的文件数")

    argon2_passes: int = Field(default=3, description="密码哈希 argon2id 的轮数")
    argon2_memory_kib: int = Field(default=32 * 1024, description="密码哈希 argon2id 的内存（KiB）")
    argon2_threads: int = Field(default=2, description="同时计算密码哈希的线程数")
    kept_passwords: int = Field(default=5, description="新密码不得与最近多少个密码相同")

    # X26: officials always prove their phone; whether units do, too, is a setting.
    unit_codes: bool = Field(default=False, description="培训单位和用人单位登录也须短信验证码；管理机构始终须验证")
    code_seconds: int = Field(default=300, description="短信验证码的有效秒数")
    code_gap_seconds: int = Field(default=60, description="同一手机号码两次获取验证码至少间隔的秒数")
    code_tries: int = Field(default=5, description="一个验证码可输错的次数")
    codes_per_phone_a_day: int = Field(
        default=10, ge=2, description="同一手机号码每天为同一事项最多获取的验证码数；同一网络地址最多用其一半"
    )
    codes_per_address_an_hour: int = Field(default=30, description="同一网络地址每小时最多获取的验证码数，登录的除外")
    # After a right password: a bureau of forty signs in from one address at nine.
    sign_in_codes_per_phone_a_day: int = Field(default=10, description="同一手机号码每天最多获取的登录验证码数")
    sign_in_codes_per_address_an_hour: int = Field(default=240, description="同一网络地址每小时最多获取的登录验证码数")
    activation_hours: int = Field(default=72, description="激活链接的有效小时数")

    # Empty means the table of known companies.
    registry_url: str = Field(default="", description="工商登记查询接口的地址；不填时查询平台内的企业名录")
    registry_token: str = Field(default="", description="工商登记查询接口的令牌，以 Bearer 发送")
    lookups_per_address_a_minute: int = Field(default=60, description="同一网络地址每分钟可查询企业名录的次数")
    # Employers sign up by themselves and apply for no validity: theirs ends when nobody can mean the account any more.
    enterprise_years: int = Field(default=10, description="用人单位自行注册的账号有效的年数")
    draft_days: int = Field(default=30, description="账号申请草稿保留的天数")
    unproven_draft_days: int = Field(default=7, description="手机号码从未验证过的账号申请草稿保留的天数")
    # By people without an account, whose files cost a proof and no name.
    uploads_per_record_mb: int = Field(
        default=50, gt=0, description="一份账号申请或申诉等 24 小时内最多上传的文件（MB）"
    )
    uploads_per_address_a_day_mb: int = Field(
        default=200, gt=0, description="同一网络地址每天最多为账号申请、申诉等上传的文件（MB）"
    )

    proof_key: str = Field(min_length=32, description="人机验证的密钥，不少于 32 个字符；更换后只影响正在进行的验证")
    proof_seconds: int = Field(default=120, description="人机验证题目的有效秒数")
    # Half of the steps are more by chance: 2250 on average, which take a slow office PC (two cores, 0.8 ms a step) about a second.
    proof_cost: int = Field(default=1000, description="人机验证（免图验证、程序登录）每步的计算量")
    proof_counter: int = Field(default=1500, description="人机验证（免图验证、程序登录）最少的步数，最多为其两倍")
    proof_dearest: int = Field(default=20, ge=1, description="同一网络地址多次失败后，人机验证的步数最多增加到的倍数")
    picture_seconds: int = Field(default=120, description="图片验证的有效秒数")
    pictures_per_address_an_hour: int = Field(default=120, description="同一网络地址每小时可获取的验证图片数")


@lru_cache(maxsize=1)
def auth_settings() -> AuthSettings:
    """The settings of this process; read once."""
    return AuthSettings()
