import asyncio
import re
from http.client import HTTPConnection
from urllib.parse import urlparse

from client import resign, user_of
from rest import Answer, read_claims, sign
from suite import case

ROOM_ID = re.compile(r"^[0-9a-hjkmnp-tv-z]{4}-?[0-9a-hjkmnp-tv-z]{4}-?[0-9a-hjkmnp-tv-z]{4}$")
UNKNOWN_ROOM = "0000-0000-0000"


def assert_problem(answer, status, code):
    assert answer.status == status, f"{answer.status} {answer.text}"
    assert answer.headers.get_content_type() == "application/problem+json", answer.headers["Content-Type"]
    body = answer.body
    assert body["code"] == code, body
    assert body["status"] == status, body
    assert isinstance(body["title"], str) and isinstance(body["type"], str), body


@case("login gives a guest identity for an hour")
async def _(world):
    answer = await world.call("POST", "/api/login", {"name": "Ada"})
    assert answer.status == 200, answer.text
    body = answer.body
    assert set(body) == {"token", "expiresIn", "user"}, body
    assert body["expiresIn"] == 3600 and body["user"]["name"] == "Ada", body
    claims = read_claims(body["token"])
    assert claims["sub"] == body["user"]["id"] and claims["name"] == "Ada", claims
    assert 3590 <= claims["exp"] - claims["iat"] <= 3600, claims


@case("login gives every guest an identity of their own")
async def _(world):
    first, second = await world.login("Ada"), await world.login("Ada")
    assert user_of(first) != user_of(second)


@case("a name is trimmed and composed before it is measured")
async def _(world):
    answer = await world.call("POST", "/api/login", {"name": "  Ade\u0301  "})
    assert answer.body["user"]["name"] == "Ad\u00e9", answer.text
    composed = await world.call("POST", "/api/login", {"name": "e\u0301" * 50})
    assert composed.status == 200, composed.text


@case("control and bidi-override characters leave a name")
async def _(world):
    answer = await world.call("POST", "/api/login", {"name": "A\u202el\u0007ic\u2066e\u0000"})
    assert answer.body["user"]["name"] == "Alice", answer.text


@case("a name has 2 to 50 characters")
async def _(world):
    for name in ("", "a", " a ", "a" * 51, "\u202e\u202e\u202e", "   "):
        assert_problem(await world.call("POST", "/api/login", {"name": name}), 400, "VALIDATION_FAILED")
    for name in ("ab", "a" * 50):
        assert (await world.call("POST", "/api/login", {"name": name})).status == 200


@case("a validation problem names the field and says what is wrong")
async def _(world):
    for body in ({}, {"name": 7}, {"name": None}):
        answer = await world.call("POST", "/api/login", body)
        assert_problem(answer, 400, "VALIDATION_FAILED")
        errors = answer.body["errors"]
        assert errors and errors[0]["path"] == "name" and errors[0]["message"], errors


@case("a body that is no JSON object is a validation problem")
async def _(world):
    for raw in (b"{nonsense", b"[]", b'"text"', b"null"):
        answer = await world.call("POST", "/api/login", raw=raw)
        assert_problem(answer, 400, "VALIDATION_FAILED")
        [error] = answer.body["errors"]
        assert isinstance(error["path"], str) and error["message"], error


@case("a body beyond the limit is PAYLOAD_TOO_LARGE")
async def _(world):
    # Announced and not sent: a server that waits for the whole of it would not answer.
    address = urlparse(world.base)
    connection = HTTPConnection(address.hostname, address.port, timeout=5)
    connection.putrequest("POST", "/api/login")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "3000000")
    connection.endheaders()
    response = await asyncio.to_thread(connection.getresponse)
    answer = Answer(response.status, response.headers, response.read().decode())
    assert_problem(answer, 413, "PAYLOAD_TOO_LARGE")
    connection.close()


