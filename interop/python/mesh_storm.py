#!/usr/bin/python3
"""Starts relays at once, lets users storm in, and measures how long the mesh takes to agree.

    mesh_storm.py --launcher ./socp [--relays 5] [--users 1000] [--listeners 0] [--readers 0] [--seed N]

1. Makes a data directory with a key for each relay, then starts all at once in random order, each with a bootstrap file
   that pins some of the others. Measured: until every relay has every other as a peer, from the start of the processes
   and from the moment the last relay was ready.
2. Lets ``--listeners`` plain users join each relay, who are told of everybody.
3. Opens all connections of the users, unless ``--no-ahead``, and then says all hellos. They share one key and one
   signature, which the relay cannot know, and everything is made before the clock starts: it is the relays that are
   measured. All but ``--readers`` on each relay ask for presence instead of being told (``"ext": {"presence": "ask"}``).
   Measured: until every relay lists all, from the first hello and from the last.
4. Waits until all who listen have been told of everybody, counts whom they were not told of, and compares the relays'
   lists page by page.
5. Restarts one relay: until it lists all users of the others again, from its ready line.

Prints one line of JSON; exit code 1 when a step took longer than ``--patience``, when somebody was lost, or when tables
differ. The relays, this script and whatever else runs share the machine: the load average stands in the report. It needs
a descriptor for each user: ``ulimit -n 20000``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import socp_peer as socp

METRICS = ("socp_users", "socp_peers", "socp_sign_duration_seconds_count", "socp_verify_duration_seconds_count")
CONNECTING_MAX = 128
HELLO_WITHIN_S = 9  # a relay waits 10 s for the first frame of a connection


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Relay:
    """One relay process and its place in the mesh."""

    def __init__(self, launcher: Path, home: Path, port: int, management: int) -> None:
        self.launcher, self.home, self.port, self.management = launcher, home, port, management
        home.mkdir(parents=True)
        self.bootstrap = home / "bootstrap.yaml"
        self.bootstrap.write_text("bootstrap_servers: []\n")
        self.process: subprocess.Popen[str] | None = None
        self.pubkey = ""

    def spawn(self) -> None:
        command = [self.launcher, "relay", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--management-port", str(self.management), "--data-dir", str(self.home / "data")]
        command += ["--bootstrap", str(self.bootstrap)]
        with open(self.home / "log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | {"SOCP_BUILD": "no"}
            )

    def await_ready(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"the relay at {self.port} did not start, see {self.home}/log")

    def learn_key(self) -> None:
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=30) as answer:
            self.pubkey = json.load(answer)["pubkey"]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def cpu_seconds(self) -> float:
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def metrics(self) -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return {m: float(v) for m in METRICS for v in re.findall(rf"^{m}(?:{{[^}}]*}})? (\S+)$", text, re.M)}

    def frames(self) -> dict[str, int]:
        """Frames taken so far, by type and verdict, where there were any."""
        with urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        counts: dict[str, int] = {}
        for labels, value in re.findall(r"^socp_frames_total{([^}]*)} (\S+)$", text, re.M):
            if float(value) > 0:
                named = dict(re.findall(r'(\w+)="([^"]*)"', labels))
                counts[named["type"] + " " + named["verdict"]] = int(float(value))
        return counts


def until(relays: list[Relay], metric: str, value: int, patience: float) -> float:
    """The time.monotonic() at which every relay's metric was seen to have this value."""
    deadline = time.monotonic() + patience
    waiting = list(relays)
    while waiting:
        if time.monotonic() > deadline:
            seen = [r.metrics()[metric] for r in relays]
            raise TimeoutError(f"{metric} is {seen} after {patience} s, {value} expected everywhere")
        waiting = [r for r in waiting if r.metrics()[metric] != value]
        if waiting:
            time.sleep(0.05)
    return time.monotonic()


def frame(text: str) -> bytes:
    """One text message; masked with zeros: the bytes stay as they are."""
    data = text.encode()
    return b"\x81\xfe" + struct.pack(">H", len(data)) + bytes(4) + data


