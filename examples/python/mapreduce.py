"""A MapReduce master and its workers, after specs/mapreduce.md: the job of 2004.

    straightedge drive mapreduce -- python3 examples/python/mapreduce.py
"""

import sys

from harness import NotSupported, bug_of, guard, serve

ACTIONS = (
    "assign_map",
    "assign_reduce",
    "backup_map",
    "backup_reduce",
    "finish_map",
    "fetch",
    "commit",
    "hear_map",
    "hear_reduce",
    "resend_map",
    "resend_reduce",
    "lose_map",
    "lose_reduce",
    "duplicate_map",
    "duplicate_reduce",
    "crash",
    "suspect",
    "suspect_falsely",
    "preempt",
    "finish_job",
)
BUGS = ("accept_suspected", "forget_lost_maps", "early_reduce")
MOST_MAPS = 3  # what an output file has room for


class Attempt:
    """One worker's run of one task, and the message that tells of its end."""

    def __init__(self):
        self.is_running = True
        self.regions = {}  # of a reduce: the version of each map's region that it has fetched
        self.is_recorded = False  # of a map: whether the master has said that its regions are here
        self.copies = 0  # of its completion, under way
        self.is_heard = False

    def end(self):
        self.is_running = False
        self.copies = 1

    def hear(self):
        self.copies -= 1
        self.is_heard = True

    def message(self):
        if self.is_heard:
            return "heard, message under way again" if self.copies else "heard"
        under_way = ("message lost", "message under way", "message under way twice")
        return under_way[self.copies]


class Worker:
    def __init__(self):
        self.is_up = True
        self.attempts = {}

    def is_free(self):
        return not any(attempt.is_running for attempt in self.attempts.values())

    def crash(self):
        """What it has fetched is gone."""
        self.is_up = False
        for attempt in self.attempts.values():
            attempt.regions = {}