@case("create-room gives the room and makes the caller its host")
async def _(world):
    wish = {"name": "Tea", "maxParticipants": 5, "duration": 30, "hostName": "Ada"}
    answer = await world.call("POST", "/api/create-room", wish)
    assert answer.status == 201, answer.text
    body = answer.body
    room = body["room"]
    assert ROOM_ID.match(body["roomId"]), body["roomId"]
    assert room["id"].replace("-", "") == body["roomId"].replace("-", "")
    fields = {"id", "name", "hostId", "participants", "messages", "createdAt", "expiresAt", "maxParticipants"}
    fields |= {"isLocked", "hasPassword", "encrypted", "epoch", "rev"}
    assert fields <= set(room), fields - set(room)
    assert room["name"] == "Tea" and room["maxParticipants"] == 5, room
    assert room["expiresAt"] - room["createdAt"] == 30 * 60_000, room
    assert room["messages"] == [] and room["isLocked"] is False and room["hasPassword"] is False
    claims = read_claims(body["token"])
    assert claims["sub"] == room["hostId"] and claims["role"] == "host" and claims["name"] == "Ada", claims
    assert claims["room"].replace("-", "") == body["roomId"].replace("-", ""), claims
    [host] = room["participants"]
    assert host["id"] == room["hostId"] and host["name"] == "Ada" and host["role"] == "host", host
    assert set(host) >= {"id", "name", "role", "joinedAt", "online", "voice"}, host


@case("a room holds 30 people unless it says otherwise")
async def _(world):
    wish = {"name": "Tea", "duration": 15, "hostName": "Ada"}
    answer = await world.call("POST", "/api/create-room", wish)
    assert answer.body["room"]["maxParticipants"] == 30, answer.text


@case("a room lives for 15, 30, 60 or 120 minutes")
async def _(world):
    for duration in (15, 30, 60, 120):
        room = (await world.create(duration=duration))["room"]
        assert room["expiresAt"] - room["createdAt"] == duration * 60_000
    for duration in (0, -15, 14, 16, 45, 121, 15.5, "15", None):
        wish = {"name": "Tea", "duration": duration, "hostName": "Ada", "maxParticipants": 5}
        assert_problem(await world.call("POST", "/api/create-room", wish), 400, "VALIDATION_FAILED")


@case("a room holds 2 to 100 people")
async def _(world):
    for people in (2, 100):
        assert (await world.create(maxParticipants=people))["room"]["maxParticipants"] == people
    for people in (1, 0, -1, 101, 2.5, "5"):
        wish = {"name": "Tea", "duration": 15, "hostName": "Ada", "maxParticipants": people}
        assert_problem(await world.call("POST", "/api/create-room", wish), 400, "VALIDATION_FAILED")


@case("a room needs a name and a host's name")
async def _(world):
    for missing in ({"name": None}, {"hostName": None}, {"hostName": "a"}, {"name": "   "}):
        wish = {"name": "Tea", "duration": 15, "hostName": "Ada", "maxParticipants": 5, **missing}
        wish = {key: value for key, value in wish.items() if value is not None}
        assert_problem(await world.call("POST", "/api/create-room", wish), 400, "VALIDATION_FAILED")


@case("join-room gives a token for the room, and the room")
async def _(world):
    room = await world.create("Ada")
    answer = await world.ask_to_join(room["roomId"], "Bo")
    assert answer.status == 200 and answer.body["success"] is True, answer.text
    claims = read_claims(answer.body["token"])
    assert claims["name"] == "Bo" and claims["room"].replace("-", "") == room["roomId"].replace("-", ""), claims
    names = [participant["name"] for participant in answer.body["room"]["participants"]]
    assert names == ["Ada", "Bo"], names


@case("a room id is accepted in any case, with and without hyphens")
async def _(world):
    room_id = (await world.create())["roomId"].replace("-", "")
    hyphened = "-".join((room_id[:4], room_id[4:8], room_id[8:]))
    shapes = (room_id, room_id.upper(), hyphened, hyphened.upper(), hyphened.title())
    for number, shape in enumerate(shapes):
        assert (await world.call("GET", f"/api/rooms/{shape}")).status == 200, shape
        assert (await world.ask_to_join(shape, f"Guest {number}")).status == 200, shape


@case("the join page may know what it needs and no more")
async def _(world):
    room = await world.create(name="Tea", maxParticipants=7, password="sesame", lobby=True)
    answer = await world.call("GET", f"/api/rooms/{room['roomId']}")
    assert answer.status == 200, answer.text
    body = answer.body
    assert set(body) == {
        "id", "name", "participants", "maxParticipants", "expiresAt", "isLocked", "hasPassword", "hasLobby", "encrypted"
    }, set(body)  # fmt: skip
    assert body["name"] == "Tea" and body["participants"] == 1 and body["maxParticipants"] == 7, body
    assert body["hasPassword"] is True and body["hasLobby"] is True and body["encrypted"] is False, body
    assert body["expiresAt"] == room["room"]["expiresAt"], body


