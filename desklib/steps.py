"""Steps that tell what they do and how long it took, and can be run again when interrupted."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

_print_lock = threading.Lock()


class DeskError(Exception):
    """Something the user can act on: shown without a traceback."""


def say(text):
    """Progress goes to stderr, so that stdout holds only a command's answer."""
    with _print_lock:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title):
    say(f"{title} ...")
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{title}: FAILED after {time.monotonic() - start:.1f} s")
        raise
    say(f"{title}: {time.monotonic() - start:.1f} s")


def run(args, *, env=None, cwd=None, stdin=None, timeout=None):
    """Run a command quietly; on failure raise with the end of what it printed."""
    args = [str(arg) for arg in args]
    try:
        done = subprocess.run(
            args,
            env=env,
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as err:
        raise DeskError(f"{args[0]} is not there: {err}") from err
    except subprocess.TimeoutExpired as err:
        raise DeskError(f"{' '.join(args[:4])} did not end within {timeout} s") from err
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-40:])
        raise DeskError(f"{' '.join(args[:6])} ended with {done.returncode}\n{tail}")
    return done.stdout


def hand_over(command, *, env, cwd):
    """Run a command that has the terminal; an interruption is its business, it cleans up."""
    with subprocess.Popen([str(arg) for arg in command], env=env, cwd=cwd) as process:
        before = signal.signal(signal.SIGINT, lambda *__: None)  # a terminal tells the child too
        signal.signal(signal.SIGTERM, lambda *__: process.send_signal(signal.SIGINT))
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def digest(*parts):
    """Short key of texts, bytes and file contents."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data.encode() if isinstance(data, str) else data
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()[:12]


def write_atomic(path, text):
    """A reader sees the old content or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def is_stamped(path, key):
    return path.is_file() and path.read_text(encoding="utf-8") == key


@contextmanager
def locked(path, wait_message=None):
    """Exclusive between processes; freed by the system when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait_message:
                say(wait_message)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def wait_until(condition, seconds, what):
    """Poll a condition until it answers something true; fail after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise DeskError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return answer


def replace_tree(new, target):
    """Put a finished folder in place of an older one."""
    old = target.with_name(f"{target.name}.old.{os.getpid()}")
    if target.exists():
        os.replace(target, old)
    os.replace(new, target)
    shutil.rmtree(old, ignore_errors=True)
