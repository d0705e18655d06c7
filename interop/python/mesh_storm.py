"""Starts relays at once, lets users storm in, and measures how long the mesh takes to agree.

    mesh_storm.py --launcher ./socp [--relays 5] [--users 1000] [--readers 0] [--seed N]

1. Makes a data directory with a key for each relay, then starts all at once in random order, each with a bootstrap file
   that pins some of the others. Measured: until every relay has every other as a peer, from the start of the processes
   and from the moment the last relay was ready.
2. Connects the users, all of a sudden, to every relay. They share one key and one signature, which the relay cannot
   know: it is the relays that are measured. All but ``--readers`` on each relay ask for presence instead of being told
   (``"ext": {"presence": "ask"}``). Measured: until every relay lists all, from the first hello.
3. Restarts one relay, whose users come back: until it lists all again, from its ready line.

At the end the relays' lists are compared page by page. Prints one line of JSON; exit code 1 when a step took longer than
``--patience``. The relays, this script and whatever else runs share the machine: the load average stands in the report.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from urllib.request import urlopen

import socp_peer as socp

METRICS = ("socp_users", "socp_peers", "socp_sign_duration_seconds_count", "socp_verify_duration_seconds_count")
LINE_BYTES_MAX = 1 << 22
CONNECTING_MAX = 100


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
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
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
        with urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        return {m: float(v) for m in METRICS for v in re.findall(rf"^{m}(?:{{[^}}]*}})? (\S+)$", text, re.M)}

    def frames(self) -> dict[str, int]:
        """Frames taken so far, by type and verdict, where there were any."""
        with urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=5) as answer:
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


class User:
    """A connection that says hello; reads only where it must."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.draining: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LINE_BYTES_MAX)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        status = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in status.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"no WebSocket: {status!r}")

    def say(self, text: str) -> None:
        assert self.writer is not None
        data = text.encode()
        head = bytes((0x81, 0xFE)) + struct.pack(">H", len(data))  # masked with zeros: the bytes stay as they are
        self.writer.write(head + bytes(4) + data)

    async def hear(self) -> dict[str, object]:
        assert self.reader is not None
        while True:
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
            data = await self.reader.readexactly(length)
            if first & 0x0F == 1:
                return json.loads(data)

    def drain(self) -> None:
        """Reads and forgets, as long as the connection lasts."""

        async def forget() -> None:
            assert self.reader is not None
            while await self.reader.read(1 << 16):
                pass

        self.draining = asyncio.create_task(forget())


class Crowd:
    """All the users, of one key."""

    def __init__(self) -> None:
        self.key = socp.rsa.generate_private_key(socp.PUBLIC_EXPONENT, socp.KEY_BITS)
        pubkey = socp.write_public_key(self.key.public_key(), socp.KeyForm.DER)
        plain = {"client": "storm", "pubkey": pubkey, "enc_pubkey": pubkey}
        self.hellos: dict[bool, str] = {}
        for is_reader in (True, False):
            payload = plain if is_reader else plain | {"ext": {"v": 1, "presence": "ask"}}
            made = socp.envelope("USER_HELLO", "USER", "*", 0, payload, self.key)
            self.hellos[is_reader] = json.dumps(made, separators=(",", ":"))

    def hello(self, name: str, is_reader: bool) -> str:
        text = self.hellos[is_reader].replace('"from":"USER"', f'"from":"{name}"', 1)
        return text.replace('"ts":0', f'"ts":{int(time.time() * 1000)}', 1)

    async def arrive(self, ports: list[int], users: int, readers: int) -> tuple[list[User], float]:
        """Connects all and says all hellos, as fast as it goes; the time of the first hello."""
        people = [User(port, str(uuid.uuid4())) for port in ports for _ in range(users)]
        gate = asyncio.Semaphore(CONNECTING_MAX)
        started: list[float] = []

        async def connect(user: User, is_reader: bool) -> None:
            async with gate:
                await user.connect()
                started.append(time.monotonic())
                user.say(self.hello(user.name, is_reader))
                user.drain()

        order = [(user, place % users < readers) for place, user in enumerate(people)]
        random.shuffle(order)
        await asyncio.gather(*(connect(user, is_reader) for user, is_reader in order))
        return people, started[0]


