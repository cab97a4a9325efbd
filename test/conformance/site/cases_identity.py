import asyncio
import time

import socketio

from client import Socket
from suite import case


@case("connected comes at once, with the server's id and time")
async def _(world):
    before = time.time() * 1000
    socket = await world.connect()
    hello = await socket.event("connected")
    assert isinstance(hello["serverId"], str) and hello["serverId"], hello
    assert before - 5000 < hello["timestamp"] < time.time() * 1000 + 5000, hello


@case("authenticate is answered by authenticated and the callback alike")
async def _(world):
    socket = await world.connect()
    answer = await socket.ask("authenticate", {"token": world.token("ann")})
    assert answer["userId"] == world.user("ann"), answer
    assert (await socket.event("authenticated"))["userId"] == world.user("ann")


@case("authenticate without a callback is answered by the event")
async def _(world):
    socket = await world.connect()
    await socket.emit("authenticate", {"token": world.token("ann")})
    await socket.event("authenticated", userId=world.user("ann"))


@case("whoever does not authenticate within 10 s is told, and closed", slow=True)
async def _(world):
    socket = await world.connect()
    start = time.monotonic()
    error = await socket.event("error", seconds=40)
    assert error["code"] == "UNAUTHENTICATED", error
    await socket.end()
    took = time.monotonic() - start
    # One that is not ended goes on for good; a busy machine is late with it.
    assert 8 < took < 25, took


@case("every event before authenticate is UNAUTHENTICATED")
async def _(world):
    socket = await world.connect()
    about = {"conversationId": "x", "text": "x", "messageId": "x", "emoji": "x"}
    for event in EVENTS:
        assert await socket.refused(event, about) == "UNAUTHENTICATED", event
    await socket.emit("presence:request")
    assert (await socket.event("error", event="presence:request"))["code"] == "UNAUTHENTICATED"
    await socket.ask("authenticate", {"token": world.token("ann")})
    await socket.ask("presence:request")


EVENTS = [
    "conversation:join",
    "conversation:leave",
    "message:send",
    "typing:start",
    "typing:stop",
    "message:read",
    "message:react",
    "presence:request",
]


@case("bad tokens are refused with their code, and the socket may try again")
async def _(world):
    socket = await world.connect()
    assert await socket.refused("authenticate", {"token": "nonsense"}) == "UNAUTHENTICATED"
    assert await socket.refused("authenticate", {"token": world.token("ann", secret="x" * 48)}) == "UNAUTHENTICATED"
    assert await socket.refused("authenticate", {"token": world.token("ann", seconds=-10)}) == "TOKEN_EXPIRED"
    assert await socket.refused("authenticate", {"token": 7}) == "VALIDATION_FAILED"
    assert await socket.refused("authenticate") == "VALIDATION_FAILED"
    await socket.emit("authenticate", {"token": "nonsense"})
    assert (await socket.event("error", event="authenticate"))["code"] == "UNAUTHENTICATED"
    await socket.ask("authenticate", {"token": world.token("ann")})


@case("events sent right after authenticate wait for it")
async def _(world):
    conversation_id = await world.conversation("ann")
    socket = await world.connect()
    await socket.emit("authenticate", {"token": world.token("ann")})
    await socket.emit("message:send", {"conversationId": conversation_id, "text": "hi", "messageId": "m1"})
    await socket.event("message:ack", messageId="m1", status="sent")


@case("a token in the handshake speaks the other wire until authenticate")
async def _(world):
    conversation_id = await world.conversation("ann", "bob")
    socket = await world.connect(auth={"token": world.token("ann")})
    assert "sessionId" in await socket.event("connected")
    await socket.ask("chat:join", {"chatId": conversation_id})
    assert await socket.refused("conversation:join", {"conversationId": conversation_id}) == "UNKNOWN_EVENT"
    await socket.ask("authenticate", {"token": world.token("ann")})
    await socket.event("authenticated")
    assert await socket.refused("chat:join", {"chatId": conversation_id}) == "UNKNOWN_EVENT"
    bob = await world.enter("bob", conversation_id)
    await bob.say(conversation_id, "not yet", "m1")
    await socket.no_event("message:new")
    await socket.join(conversation_id)
    await bob.say(conversation_id, "hi", "m2")
    assert (await socket.event("message:new"))["text"] == "hi"


