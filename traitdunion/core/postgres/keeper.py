"""Parent of one server: starts it, then stops it once every process that used it has gone, however it went.

Run as a script with the standard library only, since it stays as long as the server does and has to be small.
A shell's Ctrl-C, a SIGTERM or a `kill -9` on the users are all the same to it: the kernel drops their locks.
"""

import fcntl
import os
import signal
import sys
from types import FrameType

DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 30
"""Seconds for an orderly stop; the server is then told to drop everything, which is safe but slower to heal."""


def keep(in_use: str, server_lock: int, uid: int, gid: int, server: list[str]) -> None:
    """Runs `server` (program and arguments) as `uid`, and interrupts it when nobody holds the file `in_use`.

    `server_lock` is a locked descriptor that the server inherits: the lock lasts until its last process has gone.
    The caller's process goes on in the background, without parent or terminal.
    """
    if os.fork():
        os._exit(0)
    os.chdir("/")
    for number in DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, _leave_with_the_server)
    pid = os.fork()
    if pid == 0:
        _become(uid, gid, server)
    os.close(server_lock)
    fcntl.flock(os.open(in_use, os.O_RDWR), fcntl.LOCK_EX)  # held to the end: who comes now waits, then starts afresh
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGQUIT))
    signal.alarm(PATIENCE)
    os.kill(pid, signal.SIGINT)
    os.waitpid(pid, 0)


def _leave_with_the_server(_number: int, _frame: FrameType | None) -> None:
    if os.waitpid(-1, os.WNOHANG)[0]:  # and not merely suspended
        os._exit(0)


def _become(uid: int, gid: int, server: list[str]) -> None:
    try:
        for number in (*DEAF_TO, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        if os.geteuid() != uid:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        os.execv(server[0], server)  # noqa: S606 — no shell is wanted
    except OSError as error:
        sys.stderr.write(f"FATAL:  {server[0]}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(127)


if __name__ == "__main__":
    keep(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