async def list_of(port: int, crowd: Crowd) -> set[tuple[str, str]]:
    """Everyone a relay lists, with their servers, but the one who asks."""
    user = User(port, str(uuid.uuid4()))
    await user.connect()
    user.say(crowd.hello(user.name, is_reader=False))
    rows: set[tuple[str, str]] = set()
    after = ""
    while True:
        ask = socp.envelope("LIST_REQUEST", user.name, "*", int(time.time() * 1000), {"after": after})
        user.say(json.dumps(ask))
        answer = await user.hear()
        while answer["type"] != "LIST_RESPONSE":
            answer = await user.hear()
        page = answer["payload"]
        assert isinstance(page, dict)
        rows |= {(row["user_id"], row["server_id"]) for row in page["users"] if row["user_id"] != user.name}
        after = page.get("next", "")
        if not after:
            assert user.writer is not None
            user.writer.close()
            return rows


async def lists(ports: list[int], crowd: Crowd, names: set[str]) -> bool:
    """Whether all relays list the same, as far as the crowd is concerned."""
    tables = [{row for row in await list_of(port, crowd) if row[0] in names} for port in ports]
    return all(table == tables[0] for table in tables) and len(tables[0]) == len(names)


async def storm(relays: list[Relay], options: argparse.Namespace, report: dict[str, object]) -> None:
    everyone = len(relays) * options.users
    crowd = Crowd()
    before = [(r.metrics(), r.cpu_seconds()) for r in relays]
    people, start = await crowd.arrive([r.port for r in relays], options.users, options.readers)
    report["all_said_hello_s"] = round(time.monotonic() - start, 2)
    loop = asyncio.get_running_loop()
    # Polled on another thread: the readers must be read meanwhile.
    done = await loop.run_in_executor(None, until, relays, "socp_users", everyone, options.patience)
    report["all_listed_s"] = round(done - start, 2)
    after = [(r.metrics(), r.cpu_seconds()) for r in relays]
    for what, metric in (("signatures", METRICS[2]), ("verifications", METRICS[3])):
        report[what] = int(sum(now[0][metric] - then[0][metric] for then, now in zip(before, after)))
    report["relay_cpu_s"] = round(sum(now[1] - then[1] for then, now in zip(before, after)), 2)
    frames: dict[str, int] = {}
    for relay in relays:
        for name, count in relay.frames().items():
            frames[name] = frames.get(name, 0) + count
    report["frames"] = frames
    report["tables_equal"] = await lists([r.port for r in relays], crowd, {user.name for user in people})

    again = relays[-1]
    again.stop()
    back = [user for user in people if user.port == again.port]
    again.spawn()
    await loop.run_in_executor(None, again.await_ready)
    start = time.monotonic()
    await loop.run_in_executor(None, until, [again], "socp_users", everyone - len(back), options.patience)
    report["late_relay_lists_others_s"] = round(time.monotonic() - start, 2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--launcher", type=Path, required=True, help="the file socp")
    parser.add_argument("--relays", type=int, default=5)
    parser.add_argument("--users", type=int, default=1000, help="on each relay")
    parser.add_argument("--readers", type=int, default=0, help="of these, plain ones, who are told of everybody")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--home", type=Path, help="an empty directory for data and logs, which stay")
    parser.add_argument("--patience", type=float, default=120, help="seconds for each step")
    options = parser.parse_args()
    random.seed(options.seed)
    report: dict[str, object] = {k: getattr(options, k) for k in ("relays", "users", "readers", "seed")}
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
            asyncio.run(storm(relays, options, report))
        except (TimeoutError, RuntimeError) as failure:
            report["failure"] = str(failure)
        finally:
            for relay in relays:
                relay.stop()
    print(json.dumps(report))
    return 1 if "failure" in report else 0


if __name__ == "__main__":
    sys.exit(main())
