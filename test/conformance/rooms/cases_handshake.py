import json

import websockets

from client import resign
from rest import read_claims, sign
from suite import case


@case("a token is accepted as query, header and subprotocol")
async def _(world):
    token = await world.login()
    for by in ("query", "header", "subprotocol"):
        socket = await world.socket(token, by=by)
        await socket.send("ping")
        await socket.frame("pong")


@case("the subprotocol answered is parley.v1, never the one with the token")
async def _(world):
    socket = await world.socket(await world.login())
    assert socket.subprotocol == "parley.v1", socket.subprotocol


@case("missing, wrong and expired tokens are refused at the handshake with 401")
async def _(world):
    token = await world.login()
    claims = read_claims(token)
    bad = {
        "missing": (None, "none"),
        "nonsense": ("nonsense", "query"),
        "another secret": (sign(claims, "x" * 48), "header"),
        "no algorithm": (sign(claims, world.secret, alg="none"), "subprotocol"),
        "expired": (resign(token, world.secret, exp=claims["iat"] - 10), "subprotocol"),
    }
    for what, (wrong, by) in bad.items():
        status = await world.handshake_status(wrong, by=by)
        assert status == 401, f"{what}: {status}"


@case("an origin that is not allowed is refused with 403", profile="configured")
async def _(world):
    token = await world.login()
    for origin in ("https://evil.example", "null", "https://chat.example.evil.example"):
        status = await world.handshake_status(token, origin=origin)
        assert status == 403, f"{origin}: {status}"


@case("the server's own origin, a configured one, and a client without one are accepted", profile="configured")
async def _(world):
    token = await world.login()
    for origin in (world.base, "https://chat.example", None):
        status = await world.handshake_status(token, origin=origin)
        assert status == 101, f"{origin}: {status}"


@case("REST lets a configured origin read, and no other", profile="configured")
async def _(world):
    allowed = await world.call("GET", "/health", headers={"Origin": "https://chat.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://chat.example", allowed.headers
    refused = await world.call("GET", "/health", headers={"Origin": "https://evil.example"})
    assert refused.headers["Access-Control-Allow-Origin"] is None, refused.headers


@case("ping is answered with pong and its ref")
async def _(world):
    socket = await world.socket(await world.login())
    await socket.send("ping", ref="p1")
    pong = await socket.frame("pong")
    assert pong["at"] > 1_600_000_000_000, pong
    assert pong.get("ref") == "p1", pong


@case("a frame that is no JSON object closes with 4400")
async def _(world):
    token = await world.login()
    for raw in ("nonsense", "[]", "7", "null", b"\x00\x01"):
        socket = await world.socket(token)
        await socket.send_raw(raw)
        code = await socket.close_code()
        assert code == 4400, f"{raw!r}: {code}"


@case("a frame that is too large closes with 4413")
async def _(world):
    socket = await world.socket(await world.login())
    await socket.send_raw(json.dumps({"type": "ping", "ref": "x" * 2_000_000}))
    code = await socket.close_code()
    assert code == 4413, code


@case("an unknown type is UNKNOWN_EVENT, and the connection stays")
async def _(world):
    socket = await world.socket(await world.login())
    assert await socket.refused("dance") == "UNKNOWN_EVENT"
    assert await socket.refused("constructor") == "UNKNOWN_EVENT"
    await socket.send("ping")
    await socket.frame("pong")


@case("a wrong field is VALIDATION_FAILED with the frame's ref, and the connection stays")
async def _(world):
    room_id, host = await world.room_of()
    wrong = [
        ("send_message", {"text": 7}),
        ("send_message", {}),
        ("join_room", {}),
        ("typing", {"isTyping": "yes"}),
        ("lock_room", {"isLocked": 1}),
        ("set_role", {"participantId": "x", "role": "king"}),
        ("extend_room", {"minutes": "ten"}),
        ("react", {"messageId": "x"}),
    ]
    for type, fields in wrong:
        assert await host.refused(type, **fields) == "VALIDATION_FAILED", type
    assert host.is_open


@case("a ref has at most 64 characters")
async def _(world):
    socket = await world.socket(await world.login())
    await socket.send("ping", ref="x" * 64)
    assert (await socket.frame("pong"))["ref"] == "x" * 64
    await socket.send("ping", ref="x" * 65)
    await socket.frame("error", code="VALIDATION_FAILED")


@case("the rights that a token gives end with it: close 4401", slow=True)
async def _(world):
    token = await world.login()
    now = read_claims(token)["iat"]
    socket = await world.socket(resign(token, world.secret, exp=now + 6))
    assert await socket.close_code(seconds=30) == 4401


@case("refresh_token is answered to whoever waits for a token and to whoever waits for its ok")
async def _(world):
    socket = await world.socket(await world.login())
    await socket.send("refresh_token", ref="again")
    fresh = await socket.frame("token", ref="again")
    assert (await socket.frame("ok", ref="again"))["data"]["token"] == fresh["token"]


@case("more connections than an address may have are refused with 429, and told when to try again", profile="configured")
async def _(world):
    token = await world.login()
    opened = 0
    try:
        # Each node counts its own.
        while opened <= 3 * len(world.server_pids):
            await world.socket(token)
            opened += 1
    except websockets.InvalidStatusCode as refused:
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0, dict(refused.headers)
    assert 3 <= opened <= 3 * len(world.server_pids), opened


@case("refresh_token gives a token that outlives the old one", slow=True)
async def _(world):
    token = await world.login()
    claims = read_claims(token)
    socket = await world.socket(resign(token, world.secret, exp=claims["iat"] + 6))
    await socket.send("refresh_token", ref="again")
    fresh = await socket.frame("token")
    assert read_claims(fresh["token"])["sub"] == claims["sub"], fresh
    assert read_claims(fresh["token"])["exp"] > claims["iat"] + 3000, fresh
    await socket.quiet(lambda frame: frame["type"] == "error", "error", seconds=7)
    assert socket.is_open, "the connection ended with the old token"
    assert await world.handshake_status(fresh["token"]) == 101
