"""Beat, made from ``WorkerSpec`` tables: says "look" for every task with a period. It imports nothing of what the tasks do."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from shared.brokers import celery_of
from shared.logging import configure_logging
from shared.settings import BrokerSettings
from shared.tasks.spec import WorkerSpec


def create_beat(specs: Sequence[WorkerSpec]) -> Celery:
    """The Celery app of beat: it says "look" for each task with a period. It imports no service code."""
    app = new_celery("beat")
    app.conf.beat_schedule = {
        task.name: {
            "task": task.name,
            "schedule": timedelta(seconds=task.every),
            "options": {"queue": spec.queue(task.lane), "expires": max(task.every, task.fresh)},
        }
        for spec in specs
        for task in spec.all_tasks()
        if task.every
    }
    app.conf.beat_max_loop_interval = 1
    return app


def new_celery(name: str, options: Mapping[str, Any] | None = None) -> Celery:
    """What beat and the workers have in common; ``options`` are the Redis transport's."""
    settings = BrokerSettings()
    app = celery_of(name, settings.queue_address, settings.redis_sentinel_password, options)
    app.conf.update(
        task_ignore_result=True,
        accept_content=["json"],
        task_serializer="json",
        broker_connection_retry_on_startup=True,
        worker_send_task_events=False,
        task_send_sent_event=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
    )
    configure = setup_logging.connect(lambda **_: configure_logging(name, settings.log_level), weak=False)
    assert configure is not None
    return app
