"""Redis behind Sentinels and messages by RabbitMQ, against real ones on loopback (PLAT-11, PLAT-19)."""

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from kombu.exceptions import OperationalError
from pydantic import ValidationError
from redis.exceptions import RedisError

from ops.probe import count_keys
from ops.up.ports import free_port
from shared.brokers import AMQP, REDIS, celery_of, is_amqp, lengths_at, redis_of, refusal_of, sentinels_of
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.publisher import Publisher
from shared.setting_kinds import with_password
from shared.settings import BrokerSettings, PlatformSettings, platform_settings
from shared.tasks.standing import lengths_of, read_queues
from tests.front import Front
from tests.sentinels import ASKED_WITH, sentinels

RABBIT = shutil.which("rabbitmq-server") or "/usr/sbin/rabbitmq-server"
SPEAKER = "training.look"


def test_celery_s_own_lines_hold_no_password() -> None:
    for url in ("redis+sentinel://:geheim@a:1,b:2/platform/0", "amqp://platform:geheim@rabbit/platform"):
        with celery_of("any", url, "geheim").connection_for_read() as connection:
            assert "geheim" not in f"{connection!r} {connection.as_uri()}"


def connect(app: Celery) -> None:
    """Once."""
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)


def taken(app: Celery, queue: str) -> list[str]:
    """The tasks whose messages wait there, in their order; they are gone then."""
    with app.connection_for_read() as connection, connection.SimpleQueue(queue) as messages:
        found: list[str] = []
        while True:
            try:
                message = messages.get(block=True, timeout=2 if not found else 0.1)
            except messages.Empty:
                return found
            message.ack()
            found.append(message.headers["task"])


async def until(answers: Callable[[], Any]) -> None:
    """Asks again until nothing fails: whoever becomes the primary does it in its own time."""
    while True:
        try:
            await answers()
        except (RedisError, OSError):
            await asyncio.sleep(0.05)
        else:
            return


