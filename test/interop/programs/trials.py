"""What the Python programs share: one line of output for each ability."""
import sys
import traceback

COUNT = 500
bootstrap = sys.argv[1]
can = set(sys.argv[2:])
_failures = 0


def attempt(ability, trial, *args):
    global _failures
    try:
        trial(*args)
        print(f"PASS {ability}", flush=True)
    except BaseException as thrown:
        _failures += 1
        print(f"FAIL {ability}: {thrown!r}", flush=True)
        traceback.print_exc(file=sys.stdout)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def finish():
    sys.exit(1 if _failures else 0)
