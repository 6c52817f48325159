"""The reference of settings, read off the settings classes: docs/settings.md, and the tail of .env.example, which holds whatever its
hand-written head does not. What compose alone reads is listed here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from services.auth.settings import AuthSettings
from services.certificates.settings import CertificatesSettings
from services.declaration.settings import DeclarationSettings
from services.notifications.settings import NotificationSettings
from services.training.settings import TrainingSettings
from shared.settings import PlatformSettings

READERS: Mapping[type[BaseSettings], str] = {
    PlatformSettings: "所有服务",
    AuthSettings: "auth（账号与登录）",
    TrainingSettings: "training（培训）",
    CertificatesSettings: "certificates（证书）",
    DeclarationSettings: "declaration（申报）",
    NotificationSettings: "notifications（消息）",
}
# Where the parts of a layout find each other: docker-compose.yml and the embedded stack say it, an operator does not.
BY_LAYOUT = frozenset(
    {
        "PLATFORM_INTERNAL_URL",
        "PLATFORM_DATABASE_URL",
        "PLATFORM_REDIS_PASSWORD",
        "PLATFORM_CACHE_DIR",
        "PLATFORM_CATCHER_URL",
        "NOTIFICATIONS_CATCHER_BIND",
        "PLATFORM_TRUSTED_PROXIES",
        "PLATFORM_WORKER_METRICS_ADDRESS",
    }
)
COMPOSE: Mapping[str, str] = {
    "GATEWAY_PORT": "网关在本机的端口",
    "GATEWAY_TRUSTED_PROXY": "网关前面的 https 服务器的地址或网段，只有它可以说明访问者是谁；127.0.0.1 表示没有",
    "GATEWAY_NETWORK": "网关与各服务之间网络的前三段，与本机已有网络冲突时更换",
    "POSTGRES_PASSWORD": "数据库管理员的密码，仅用于建库",
    "REDIS_PASSWORD": "Redis 的密码",
    "NOTIFICATIONS_SEND_PROCESSES": "发送短信和邮件的进程数",
    "CERTIFICATES_PRINT_PROCESSES": "制作证书和表格的进程数，每个不超过 300 MB",
    "CERTIFICATES_PRINT_MEMORY": "制作证书和表格的容器的内存上限：每个进程 300 MB，另加 300 MB",
}
MARK = "# ---- 以下由 make docs 生成：其余设置，留空即为默认值 · made by `make docs`: the rest; nothing means the default ----\n"


@dataclass(frozen=True)
class Setting:
    """``default`` is None where one must be given, "" where nothing is meant."""

    name: str
    default: str | None
    meaning: str
    reader: str


def settings() -> Iterator[Setting]:
    """Every variable that a process of the platform reads, in the order of the classes."""
    for owner, reader in READERS.items():
        for name, field in owner.model_fields.items():
            variable = f"{owner.model_config['env_prefix']}{name.upper()}"
            yield Setting(variable, _default(field), field.description or "", reader)


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return None
    value = field.default
    if value is PydanticUndefined or value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_page(example: str) -> str:
    """docs/settings.md; what compose alone reads has its default from ``.env.example``."""
    lines = [
        "# 设置 · Settings",
        "",
        "Made by `make docs` from the settings classes (`shared/settings.py`, `services/*/settings.py`).",
        "",
        "平台的设置都是环境变量。compose 部署写在 `.env` 中（`ops/new_env.sh` 生成），改后 `docker compose up -d` 生效；"
        "单机部署写在 `make run` 之前。留空与不写相同，即为默认值。任何一项也可以从文件读取："
        "写 `名称_FILE=文件路径`，不写 `名称`。“必填”的没有默认值；“部署决定”的由 "
        "`docker-compose.yml` 或 `make run` 给出，不写在 `.env` 中。",
    ]
    for reader in READERS.values():
        lines += _table(f"## {reader}", [each for each in settings() if each.reader == reader])
    given = dict(_assignments(example))
    own = [Setting(name, given[name] or None, words, "compose") for name, words in COMPOSE.items()]
    return "\n".join([*lines, *_table("## 仅 docker compose", own)]) + "\n"


def _table(title: str, rows: list[Setting]) -> list[str]:
    head = ["", title, "", "| 名称 | 默认值 | 含义 |", "|---|---|---|"]
    return head + [f"| `{row.name}` | {_shown(row)} | {row.meaning} |" for row in rows]


def _shown(row: Setting) -> str:
    if row.name in BY_LAYOUT:
        return "部署决定"
    if row.default is None:
        return "必填"
    return f"`{row.default}`" if row.default else "（空）"


def example_page(present: str) -> str:
    """``.env.example`` with its tail anew; the head, down to the mark, stays as people wrote it."""
    head = present.partition(MARK)[0]
    written = {name for name, _ in _assignments(head)}
    rest = [each for each in settings() if each.name not in written | BY_LAYOUT]
    lines = [f"# {each.meaning}（默认 {each.default or '空'}）\n{each.name}=\n" for each in rest]
    return head + MARK + "".join(lines)


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            yield name, value


def reference_pages(root: Path) -> dict[Path, str]:
    """Both files and what they should hold."""
    example = root / ".env.example"
    whole = example_page(example.read_text("utf-8"))
    return {example: whole, root / "docs" / "settings.md": settings_page(whole)}