@case("unknown rooms answer alike, however they are asked for")
async def _(world):
    stranger = await world.login()
    closed = await world.create()
    answers = [
        await world.call("GET", f"/api/rooms/{UNKNOWN_ROOM}"),
        await world.ask_to_join(UNKNOWN_ROOM, "Bo"),
        await world.call("GET", f"/api/rooms/{UNKNOWN_ROOM}/messages", token=stranger),
        await world.call("GET", f"/api/rooms/{closed['roomId']}/messages", token=stranger),
        await world.call("GET", "/api/rooms/not-a-room-id"),
    ]
    for answer in answers:
        assert_problem(answer, 404, "ROOM_NOT_FOUND")
    told = [{k: v for k, v in a.body.items() if k not in ("requestId", "instance")} for a in answers]
    assert told[2] == told[3], told


@case("a name that somebody in the room has is NAME_TAKEN")
async def _(world):
    room = await world.create("Ad\u00e9")
    for name in ("Ad\u00e9", " Ade\u0301 "):
        assert_problem(await world.ask_to_join(room["roomId"], name), 409, "NAME_TAKEN")
    other = await world.create("Bo")
    assert (await world.ask_to_join(other["roomId"], "Ad\u00e9")).status == 200


@case("a password is asked for, checked and never told")
async def _(world):
    room = await world.create(password="open sesame")
    room_id = room["roomId"]
    assert room["room"]["hasPassword"] is True
    assert_problem(await world.ask_to_join(room_id, "Bo"), 403, "WRONG_PASSWORD")
    assert_problem(await world.ask_to_join(room_id, "Bo", password="open"), 403, "WRONG_PASSWORD")
    answer = await world.ask_to_join(room_id, "Bo", password="open sesame")
    assert answer.status == 200, answer.text
    assert "sesame" not in answer.text and "password" not in answer.body["room"], answer.text


@case("a full room is ROOM_FULL")
async def _(world):
    room = await world.create(maxParticipants=2)
    await world.join(room["roomId"], "Bo")
    assert_problem(await world.ask_to_join(room["roomId"], "Cy"), 409, "ROOM_FULL")
    preview = (await world.call("GET", f"/api/rooms/{room['roomId']}")).body
    assert preview["participants"] == preview["maxParticipants"] == 2


@case("a locked room is ROOM_LOCKED, and says so before")
async def _(world):
    room_id, host = await world.room_of()
    await host.request("lock_room", isLocked=True)
    assert_problem(await world.ask_to_join(room_id, "Bo"), 423, "ROOM_LOCKED")
    assert (await world.call("GET", f"/api/rooms/{room_id}")).body["isLocked"] is True
    await host.request("lock_room", isLocked=False)
    assert (await world.ask_to_join(room_id, "Bo")).status == 200


@case("refresh gives the same claims a new hour")
async def _(world):
    token = (await world.create())["token"]
    older = resign(token, world.secret, iat=read_claims(token)["iat"] - 60, exp=read_claims(token)["exp"] - 60)
    answer = await world.call("POST", "/api/refresh", token=older)
    assert answer.status == 200 and answer.body["expiresIn"] == 3600, answer.text
    before, after = read_claims(older), read_claims(answer.body["token"])
    for claim in ("sub", "name", "room", "role"):
        assert before[claim] == after[claim], claim
    assert after["exp"] > before["exp"]


@case("tokens that do not verify are UNAUTHENTICATED, old ones TOKEN_EXPIRED")
async def _(world):
    token = await world.login()
    claims = read_claims(token)
    forged = {
        "nothing": None,
        "nonsense": "nonsense",
        "another secret": sign(claims, "x" * 48),
        "no algorithm": sign(claims, world.secret, alg="none"),
        "changed claims": ".".join((token.split(".")[0], sign({**claims, "sub": "root"}, "x").split(".")[1], token.split(".")[2])),
        "no subject": sign({k: v for k, v in claims.items() if k != "sub"}, world.secret),
        "no end": sign({k: v for k, v in claims.items() if k != "exp"}, world.secret),
    }
    for what, bad in forged.items():
        answer = await world.call("POST", "/api/refresh", token=bad)
        assert answer.status == 401 and answer.code == "UNAUTHENTICATED", f"{what}: {answer.text}"
    expired = resign(token, world.secret, iat=claims["iat"] - 7200, exp=claims["iat"] - 3600)
    assert_problem(await world.call("POST", "/api/refresh", token=expired), 401, "TOKEN_EXPIRED")


