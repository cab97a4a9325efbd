"""A client of the rooms wire, written from its specification alone, on Python's standard library and websockets."""

import asyncio
import itertools
import json
import time
from contextlib import AsyncExitStack

import websockets

from rest import call_now, read_claims, sign

# An answer comes within milliseconds; a machine that has much else to do may stand still for seconds.
REPLY_SECONDS = 20
SILENCE_SECONDS = 0.4


def resign(token, secret, **changes):
    """The same identity with other claims."""
    return sign({**read_claims(token), **changes}, secret)


class Refused(Exception):
    """An `error` frame that answers a request."""

    def __init__(self, frame):
        super().__init__(f"{frame.get('code')}: {frame.get('message')}")
        self.frame = frame
        self.code = frame.get("code")


class Socket:
    """One WebSocket. Keeps every frame; `expect` takes the first one that fits and that nobody took before."""

    refs = itertools.count(1)

    def __init__(self, connection):
        self.connection = connection
        self.seen = []
        self._waiting = []
        self._arrived = asyncio.Condition()
        self._reader = asyncio.ensure_future(self._read())

    async def _read(self):
        try:
            async for text in self.connection:
                frame = json.loads(text)
                async with self._arrived:
                    self.seen.append(frame)
                    self._waiting.append(frame)
                    self._arrived.notify_all()
        except websockets.ConnectionClosed:
            pass
        async with self._arrived:
            self._arrived.notify_all()

    @property
    def subprotocol(self):
        return self.connection.subprotocol

    async def send(self, type, **fields):
        await self.connection.send(json.dumps({"type": type, **fields}))

    async def send_raw(self, data):
        await self.connection.send(data)

    async def request(self, type, **fields):
        """Sends with a `ref` and gives the data of its `ok`; raises Refused for its `error`."""
        ref = f"r{next(self.refs)}"
        await self.send(type, ref=ref, **fields)
        answer = await self.expect(lambda frame: frame.get("ref") == ref, f"an answer to {type}")
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    async def refused(self, type, **fields):
        """The code that this is refused with."""
        try:
            answer = await self.request(type, **fields)
        except Refused as refusal:
            return refusal.code
        raise AssertionError(f"{type} was accepted: {answer}")

    async def expect(self, fits, what="a frame", seconds=REPLY_SECONDS):
        def take():
            for index, frame in enumerate(self._waiting):
                if fits(frame):
                    return self._waiting.pop(index)
            return None

        async with self._arrived:
            deadline = time.monotonic() + seconds
            while True:
                frame = take()
                if frame is not None:
                    return frame
                left = deadline - time.monotonic()
                if left <= 0 or self._reader.done():
                    state = f"closed with {self.connection.close_code}" if self._reader.done() else "open"
                    raise AssertionError(f"no {what} ({state}); not taken: {[brief(f) for f in self._waiting]}")
                try:
                    await asyncio.wait_for(self._arrived.wait(), left)
                except asyncio.TimeoutError:
                    pass

    async def event(self, name, seconds=REPLY_SECONDS, **fields):
        """The next `room_event` of this name with these fields."""
        fits = lambda f: f["type"] == "room_event" and f["event"] == name and has(f, fields)  # noqa: E731
        return await self.expect(fits, f"room_event {name} {fields or ''}", seconds)

    async def frame(self, type, seconds=REPLY_SECONDS, **fields):
        return await self.expect(lambda f: f["type"] == type and has(f, fields), f"{type} {fields or ''}", seconds)

    async def quiet(self, fits, what, seconds=SILENCE_SECONDS):
        """No such frame is waiting and none comes for a while."""
        try:
            frame = await self.expect(fits, what, seconds)
        except AssertionError:
            return
        raise AssertionError(f"unexpected {what}: {frame}")

    async def no_event(self, name, seconds=SILENCE_SECONDS):
        await self.quiet(lambda f: f["type"] == "room_event" and f["event"] == name, f"room_event {name}", seconds)

    async def say(self, text, **fields):
        """Sends a message and gives `{ messageId, seq, rev, at, duplicate }`."""
        return (await self.request("send_message", text=text, **fields))["data"]

    def durable(self):
        """Every event with a place in the room's history that came live, in the order it came."""
        return [f for f in self.seen if f["type"] == "room_event" and "rev" in f and f["event"] != "joined"]

    async def close_code(self, seconds=REPLY_SECONDS):
        """Waits for the server to close, and gives the code."""
        await asyncio.wait_for(asyncio.shield(self._reader), seconds)
        return self.connection.close_code

    @property
    def is_open(self):
        return not self._reader.done()

    async def close(self):
        await self.connection.close()


