"""A client of the site wire, written from its specification alone, on python-socketio."""

import asyncio
import contextlib
import itertools
import time
from contextlib import AsyncExitStack

import socketio

from rest import call_now, sign

# An answer comes within milliseconds; a machine that has much else to do may stand still for seconds.
REPLY_SECONDS = 20
SILENCE_SECONDS = 0.4


class Refused(Exception):
    """A callback that got `ok: false`."""

    def __init__(self, event, error):
        super().__init__(f"{event}: {error.get('code')}: {error.get('message')}")
        self.error = error
        self.code = error.get("code")


def unpack(event, answer):
    assert isinstance(answer, dict) and isinstance(answer.get("ok"), bool), f"{event}: {answer!r}"
    if answer["ok"]:
        return {name: value for name, value in answer.items() if name != "ok"}
    assert set(answer["error"]) >= {"code", "message"}, answer
    raise Refused(event, answer["error"])


class Socket:
    """One Socket.IO connection. Keeps every event; `event` takes the first one that fits and that nobody took before."""

    def __init__(self):
        self.io = socketio.AsyncClient(reconnection=False)
        self.seen = []
        self._waiting = []
        self._arrived = asyncio.Condition()
        self.ended = asyncio.Event()
        self.io.on("*", self._take)
        for name in SERVER_EVENTS:
            self.io.on(name, self._listener(name))
        self.io.on("disconnect", self._end)

    def _listener(self, name):
        async def listen(data):
            await self._take(name, data)

        return listen

    async def _take(self, name, data=None):
        async with self._arrived:
            self.seen.append((name, data))
            self._waiting.append((name, data))
            self._arrived.notify_all()

    async def _end(self):
        self.ended.set()
        async with self._arrived:
            self._arrived.notify_all()

    async def emit(self, event, data=None):
        """Without a callback."""
        await self.io.emit(event, data)

    async def ask(self, event, data=None):
        """With a callback, whose data it gives; raises Refused."""
        return unpack(event, await self.io.call(event, data, timeout=REPLY_SECONDS))

    async def refused(self, event, data=None):
        """The code that this is refused with."""
        try:
            answer = await self.ask(event, data)
        except Refused as refusal:
            return refusal.code
        raise AssertionError(f"{event} was accepted: {answer}")

    async def event(self, name, seconds=REPLY_SECONDS, **fields):
        """The next event of this name with these fields."""

        def take():
            for index, (waiting, data) in enumerate(self._waiting):
                if waiting == name and has(data, fields):
                    del self._waiting[index]
                    return True, data
            return False, None

        async with self._arrived:
            deadline = time.monotonic() + seconds
            while True:
                found, data = take()
                if found:
                    return data
                left = deadline - time.monotonic()
                if left <= 0 or self.ended.is_set():
                    state = "ended" if self.ended.is_set() else "open"
                    raise AssertionError(f"no {name} {fields or ''} ({state}); not taken: {self._waiting}")
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._arrived.wait(), left)

    async def no_event(self, name, seconds=SILENCE_SECONDS, **fields):
        """No such event is waiting and none comes for a while."""
        try:
            data = await self.event(name, seconds, **fields)
        except AssertionError:
            return
        raise AssertionError(f"unexpected {name}: {data}")

    async def end(self, seconds=REPLY_SECONDS):
        """Waits until the server ends the connection."""
        await asyncio.wait_for(self.ended.wait(), seconds)

    async def join(self, conversation_id, **fields):
        return await self.ask("conversation:join", {"conversationId": conversation_id, **fields})

    async def say(self, conversation_id, text, message_id):
        """Sends a message and gives its ack."""
        message = {"conversationId": conversation_id, "text": text, "messageId": message_id}
        return await self.ask("message:send", message)

    def durable(self):
        """The revs of all events with a place in the conversation's history that came live, in the order they came."""
        return [data["rev"] for name, data in self.seen if name in DURABLE_EVENTS and "rev" in data]

    async def close(self):
        with contextlib.suppress(Exception):
            await self.io.disconnect()


DURABLE_EVENTS = [
    "message:new",
    "message:updated",
    "message:reaction",
    "user:joined",
    "user:left",
    "conversation:updated",
]
SERVER_EVENTS = [
    *DURABLE_EVENTS,
    "connected",
    "authenticated",
    "message:ack",
    "message:read-receipt",
    "message:delivered-receipt",
    "typing:indicator",
    "user:online",
    "user:offline",
    "presence:list",
    "conversation:closed",
    "token:expiring",
    "error",
]


def has(data, fields):
    return isinstance(data, dict) and all(data.get(name) == value for name, value in fields.items())


class World:
    """One case's view of the server: makes people and conversations, and closes every socket when the case ends."""

    numbers = itertools.count(1)

    def __init__(self, base, secret, api_key):
        self.base = base
        self.secret = secret
        self.api_key = api_key
        # Each case comes from an address of its own, with people of its own, so that limits don't meet.
        self.number = next(self.numbers)
        self.headers = {"X-Forwarded-For": f"10.{self.number // 250}.{self.number % 250}.8"}
        self._sockets = AsyncExitStack()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._sockets.aclose()

    def user(self, name):
        return f"{name}-{self.number}"

    def token(self, name, seconds=3600, secret=None, **claims):
        """As the site signs it."""
        now = int(time.time())
        own = {"sub": self.user(name), "name": name.capitalize(), "iat": now, "exp": now + seconds}
        return sign({**own, **claims}, secret or self.secret)

    async def call(self, method, path, body=None, token=None):
        return await asyncio.to_thread(call_now, self.base, method, path, body, token, self.headers)

    async def site(self, method, path, body=None):
        """As the site itself."""
        headers = {**self.headers, "X-Api-Key": self.api_key}
        return await asyncio.to_thread(call_now, self.base, method, path, body, None, headers)

    async def conversation(self, *names, **fields):
        """The id of a new group of these people."""
        members = [{"userId": self.user(name), "name": name.capitalize()} for name in names]
        answer = await self.site("POST", "/api/conversations", {"name": "Tea", "members": members, **fields})
        assert answer.status == 201, answer.text
        return answer.body["conversation"]["id"]

    async def connect(self, transports=("websocket",), auth=None, headers=None):
        """A connection that says nothing yet."""
        socket = Socket()
        await socket.io.connect(
            self.base, headers={**self.headers, **(headers or {})}, auth=auth, transports=list(transports), wait_timeout=REPLY_SECONDS
        )
        self._sockets.push_async_callback(socket.close)
        return socket

    async def enter(self, name, conversation_id=None, transports=("websocket",), **claims):
        """Somebody who is known, and has joined if there is something to join."""
        socket = await self.connect(transports)
        await socket.ask("authenticate", {"token": self.token(name, **claims)})
        if conversation_id is not None:
            socket.joined = await socket.join(conversation_id)
        return socket

    async def room_of(self, *names):
        """A conversation of these people, and a socket of each that has joined it."""
        conversation_id = await self.conversation(*names)
        return (conversation_id, *[await self.enter(name, conversation_id) for name in names])
