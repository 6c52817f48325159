"""``python -m ops``: one door to what an operator runs. ``python -m ops COMMAND --help`` explains each (PLAT-10)."""

import os
import runpy
import sys
from importlib import import_module
from pathlib import Path

COMMANDS = {
    "status": ("ops.status", "平台是否正常，什么需要人处理 · whether a person is needed, and for what"),
    "let-go": ("ops.let_go", "重新处理搁置的消息 · parked events: list them, try them again"),
    "retry": ("ops.retry", "重新发送失败的短信、邮件 · failed text messages and e-mails again"),
    "backup": ("ops.backup", "备份全部数据库和文件 · a backup of all databases and files"),
    "restore": ("ops.restore", "恢复到空的环境 · bring a backup into empty databases"),
    "move": ("ops.move", "把全部数据带到另一套环境 · all data into the empty databases of another platform"),
    "audit": ("ops.audit", "检查变更记录是否被改动 · whether the histories are as they were written"),
    "retention": ("ops.retention", "到期清除了什么、清除了多少 · what went when its time was over, and how much"),
    "migrate": ("ops.migrate", "升级数据库 · every database to the newest schema"),
    "rekey": ("ops.rekey", "更换密钥后重新加密 · every row under the first keys"),
    "first-account": ("ops.first_account", "建立省级账号 · the first account of a new installation"),
    "rescue-manager": ("ops.rescue_manager", "恢复唯一的省级账号管理员 · the only manager has lost phone and password"),
    "import-reference": ("ops.import_reference", "导入企业登记、行业等文件 · registries and industries from a file"),
}


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {words}" for name, (_, words) in COMMANDS.items()]
    return "\n".join(["usage: python -m ops COMMAND [--help]", "", *lines])


def _know_the_embedded() -> None:
    """Beside ``make run`` the settings are read from what runs there; elsewhere they are in the environment."""
    if os.environ.get("PLATFORM_DATABASE_URL") or os.environ.get("PLATFORM_DATABASE_URL_FILE"):
        return
    var = Path(os.environ.get("VAR_DIR") or "var")
    if (var / "postgres").is_dir():
        os.environ.update(import_module("ops.up.running").environment_of(var))


def main(words: list[str]) -> int:
    """Hands the words behind the command's name to it; ends with 2 for a name that is none."""
    if not words or words[0] in ("-h", "--help"):
        print(_help())
        return 0
    if words[0] not in COMMANDS:
        print(f"没有这个命令：{words[0]} · no such command\n{_help()}", file=sys.stderr)
        return 2
    _know_the_embedded()
    sys.argv = [f"python -m ops {words[0]}", *words[1:]]
    runpy.run_module(COMMANDS[words[0]][0], run_name="__main__", alter_sys=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