@case("history pages come newest first, each in ascending order")
async def _(world):
    room_id, host = await world.room_of()
    sent = [(await host.say(f"message {number}"))["messageId"] for number in range(25)]
    seen, before = [], None
    for expected_more in (True, True, False):
        path = f"/api/rooms/{room_id}/messages?limit=10" + ("" if before is None else f"&before={before}")
        page = (await world.call("GET", path, token=host.token)).body
        ids = [message["id"] for message in page["messages"]]
        assert page["hasMore"] is expected_more, page["hasMore"]
        seqs = [message["seq"] for message in page["messages"]]
        assert seqs == sorted(seqs), seqs
        seen = ids + seen
        before = seqs[0]
    assert seen == sent


@case("room.messages holds the latest 50")
async def _(world):
    room_id, host = await world.room_of()
    for number in range(53):
        await host.say(f"message {number}")
    texts = [message["text"] for message in (await world.ask_to_join(room_id, "Bo")).body["room"]["messages"]]
    assert texts == [f"message {number}" for number in range(3, 53)], texts


@case("history is for members, and its query is checked")
async def _(world):
    room_id, host = await world.room_of()
    assert_problem(await world.call("GET", f"/api/rooms/{room_id}/messages"), 401, "UNAUTHENTICATED")
    for query in ("limit=0", "limit=nine", "before=-1", "limit=100000"):
        answer = await world.call("GET", f"/api/rooms/{room_id}/messages?{query}", token=host.token)
        assert_problem(answer, 400, "VALIDATION_FAILED")


@case("a parameter without a value is as good as none")
async def _(world):
    room_id, host = await world.room_of()
    sent = (await host.say("hello"))["messageId"]
    for query in ("before=&limit=", "before=&limit=10", "before="):
        answer = await world.call("GET", f"/api/rooms/{room_id}/messages?{query}", token=host.token)
        assert answer.status == 200, answer.text
        assert [message["id"] for message in answer.body["messages"]] == [sent], f"{query}: {answer.text}"


@case("history goes on before a message by its id as by its seq")
async def _(world):
    room_id, host = await world.room_of()
    said = [await host.say(f"message {number}") for number in range(5)]
    for before in (said[3]["messageId"], said[3]["seq"]):
        answer = await world.call("GET", f"/api/rooms/{room_id}/messages?limit=2&before={before}", token=host.token)
        ids = [message["id"] for message in answer.body["messages"]]
        assert ids == [said[1]["messageId"], said[2]["messageId"]] and answer.body["hasMore"] is True, answer.text
    unknown = "0" * 13 + "a" * 13
    answer = await world.call("GET", f"/api/rooms/{room_id}/messages?before={unknown}", token=host.token)
    assert_problem(answer, 404, "MESSAGE_NOT_FOUND")


@case("a room that doesn't say how many it holds is made also where 30 are too many", profile="configured")
async def _(world):
    wish = {"name": "Tea", "duration": 15, "hostName": "Ada"}
    answer = await world.call("POST", "/api/create-room", wish)
    assert answer.status == 201 and answer.body["room"]["maxParticipants"] == 20, answer.text
    assert_problem(await world.call("POST", "/api/create-room", {**wish, "maxParticipants": 21}), 400, "VALIDATION_FAILED")


@case("csrf-token gives a token to send back")
async def _(world):
    answer = await world.call("GET", "/api/csrf-token")
    assert answer.status == 200 and len(answer.body["csrfToken"]) >= 16, answer.text
    assert answer.headers["Set-Cookie"], "a double-submit token needs its cookie"


@case("health says what the server runs on and how much goes on")
async def _(world):
    await world.room_of("Bo")
    answer = await world.call("GET", "/health")
    assert answer.status == 200, answer.text
    body = answer.body
    assert body["status"] == "ok" and body["auth"] == "jwt" and body["storage"] in ("memory", "redis"), body
    assert body["rooms"] >= 1 and body["participants"] >= 2 and body["timestamp"] > 1_600_000_000_000, body


@case("answers carry the headers that keep browsers safe")
async def _(world):
    headers = (await world.call("GET", "/health")).headers
    assert headers["X-Content-Type-Options"] == "nosniff", headers
    policy = headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src "))
    assert "unsafe-inline" not in scripts and "unsafe-eval" not in scripts, policy
    assert "X-Powered-By" not in headers