def an_authority(folder: Path) -> tuple[ssl.SSLContext, str]:
    """What a server on loopback shows, and the file of whoever vouches for it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")])
    begins = now_utc()
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins - timedelta(hours=1))
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    shown, held = folder / "its.pem", folder / "its.key"
    shown.write_bytes(signed.public_bytes(Encoding.PEM))
    held.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown, held)
    return context, str(shown)


@pytest.mark.req("PLAT-11", "PLAT-19")
@pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "over TLS"])
async def test_sentinels_say_who_is_the_primary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, encrypted: bool
) -> None:
    monkeypatch.setenv("PLATFORM_REDIS_SENTINEL_PASSWORD", ASKED_WITH)
    with sentinels(tmp_path, *(an_authority(tmp_path) if encrypted else ())) as watched:
        redis = redis_of(watched.url, ASKED_WITH, seconds=10, decode_responses=True)
        publisher = Publisher(watched.url, {}, ASKED_WITH)
        reader = celery_of("reader", watched.url, ASKED_WITH)
        try:
            await redis.set("kept", "before")
            assert await asyncio.to_thread(count_keys, watched.url, "kept") == 1
            publisher.publish(frozenset({SPEAKER}))
            assert await asyncio.to_thread(taken, reader, "training.fast") == [SPEAKER]
            assert await redis.wait(1, 5000) == 1

            watched.primary.kill()
            await until(lambda: redis.set("kept", "after"))

            assert await redis.get("kept") == "after"
            assert await asyncio.to_thread(count_keys, watched.url, "kept") == 1
            publisher.publish(frozenset({SPEAKER}))
            assert await asyncio.to_thread(taken, reader, "training.fast") == [SPEAKER]
        finally:
            publisher.close()
            reader.close()
            await redis.aclose()


@pytest.mark.req("PLAT-19")
class TestTls:
    @pytest.mark.parametrize("trusted", [True, False])
    async def test_nobody_is_spoken_to_whom_no_authority_vouches_for(
        self, tmp_path: Path, platform: Any, trusted: bool
    ) -> None:
        """By the platform's own client, by Celery's transport, and by a container's health check."""
        context, authority = an_authority(tmp_path)
        where = urlsplit(platform.redis_url)
        front = Front(where.port or 0, context)
        query = f"?ssl_ca_certs={authority}" if trusted else ""
        url = f"rediss://:{where.password}@127.0.0.1:{front.port}/0{query}"
        redis, app, queue = redis_of(url, seconds=10), celery_of("any", url), f"tls{new_id().hex}"
        try:
            with nullcontext() if trusted else pytest.raises(RedisError):
                await redis.ping()
            with nullcontext() if trusted else pytest.raises(OperationalError):
                await asyncio.to_thread(connect, app)
            with nullcontext() if trusted else pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
                assert await asyncio.to_thread(count_keys, url, queue) == 0
        finally:
            app.close()
            await redis.aclose()
            front.close()

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    async def test_the_name_is_compared(self, tmp_path: Path, platform: Any, host: str) -> None:
        """The certificate is for 127.0.0.1 alone."""
        context, authority = an_authority(tmp_path)
        where = urlsplit(platform.redis_url)
        front = Front(where.port or 0, context)
        app = celery_of("any", f"rediss://:{where.password}@{host}:{front.port}/0?ssl_ca_certs={authority}")
        try:
            with nullcontext() if host == "127.0.0.1" else pytest.raises(OperationalError):
                await asyncio.to_thread(connect, app)
        finally:
            app.close()
            front.close()

    def test_rabbitmq_s_client_checks_as_well(self) -> None:
        app = celery_of("any", "amqps://platform:geheim@rabbit/platform?ssl_ca_certs=/etc/ca.pem")
        assert app.conf.broker_use_ssl == {
            "cert_reqs": ssl.CERT_REQUIRED,
            "ca_certs": "/etc/ca.pem",
            "server_hostname": "rabbit",
        }


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debian's, of a folder of its own."""
    if not Path(RABBIT).exists():
        pytest.skip("rabbitmq-server is not installed")
    folder, port, far = tmp_path_factory.mktemp("rabbit"), free_port(), free_port()
    lib = next(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "RABBITMQ_NODENAME": f"t{new_id().hex[:12]}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(port), "RABBITMQ_DIST_PORT": str(far),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"), "RABBITMQ_LOG_BASE": str(folder / "log"), "RABBITMQ_LOGS": "-",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"), "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"), "RABBITMQ_CONFIG_FILE": str(folder / "none.conf"),
        "ERL_EPMD_PORT": str(free_port()),
    }  # fmt: skip
    server = subprocess.Popen(
        [lib / "rabbitmq-server"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder
    )
    assert server.stdout is not None
    try:
        if not any(
            b"Starting broker... completed" in line or b"Server startup complete" in line for line in server.stdout
        ):
            pytest.fail("rabbitmq-server does not start")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        subprocess.run([lib / "rabbitmqctl", "shutdown"], env=environment, check=True, capture_output=True)
        server.wait()
        subprocess.run(["epmd", "-kill"], env=environment, check=True, capture_output=True)


@pytest.mark.req("PLAT-11", "PLAT-19")
async def test_messages_go_by_rabbitmq(rabbit: str, platform: Any) -> None:
    lane = f"sample{new_id().hex}.fast"
    task = f"{lane.partition('.')[0]}.look"
    redis = redis_of(platform.redis_url, seconds=1)
    publisher, reader = Publisher(rabbit, {task: lane}), celery_of("reader", rabbit)
    try:
        assert await lengths_of(redis, rabbit, [lane]) == {lane: 0}  # nobody has made it yet
        publisher.publish(frozenset({task}))
        while (await read_queues(redis, rabbit, {"fast": lane})) == {"fast": 0}:
            pass
        assert lengths_at(rabbit, [lane, "another"]) == {lane: 1, "another": 0}
        assert await asyncio.to_thread(taken, reader, lane) == [task]
    finally:
        publisher.close()
        reader.close()
        await redis.aclose()


@pytest.mark.req("PLAT-11")
@pytest.mark.parametrize(
    ("url", "told"), [("amqp://guest@rabbit//", {}), ("redis://:secret@redis/0", {"visibility_timeout": 600})]
)
def test_a_worker_tells_rabbitmq_nothing_of_redis(url: str, told: dict[str, int]) -> None:
    """Its client would take what is said of a Redis for arguments of its own, and the worker would never begin."""
    app = celery_of("any", url, options={"visibility_timeout": 600})
    assert app.conf.broker_transport_options == told


async def test_a_queue_that_is_away_is_not_known(platform: Any) -> None:
    redis = redis_of(platform.redis_url, seconds=1)
    assert await read_queues(redis, f"amqp://guest:guest@127.0.0.1:{free_port()}//", {"fast": "x.fast"}) == {}
    await redis.aclose()


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "schemes", "allowed"),
        [
            ("redis://:secret@redis:6379/0", REDIS, True),
            ("redis+sentinel://:secret@a:26379,b:26379/platform/0", REDIS, True),
            ("redis+sentinel://a,b,c/platform", REDIS, True),
            ("rediss+sentinel://:secret@a,b,c/platform/0?ssl_ca_certs=/etc/ca.pem", REDIS, True),
            ("rediss+sentinel://:secret@a,b,c", REDIS, False),
            ("amqp://platform:secret@rabbit:5672/platform", (*AMQP, *REDIS), True),
            ("amqp://platform:secret@rabbit:5672/platform", REDIS, False),
            ("redis+sentinel://:secret@a:26379,b:26379", REDIS, False),
            ("redis+sentinel://:secret@a:port/platform/0", REDIS, False),
            ("redis+sentinel://:secret@a:26379,/platform/0", REDIS, False),
            ("redis+sentinel://:secret@a:26379/platform/zero", REDIS, False),
            ("redis+cluster://:secret@a:6379", (*AMQP, *REDIS), False),
            ("secret", REDIS, False),
        ],
    )
    def test_what_can_be_reached(self, url: str, schemes: tuple[str, ...], allowed: bool) -> None:
        refusal = refusal_of(url, schemes)
        assert (refusal == "") is allowed
        assert "secret" not in refusal

    def test_a_password_comes_into_sentinels_address(self) -> None:
        found = sentinels_of(with_password("redis+sentinel://a:1,b:2/platform/3", "a@b:/c"), "asked")
        assert (found.hosts, found.master, found.db) == ((("a", 1), ("b", 2)), "platform", 3)
        assert (found.password, found.asked_with) == ("a@b:/c", "asked")

    def test_a_wrong_one_is_refused_without_being_quoted(self, platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLATFORM_QUEUE_URL", "kafka://:geheim@x")
        for kind in (PlatformSettings, BrokerSettings):
            with pytest.raises(ValidationError, match="应以 amqp://") as caught:
                kind()
            assert "geheim" not in str(caught.value)

    def test_messages_go_by_redis_unless_another_is_named(self, platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        assert platform_settings().queue_address == platform_settings().redis_address
        monkeypatch.setenv("PLATFORM_QUEUE_URL", "amqp://platform@rabbit:5672/platform")
        monkeypatch.setenv("PLATFORM_QUEUE_PASSWORD", "s/ecret")
        for kind in (PlatformSettings, BrokerSettings):
            address = kind().queue_address
            assert is_amqp(address)
            assert address == "amqp://platform:s%2Fecret@rabbit:5672/platform"
