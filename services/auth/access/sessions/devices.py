"""What a person is told of a device: its system and browser in words, read from the user agent. It decides nothing."""

from dataclasses import dataclass

_SYSTEMS = (
    ("Windows NT 10", "Windows 10/11"),
    ("Windows NT 6.1", "Windows 7"),
    ("Windows", "Windows"),
    ("Android", "安卓手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
# The first that fits: each of these also says that it is what stands below it.
_BROWSERS = (
    ("QIHU 360", "360 浏览器"),
    ("360SE", "360 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
MAX_AGENT = 300


@dataclass(frozen=True)
class Device:
    """Where a sign-in comes from."""

    user_agent: str
    address: str

    @property
    def label(self) -> str:
        """Such as ``Windows 10/11 上的 Edge``; a program is named as it names itself."""
        return device_label(self.user_agent)


def device_label(user_agent: str) -> str:
    """The device in words."""
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    if system and browser:
        return f"{system} 上的 {browser}"
    program = "".join(char for char in user_agent.split("/")[0] if char.isprintable())[:30].strip()
    return system or browser or (f"程序 {program}" if program else "未知设备")