class Job:
    """The master, its workers, and what is under the final names."""

    def __init__(self, parameters, bug):
        budget = parameters.get("budget", {})
        beyond = ("rejoins", "restarts", "failures")
        is_plain = (
            parameters.get("commit", "rename") == "rename"
            and parameters.get("launch", "at_once") == "at_once"
            and parameters.get("records", "good") == "good"
        )
        if not is_plain or any(budget.get(name, 3) for name in beyond):
            raise NotSupported()
        self.has_backups = parameters.get("backups", True)
        self.is_deterministic = parameters.get("deterministic", True)
        self.is_shared = parameters.get("map_output", "local_disk") == "shared_file_system"
        self.starts_early = parameters.get("barrier", "assignment") == "function"
        self.bug = bug
        self.maps = ["m%d" % map for map in range(parameters["maps"])]
        self.reduces = ["r%d" % reduce for reduce in range(parameters["reduces"])]
        self.workers = [Worker() for _ in range(parameters["workers"])]
        # What the master knows.
        self.status = dict.fromkeys(self.maps + self.reduces, "idle")
        self.place = {}  # of each completed map: the worker that has its regions
        self.trusted = set(range(len(self.workers)))
        self.awaited = set()  # attempts whose completion it waits for
        self.is_done = False
        self.outputs = {}

    def observe(self):
        workers = {}
        for number, worker in enumerate(self.workers):
            standing = "up" if worker.is_up else "crashed"
            suspected = "" if number in self.trusted else ", suspected"
            workers["w%d" % number] = seen = {"is": standing + suspected}
            if worker.is_up:  # nobody sees what one does that has crashed
                seen["attempts"] = {task: self.shown(worker, task) for task in self.status}
        tasks = {}
        for task, status in self.status.items():
            at = " at w%d" % self.place[task] if task in self.place else ""
            tasks[task] = status + at
        outputs = {reduce: self.outputs.get(reduce) for reduce in self.reduces}
        return {"workers": workers, "tasks": tasks, "outputs": outputs, "done": self.is_done}

    def shown(self, worker, task):
        attempt = worker.attempts.get(task)
        if attempt is None:
            return None
        if task in self.maps:
            recorded = ", recorded" if attempt.is_recorded else ""
            return "running" if attempt.is_running else "finished%s, %s" % (recorded, attempt.message())
        return "running " + self.file(attempt) if attempt.is_running else "renamed, " + attempt.message()

    def file(self, attempt):
        names = ["m%d" % map for map in range(MOST_MAPS)]
        return "[%s]" % " ".join(attempt.regions.get(map, "-") for map in names)

    # The master hands out (MAPREDUCE-3, MAPREDUCE-7, MAPREDUCE-14).

    def live(self, task):
        """The workers whose completion of that task the master waits for."""
        return [number for number in sorted(self.trusted) if (task, number) in self.awaited]

    def is_any_idle(self, tasks):
        return any(self.status[task] == "idle" for task in tasks)

    def hand_out(self, task, number):
        self.workers[number].attempts[task] = Attempt()
        self.status[task] = "in progress"
        self.awaited.add((task, number))

    def guard_asks(self, number):
        worker = self.workers[number]
        guard(not self.is_done, "the job is done")
        guard(number in self.trusted, "the worker is suspected")
        guard(worker.is_up and worker.is_free(), "the worker does not ask")

    def guard_idle(self, task, number):
        self.guard_asks(number)
        guard(self.status[task] == "idle", "the task is not idle")
        guard((task, number) not in self.awaited, "its former attempt was not heard of")

    def assign_map(self, map, worker):
        self.guard_idle("m%d" % map, worker)
        self.hand_out("m%d" % map, worker)

    def assign_reduce(self, reduce, worker):
        self.guard_idle("r%d" % reduce, worker)
        if self.bug != "early_reduce":
            is_past = all(self.status[map] == "completed" for map in self.maps)
            if self.starts_early:
                is_past = not self.is_any_idle(self.maps)
            guard(is_past, "the maps come first")
        self.hand_out("r%d" % reduce, worker)

    def back_up(self, task, number, phase):
        self.guard_asks(number)
        guard(self.has_backups, "there are no backups")
        guard(not self.is_any_idle(phase), "a task is idle")
        guard(self.status[task] == "in progress", "the task is not in progress")
        live = self.live(task)
        guard(len(live) == 1 and live[0] != number, "there must be one attempt, of another worker")
        self.hand_out(task, number)

    def backup_map(self, map, worker):
        self.back_up("m%d" % map, worker, self.maps)

    def backup_reduce(self, reduce, worker):
        self.back_up("r%d" % reduce, worker, self.maps + self.reduces)

    # Workers work (MAPREDUCE-4, MAPREDUCE-8, MAPREDUCE-9).

    def running(self, task, number):
        worker = self.workers[number]
        attempt = worker.attempts.get(task)
        guard(worker.is_up, "the worker has crashed")
        guard(attempt is not None and attempt.is_running, "the worker does not run it")
        return attempt

    def finish_map(self, map, worker):
        guard(not self.is_done, "the job is done")
        self.running("m%d" % map, worker).end()

    def fetch(self, reduce, worker, map, **source):
        map, owner = "m%d" % map, source["from"]
        attempt = self.running("r%d" % reduce, worker)
        guard(map not in attempt.regions, "it has that region")
        written = self.workers[owner].attempts.get(map)
        guard(written is not None and written.is_recorded, "no region was said to be there")
        guard(self.is_shared or self.workers[owner].is_up, "that disk is lost")
        attempt.regions[map] = "v%d" % (0 if self.is_deterministic else owner)

    def commit(self, reduce, worker):
        task = "r%d" % reduce
        attempt = self.running(task, worker)
        guard(all(map in attempt.regions for map in self.maps), "a region is missing")
        self.outputs[task] = self.file(attempt)
        attempt.end()

    # Completions arrive, or do not (MAPREDUCE-5, MAPREDUCE-6, MAPREDUCE-17).

    def ended(self, task, number):
        attempt = self.workers[number].attempts.get(task)
        guard(not self.is_done, "the job is done")
        guard(attempt is not None and not attempt.is_running, "there is no completion")
        return attempt

    def under_way(self, task, number):
        attempt = self.ended(task, number)
        guard(attempt.copies > 0, "no completion is under way")
        return attempt

    def hear(self, task, number):
        """True if it counts; a completion from a worker that is suspected is ignored."""
        attempt = self.under_way(task, number)
        attempt.hear()
        self.awaited.discard((task, number))
        is_trusted = number in self.trusted or self.bug == "accept_suspected"
        counts = is_trusted and self.status[task] != "completed"
        if counts:
            self.status[task] = "completed"
        return counts

    def hear_map(self, map, worker):
        task = "m%d" % map
        if self.hear(task, worker):
            self.place[task] = worker
            self.workers[worker].attempts[task].is_recorded = True

    def hear_reduce(self, reduce, worker):
        self.hear("r%d" % reduce, worker)

    def resend(self, task, number):
        attempt = self.ended(task, number)
        guard(self.workers[number].is_up, "the worker has crashed")
        guard(not attempt.is_heard and attempt.copies == 0, "it was not lost")
        attempt.copies = 1

    def lose(self, task, number):
        self.under_way(task, number).copies -= 1

    def double(self, task, number):
        attempt = self.ended(task, number)
        says_again = attempt.is_heard and attempt.copies == 0 and self.workers[number].is_up
        is_doubled = not attempt.is_heard and attempt.copies == 1
        guard(says_again or is_doubled, "there is nothing to double")
        attempt.copies += 1

    def resend_map(self, map, worker):
        self.resend("m%d" % map, worker)

    def resend_reduce(self, reduce, worker):
        self.resend("r%d" % reduce, worker)

    def lose_map(self, map, worker):
        self.lose("m%d" % map, worker)

    def lose_reduce(self, reduce, worker):
        self.lose("r%d" % reduce, worker)

    def duplicate_map(self, map, worker):
        self.double("m%d" % map, worker)

    def duplicate_reduce(self, reduce, worker):
        self.double("r%d" % reduce, worker)

    # Workers fail (MAPREDUCE-5, MAPREDUCE-18), and the job ends (MAPREDUCE-19).

    def crash(self, worker):
        guard(not self.is_done and self.workers[worker].is_up, "it has crashed already")
        self.workers[worker].crash()

    def mark_failed(self, number):
        guard(not self.is_done and number in self.trusted, "it is suspected already")
        self.trusted.discard(number)
        if not self.is_shared and self.bug != "forget_lost_maps":
            for map in self.maps:
                if self.place.get(map) == number:
                    del self.place[map]
                    self.status[map] = "in progress"
        for task in self.status:
            self.hand_back(task)

    def hand_back(self, task):
        """A task in progress that nobody works on is idle again."""
        if self.status[task] == "in progress" and not self.live(task):
            self.status[task] = "idle"

    def suspect(self, worker):
        guard(not self.workers[worker].is_up, "it is up")
        self.mark_failed(worker)

    def suspect_falsely(self, worker):
        guard(self.workers[worker].is_up, "it has crashed")
        self.mark_failed(worker)

    def preempt(self, reduce, worker):
        task = "r%d" % reduce
        attempt = self.workers[worker].attempts.get(task)
        guard(not self.is_done and worker in self.trusted, "the master orders it nothing")
        guard(attempt is not None and attempt.is_running, "the worker does not run it")
        lost = [map for map in self.maps if self.status[map] == "idle"]
        guard(any(map not in attempt.regions for map in lost), "it stands in nobody's way")
        busy = {number for _, number in self.awaited}
        guard(self.trusted <= busy, "a worker is free")
        del self.workers[worker].attempts[task]
        self.awaited.discard((task, worker))
        self.hand_back(task)

    def finish_job(self):
        is_over = all(self.status[reduce] == "completed" for reduce in self.reduces)
        guard(not self.is_done and is_over, "a reduce is not completed")
        self.is_done = True


if __name__ == "__main__":
    BUG = bug_of(sys.argv[1:], BUGS)
    serve("mapreduce", lambda parameters: Job(parameters, BUG), ACTIONS)
