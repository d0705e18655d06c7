"""Checks the peers without a relay: vectors, round trips, a client with a tiny server, two servers with each other.

Reached by ``strict_client.py --self-test``; prints one line a check, exit code 0 when all hold.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import unittest
import uuid
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import websockets
from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp
import strict_server
from quick_key import QuickKey
from socp_peer import ContentLayout, Json, KeyForm, Salt
from socp_script import RelayInfo, fetch_relay_info
from socp_user import Profile
from strict_client import StrictClient

SERVER_ID = "6e9c5b0e-6a55-4a86-9d0e-5a1d3c8f0b11"
USER_ID = "1c6f0f0c-3d0e-4f7b-9a54-3f4f6a3f8a22"


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(socp.PUBLIC_EXPONENT, socp.KEY_BITS)


SERVER_KEY = make_key()
USER_KEY = make_key()


class Encoding(unittest.TestCase):
    def test_base64url_has_no_padding_and_both_special_characters(self) -> None:
        self.assertEqual("-_-_", socp.base64url(b"\xfb\xff\xbf"))
        for size in range(5):
            self.assertEqual(bytes(size), socp.unbase64url(socp.base64url(bytes(size))))
        for bad in ("YQ==", "a+b/", "a b_", "a"):
            self.assertRaises(ValueError, socp.unbase64url, bad)

    def test_canonical_form_is_sorted_compact_and_ascii(self) -> None:
        vectors: list[tuple[Json, str]] = [
            ({}, "{}"),
            ({"b": 1, "a": {"d": [2, 1], "c": None}}, '{"a":{"c":null,"d":[2,1]},"b":1}'),
            ({"t": 'é😀/"\\\n\x7f', "ok": True}, r'{"ok":true,"t":"\u00e9\ud83d\ude00/\"\\\n\u007f"}'),
        ]
        for payload, expected in vectors:
            self.assertEqual(expected.encode(), socp.canonical(payload))


class Crypto(unittest.TestCase):
    def test_public_key_survives_every_container(self) -> None:
        for form, size in ((KeyForm.DER, 734), (KeyForm.PEM_BASE64, 1067), (KeyForm.PEM, 800)):
            text = socp.write_public_key(USER_KEY.public_key(), form)
            self.assertEqual(size, len(text))
            self.assertEqual(USER_KEY.public_key().public_numbers(), socp.read_public_key(text).public_numbers())

    def test_weak_keys_are_refused(self) -> None:
        small = rsa.generate_private_key(65537, 2048).public_key()
        self.assertRaises(ValueError, socp.read_public_key, socp.write_public_key(small, KeyForm.DER))

    def test_key_file_is_made_once_and_private(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "key.pem")
            made = socp.load_or_make_key(path)
            self.assertEqual(0o600, path.stat().st_mode & 0o777)
            self.assertEqual(made.private_numbers(), socp.load_or_make_key(path).private_numbers())

    def test_signature_holds_for_its_data_key_and_salt_only(self) -> None:
        public = USER_KEY.public_key()
        for salt, other in ((Salt.MAX, Salt.HASH), (Salt.HASH, Salt.MAX)):
            signature = socp.sign(USER_KEY, b"data", salt)
            self.assertEqual(683, len(signature))
            self.assertTrue(socp.verifies(public, b"data", signature, salt))
            self.assertTrue(socp.verifies(public, b"data", signature, Salt.ANY))
            self.assertFalse(socp.verifies(public, b"data", signature, other))
            self.assertFalse(socp.verifies(public, b"Data", signature))
            self.assertFalse(socp.verifies(SERVER_KEY.public_key(), b"data", signature))
        self.assertFalse(socp.verifies(public, b"data", ""))

    def test_oaep_holds_446_bytes(self) -> None:
        for text in ("", "grüße 😀", "x" * socp.OAEP_TEXT_BYTES_MAX):
            self.assertEqual(text, socp.decrypt(USER_KEY, socp.encrypt(USER_KEY.public_key(), text)))
        self.assertRaises(ValueError, socp.encrypt, USER_KEY.public_key(), "x" * 447)
        self.assertRaises(ValueError, socp.decrypt, SERVER_KEY, socp.encrypt(USER_KEY.public_key(), "x"))

    def test_content_layouts_are_as_documented(self) -> None:
        expected = {
            ContentLayout.A: b"YWJjab5",
            ContentLayout.B: b"abcab5",
            ContentLayout.D: b'{"ciphertext":"YWJj","from":"a","to":"b","ts":5}',
            ContentLayout.F: b"YWJj|a|b|5",
        }
        for layout, data in expected.items():
            self.assertEqual(data, socp.content_bytes(layout, "YWJj", "a", "b", 5))
        self.assertEqual(b"YWJja5", socp.content_bytes(ContentLayout.A, "YWJj", "a", None, 5))

    def test_content_layout_is_recognised(self) -> None:
        for layout in ContentLayout:
            for to in ("b", None):
                signature = socp.sign(USER_KEY, socp.content_bytes(layout, "YWJj", "a", to, 5))
                found = socp.content_layout_of(USER_KEY.public_key(), signature, "YWJj", "a", to, 5)
                self.assertIs(layout, found)
        self.assertIsNone(socp.content_layout_of(USER_KEY.public_key(), signature, "YWJj", "a", None, 6))

    def test_quick_key_signs_like_any_other(self) -> None:
        key = QuickKey()
        signature = key.sign(b"text")
        self.assertEqual(socp.KEY_BITS, key.public_key().key_size)
        self.assertTrue(socp.verifies(key.public_key(), b"text", signature, Salt.HASH))
        self.assertFalse(socp.verifies(key.public_key(), b"other text", signature))


class Conversation(unittest.IsolatedAsyncioTestCase):
    """The client against a server that knows one user and sends everything back to it."""

    async def test_user_talks_to_itself(self) -> None:
        for form, salt, signs in ((KeyForm.DER, Salt.MAX, True), (KeyForm.PEM, Salt.HASH, False)):
            events, code = await self._converse(
                form, salt, signs, [{"do": "tell", "to": USER_ID, "text": "grüße"}, {"do": "all", "text": "hi ∑"}]
            )
            self.assertEqual(0, code)
            self.assertEqual(["hello-sent", "presence", "message", "message"], [e["event"] for e in events])
            direct, public = events[2:]
            self.assertEqual(("direct", "grüße", USER_ID), (direct["kind"], direct["text"], direct["from"]))
            self.assertEqual(("public", "hi ∑", USER_ID), (public["kind"], public["text"], public["from"]))
            self.assertTrue(direct["content_verified"] and direct["transport_verified"] and public["content_verified"])
            self.assertIs(True if signs else None, public["transport_verified"])
            self.assertEqual(SERVER_ID, direct["server"])

    async def test_file_comes_back_whole(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "f.bin")
            path.write_bytes(bytes(range(256)) * 4)
            command = {"do": "file", "to": USER_ID, "path": str(path)}
            events, code = await self._converse(KeyForm.DER, Salt.MAX, True, [command, {"do": "list"}])
        self.assertEqual(0, code)
        file = next(e for e in events if e["event"] == "file")
        self.assertEqual(("f.bin", 1024), (file["name"], file["size"]))
        self.assertTrue(file["intact"] and file["transport_verified"])
        self.assertIn({"event": "sent", "do": "file", "path": str(path)}, events)

    async def test_forgeries_and_errors_show(self) -> None:
        forged = {"sender": USER_ID, "ciphertext": socp.encrypt(USER_KEY.public_key(), "x"), "content_sig": "AA"}
        forged["sender_pub"] = socp.write_public_key(USER_KEY.public_key(), KeyForm.DER)
        deliver = socp.envelope("USER_DELIVER", SERVER_ID, USER_ID, 1, forged, USER_KEY)
        error = socp.envelope("ERROR", SERVER_ID, USER_ID, 1, {"code": "TIMEOUT", "detail": "d"}, SERVER_KEY)
        commands: list[Json] = [{"do": "raw", "frame": deliver}, {"do": "raw", "frame": error}, {"do": "nonsense"}]
        events, code = await self._converse(KeyForm.DER, Salt.MAX, True, commands)
        self.assertEqual(0, code)
        message = next(e for e in events if e["event"] == "message")
        self.assertEqual((False, False), (message["content_verified"], message["transport_verified"]))
        self.assertEqual("TIMEOUT", next(e for e in events if e["event"] == "frame")["frame"]["payload"]["code"])
        self.assertEqual("nonsense", next(e for e in events if e["event"] == "failed")["do"])

    async def test_server_that_closes_is_reported(self) -> None:
        close = {"type": "CTRL_CLOSE"}
        events, code = await self._converse(KeyForm.DER, Salt.MAX, True, [{"do": "raw", "frame": close}], linger_s=5)
        self.assertEqual((1, {"event": "closed", "code": 1008, "reason": "asked"}), (code, events[-1]))

    async def _converse(
        self, form: KeyForm, salt: Salt, signs: bool, commands: list[Json], linger_s: float = 1
    ) -> tuple[list[Json], int]:
        async def script() -> AsyncIterator[Json]:
            for command in commands:
                yield command
            # What was sent comes back before the end of input closes the link.
            wanted, deadline = 2 + len(commands), time.monotonic() + linger_s
            while len(events) < wanted and time.monotonic() < deadline:
                await asyncio.sleep(0.01)

        events: list[Json] = []
        async with websockets.serve(echo_server, "127.0.0.1", 0, process_request=relay_information) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            relay = await asyncio.to_thread(fetch_relay_info, url)
            self.assertIsNotNone(relay)
            client = StrictClient(Profile(USER_ID, USER_KEY, form, salt, sign_frames=signs), relay, events.append)
            return events, await client.run(url, script())


class Mesh(unittest.IsolatedAsyncioTestCase):
    """Two strict servers, one of which joins through the other."""

    async def test_their_users_meet(self) -> None:
        ids = {"here": str(uuid.uuid4()), "there": str(uuid.uuid4())}
        users = {"here": str(uuid.uuid4()), "there": USER_ID}
        events: dict[str, list[Json]] = {"here": [], "there": []}
        commands = {name: asyncio.Queue[Json]() for name in ids}

        def server(name: str, key: rsa.RSAPrivateKey) -> strict_server.StrictServer:
            profile = Profile(users[name], USER_KEY)
            return strict_server.StrictServer(ids[name], key, profile, strict_server.Habits(), events[name].append)

        async def script(name: str) -> AsyncIterator[Json]:
            while True:
                yield await commands[name].get()

        def start(name: str, key: rsa.RSAPrivateKey, join: tuple[str, RelayInfo] | None) -> asyncio.Task[int]:
            return asyncio.create_task(server(name, key).run(0, join, script(name)))

        here = start("here", SERVER_KEY, None)
        port = (await self._event(events["here"], "listening"))["port"]
        introducer = RelayInfo(ids["here"], SERVER_KEY.public_key())
        there = start("there", make_key(), (f"ws://127.0.0.1:{port}", introducer))
        self.assertTrue((await self._event(events["there"], "welcome"))["verified"])
        for name, other in (("here", "there"), ("there", "here")):
            self.assertEqual(users[other], (await self._event(events[name], "presence"))["user"])
            commands[name].put_nowait({"do": "tell", "to": users[other], "text": f"grüße from {name}"})
        for name, other in (("here", "there"), ("there", "here")):
            message = await self._event(events[name], "message")
            self.assertEqual((f"grüße from {other}", users[other]), (message["text"], message["from"]))
            self.assertTrue(message["content_verified"] and message["transport_verified"])
        for name, task in (("there", there), ("here", here)):
            commands[name].put_nowait({"do": "quit"})
            self.assertEqual(0, await task)
        self.assertFalse([e for told in events.values() for e in told if "unreadable" in e])

    async def test_an_introducer_with_another_key_is_not_joined(self) -> None:
        events: list[Json] = []

        async def nothing() -> AsyncIterator[Json]:
            await asyncio.Event().wait()
            yield {}

        def server() -> strict_server.StrictServer:
            profile = Profile(str(uuid.uuid4()), USER_KEY)
            return strict_server.StrictServer(SERVER_ID, SERVER_KEY, profile, strict_server.Habits(), events.append)

        introducer = asyncio.create_task(server().run(0, None, nothing()))
        port = (await self._event(events, "listening"))["port"]
        join = (f"ws://127.0.0.1:{port}", RelayInfo(SERVER_ID, USER_KEY.public_key()))
        self.assertEqual(1, await server().run(0, join, nothing()))
        self.assertFalse((await self._event(events, "welcome"))["verified"])
        introducer.cancel()

    @staticmethod
    async def _event(events: list[Json], name: str) -> Json:
        async with asyncio.timeout(10):
            while not (found := [e for e in events if e["event"] == name]):
                await asyncio.sleep(0.01)
        return found[0]


async def relay_information(
    _path: str, headers: websockets.datastructures.Headers
) -> tuple[HTTPStatus, list[tuple[str, str]], bytes] | None:
    """Answers a plain GET with the relay information document; lets a WebSocket upgrade pass."""
    if "Upgrade" in headers:
        return None
    document = {"server_id": SERVER_ID, "pubkey": socp.write_public_key(SERVER_KEY.public_key(), KeyForm.DER)}
    return HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps(document).encode()


async def echo_server(link: websockets.WebSocketServerProtocol) -> None:
    """Advertises its user, delivers it what it sends; CTRL_CLOSE closes with 1008."""
    async for text in link:
        frame = json.loads(text)
        if frame["type"] == "CTRL_CLOSE":
            await link.close(1008, "asked")
            return
        elif frame["type"] == "USER_HELLO":
            payload = {"user_id": frame["from"], "server_id": SERVER_ID, "meta": {"pubkey": frame["payload"]["pubkey"]}}
            advertise = socp.envelope("USER_ADVERTISE", SERVER_ID, "*", frame["ts"], payload, SERVER_KEY)
            await link.send(json.dumps(advertise))
        elif frame["type"] == "MSG_DIRECT":
            payload = frame["payload"] | {"sender": frame["from"]}
            deliver = socp.envelope("USER_DELIVER", SERVER_ID, frame["to"], frame["ts"], payload, SERVER_KEY)
            await link.send(json.dumps(deliver))
        else:
            await link.send(text)


def run() -> int:
    """Runs every check; the exit code."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(__import__(__name__))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    return 0 if result.wasSuccessful() else 1
