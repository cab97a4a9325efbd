import asyncio
import os
import signal
import socket as sockets
from contextlib import asynccontextmanager
from urllib.parse import urlparse

from client import user_of
from suite import case


@asynccontextmanager
async def activity(*people):
    """These people do something every second: a ping alone is no activity."""

    async def be_active():
        while True:
            await asyncio.gather(*(person.send("typing", isTyping=True) for person in people if person.is_open))
            await asyncio.sleep(1)

    active = asyncio.ensure_future(be_active())
    try:
        yield
    finally:
        active.cancel()


@case("when the time is up everyone is told, closed with 4410, and nothing is left", profile="lifetime", slow=True)
async def _(world):
    room = await world.create(duration=1)
    room_id = room["roomId"]
    host = await world.enter(room_id, room["token"], "Host")
    bo_token = await world.join(room_id, "Bo")
    bo = await world.enter(room_id, bo_token, "Bo")
    await host.say("Not for long")

    async with activity(host, bo):
        for socket in (host, bo):
            await socket.event("expired", seconds=100)
            assert await socket.close_code() == 4410
    for answer in (
        await world.call("GET", f"/api/rooms/{room_id}"),
        await world.call("GET", f"/api/rooms/{room_id}/messages", token=room["token"]),
        await world.ask_to_join(room_id, "Cy"),
    ):
        assert (answer.status, answer.code) in ((404, "ROOM_NOT_FOUND"), (410, "ROOM_EXPIRED")), answer.text
    again = await world.socket(bo_token)
    assert await again.refused("join_room", roomId=room_id, name="Bo") in ("ROOM_NOT_FOUND", "ROOM_EXPIRED")


@case("the last minute is announced", profile="lifetime", slow=True)
async def _(world):
    room = await world.create(duration=2)
    host = await world.enter(room["roomId"], room["token"], "Host")
    async with activity(host):
        expiring = await host.event("expiring", seconds=100)
    assert expiring["expiresAt"] == room["room"]["expiresAt"], expiring
    assert 55_000 <= expiring["expiresAt"] - expiring["at"] <= 60_500, expiring


@case("an empty room keeps its link", profile="lifetime")
async def _(world):
    room = await world.create(duration=2)
    await asyncio.sleep(1)
    assert (await world.call("GET", f"/api/rooms/{room['roomId']}")).status == 200
    assert (await world.ask_to_join(room["roomId"], "Bo")).status == 200


@case("a participant who does nothing is closed with 4408", profile="lifetime", slow=True)
async def _(world):
    room = await world.create(duration=2)
    idle = await world.enter(room["roomId"], room["token"], "Host")
    assert await idle.close_code(seconds=30) == 4408


@case("a participant who does something is not idle", profile="lifetime", slow=True)
async def _(world):
    room = await world.create(duration=2)
    busy = await world.enter(room["roomId"], room["token"], "Host")
    for _ in range(10):
        await asyncio.sleep(0.8)
        await busy.send("typing", isTyping=True)
    assert busy.is_open


@case("a socket that does not read is closed as too slow, and the others go on", slow=True)
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    token = await world.join(room_id, "Slow")
    address = urlparse(world.base)
    slow = sockets.socket()
    slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    slow.connect((address.hostname, address.port))
    try:
        slow.sendall(
            f"GET /ws?token={token} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        slow.sendall(masked(f'{{"type":"join_room","roomId":"{room_id}","name":"Slow"}}'))
        await ada.expect(lambda f: f.get("event") == "participant_joined" and f["participant"]["name"] == "Slow", "Slow")
        gone = lambda f: f["type"] == "participants_update" and not online(f, user_of(token))  # noqa: E731
        text = "\U0001f422" * 4000
        for _ in range(3000):
            await ada.say(text)
            if any(gone(frame) for frame in bo.seen[-50:]):
                break
        await bo.expect(gone, "word that the slow one is gone")
        told = await ada.say("Still there?")
        await bo.expect(lambda f: f.get("event") == "message" and f["message"]["id"] == told["messageId"], "the message")
    finally:
        slow.close()


def online(frame, participant_id):
    return any(p["id"] == participant_id and p["online"] for p in frame["participants"])


def masked(text):
    """A text frame as a client sends it, with a mask of zeros."""
    data = text.ljust(126).encode()
    return bytes((0x81, 0x80 | 126)) + len(data).to_bytes(2, "big") + bytes(4) + data


@case("a server that stops closes with 4503", last=True)
async def _(world):
    _, ada = await world.room_of()
    for pid in world.server_pids:
        os.kill(pid, signal.SIGTERM)
    assert await ada.close_code(seconds=30) == 4503
