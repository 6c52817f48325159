"""The files that a job makes: written by the run that makes them, handed over when the job ends well, and otherwise taken away."""

from typing import Any

from shared.errors import AppError
from shared.identifiers import new_id
from shared.logging import get_logger
from shared.storage import FileWriter, Storage
from shared.uploads import content_type_of

log = get_logger(__name__)


class JobFiles:
    """Files of one run, one written after the other, under keys that no other run has: a worker that comes late writes over nothing.
    ``made`` are those that are whole, as the job's row keeps them. Raises ``StorageUnavailable`` wherever it writes."""

    def __init__(self, storage: Storage, folder: str) -> None:
        self._storage, self._folder = storage, f"{folder}/{new_id().hex}"
        self._writer: FileWriter | None = None
        self._name = ""
        self.made: list[dict[str, Any]] = []

    @property
    def _key(self) -> str:
        return f"{self._folder}/{len(self.made) + 1}"

    async def put(self, name: str, data: bytes) -> None:
        """A whole file that is small enough to be held."""
        await self._storage.put(self._key, data, content_type_of(name))
        self._note(name, len(data))

    def begin(self, name: str) -> None:
        """The next file, to be written piece by piece."""
        self._name, self._writer = name, self._storage.write(self._key, content_type_of(name))

    async def write(self, data: bytes) -> None:
        """The next piece of the file that was begun."""
        assert self._writer is not None
        await self._writer.write(data)

    async def end(self) -> None:
        """The file that was begun is whole."""
        assert self._writer is not None
        size = await self._writer.close()
        self._writer = None
        self._note(self._name, size)

    def _note(self, name: str, size: int) -> None:
        self.made.append({"name": name, "key": self._key, "size": size})

    async def take_away(self) -> None:
        """All of them, whole or not. What a store that is away keeps is swept with the job's row."""
        if self._writer is not None:
            await self._writer.abort()
            self._writer = None
        try:
            await self._storage.sweep(self._folder)
        except AppError as error:
            log.info("job_files_left_behind", folder=self._folder, error=repr(error))
