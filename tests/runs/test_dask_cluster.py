"""A real Dask cluster of several processes: the same table to the byte, even when one is killed."""

import os
import signal
from contextlib import contextmanager

import pytest
from studies import study

import qisim
from qisim.errors import InputError, RunError
from qisim.runs import chunks, executor, sweep
from qisim.runs.evaluate import evaluate, problem

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

TABLES = ("runs.parquet", "points.parquet", "summary.csv")


@contextmanager
def cluster(workers=3):
    """Give the address of a scheduler with worker processes of its own."""
    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0",
        silence_logs=50,
    ) as local:  # fmt: skip
        yield local.scheduler_address


def processes(address):
    """Return the process of each worker."""
    with distributed.Client(address, set_as_default=False) as client:
        return sorted(client.run(os.getpid).values())


@pytest.fixture
def held(monkeypatch):
    """Return a study that is cut into many pieces."""
    monkeypatch.setattr(chunks, "POST_WEEKS", 0)
    monkeypatch.setattr(chunks, "FEWEST", 32)
    return study(design={"samples": 64}, runs={"replicates": 8})


def tables(out):
    return {name: (out / name).read_bytes() for name in TABLES}


def test_a_cluster_gives_the_same_table_even_when_a_worker_is_killed_in_the_middle(held, tmp_path):
    sweep.sweep(held, out=tmp_path / "here", store=tmp_path / "one")
    killed = []
    with cluster() as address:
        before = processes(address)
        assert len(before) == 3
        assert os.getpid() not in before

        def kill_one(done, total):
            if not killed and done > total // 4:
                killed.append(before[0])
                os.kill(before[0], signal.SIGKILL)

        swept = sweep.sweep(held, out=tmp_path / "there", store=tmp_path / "two", scheduler=address,
                            progress=kill_one)  # fmt: skip
        assert killed
        assert killed[0] not in processes(address)
        assert swept.runs.reused == 0

        points = [[0.5], [0.6]]
        small = problem("internal", vary={"tool.fit": (0.4, 0.7)})
        there = evaluate(points, small, replicates=3, scheduler=address)
    assert tables(tmp_path / "there") == tables(tmp_path / "here")
    assert (there == evaluate(points, small, replicates=3)).all()


def verbs_of(store, **where):
    """Return what comparison, sweep and sensitivity give, each computed anew, as text to the last digit."""
    small = study(design={"samples": 2}, runs={"replicates": 2})
    pair = qisim.compare("external", "internal", replicates=3, store=store, **where)
    swept = qisim.sweep(small, store=store, **where)
    hangs = qisim.sensitivity(
        "internal", vary=["tool.fit", "workload.pressure"], method="delta", samples=64, replicates=2,
        outcome=["adoption_mean"], store=store, **where,
    )  # fmt: skip
    return (
        pair.runs.to_json(double_precision=15),
        repr(swept.summary()),
        hangs.findings.indices.to_json(),
    )


def test_a_cluster_or_a_client_will_do_and_stays_open(tmp_path):
    points, small = [[0.5], [0.6]], problem("internal", vary={"tool.fit": (0.4, 0.7)})
    here = evaluate(points, small, replicates=3)
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=True,
                                 dashboard_address=":0", silence_logs=50) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):  # fmt: skip
        for scheduler in (local, client):
            assert (evaluate(points, small, replicates=3, scheduler=scheduler) == here).all()
            assert client.submit(abs, -1).result() == 1
        alone = qisim.run("internal", replicates=4, scheduler=client)
        answers = [
            verbs_of(tmp_path / f"{n}", scheduler=one) for n, one in enumerate((local, client))
        ]
    assert answers == [verbs_of(tmp_path / "here")] * 2
    assert alone.runs.equals(qisim.run("internal", replicates=4).runs)


@pytest.mark.parametrize("wrong", [object(), 7, ["tcp://127.0.0.1:1"]])
def test_what_is_no_scheduler_is_refused(wrong):
    with pytest.raises(InputError, match="scheduler: no scheduler answers there"):
        qisim.run("internal", replicates=1, scheduler=wrong)


OTHER_MODEL = (
    "from qisim.engines import source_digests as sources\n"
    "sources.IMPORTED = {**sources.IMPORTED, 'qisim.model.rules': b'another = 1'}\n"
    "sources.sources = lambda held=sources.IMPORTED: held\n"
)


def test_workers_with_another_model_are_refused_at_once_and_when_they_come_later(held, tmp_path):
    def change_model(done=0, total=0):
        with distributed.Client(address, set_as_default=False) as client:
            client.run(exec, OTHER_MODEL)

    with cluster(1) as address:
        with pytest.raises(RunError, match=r"joined the cluster .* has another model"):
            sweep.run(held, store=tmp_path, scheduler=address, progress=change_model)
        with pytest.raises(InputError, match=r"the worker tcp://.* has another model; got 'qisim"):
            sweep.run(held, store=tmp_path, scheduler=address)
        with pytest.raises(InputError, match="has another model"):
            qisim.run("internal", replicates=2, scheduler=address)
    runs = sweep.run(held, store=tmp_path)
    assert 0 < runs.reused < runs.register.found
    assert (
        runs.values("leavers") == sweep.run(held, store=tmp_path / "new").values("leavers")
    ).all()


def test_pieces_are_cut_for_the_threads_of_the_cluster():
    with cluster(3) as address:
        assert executor.places(1, address) == 3
    assert executor.places(7, None) == 7


@pytest.mark.slow  # Dask waits half a minute for a scheduler that is gone
def test_a_cluster_that_is_lost_loses_nothing_that_was_finished(held, tmp_path):
    with cluster(1) as address:
        workers, seen = processes(address), []

        def lose_all(done, total):
            seen.append(done)
            if len(seen) == 3:
                with distributed.Client(address, set_as_default=False) as client:
                    client.retire_workers(client.scheduler_info()["workers"], close_workers=True)
                    client.shutdown()

        with pytest.raises(RunError, match="the same command may be given again"):
            sweep.run(held, store=tmp_path, scheduler=address, progress=lose_all)
        assert workers
    runs = sweep.run(held, store=tmp_path)
    assert runs.reused >= seen[2]
    assert runs.complete


def test_an_address_where_nobody_answers_is_refused_before_anything_runs(held, tmp_path):
    with pytest.raises(InputError, match="no scheduler answers there"):
        sweep.run(held, store=tmp_path, scheduler="nowhere://")
