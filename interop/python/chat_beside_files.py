#!/usr/bin/python3
"""Measures what a file does to a chat: two relays, two users who chat, others who send files beside them.

Starts everything itself on loopback through ./socp, in a directory of its own that it removes. After a warm-up, which
sends a file of each kind and is not counted, each round takes four phases, so that what else the machine does falls on
all of them alike: the chat alone; beside a large file between two of our clients (the hybrid form); alone again; beside
a small file from our client to the strict Python client (RSA blocks). The samples of a phase are those of all rounds. A
latency is the time from a line written to one client to the event printed by the other, by the clock of this process.
Needs what strict_client.py needs.

  interop/python/chat_beside_files.py
  interop/python/chat_beside_files.py --rounds 1 --large-mb 10 --idle 10      a quick look
  interop/python/chat_beside_files.py --root OTHER_CHECKOUT                   its ./socp instead of this one's

Prints one row a phase, the load average at its beginning, the relays' memory and the CPU seconds of all processes. Exit
code 0 when nothing was lost and all files arrived as they were.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import socp_script
from socp_peer import Json

ROOT = Path(__file__).resolve().parents[2]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Python hands its lock over every 5 ms unless told otherwise, and a time is taken with it.
SWITCH_INTERVAL_S = 0.0005
HOST = "127.0.0.1"
PATIENCE_S = 60
FILE_PATIENCE_S = 900
READY = re.compile(r"ready id=(\S+) port=(\d+) ")


class Child:
    """A process whose stdout lines are kept, each with the time it came. Its stderr goes to a file."""

    def __init__(self, name: str, folder: Path, command: list[str]) -> None:
        self.name = name
        self._lines: list[tuple[float, str]] = []
        self._news = threading.Condition()
        with open(folder / f"{name}.stderr", "wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1
            )
        threading.Thread(target=self._pump, daemon=True).start()

    def write(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for(self, wanted: Callable[[str], bool], what: str, patience_s: float = PATIENCE_S) -> str:
        """The first line that is wanted, however early it came."""
        deadline, index = time.monotonic() + patience_s, 0
        while True:
            with self._news:
                while index == len(self._lines):
                    if self.process.poll() is not None or not self._news.wait(deadline - time.monotonic()):
                        raise SystemExit(f"{self.name}: no {what} within {patience_s} s")
                news, index = self._lines[index:], len(self._lines)
            # Without the lock: a line that comes meanwhile must not wait for its time.
            for _, line in news:
                if wanted(line):
                    return line

    def wait_for_event(self, name: str, patience_s: float = PATIENCE_S, /, **fields: str) -> Json:
        def is_it(line: str) -> bool:
            event = json.loads(line)
            return event.get("event") == name and all(event[key] == value for key, value in fields.items())

        return json.loads(self.wait_for(is_it, name, patience_s))

    def lines(self) -> list[tuple[float, str]]:
        with self._news:
            return list(self._lines)

    def rss_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def _pump(self) -> None:
        for line in self.process.stdout:
            at = time.monotonic()
            with self._news:
                self._lines.append((at, line.strip()))
                self._news.notify_all()


@dataclass
class Phase:
    """What the chat was like for a while, or for several."""

    name: str
    latencies_ms: list[float] = field(default_factory=list)
    sent: int = 0
    seconds: float = 0
    loads: list[float] = field(default_factory=list)
    cpu_s: float = 0

    def add(self, other: Phase) -> None:
        self.latencies_ms += other.latencies_ms
        self.sent += other.sent
        self.seconds += other.seconds
        self.loads += other.loads
        self.cpu_s += other.cpu_s

    def percentile(self, percent: float) -> float:
        """The smallest latency that this share of all do not exceed."""
        ordered = sorted(self.latencies_ms)
        return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


class Chat:
    """Two users who write to each other in turn, at a steady rate, until told to stop."""

    def __init__(self, people: list[tuple[Child, str]], rate: float) -> None:
        self._people = people
        self._rate = rate

    def during(self, name: str, work: Callable[[], None]) -> Phase:
        """Chats while ``work`` is done by this thread; then waits for what is still on its way."""
        phase, is_over = Phase(name, loads=[os.getloadavg()[0]]), threading.Event()
        sent_at: dict[str, float] = {}
        writer = threading.Thread(target=self._write, args=(name, sent_at, is_over))
        began = time.monotonic()
        writer.start()
        try:
            work()
        finally:
            is_over.set()
            writer.join()
        phase.seconds, phase.sent = time.monotonic() - began, len(sent_at)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and len(phase.latencies_ms) < phase.sent:
            time.sleep(0.1)
            phase.latencies_ms = self._latencies_ms(sent_at)
        return phase

    def _write(self, name: str, sent_at: dict[str, float], is_over: threading.Event) -> None:
        began, count = time.monotonic(), 0
        # Not after the last message but at its own time: a slow chat must not slow its questions.
        while not is_over.wait(max(0.0, began + count / self._rate - time.monotonic())):
            writer, reader = self._people[count % 2], self._people[1 - count % 2]
            text = f"{name} {count} {uuid.uuid4()}"
            sent_at[text] = time.monotonic()
            writer[0].write(f"/tell {reader[1]} {text}")
            count += 1

    def _latencies_ms(self, sent_at: dict[str, float]) -> list[float]:
        latencies, began = [], min(sent_at.values(), default=0.0)
        for reader, _ in self._people:
            for at, line in reader.lines():
                if at < began:
                    continue
                event = json.loads(line)
                if event.get("event") == "message" and event["text"] in sent_at:
                    latencies.append((at - sent_at[event["text"]]) * 1000)
        return latencies


class Stage:
    """Everything that was started, in one directory."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root
        self._children: list[Child] = []

    def relay(self, name: str, introducer: tuple[int, str] | None) -> tuple[Child, int]:
        bootstrap = self._folder / f"{name}.yaml"
        if introducer is not None:
            port, key = introducer
            entry = f'  - host: "{HOST}"\n    port: {port}\n    pubkey: "{key}"\n'
            bootstrap.write_text("bootstrap_servers:\n" + entry)
        options = ["--host", HOST, "--port", "0", "--management-port", "0", "--data-dir", name]
        child = self._socp(name, "relay", *options, "--bootstrap", str(bootstrap))
        ready = READY.match(child.wait_for(lambda line: READY.match(line) is not None, "ready line"))
        return child, int(ready.group(2))

    def person(self, name: str, port: int) -> tuple[Child, str]:
        """A user of our terminal client, and its id."""
        child = self._socp(name, "chat", f"{name}.json", "--json", "--server", f"ws://{HOST}:{port}")
        return child, child.wait_for_event("ready")["user"]

    def strict_person(self, name: str, port: int) -> tuple[Child, str]:
        """A user of the strict Python client, and its id."""
        script = str(Path(__file__).with_name("strict_client.py"))
        command = [sys.executable, "-B", script, "--url", f"ws://{HOST}:{port}", "--key", f"{name}.pem"]
        child = self._started(Child(name, self._folder, command))
        return child, child.wait_for_event("hello-sent")["user"]

    def file(self, name: str, size: int) -> tuple[Path, str]:
        """A file of random bytes, and its SHA-256."""
        path, content = self._folder / name, random.Random(size).randbytes(size)
        path.write_bytes(content)
        return path, hashlib.sha256(content).hexdigest()

    def cpu_s(self) -> dict[str, float]:
        """What each process has used so far."""
        return {child.name: child.cpu_s() for child in self._children}

    def stop(self) -> None:
        for child in reversed(self._children):
            child.stop()

    def _socp(self, name: str, *arguments: str) -> Child:
        return self._started(Child(name, self._folder, [str(self._root / "socp"), *arguments]))

    def _started(self, child: Child) -> Child:
        self._children.append(child)
        return child


