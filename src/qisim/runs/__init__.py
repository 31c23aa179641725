"""Who makes runs, and the store that keeps them.

For the rooms above::

    batch           From scenarios to a table of runs, cut into batches that share a site and a calendar
    evaluate        Doors for other tools
    executor        Where runs happen: in threads, in processes, or on a Dask cluster
    looked          Looks at pairs of scenarios: which were taken before, kept beside the runs
    lifecycle       One life of a study, the same for every verb
    options         How a study is to be run
    scenario_store  Runs of scenarios in the run store, with their weekly series
    sweep           The flow of a sweep
    sweep_files     The folder of a sweep
    sweep_result    The runs of a sweep, read from the store
    theories        Work done under a rival theory, in a process of its own

Of this room alone::

    chunks          Pieces of a sweep: what a worker is handed, what it does, and what it hands back
    dask_cluster    Work on an existing Dask cluster: many machines, the same numbers
    paid            Hours that are paid for as outcomes of a sweep, beside the hours worked
    points_given    The points that somebody hands to `qisim.evaluate`, and the form of the answer
    run_index       Which run of a study lies where in the run store
    store           The run store: finished runs on disk, so that none is ever made twice
    store_format    The parts of the run store as Parquet files
    write_buffer    Finished runs of a sweep on their way to the disk
"""

__all__ = [
    "batch",
    "evaluate",
    "executor",
    "lifecycle",
    "looked",
    "options",
    "scenario_store",
    "sweep",
    "sweep_files",
    "sweep_result",
    "theories",
]
