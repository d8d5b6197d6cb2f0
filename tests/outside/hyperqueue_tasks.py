"""Runs a program as tasks of HyperQueue, on a cluster of its own: hyperqueue_tasks.py FIRST LAST PROGRAM ARGUMENTS."""

import sys

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

first, last = map(int, sys.argv[1:3])
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    job = Job()
    # It numbers the tasks of a job from 0, and tells each its own.
    for _ in range(last + 1):
        job.program(sys.argv[3:], stdout=None, stderr=None)
    client.wait_for_jobs([client.submit(job)])