def has(frame, fields):
    return all(frame.get(name) == value for name, value in fields.items())


def brief(frame):
    return frame.get("event") or frame.get("code") or frame["type"]


class World:
    """One case's view of the server: makes rooms and people, and closes every socket when the case ends."""

    addresses = itertools.count(1)

    def __init__(self, base, secret, server_pids, own_address):
        self.base = base
        self.secret = secret
        self.server_pids = server_pids
        # Behind a trusted proxy each case comes from an address of its own, so that limits don't meet.
        number = next(self.addresses)
        self.headers = {"X-Forwarded-For": f"10.{number // 250}.{number % 250}.7"} if own_address else {}
        self._sockets = AsyncExitStack()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._sockets.aclose()

    async def call(self, method, path, body=None, token=None, headers=None, raw=None):
        merged = {**self.headers, **(headers or {})}
        return await asyncio.to_thread(call_now, self.base, method, path, body, token, merged, raw)

    async def login(self, name="Guest"):
        answer = await self.call("POST", "/api/login", {"name": name})
        assert answer.status == 200, answer.text
        return answer.body["token"]

    async def create(self, host_name="Host", **fields):
        wish = {"name": "Tea", "duration": 15, "hostName": host_name, "maxParticipants": 10, **fields}
        answer = await self.call("POST", "/api/create-room", wish)
        assert answer.status == 201, answer.text
        return answer.body

    async def ask_to_join(self, room_id, name, token=None, **fields):
        return await self.call("POST", "/api/join-room", {"roomId": room_id, "participantName": name, **fields}, token)

    async def join(self, room_id, name, **fields):
        answer = await self.ask_to_join(room_id, name, **fields)
        assert answer.status == 200, answer.text
        return answer.body["token"]

    async def socket(self, token, by="subprotocol", origin=None, path="/ws"):
        headers = dict(self.headers)
        subprotocols = None
        query = ""
        if by == "query":
            query = f"?token={token}"
        elif by == "header":
            headers["Authorization"] = f"Bearer {token}"
        elif by == "subprotocol":
            subprotocols = ["parley.v1", f"bearer.{token}"]
        connection = await websockets.connect(
            self.base.replace("http", "ws", 1) + path + query,
            subprotocols=subprotocols,
            extra_headers=headers,
            origin=origin,
            max_size=None,
            ping_interval=None,
            close_timeout=1,
        )
        socket = Socket(connection)
        self._sockets.push_async_callback(socket.close)
        return socket

    async def handshake_status(self, token, **options):
        """The HTTP status that a handshake is refused with; 101 when it is accepted."""
        try:
            await self.socket(token, **options)
        except websockets.InvalidStatusCode as refused:
            return refused.status_code
        return 101

    async def enter(self, room_id, token, name="Somebody", since=None):
        """Opens a socket, enters the room, and gives the socket with its `joined` event."""
        socket = await self.socket(token)
        fields = {} if since is None else {"since": since}
        await socket.request("join_room", roomId=room_id, name=name, **fields)
        socket.joined = await socket.event("joined")
        return socket

    async def room_of(self, *names, **fields):
        """A room with its host and these people, all connected: `room`, then a socket each."""
        room = await self.create("Host", **fields)
        host = await self.enter(room["roomId"], room["token"], "Host")
        host.token = room["token"]
        sockets = [host]
        for name in names:
            token = await self.join(room["roomId"], name)
            socket = await self.enter(room["roomId"], token, name)
            socket.token = token
            sockets.append(socket)
        return (room["roomId"], *sockets)


def user_of(token):
    return read_claims(token)["sub"]