@case("a bad token in the handshake fails the connection")
async def _(world):
    for auth in ({"token": "nonsense"}, {"token": world.token("ann", seconds=-10)}):
        reasons = []
        socket = Socket()
        socket.io.on("connect_error", lambda data: reasons.append(data))
        try:
            await socket.io.connect(world.base, headers=world.headers, auth=auth, transports=["websocket"])
        except socketio.exceptions.ConnectionError:
            pass
        else:
            raise AssertionError("connected")
        expected = "UNAUTHENTICATED" if auth["token"] == "nonsense" else "TOKEN_EXPIRED"
        assert reasons[0]["data"]["code"] == expected, reasons


@case("a token that ends, ends the connection at that moment", slow=True)
async def _(world):
    ann = await world.connect()
    expires_at = (await ann.ask("authenticate", {"token": world.token("ann", seconds=6)}))["expiresAt"]
    assert (await ann.event("token:expiring"))["at"] == expires_at
    error = await ann.event("error", seconds=30)
    assert error["code"] == "TOKEN_EXPIRED", error
    await ann.end()
    late = time.time() - expires_at / 1000
    # One that is not ended goes on for good; a busy machine is late with it.
    assert 0 <= late < 10, late


@case("authenticate again keeps the connection and what it joined", slow=True)
async def _(world):
    conversation_id = await world.conversation("ann", "bob")
    first = await world.connect()
    expires_at = (await first.ask("authenticate", {"token": world.token("ann", seconds=8)}))["expiresAt"]
    await first.join(conversation_id)
    await first.ask("authenticate", {"token": world.token("ann")})
    bob = await world.enter("bob", conversation_id)
    # A second longer than the first token's life, and than it takes to notice.
    await asyncio.sleep(max(0, expires_at / 1000 - time.time()) + 2)
    await bob.say(conversation_id, "still here?", "m1")
    assert (await first.event("message:new"))["text"] == "still here?"


@case("authenticate as somebody else is FORBIDDEN, and the session stays as it was")
async def _(world):
    socket = await world.enter("ann")
    assert await socket.refused("authenticate", {"token": world.token("bob")}) == "FORBIDDEN"
    answer = await socket.ask("authenticate", {"token": world.token("ann")})
    assert answer["userId"] == world.user("ann"), answer


@case("tokens that are taken back end their connections at once")
async def _(world):
    now = int(time.time())
    ann = await world.enter("ann", iat=now - 60)
    other = await world.enter("ann", jti=f"other-{world.number}", iat=now - 60)
    answer = await world.site("POST", "/api/revoke", {"tokenId": f"other-{world.number}"})
    assert answer.status == 200, answer.text
    assert (await other.event("error"))["code"] == "UNAUTHENTICATED"
    await other.end()
    await ann.ask("presence:request")
    answer = await world.site("POST", "/api/revoke", {"userId": world.user("ann")})
    assert answer.status == 200, answer.text
    assert (await ann.event("error"))["code"] == "UNAUTHENTICATED"
    await ann.end()


@case("an unknown event is UNKNOWN_EVENT, wrong fields are VALIDATION_FAILED")
async def _(world):
    socket = await world.enter("ann")
    assert await socket.refused("dance") == "UNKNOWN_EVENT"
    assert await socket.refused("constructor") == "UNKNOWN_EVENT"
    wrong = [
        ("conversation:join", None),
        ("conversation:join", {"conversationId": 7}),
        ("conversation:join", "text"),
        ("message:send", {"conversationId": "x", "text": "", "messageId": "m"}),
        ("message:send", {"conversationId": "x", "text": "hi"}),
        ("message:react", {"conversationId": "x", "messageId": "m"}),
        ("typing:start", []),
    ]
    for event, data in wrong:
        assert await socket.refused(event, data) == "VALIDATION_FAILED", (event, data)
