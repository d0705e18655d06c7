"""One user, on whatever link: writes and reads messages and files, knows who is there and with which key.

What it reads it tells as events, the same for a client's user and for the user that a server hosts itself:
  {"event":"presence","user":ID,"server":SID,"online":BOOL,"pubkey":KEY or null,"transport_verified":BOOL or null}
  {"event":"message","kind":"direct|public","from":ID,"text":T,"ts":MS,"content_verified":BOOL,
   "transport_verified":BOOL or null,"content_layout":"A".."F" or null,"server":SID}
  {"event":"file","from":ID,"name":N,"size":BYTES,"sha256":HEX,"intact":BOOL,"transport_verified":BOOL or null}

``sha256`` is that of the bytes that came; ``intact`` says that pieces came in order, and size and digest are as
announced. ``transport_verified`` is null where there was no signature, or no key to check it with.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp
from socp_peer import ContentLayout, Json, KeyForm, Salt
from socp_script import Emit

KEY_WAIT_S = 10
PUBLIC_CHANNEL = "public"


@dataclass(frozen=True)
class Profile:
    """Who the user is and how it writes."""

    user: str
    key: rsa.RSAPrivateKey
    key_form: KeyForm = KeyForm.DER
    salt: Salt = Salt.MAX
    layout: ContentLayout = ContentLayout.A
    sign_frames: bool = True

    @property
    def public_key(self) -> str:
        return socp.write_public_key(self.key.public_key(), self.key_form)


@dataclass
class IncomingFile:
    """A file of which the last piece has not come."""

    name: str
    size: int
    sha256: str
    content: bytearray = field(default_factory=bytearray)
    pieces: int = 0
    in_order: bool = True
    transport: bool | None = True


class User:
    """One user. Confined to its event loop."""

    def __init__(self, profile: Profile, emit: Emit) -> None:
        self.profile = profile
        self._emit = emit
        self._homes: dict[str, str] = {}
        self._keys: dict[str, rsa.RSAPublicKey] = {profile.user: profile.key.public_key()}
        self._key_arrived = asyncio.Condition()
        self._files: dict[tuple[str, str], IncomingFile] = {}

    # --- who is there -------------------------------------------------------------------------------------------------

    async def on_advertise(self, payload: Json, transport: bool | None = None) -> None:
        user, text = payload["user_id"], socp.advertised_key(payload)
        self._homes[user] = payload["server_id"]
        if text is not None:
            await self._learn(user, socp.read_public_key(text))
        self._emit_presence(payload, True, text, transport)

    def on_remove(self, payload: Json, transport: bool | None = None) -> None:
        """Counts only while the user is still where the payload says (SOCP section 8.2)."""
        user = payload["user_id"]
        if self._homes.get(user) == payload["server_id"]:
            del self._homes[user]
            self._keys.pop(user, None)
        self._emit_presence(payload, False, None, transport)

    def home_of(self, user: str) -> str:
        """The server that hosts the user; ValueError when nobody has advertised the user."""
        if user not in self._homes:
            raise ValueError(f"{user} is not online")
        return self._homes[user]

    def emit_list(self) -> None:
        """Everyone advertised and not removed, sorted: what the standard's ``/list`` shows."""
        self._emit({"event": "list", "users": sorted(self._homes)})

    async def key_of(self, user: str) -> rsa.RSAPublicKey:
        """The key of a user, advertised or seen in a message; waits for it a while, then TimeoutError."""
        async with self._key_arrived:
            try:
                await asyncio.wait_for(self._key_arrived.wait_for(lambda: user in self._keys), KEY_WAIT_S)
            except asyncio.TimeoutError:
                raise TimeoutError(f"no key of {user} within {KEY_WAIT_S} s") from None
            return self._keys[user]

    # --- out ----------------------------------------------------------------------------------------------------------

    async def direct(self, to: str, text: str) -> Json:
        """MSG_DIRECT."""
        ciphertext = socp.encrypt(await self.key_of(to), text)
        return self._content("MSG_DIRECT", to, {"ciphertext": ciphertext}, signed_to=to)

    def public(self, text: str) -> Json:
        """MSG_PUBLIC_CHANNEL."""
        payload = {"ciphertext": socp.base64url(text.encode()), "text": text}
        return self._content("MSG_PUBLIC_CHANNEL", PUBLIC_CHANNEL, payload, signed_to=None)

    async def file(self, to: str, path: Path) -> Iterator[Json]:
        """FILE_START, FILE_CHUNKs of one OAEP block each, FILE_END; made one after the other as they are taken."""
        key, content = await self.key_of(to), path.read_bytes()
        return self._file_frames(to, key, path.name, content)

    def _file_frames(self, to: str, key: rsa.RSAPublicKey, name: str, content: bytes) -> Iterator[Json]:
        file_id = str(uuid.uuid4())
        digest = hashlib.sha256(content).hexdigest()
        start = {"file_id": file_id, "name": name, "size": len(content), "sha256": digest, "mode": "dm"}
        yield self._frame("FILE_START", to, socp.now_ms(), start)
        for index, at in enumerate(range(0, len(content), socp.OAEP_TEXT_BYTES_MAX)):
            piece = socp.encrypt_bytes(key, content[at : at + socp.OAEP_TEXT_BYTES_MAX])
            payload = {"file_id": file_id, "index": index, "ciphertext": piece}
            yield self._frame("FILE_CHUNK", to, socp.now_ms(), payload)
        yield self._frame("FILE_END", to, socp.now_ms(), {"file_id": file_id})

    def _content(self, kind: str, to: str, payload: Json, signed_to: str | None) -> Json:
        me, ts = self.profile, socp.now_ms()
        data = socp.content_bytes(me.layout, payload["ciphertext"], me.user, signed_to, ts)
        payload |= {"sender_pub": me.public_key, "content_sig": socp.sign(me.key, data, me.salt)}
        return self._frame(kind, to, ts, payload)

    def _frame(self, kind: str, to: str, ts: int, payload: Json) -> Json:
        me = self.profile
        return socp.envelope(kind, me.user, to, ts, payload, me.key if me.sign_frames else None, me.salt)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def on_direct(self, payload: Json, ts: int, server: str, transport: bool | None) -> None:
        """The payload of USER_DELIVER or SERVER_DELIVER; whoever calls has judged the server's signature."""
        sender, text = payload["sender"], socp.decrypt(self.profile.key, payload["ciphertext"])
        key = await self._sender_key(sender, payload)
        self._emit_message("direct", sender, text, payload, ts, key, server, transport)

    async def on_public(self, frame: Json, server: str | None) -> None:
        """MSG_PUBLIC_CHANNEL, whose transport signature is its author's."""
        payload, sender = frame["payload"], frame["from"]
        text = socp.unbase64url(payload["ciphertext"]).decode()
        if payload.get("text", text) != text:
            raise ValueError("text and ciphertext differ")
        key = await self._sender_key(sender, payload)
        self._emit_message("public", sender, text, payload, frame["ts"], key, server, self._signed(frame, key))

    def on_file(self, frame: Json) -> None:
        """FILE_START, FILE_CHUNK or FILE_END."""
        payload, sender = frame["payload"], frame["from"]
        transfer = (sender, payload["file_id"])
        if frame["type"] == "FILE_START":
            self._files[transfer] = IncomingFile(payload["name"], payload["size"], payload["sha256"])
        file = self._files[transfer]
        signed = self._signed(frame, self._keys.get(sender))
        file.transport = signed if not signed else file.transport
        if frame["type"] == "FILE_CHUNK":
            file.in_order &= payload["index"] == file.pieces
            file.pieces += 1
            file.content += socp.decrypt_bytes(self.profile.key, payload["ciphertext"])
        elif frame["type"] == "FILE_END":
            self._emit_file(sender, self._files.pop(transfer))

    async def _sender_key(self, sender: str, payload: Json) -> rsa.RSAPublicKey:
        """The key the sender was advertised with; without one, the key of its first message from then on."""
        if sender not in self._keys:
            await self._learn(sender, socp.read_public_key(payload["sender_pub"]))
        return self._keys[sender]

    async def _learn(self, user: str, key: rsa.RSAPublicKey) -> None:
        async with self._key_arrived:
            self._keys[user] = key
            self._key_arrived.notify_all()

    @staticmethod
    def _signed(frame: Json, key: rsa.RSAPublicKey | None) -> bool | None:
        if key is None or not frame.get("sig"):
            return None
        return socp.verifies(key, socp.canonical(frame["payload"]), frame["sig"])

    # --- events -------------------------------------------------------------------------------------------------------

    def _emit_presence(self, payload: Json, online: bool, key: str | None, transport: bool | None) -> None:
        who = {"event": "presence", "user": payload["user_id"], "server": payload["server_id"]}
        self._emit(who | {"online": online, "pubkey": key, "transport_verified": transport})

    def _emit_message(
        self,
        kind: str,
        sender: str,
        text: str,
        payload: Json,
        ts: int,
        key: rsa.RSAPublicKey,
        server: str | None,
        transport: bool | None,
    ) -> None:
        to = self.profile.user if kind == "direct" else None
        layout = socp.content_layout_of(key, payload["content_sig"], payload["ciphertext"], sender, to, ts)
        self._emit(
            {
                "event": "message",
                "kind": kind,
                "from": sender,
                "text": text,
                "ts": ts,
                "content_verified": layout is not None,
                "transport_verified": transport,
                "content_layout": layout and layout.value,
                "server": server,
            }
        )

    def _emit_file(self, sender: str, file: IncomingFile) -> None:
        digest = hashlib.sha256(file.content).hexdigest()
        self._emit(
            {
                "event": "file",
                "from": sender,
                "name": file.name,
                "size": len(file.content),
                "sha256": digest,
                "intact": file.in_order and len(file.content) == file.size and digest == file.sha256,
                "transport_verified": file.transport,
            }
        )