def public_key(port: int) -> str:
    """A running relay's key as a bootstrap entry has it."""
    return socp_script.fetch_document(f"ws://{HOST}:{port}")["pubkey"]


def wait_until_listed(person: Child, users: list[str]) -> None:
    """The client's own list has all these users, who may be on another relay."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        person.write("/list")
        time.sleep(0.5)
        lists = [json.loads(line) for _, line in person.lines() if '"event":"list"' in line]
        if lists and {row["user"] for row in lists[-1]["users"]} >= set(users):
            return
    raise SystemExit(f"{person.name} does not see everyone")


def measure(stage: Stage, args: argparse.Namespace) -> bool:
    first, first_port = stage.relay("relay-a", None)
    second, second_port = stage.relay("relay-b", (first_port, public_key(first_port)))
    relays = (first, second)
    alice, bob = stage.person("alice", first_port), stage.person("bob", second_port)
    carol, dave = stage.person("carol", first_port), stage.person("dave", second_port)
    frank = stage.strict_person("frank", second_port)
    for person in (alice, bob, carol, dave):
        wait_until_listed(person[0], [alice[1], bob[1], carol[1], dave[1], frank[1]])
    chat = Chat([alice, bob], args.rate)
    memory: list[tuple[str, list[float]]] = []

    def remember(when: str) -> None:
        memory.append((when, [relay.rss_mib() for relay in relays]))

    def send(reader: tuple[Child, str], what: str, number: int) -> None:
        def is_half(line: str) -> bool:
            event = json.loads(line)
            return event["event"] == "progress" and event["name"] == path.name and event["sent"] * 2 >= event["size"]

        path, sha256 = files[what, number]
        carol[0].write(f"/file {reader[1]} {path}")
        carol[0].wait_for(is_half, "half of the file", FILE_PATIENCE_S)
        remember(f"in the middle of the {what} file, round {number}")
        came = reader[0].wait_for_event("file", FILE_PATIENCE_S, name=path.name)
        rights[what] = rights.get(what, True) and came["sha256"] == sha256

    def during(name: str, work: Callable[[], None]) -> None:
        before = stage.cpu_s()
        phase = chat.during(name, work)
        after = stage.cpu_s()
        phase.cpu_s = sum(after.values()) - sum(before.values())
        phases.setdefault(name, Phase(name)).add(phase)
        for child in after:
            cpu_s.setdefault(child, {}).setdefault(name, 0.0)
            cpu_s[child][name] += after[child] - before[child]

    sizes = {"large": args.large_mb * 1_000_000, "small": args.small_kb * 1_000}
    files: dict[tuple[str, int], tuple[Path, str]] = {}
    for number in range(args.rounds + 1):
        for what, size in sizes.items():
            # Round 0 is the warm-up.
            files[what, number] = stage.file(f"{what}-{number}.bin", size if number else max(1_000, size // 5))
    phases: dict[str, Phase] = {}
    cpu_s: dict[str, dict[str, float]] = {}
    rights: dict[str, bool] = {}

    def warm_up() -> None:
        time.sleep(args.warm_up)
        send(dave, "large", 0)
        send(frank, "small", 0)

    chat.during("warm-up", warm_up)
    remember("begin")
    for number in range(1, args.rounds + 1):
        during("nothing", lambda: time.sleep(args.idle / 2))
        during(f"{args.large_mb} MB, ours to ours", lambda: send(dave, "large", number))
        during("nothing", lambda: time.sleep(args.idle / 2))
        during(f"{args.small_kb} kB, ours to strict", lambda: send(frank, "small", number))
    remember("end")
    report(list(phases.values()), [rights["large"], rights["small"]], memory, cpu_s)
    return all(rights.values()) and all(len(phase.latencies_ms) == phase.sent for phase in phases.values())


def report(
    phases: list[Phase],
    rights: list[bool],
    memory: list[tuple[str, list[float]]],
    cpu_s: dict[str, dict[str, float]],
) -> None:
    alone = phases[0].percentile(99)
    print("| Chat beside | s | messages | lost | p50 ms | p95 ms | p99 ms | max ms | p99 to alone | SHA-256 | loads |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for phase, right in zip(phases, ["", *("right" if right else "WRONG" for right in rights)]):
        p50, p95, p99, top = (phase.percentile(percent) for percent in (50, 95, 99, 100))
        lost = phase.sent - len(phase.latencies_ms)
        row = f"| {phase.name} | {phase.seconds:.1f} | {phase.sent} | {lost} | {p50:.1f} | {p95:.1f} | {p99:.1f} "
        loads = " ".join(f"{load:.1f}" for load in phase.loads)
        print(row + f"| {top:.1f} | {p99 / alone:.2f} | {right} | {loads} |")
    print("\n| CPU s | all | " + " | ".join(cpu_s) + " |")
    print("|---|---|" + "---|" * len(cpu_s))
    for phase in phases:
        each = " | ".join(f"{used[phase.name]:.1f}" for used in cpu_s.values())
        print(f"| {phase.name} | {phase.cpu_s:.1f} | {each} |")
    print("\n| Resident memory, MiB | relay A | relay B |\n|---|---|---|")
    for when, (one, other) in memory:
        print(f"| {when} | {one:.0f} | {other:.0f} |")
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures what a file does to a chat.")
    parser.add_argument("--rate", type=float, default=20, help="chat messages a second, of both together")
    parser.add_argument("--warm-up", type=float, default=15, metavar="S", help="chat that is not counted")
    parser.add_argument("--idle", type=float, default=30, metavar="S", help="chat without a file, in each round")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is taken")
    parser.add_argument("--large-mb", type=int, default=100, metavar="MB", help="file between our clients")
    parser.add_argument("--small-kb", type=int, default=1_000, metavar="KB", help="file to the strict client")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout whose ./socp is measured")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    folder = Path(tempfile.mkdtemp(prefix="socp-measure-"))
    stage = Stage(folder, args.root.resolve())
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # Also who stops this early is left with no relays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        return 0 if measure(stage, args) else 1
    finally:
        stage.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
