"""``python -m ops restore FOLDER``: brings a backup (the folder with ``manifest.json``) into databases that hold nothing yet, while no
service runs. The keys of that time must be in the settings. An encrypted one needs ``--identity FILE``, the other half of its key.
"""

import argparse
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pyrage
from psycopg import sql
from sqlalchemy import make_url

from ops.backup import manifest, places
from ops.backup.making import admin_urls, ask_tool
from ops.backup.manifest import Manifest, Part
from ops.migrate import migrate
from ops.prepare import migrate_as_owner
from ops.roles import give_rights, make_role, owner_of
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings

_CHANGED = "{file} 与备份时不同，备份已损坏 · {file} is not what was written: the backup is damaged"
_NO_KEYS = (
    "设置中缺少备份所用的密钥：{missing}。请先放回当时的 .env 中的密钥 · the settings lack keys of that time: {missing}"
)
_NOT_EMPTY = "{name} 数据库中已有数据，不会覆盖，请在新的环境恢复 · {name} holds data, which nothing overwrites"
IN_USE = "{name} 数据库正在使用，请先停止所有服务 · it is in use: stop all services first"
_NO_IDENTITY = "备份已加密，请用 --identity 指定私钥文件 · the backup is encrypted: name the file of the private key"
_WRONG_IDENTITY = "{file}：这个私钥文件不能解密 · this private key does not open it"
_HOLDS = "SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM history)"


def restore(folder: Path, settings: PlatformSettings, identity: Path | None = None) -> Manifest:
    """Raises SystemExit, with words, before anything is touched when the backup is damaged, its keys are missing, or a database is not
    empty."""
    told = manifest.read(folder)
    _refuse_damage(folder, told)
    _refuse_missing_keys(told, settings)
    urls = admin_urls(settings)
    for url in urls.values():
        refuse_data(url)
    for service, dump in told.dumps.items():
        owner = _owner(urls[service], make_url(settings.database_of(service)).username or "")
        _make_empty(urls[service], owner)
        with _opened(folder, dump, identity) as path:
            _fill(urls[service], path, owner)
    _number_anew(urls, told)
    for service, url in urls.items():
        _bring_up_to_date(service, url, settings)
    if told.files:
        with _opened(folder, told.files, identity) as path:
            _unpack(path, settings)
    return told


def _refuse_damage(folder: Path, told: Manifest) -> None:
    for part in (*told.dumps.values(), *([told.files] if told.files else [])):
        path = folder / part.file
        if not path.exists() or manifest.digest(path) != part.sha256:
            raise SystemExit(_CHANGED.format(file=part.file))


def _refuse_missing_keys(told: Manifest, settings: PlatformSettings) -> None:
    held = manifest.key_ids(settings)
    missing = [f"{use} {each}" for use, ids in told.keys.items() for each in ids if each not in held.get(use, ())]
    if missing:
        raise SystemExit(_NO_KEYS.format(missing=", ".join(missing)))


def refuse_data(url: str) -> None:
    """Raises SystemExit when the database of this address (libpq's) holds anything that people did."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            there = connection.execute("SELECT to_regclass('events') IS NOT NULL").fetchone() == (True,)
            if there and connection.execute(_HOLDS).fetchone() == (True,):
                raise SystemExit(_NOT_EMPTY.format(name=make_url(url).database))
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise


def _server(url: str) -> str:
    return make_url(url).set(database="postgres").render_as_string(hide_password=False)


def _make_empty(url: str, owner: str | None) -> None:
    name = make_url(url).database or ""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    with psycopg.connect(_server(url), autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse as error:
            raise SystemExit(IN_USE.format(name=name)) from error
        connection.execute(made + sql.SQL(" OWNER {}").format(sql.Identifier(owner)) if owner else made)


@contextmanager
def _opened(folder: Path, part: Part, identity: Path | None) -> Iterator[Path]:
    """The file in clear, for as long as the block runs."""
    if not part.file.endswith(".age"):
        yield folder / part.file
        return
    if identity is None:
        raise SystemExit(_NO_IDENTITY)
    lines = [line for line in identity.read_text("utf-8").splitlines() if line.startswith("AGE-SECRET-KEY-")]
    with tempfile.TemporaryDirectory(prefix="restore-") as place:
        path = Path(place) / part.file.removesuffix(".age")
        try:
            keys = [pyrage.x25519.Identity.from_str(each) for each in lines]
            pyrage.decrypt_file(str(folder / part.file), str(path), keys)
        except (pyrage.IdentityError, pyrage.DecryptError) as error:
            raise SystemExit(_WRONG_IDENTITY.format(file=part.file)) from error
        yield path


def _fill(url: str, path: Path, owner: str | None) -> None:
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(path)]
    ask_tool("pg_restore", url, *([f"--role={owner}"] if owner else []), *words)


def _number_anew(urls: Mapping[Service, str], told: Manifest) -> None:
    """Each log, and all bookmarks of its readers. Counted before any log has new numbers."""
    read: dict[Service, dict[str, int]] = {}
    for service, dump in told.dumps.items():
        read[service] = {producer: _count(urls, producer, place) for producer, place in dump.bookmarks.items()}
    for service in told.dumps:
        with psycopg.connect(urls[service]) as connection:
            places.number_anew(connection)
            places.forget_places(connection)
            for producer, count in read[service].items():
                places.move_bookmark(connection, producer, count)


def _count(urls: Mapping[Service, str], producer: str, place: tuple[int, int]) -> int:
    with psycopg.connect(urls[Service(producer)]) as log:
        return places.how_many_read(log, place)


def _owner(url: str, role: str) -> str | None:
    """Who owns the database of the service ``role``, as ``ops.prepare`` made it; None where that is the superuser (embedded)."""
    with psycopg.connect(_server(url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner_of(role)]).fetchone()
    return owner_of(role) if found else None


def _bring_up_to_date(service: Service, url: str, settings: PlatformSettings) -> None:
    """To the schema of this release, and to the role that may only use it."""
    entered = make_url(settings.database_of(service))
    role = entered.username or ""
    with psycopg.connect(_server(url), autocommit=True) as connection:
        make_role(connection, entered)
    if _owner(url, role):
        migrate_as_owner(_server(url), service, entered)
    else:
        migrate(service, make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
        give_rights(url, role)


def _unpack(path: Path, settings: PlatformSettings) -> None:
    storage = urlsplit(settings.storage_url)
    if storage.scheme != "file":
        raise SystemExit(
            "备份含文件，而 PLATFORM_STORAGE_URL 不是目录 · the backup holds files, and the store is no folder"
        )
    target = Path(unquote(storage.path))
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path) as tar:
        tar.extractall(target, filter="data")


async def run(words: Sequence[str]) -> int:
    """The exit code, 0; whatever is refused ends it with words."""
    parser = argparse.ArgumentParser(prog="python -m ops restore", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--identity", type=Path, metavar="FILE")
    asked = parser.parse_args(words)
    if not (asked.folder / manifest.NAME).exists():
        raise SystemExit(f"{asked.folder} 不是完整的备份 · is no complete backup")
    told = restore(asked.folder, platform_settings(), asked.identity)
    print(
        f"已恢复到 {told.made_at:%Y-%m-%d %H:%M:%S} UTC · restored. 请运行 python -m ops audit，再启动服务 · then start the services"
    )
    return 0