class Crowd:
    """All the users, of one key."""

    def __init__(self) -> None:
        self.key = socp.rsa.generate_private_key(socp.PUBLIC_EXPONENT, socp.KEY_BITS)
        pubkey = socp.write_public_key(self.key.public_key(), socp.KeyForm.DER)
        plain = {"client": "storm", "pubkey": pubkey, "enc_pubkey": pubkey}
        self.hellos: dict[bool, str] = {}
        for is_told in (True, False):
            payload = plain if is_told else plain | {"ext": {"v": 1, "presence": "ask"}}
            made = socp.envelope("USER_HELLO", "USER", "*", 0, payload, self.key)
            self.hellos[is_told] = json.dumps(made, separators=(",", ":"))

    def hello(self, name: str, is_told: bool) -> bytes:
        text = self.hellos[is_told].replace('"from":"USER"', f'"from":"{name}"', 1)
        return frame(text.replace('"ts":0', f'"ts":{int(time.time() * 1000)}', 1))


@dataclass
class User:
    """Someone who says hello; one who is told of everybody is read by ``Ears``, the others are not read at all."""

    port: int
    hello: bytes
    name: str
    is_told: bool
    socket: socket.socket | None = None
    inbox: bytearray = field(default_factory=bytearray)
    heard: set[bytes] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    advertised: int = 0
    removed: int = 0
    version: int = 0
    ended: bool = False

    def say(self, data: bytes) -> None:
        assert self.socket is not None
        self.socket.sendall(data)

    def messages(self) -> list[bytes]:
        """What is whole in the inbox; the relay's pings are answered."""
        whole: list[bytes] = []
        at, box = 0, self.inbox
        while len(box) - at >= 2:
            start, length = at + 2, box[at + 1]
            if length == 126:
                start, length = at + 4, int.from_bytes(box[at + 2 : at + 4], "big")
            elif length == 127:
                start, length = at + 10, int.from_bytes(box[at + 2 : at + 10], "big")
            if len(box) < start + length:
                break
            opcode, data, at = box[at] & 0x0F, bytes(box[start : start + length]), start + length
            if opcode == 1:
                whole.append(data)
            elif opcode == 8:
                self.ended = True
            elif opcode == 9:
                self.say(bytes((0x8A, 0x80 | length)) + bytes(4) + data)
        del box[:at]
        return whole

    def take(self, data: bytes) -> None:
        """What a user who is told hears."""
        self.inbox += data
        for message in self.messages():
            if b'"USER_ADVERTISE"' in message:
                self.advertised += 1
                at = message.index(b'"user_id":"') + 11
                self.heard.add(message[at : at + 36])
            elif b'"USER_REMOVE"' in message:
                self.removed += 1
            elif b'"PUBLIC_CHANNEL_' in message:
                payload = json.loads(message)["payload"]
                self.members.update(payload.get("add", ()))
                self.version = max(self.version, payload.get("version", 0))


