"""What one run computes, as it is told to the processes that compute it."""

from pathlib import Path

from msgspec import Struct

from clerestory.dashboards import Chart, Source, Value, Variable
from clerestory_query.storage import Bucket, Folder, S3Access, Storage


class Data(Struct, frozen=True):
    """Where the pack's data files lie: a folder, or `s3://bucket/prefix` with what reads it."""

    location: str
    access: S3Access | None = None

    def storage(self) -> Storage:
        return Bucket(self.location, self.access) if self.access else Folder(Path(self.location))


class Job(Struct, frozen=True):
    """`sources` are those that the charts read. `memory` is what all of a run's processes may have together,
    in bytes; `seconds` is the run's time."""

    sources: dict[str, Source]
    data: Data
    charts: tuple[Chart, ...]
    variables: dict[str, Variable]
    env: dict[str, Value | None]
    seconds: float
    memory: int
    threads: int = 2
