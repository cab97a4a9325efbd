import asyncio

from suite import case


@case("a participant says 5 messages in 10 s", profile="limits", slow=True)
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    for number in range(5):
        await ada.say(f"Number {number}")
    await ada.send("send_message", text="One too many", ref="six")
    error = await ada.frame("error", ref="six")
    assert error["code"] == "RATE_LIMITED" and 0 < error["retryAfterMs"] <= 10_000, error
    await bo.say("Somebody else may")
    second = await world.enter(room_id, ada.token, "Host")
    assert await second.refused("send_message", text="By another door") == "RATE_LIMITED"
    await asyncio.sleep(error["retryAfterMs"] / 1000 + 0.1)
    await ada.say("Again")


@case("a refused message is not stored", profile="limits", slow=True)
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    for number in range(7):
        await ada.send("send_message", text=f"Number {number}")
    for number in range(5):
        assert (await bo.event("message"))["message"]["text"] == f"Number {number}"
    await bo.no_event("message")
    page = (await world.call("GET", f"/api/rooms/{room_id}/messages", token=ada.token)).body
    assert len(page["messages"]) == 5, page


@case("an address without a token has 100 REST calls, and is told how it stands", profile="limits")
async def _(world):
    first = await world.call("GET", "/api/rooms/0000-0000-0000")
    assert first.headers["RateLimit-Limit"] == "100" and first.headers["RateLimit-Remaining"] == "99", dict(first.headers)
    assert first.headers["RateLimit"].startswith("limit=100, remaining=99, reset="), dict(first.headers)
    room = await world.create()
    for _ in range(96):
        answer = await world.call("GET", f"/api/rooms/{room['roomId']}")
        assert answer.status == 200, answer.text
    statuses = [(await world.call("GET", f"/api/rooms/{room['roomId']}")) for _ in range(4)]
    refused = statuses[-1]
    assert refused.status == 429 and refused.code == "RATE_LIMITED", refused.text
    assert int(refused.headers["Retry-After"]) > 0 and refused.body["retryAfterMs"] > 0, dict(refused.headers)
    with_token = await world.call("GET", f"/api/rooms/{room['roomId']}/messages", token=room["token"])
    assert with_token.status == 200, with_token.text
    elsewhere = await world.call("GET", f"/api/rooms/{room['roomId']}", headers={"X-Forwarded-For": "192.0.2.77"})
    assert elsewhere.status == 200, elsewhere.text


@case("an address logs in 20 times, not more", profile="limits")
async def _(world):
    statuses = [(await world.call("POST", "/api/login", {"name": "Ada"})).status for _ in range(21)]
    assert statuses == [200] * 20 + [429], statuses


@case("an address that fails to log in five times has to wait", profile="limits")
async def _(world):
    room = await world.create(password="sesame")
    for _ in range(5):
        assert (await world.ask_to_join(room["roomId"], "Bo", password="wrong")).code == "WRONG_PASSWORD"
    refused = await world.ask_to_join(room["roomId"], "Bo", password="sesame")
    assert refused.status == 429 and refused.body["retryAfterMs"] > 0, refused.text
    elsewhere = await world.call(
        "POST",
        "/api/join-room",
        {"roomId": room["roomId"], "participantName": "Bo", "password": "sesame"},
        headers={"X-Forwarded-For": "192.0.2.78"},
    )
    assert elsewhere.status == 200, elsewhere.text


@case("guessing a room's password is throttled by room, from wherever it comes", profile="limits")
async def _(world):
    room = await world.create(password="sesame")
    for number in range(200):
        guess = {"roomId": room["roomId"], "participantName": "Bo", "password": f"guess {number}"}
        answer = await world.call("POST", "/api/join-room", guess, headers={"X-Forwarded-For": f"192.0.3.{number}"})
        if answer.status == 429:
            return
        assert answer.code == "WRONG_PASSWORD", answer.text
    raise AssertionError("200 wrong passwords for one room were never throttled")


@case("guessing room ids is throttled by address", profile="limits")
async def _(world):
    token = await world.login()
    for number in range(100):
        answer = await world.call("GET", f"/api/rooms/0000-0000-{number:04}", token=token)
        if answer.status == 429:
            assert answer.code == "RATE_LIMITED", answer.text
            return
        assert answer.code == "ROOM_NOT_FOUND", answer.text
    raise AssertionError("100 unknown rooms were asked for and never throttled")


@case("failed handshakes are limited by address", profile="limits")
async def _(world):
    good = await world.login()
    for _ in range(5):
        assert await world.handshake_status("nonsense") == 401
    assert await world.handshake_status(good) == 429
    world.headers = {"X-Forwarded-For": "192.0.2.79"}
    assert await world.handshake_status(good) == 101


@case("a socket that floods is told, then closed with 4429", profile="limits")
async def _(world):
    _, ada = await world.room_of()
    for number in range(20_000):
        if not ada.is_open:
            break
        try:
            await ada.send("typing", isTyping=number % 2 == 0)
        except Exception:
            break
    assert await ada.close_code() == 4429
    assert any(frame.get("code") == "RATE_LIMITED" for frame in ada.seen)


@case("an address that no trusted proxy vouches for is not believed", profile="untrusted")
async def _(world):
    statuses = []
    for number in range(6):
        answer = await world.call("GET", "/api/csrf-token", headers={"X-Forwarded-For": f"198.51.100.{number}"})
        statuses.append(answer.status)
    assert statuses == [200] * 5 + [429], statuses
