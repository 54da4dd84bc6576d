"""Room for draws: in memory, in files that are gone afterwards, or refused with what is lacking."""

import shutil

import numpy as np
import pytest

from store.errors import ReleaseError
from store.releasing import scratch


def test_little_stays_in_memory(tmp_path):
    with scratch.room_for(1000, tmp_path / "q.db") as room:
        assert room is np.empty


def test_much_lies_beside_the_store_until_it_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "_IN_MEMORY", 12 * 5)
    with scratch.room_for(6, tmp_path / "q.db") as room:
        index, ranks = room((2, 3), float), room((2, 3), np.float32)
        index[:], ranks[:] = 1.5, 2.0
        assert sorted(f.stat().st_size for f in tmp_path.glob("draws*/*")) == [24, 48]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), scratch.room_for(6, tmp_path / "q.db"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_too_small_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 10**12, 7 * 10**9))
    with pytest.raises(ReleaseError, match=r"120 GB，可用的只有 6 GB；请用 --draws"), scratch.room_for(10**10, tmp_path / "q.db"):
        pass
