"""The faults of the demo in Python: which call meets which one, and what happens to it then. No participant needs any of this.

The choice is that of FaultPlan in Java, call by call, so that a run can be repeated whatever a service is written in.
"""
import threading
import time

MASK = (1 << 64) - 1
UNDISTURBED = "warm-up-"
FAULTY_ATTEMPTS = 2
WANTED_HITS = 12
MOST_PERMILLE = 100
CALLS_PER_ORDER = 5
# Longer than the three seconds that clients and coordinator wait.
HANG_SECONDS = 4

KINDS = ("lost-reply", "error-before-effect", "ongoing-first", "hang", "duplicate-delivery", "business-reject", "late-try")
# What a caller gets whose connection is cut instead of an answer.
CUT = None


def _mix(value):
    z = (value + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def seeded_hash(seed, *parts):
    """A well-mixed value of all arguments: FNV-1a over UTF-8, finished by SplitMix64."""
    value = _mix(0xCBF29CE484222325 ^ (seed & MASK))
    for part in parts:
        for byte in part.encode():
            value = ((value ^ byte) * 0x100000001B3) & MASK
        value = _mix(value)
    return value


def _rate(usual_permille, calls):
    needed = (WANTED_HITS * 1000 + calls - 1) // calls
    return min(max(usual_permille, needed), MOST_PERMILLE)


class FaultPlan:
    """Chooses the fault of each call: a pure function of the seed, the call and the number of the attempt. Immutable."""

    def __init__(self, seed, planned_orders):
        self.seed = seed
        calls = planned_orders * CALLS_PER_ORDER
        self.per_attempt = [("lost-reply", _rate(20, calls)), ("error-before-effect", _rate(15, calls)),
                            ("ongoing-first", _rate(15, calls)), ("hang", _rate(8, calls)), ("duplicate-delivery", _rate(25, calls))]
        self.lasting = {"try": ("late-try", _rate(15, planned_orders)), "action": ("business-reject", _rate(20, planned_orders))}

    def of_branch_call(self, gid, branch_id, op, attempt):
        """The name of the fault; None for an undisturbed call. Attempts count from 1."""
        if UNDISTURBED in gid:
            return None
        kind, permille = self.lasting.get(op, (None, 0))
        if self._draw(gid, branch_id, op, "lasting") < permille:
            return kind
        if attempt > FAULTY_ATTEMPTS:
            return None
        drawn, below = self._draw(gid, branch_id, op, str(attempt)), 0
        for kind, permille in self.per_attempt:
            below += permille
            if drawn < below:
                return kind
        return None

    def _draw(self, *parts):
        return seeded_hash(self.seed, *parts) % 1000


class FaultInjector:
    """Does to a call what the plan says. Sits before the fence, where networks and machines fail. Thread-safe."""

    def __init__(self, plan):
        self.plan = plan
        self.lock = threading.Lock()
        self.attempts = {}
        self.held_tries = {}
        self.calls = 0
        self.counts = {kind: {"injected": 0, "hits": 0} for kind in KINDS}

    def deliver(self, call, caller_is_gone, work):
        """Delivers a call through the faults. The work returns status, word and message, and may be run never, once, twice or later.
        Returns CUT where the caller must not get an answer."""
        with self._under_way():
            key = (call["gid"], call["branch_id"], call["op"])
            with self.lock:
                attempt = self.attempts[key] = self.attempts.get(key, 0) + 1
            kind = self.plan.of_branch_call(*key, attempt)
            answer = self._strike(kind, call, caller_is_gone, work) if kind else work()
            if call["op"] == "cancel" and answer is not CUT and answer[0] == 200:
                self._release_held_try(call)
            return answer

    def report(self):
        """How often each fault was chosen, and how often it took place in full."""
        with self.lock:
            return {kind: dict(count) for kind, count in self.counts.items()}

    def under_way(self):
        """How many calls are being delivered, those included whose callers have long gone."""
        with self.lock:
            return self.calls

    def _strike(self, kind, call, caller_is_gone, work):
        if kind == "late-try":
            return self._hold(call, work)
        self._count(kind, "injected")
        if kind == "error-before-effect":
            self._count(kind, "hits")
            return 500, None, "injected error"
        if kind == "ongoing-first":
            self._count(kind, "hits")
            return 425, "ONGOING", ""
        if kind == "business-reject":
            self._count(kind, "hits")
            return 409, "FAILURE", "injected_reject"
        if kind == "hang":
            time.sleep(HANG_SECONDS)
            if caller_is_gone():
                self._count(kind, "hits")
            return work()
        if kind == "duplicate-delivery":
            self._beside(kind, work)
            return work()
        if work()[0] == 200:  # lost-reply
            self._count(kind, "hits")
        return CUT

    def _hold(self, call, work):
        """Keeps the Try in the "network" until the Cancel came by; the caller sees a dead connection each time."""
        with self.lock:
            is_first = self.held_tries.setdefault((call["gid"], call["branch_id"]), work) is work
        if is_first:
            self._count("late-try", "injected")
        return CUT

    def _release_held_try(self, cancel):
        with self.lock:
            late = self.held_tries.pop((cancel["gid"], cancel["branch_id"]), None)
        if late:
            self._beside("late-try", late)

    def _beside(self, kind, work):
        """Delivers in a thread of its own, which counts as under way from now on."""
        delivery = self._under_way()
        delivery.__enter__()

        def run():
            try:
                work()
                self._count(kind, "hits")
            finally:
                delivery.__exit__(None, None, None)

        threading.Thread(target=run, daemon=True).start()

    def _count(self, kind, what):
        with self.lock:
            self.counts[kind][what] += 1

    def _under_way(self):
        return _UnderWay(self)


class _UnderWay:
    def __init__(self, injector):
        self.injector = injector

    def __enter__(self):
        with self.injector.lock:
            self.injector.calls += 1

    def __exit__(self, *_):
        with self.injector.lock:
            self.injector.calls -= 1