class Ears(threading.Thread):
    """Reads, on a thread of its own, those who are told."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.poll = select.epoll()
        self.users: dict[int, User] = {}

    def add(self, user: User) -> None:
        assert user.socket is not None
        self.users[user.socket.fileno()] = user
        self.poll.register(user.socket, select.EPOLLIN)

    def run(self) -> None:
        while True:
            for number, _ in self.poll.poll(0.5):
                user = self.users[number]
                assert user.socket is not None
                try:
                    data = user.socket.recv(1 << 18)
                except OSError:
                    data = b""
                user.take(data)
                if not data or user.ended:
                    user.ended = True
                    self.poll.unregister(number)


def connect(users: list[User], patience: float) -> None:
    """Opens a WebSocket for each, many at a time."""
    deadline = time.monotonic() + patience
    request = (
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    poll, waiting, under_way = select.epoll(), iter(users), {}
    exhausted = False
    while under_way or not exhausted:
        while len(under_way) < CONNECTING_MAX and not exhausted:
            user = next(waiting, None)
            exhausted = user is None
            if user is not None:
                made = socket.socket()
                made.setblocking(False)
                made.connect_ex(("127.0.0.1", user.port))
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                user.socket = made
                under_way[made.fileno()] = user
                poll.register(made, select.EPOLLOUT)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(under_way)} connections were not answered after {patience} s")
        for number, event in poll.poll(1):
            user = under_way[number]
            assert user.socket is not None
            if event & select.EPOLLOUT:
                user.socket.send(request)
                poll.modify(number, select.EPOLLIN)
                continue
            user.inbox += user.socket.recv(4096)
            if b"\r\n\r\n" in user.inbox:
                if b" 101 " not in user.inbox.split(b"\r\n", 1)[0]:
                    raise RuntimeError(f"no WebSocket: {bytes(user.inbox)!r}")
                user.inbox.clear()
                user.socket.setblocking(True)
                poll.unregister(number)
                del under_way[number]


def refused(users: list[User]) -> int:
    """How many of those whom nobody reads have been answered with an ERROR or a close frame."""
    count = 0
    for user in users:
        assert user.socket is not None
        user.socket.setblocking(False)
        try:
            user.inbox += user.socket.recv(1 << 16)
        except BlockingIOError:
            pass
        count += any(b'"ERROR"' in message for message in user.messages()) or user.ended
        user.socket.setblocking(True)
    return count


def list_of(port: int, crowd: Crowd) -> set[tuple[str, str]]:
    """Everyone a relay lists, with their servers, but the one who asks."""
    name = str(uuid.uuid4())
    user = User(port, crowd.hello(name, is_told=False), name, is_told=False)
    connect([user], 30)
    assert user.socket is not None
    user.say(user.hello)
    rows: set[tuple[str, str]] = set()
    after: str | None = ""
    user.say(frame(json.dumps(socp.envelope("LIST_REQUEST", name, "*", 0, {"after": after}))))
    user.socket.settimeout(30)
    while after is not None:
        data = user.socket.recv(1 << 18)
        if not data:
            raise RuntimeError(f"the relay on port {port} closed while it was asked for its list")
        user.inbox += data
        for message in user.messages():
            answer = json.loads(message)
            if answer["type"] == "LIST_RESPONSE":
                page = answer["payload"]
                rows |= {(row["user_id"], row["server_id"]) for row in page["users"] if row["user_id"] != name}
                after = page.get("next") or None
                if after is not None:
                    user.say(frame(json.dumps(socp.envelope("LIST_REQUEST", name, "*", 0, {"after": after}))))
    user.socket.close()
    return rows


def same_lists(ports: list[int], crowd: Crowd, names: set[str]) -> bool:
    """Whether all relays list the same, as far as the crowd is concerned."""
    tables = [{row for row in list_of(port, crowd) if row[0] in names} for port in ports]
    return all(table == tables[0] for table in tables) and len(tables[0]) == len(names)


def join(users: list[User], ears: Ears) -> None:
    for user in users:
        if user.is_told:
            ears.add(user)
        user.say(user.hello)


def storm(relays: list[Relay], options: argparse.Namespace, report: dict[str, object]) -> None:
    crowd, ears = Crowd(), Ears()
    ears.start()

    def people(count: int, told: int) -> list[User]:
        names = [(r.port, str(uuid.uuid4()), place < told) for place in range(count) for r in relays]
        return [User(port, crowd.hello(name, is_told), name, is_told) for port, name, is_told in names]

    listeners = people(options.listeners, options.listeners)
    connect(listeners, options.patience)
    join(listeners, ears)
    until(relays, "socp_users", len(listeners), options.patience)

    users = people(options.users, options.readers)
    random.shuffle(users)
    start = time.monotonic()
    if options.ahead:
        connect(users, options.patience)
        report["connected_s"] = round(time.monotonic() - start, 2)
        if time.monotonic() - start > HELLO_WITHIN_S:
            raise TimeoutError("connecting took longer than a relay waits for a hello: try --no-ahead")
    before = [(r.metrics(), r.cpu_seconds()) for r in relays]
    first = time.monotonic()
    if options.ahead:
        join(users, ears)
    else:
        for at in range(0, len(users), CONNECTING_MAX):
            connect(users[at : at + CONNECTING_MAX], options.patience)
            join(users[at : at + CONNECTING_MAX], ears)
    last = time.monotonic()
    report["hellos_said_s"] = round(last - first, 2)
    try:
        done = until(relays, "socp_users", len(listeners) + len(users), options.patience)
    except TimeoutError as late:
        raise TimeoutError(f"{late}; {refused([user for user in users if not user.is_told])} users refused") from late
    report["listed_after_first_hello_s"] = round(done - first, 2)
    report["listed_after_last_hello_s"] = round(done - last, 2)

    told = [user for user in listeners + users if user.is_told]
    names = {user.name for user in listeners + users}
    behind = hear_out(told, names, done + options.patience)
    if told:
        report["told_after_last_hello_s"] = round(time.monotonic() - last, 2)
    time.sleep(1.5)  # the channel's last frames
    after = [(r.metrics(), r.cpu_seconds()) for r in relays]
    for what, metric in (("signatures", METRICS[2]), ("verifications", METRICS[3])):
        report[what] = int(sum(now[0][metric] - then[0][metric] for then, now in zip(before, after)))
    report["relay_cpu_s"] = round(sum(now[1] - then[1] for then, now in zip(before, after)), 2)
    frames: dict[str, int] = {}
    for relay in relays:
        for name, count in relay.frames().items():
            frames[name] = frames.get(name, 0) + count
    report["frames"] = frames
    report["refused"] = refused([user for user in users if not user.is_told])
    if told:
        late = {user.name for user in users}  # of those who came earlier the channel's frames were earlier
        report["told"] = {
            "who": len(told),
            "advertised": sum(user.advertised for user in told),
            "not_told_of": behind,
            "twice": sum(user.advertised - len(user.heard) for user in told),
            "removed": sum(user.removed for user in told),
            "not_told_of_member": sum(len(late - user.members) for user in listeners),
            "channel_versions": sorted({user.version for user in told}),
            "closed": sum(user.ended for user in told),
        }
    report["tables_equal"] = same_lists([r.port for r in relays], crowd, names)
    again = relays[-1]
    again.stop()
    again.spawn()
    again.await_ready()
    start = time.monotonic()
    others = len(names) - options.users - options.listeners
    until([again], "socp_users", others, options.patience)
    report["late_relay_lists_others_s"] = round(time.monotonic() - start, 2)
    if behind or report["refused"] or not report["tables_equal"]:
        raise RuntimeError("somebody was lost")


def hear_out(told: list[User], names: set[str], deadline: float) -> int:
    """How many pieces of news are missing when all have come, or at the deadline."""
    everyone = {name.encode() for name in names}
    while True:
        missing = sum(len(everyone - user.heard - {user.name.encode()}) for user in told)
        if missing == 0 or time.monotonic() > deadline:
            return missing
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--launcher", type=Path, required=True, help="the file socp")
    parser.add_argument("--relays", type=int, default=5)
    parser.add_argument("--users", type=int, default=1000, help="on each relay")
    parser.add_argument("--listeners", type=int, default=0, help="plain users on each relay, who are there before")
    parser.add_argument("--readers", type=int, default=0, help="of the users, plain ones, who are told of everybody")
    parser.add_argument("--no-ahead", dest="ahead", action="store_false", help="connect while hellos are said")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--home", type=Path, help="an empty directory for data and logs, which stay")
    parser.add_argument("--patience", type=float, default=90, help="seconds for each step; a relay closes links silent for 120")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the relays are stopped then too
    random.seed(options.seed)
    need = options.relays * (options.users + options.listeners) + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < need:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(need, hard), hard))
    settings = ("relays", "users", "listeners", "readers", "ahead", "seed")
    report: dict[str, object] = {k: getattr(options, k) for k in settings}
    report["load_average"] = os.getloadavg()[0]

    with tempfile.TemporaryDirectory(prefix="mesh-storm-") as directory:
        home = options.home or Path(directory)
        ports = free_ports(2 * options.relays)
        relays = [
            Relay(options.launcher.resolve(), home / str(i), ports[2 * i], ports[2 * i + 1])
            for i in range(options.relays)
        ]
        try:
            for relay in relays:  # once, for its key
                relay.spawn()
                relay.await_ready()
                relay.learn_key()
                relay.stop()
            for place, relay in enumerate(relays):
                others = [r for r in relays if r is not relay]
                named = {relays[(place + 1) % len(relays)]} | set(random.sample(others, min(1, len(others))))
                rows = [f'  - host: "127.0.0.1"\n    port: {r.port}\n    pubkey: "{r.pubkey}"\n' for r in named if r is not relay]
                relay.bootstrap.write_text("bootstrap_servers:\n" + "".join(rows) if rows else "bootstrap_servers: []\n")
            order = random.sample(relays, len(relays))
            start = time.monotonic()
            for relay in order:
                relay.spawn()
            for relay in order:
                relay.await_ready()
            ready = time.monotonic()
            meshed = until(relays, "socp_peers", len(relays) - 1, options.patience)
            report["all_ready_s"] = round(ready - start, 2)
            report["full_mesh_s"] = round(meshed - start, 2)
            report["full_mesh_after_ready_s"] = round(max(0.0, meshed - ready), 2)
            storm(relays, options, report)
        except (TimeoutError, RuntimeError) as failure:
            report["failure"] = str(failure)
        finally:
            for relay in relays:
                relay.stop()
    print(json.dumps(report))
    return 1 if "failure" in report else 0


if __name__ == "__main__":
    sys.exit(main())
