"""``python -m ops backup FOLDER``: a backup of all services into a new folder below FOLDER, named by its moment. The keys are not in it:
keep ``.env`` elsewhere. With ``--recipient age1…`` every file is encrypted for that key (age), whose other half this machine need not have.
"""

import argparse
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyrage
from sqlalchemy import URL, make_url

from ops.backup.manifest import NAME, Dump, Manifest, Part, complete, digest, key_ids
from ops.backup.moment import Held, held
from ops.probe import setting
from shared.clock import now_utc
from shared.services import Service
from shared.setting_kinds import with_password
from shared.settings import PlatformSettings, platform_settings

_MB = 1024**2
_NO_TOOL = "没有找到 {name}：请安装 PostgreSQL 客户端程序 · {name} was not found: install PostgreSQL's client programs"


def admin_urls(settings: PlatformSettings) -> dict[Service, str]:
    """libpq's address of each database for a superuser. Raises SystemExit, with words, where ``POSTGRES_ADMIN_URL`` is not set."""
    if not os.environ.get("POSTGRES_ADMIN_URL"):
        raise SystemExit(
            "缺少 POSTGRES_ADMIN_URL，请在 migrate 容器中运行 · POSTGRES_ADMIN_URL is not set; run this in the container migrate"
        )
    admin = make_url(with_password(os.environ["POSTGRES_ADMIN_URL"], setting("POSTGRES_PASSWORD", "")))
    names = {service: make_url(settings.database_of(service)).database for service in Service}
    return {each: admin.set(database=name).render_as_string(hide_password=False) for each, name in names.items()}


def tool(name: str) -> str:
    """A program of PostgreSQL's: the embedded server's own where there is one, because it must not be older than the server; otherwise from
    the path. Raises SystemExit, with words, when there is none."""
    try:
        return str(import_module("ops.up.postgres").BINARIES / name)
    except ImportError:
        pass
    if found := shutil.which(name):
        return found
    raise SystemExit(_NO_TOOL.format(name=name))


def ask_tool(name: str, url: str, *words: str) -> None:
    """Runs a program of PostgreSQL's against ``url``; the password goes by the environment, which only its owner reads. Raises SystemExit
    with its last words when it fails."""
    plain = make_url(url)
    environment = {**os.environ, "PGPASSWORD": plain.password or ""}
    address = URL.create("postgresql", plain.username, None, plain.host, plain.port, plain.database).render_as_string()
    done = subprocess.run(
        [tool(name), *words, f"--dbname={address}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} {plain.database}: {done.stderr.strip()[-2000:]}")


def back_up(folder: Path, settings: PlatformSettings, recipients: Sequence[str] = ()) -> Path:
    """Makes one backup below ``folder`` and returns its own folder. What is not finished has no manifest, and is taken away."""
    made_at = now_utc()
    target = folder / f"{made_at:%Y%m%dT%H%M%SZ}"
    target.mkdir(parents=True, mode=0o700)
    try:
        urls = admin_urls(settings)
        with held(urls) as moments:
            dumps = {each: _dump(target, each, urls[each], moments[each], recipients) for each in urls}
        # After the databases: a file is stored before the row that names it is committed.
        files = _files(target, settings, recipients)
        manifest = Manifest(
            made_at=made_at, dumps=dumps, files=files, keys=key_ids(settings), recipients=list(recipients)
        )
        draft = target / f"{NAME}.new"
        draft.write_text(manifest.model_dump_json(indent=1), "utf-8")
        draft.replace(target / NAME)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target


def _dump(target: Path, service: Service, url: str, moment: Held, recipients: Sequence[str]) -> Dump:
    path = target / f"{service}.dump"
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment.snapshot}", f"--file={path}")
    ask_tool("pg_dump", url, *words)
    about: Mapping[str, object] = {
        "schema_version": moment.schema_version,
        "events": moment.events,
        "bookmarks": moment.bookmarks,
    }
    return Dump.model_validate({**_sealed(path, recipients).model_dump(), **about})


def _files(target: Path, settings: PlatformSettings, recipients: Sequence[str]) -> Part | None:
    storage = urlsplit(settings.storage_url)
    if storage.scheme != "file":
        return None
    path = target / "files.tar"
    with tarfile.open(path, "w") as tar:
        for each in sorted(Path(unquote(storage.path)).rglob("*")):
            try:
                tar.add(each, str(each.relative_to(unquote(storage.path))), recursive=False)
            except FileNotFoundError:
                continue  # a file of a job that has ended meanwhile
    return _sealed(path, recipients)


def _sealed(path: Path, recipients: Sequence[str]) -> Part:
    if recipients:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
        sealed = path.with_name(f"{path.name}.age")
        pyrage.encrypt_file(str(path), str(sealed), keys)
        path.unlink()
        path = sealed
    return Part(file=path.name, megabytes=round(path.stat().st_size / _MB, 3), sha256=digest(path))


def drop_old(folder: Path, keep: int) -> list[Path]:
    """Takes away all but the newest ``keep`` complete backups; gives what is gone."""
    old = complete(folder)[:-keep]
    for path in old:
        (path / NAME).unlink()  # first, so that a half is never taken for a backup
        shutil.rmtree(path)
    return old


def parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops backup", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recipient", action="append", default=[], metavar="age1…", help="may be given several times")
    parser.add_argument("--keep", type=int, metavar="N", help="take away all but the newest N afterwards")
    asked = parser.parse_args(words)
    if asked.keep is not None and asked.keep < 1:
        parser.error("--keep: 1 or more")
    for each in asked.recipient:
        try:
            pyrage.x25519.Recipient.from_str(each)
        except pyrage.RecipientError:
            parser.error(f"--recipient: {each!r} 不是 age 公钥 · is no public key of age")
    return asked


async def run(words: Sequence[str]) -> int:
    """The exit code, 0; whatever keeps a backup from being made ends it with words."""
    asked, settings = parsed(words), platform_settings()
    made = back_up(asked.folder, settings, asked.recipient)
    print(f"备份完成 made: {made}")
    if settings.storage_url.startswith("s3:"):
        print("文件在对象存储中，请用其版本或复制功能备份 · files are in a bucket: use its versions or replication")
    for gone in drop_old(asked.folder, asked.keep) if asked.keep else ():
        print(f"已删除旧备份 removed: {gone}")
    return 0
