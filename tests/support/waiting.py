"""Wait for a condition, never for a time."""

import time


def wait_for(condition, what, seconds=20):
    """Ask until the answer is true and hand it back; fail with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
    return answer
