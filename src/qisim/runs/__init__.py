"""Making runs, and the store that keeps them.

For the rooms above::

    batch           From scenarios to a table of runs, cut into batches that share a site and a calendar
    evaluate        The interface for other tools: `problem` and `evaluate`
    executor        Where runs are made: in threads, in processes, or on a Dask cluster
    looked          The record of earlier looks at pairs of scenarios, kept beside the runs
    lifecycle       One life of a study, the same for every verb
    options         The options of a study, shared by all verbs
    scenario_store  Runs of scenarios in the run store, with their weekly series
    sweep           The flow of a sweep
    sweep_files     The folder of a sweep
    sweep_result    The runs of a sweep, read from the store
    theories        Runs under a rival theory, in a separate process

Of this room alone::

    chunks          Chunks of a sweep: the unit of work of a worker, and its result
    dask_cluster    Runs on an existing Dask cluster: many machines, the same numbers
    paid            Paid hours as outcomes of a sweep, beside the hours worked
    points_given    The points passed to `qisim.evaluate`, and the form of the result
    run_index       Where each run of a study lies in the run store
    scenario_partition  The runs of one scenario, or of one question, in a folder of the run store
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
