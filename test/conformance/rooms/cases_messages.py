import asyncio
import time

from client import user_of
from suite import case


@case("join_room is answered with ok and the joined event")
async def _(world):
    room = await world.create("Ada")
    socket = await world.socket(room["token"])
    await socket.request("join_room", roomId=room["roomId"], name="Ada")
    joined = await socket.event("joined")
    assert joined["recovered"] is False and joined["missed"] == [], joined
    assert joined["you"]["id"] == user_of(room["token"]) and joined["you"]["role"] == "host", joined["you"]
    assert joined["room"]["epoch"] == room["room"]["epoch"], joined["room"]
    assert joined["at"] > 1_600_000_000_000 and joined["roomId"].replace("-", "") == room["roomId"].replace("-", "")


@case("join_room takes the room id as people type it")
async def _(world):
    room = await world.create("Ada")
    bare = room["roomId"].replace("-", "")
    await world.enter(bare.upper(), room["token"], "Ada")


@case("an unknown room is ROOM_NOT_FOUND on the socket too")
async def _(world):
    socket = await world.socket(await world.login())
    assert await socket.refused("join_room", roomId="0000-0000-0000", name="Bo") == "ROOM_NOT_FOUND"
    assert await socket.refused("join_room", roomId="never", name="Bo") == "ROOM_NOT_FOUND"


@case("the sender gets ok, everyone else the message")
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    told = await ada.say("Hello", clientId="c1")
    assert set(told) >= {"messageId", "seq", "rev", "at", "duplicate"} and told["duplicate"] is False, told
    for socket in (bo, cy):
        event = await socket.event("message")
        message = event["message"]
        assert event["rev"] == told["rev"] == message["rev"] and message["seq"] == told["seq"], event
        assert message["id"] == told["messageId"] and message["text"] == "Hello", message
        assert message["senderId"] == user_of(ada.token) and message["name"] == "Host", message
        assert message["at"] == told["at"] and message["reactions"] == {} and message["type"] == "text", message
        assert "editedAt" not in message and "deletedAt" not in message, message
    await ada.no_event("message")


@case("the sender's other sockets get the message too")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    second = await world.enter(room_id, ada.token, "Host")
    told = await ada.say("From one to the other")
    assert (await second.event("message"))["message"]["id"] == told["messageId"]
    await bo.event("message")
    await ada.no_event("message")


@case("text stays text, to the last character")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    for text in ("<img src=x onerror=alert(1)> &amp; \"quoted\"", "  spaces kept  \n\ttabs too", "سلام \U0001f469\u200d\U0001f680 \u202eabc"):
        await ada.say(text)
        assert (await bo.event("message"))["message"]["text"] == text


@case("a text has 1 to 4000 characters")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    for text in ("", "x" * 4001):
        assert await ada.refused("send_message", text=text) == "VALIDATION_FAILED"
    for text in ("x", "x" * 4000, "\U0001f600" * 4000):
        await ada.say(text)
        assert (await bo.event("message"))["message"]["text"] == text


@case("a clientId has at most 64 characters")
async def _(world):
    _, ada = await world.room_of()
    assert await ada.refused("send_message", text="x", clientId="c" * 65) == "VALIDATION_FAILED"
    await ada.say("x", clientId="c" * 64)


@case("sending outside a room is NOT_IN_ROOM")
async def _(world):
    socket = await world.socket(await world.login())
    await socket.send("send_message", text="Anyone?", ref="out")
    error = await socket.frame("error", ref="out")
    assert error["code"] == "NOT_IN_ROOM" and error["message"] == "Must be in a room to send messages", error


@case("a second send with the same clientId gets the first one's answer")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    first = await ada.say("Once", clientId="same")
    again = await ada.say("Twice", clientId="same")
    assert again == {**first, "duplicate": True}, (first, again)
    other_socket = await world.enter(room_id, ada.token, "Host")
    assert (await other_socket.say("Once", clientId="same")) == {**first, "duplicate": True}
    assert (await bo.event("message"))["message"]["text"] == "Once"
    await bo.no_event("message")


@case("two sends of one clientId at the same moment are stored once")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    second = await world.enter(room_id, ada.token, "Host")
    answers = await asyncio.gather(*(socket.say("Now", clientId="race") for socket in (ada, second, ada, second)))
    assert len({answer["messageId"] for answer in answers}) == 1, answers
    assert sorted(answer["duplicate"] for answer in answers) == [False, True, True, True], answers


@case("the clientId of somebody else is not mine")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    first, second = await ada.say("Mine", clientId="c"), await bo.say("Mine as well", clientId="c")
    assert second["duplicate"] is False and first["messageId"] != second["messageId"]


@case("an answer names the message that it answers")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    asked = await ada.say("Tea?")
    await bo.say("Yes", replyTo=asked["messageId"])
    assert (await ada.event("message"))["message"]["replyTo"] == asked["messageId"]
    assert await bo.refused("send_message", text="To what?", replyTo="no-such-message") == "MESSAGE_NOT_FOUND"


@case("an edit reaches everyone, takes the next rev, and is for the author alone")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    told = await ada.say("Helo")
    await ada.request("edit_message", messageId=told["messageId"], text="Hello")
    edited = await bo.event("message_edited")
    message = edited["message"]
    assert message["text"] == "Hello" and message["editedAt"] >= message["at"], message
    assert message["seq"] == told["seq"] and edited["rev"] == message["rev"] == told["rev"] + 1, edited
    assert await bo.refused("edit_message", messageId=told["messageId"], text="Mine") == "FORBIDDEN"
    assert await ada.refused("edit_message", messageId="none", text="What?") == "MESSAGE_NOT_FOUND"
    await bo.say("From Bo")
    theirs = (await ada.event("message"))["message"]["id"]
    assert await ada.refused("edit_message", messageId=theirs, text="Not even a host") == "FORBIDDEN"


@case("a deleted message loses its text everywhere")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    told = await bo.say("A secret")
    await bo.request("delete_message", messageId=told["messageId"])
    deleted = await ada.event("message_deleted")
    assert deleted["messageId"] == told["messageId"] and deleted["rev"] == told["rev"] + 1, deleted
    page = await world.call("GET", f"/api/rooms/{room_id}/messages", token=ada.token)
    assert "A secret" not in page.text, page.text
    late = await world.ask_to_join(room_id, "Cy")
    assert "A secret" not in late.text, late.text
    gone = [message for message in page.body["messages"] if message["id"] == told["messageId"]]
    assert all("deletedAt" in message for message in gone), gone
    assert await bo.refused("edit_message", messageId=told["messageId"], text="Back") == "MESSAGE_NOT_FOUND"


@case("the host may delete any message, others only their own")
async def _(world):
    _, ada, bo, cy = await world.room_of("Bo", "Cy")
    told = await bo.say("Rude")
    assert await cy.refused("delete_message", messageId=told["messageId"]) == "FORBIDDEN"
    await ada.request("delete_message", messageId=told["messageId"])
    await bo.event("message_deleted", messageId=told["messageId"])


@case("a reaction toggles")
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    told = await ada.say("News")
    rev = told["rev"]
    for action in ("added", "removed", "added"):
        await bo.request("react", messageId=told["messageId"], emoji="🎉")
        event = await cy.event("reaction")
        rev += 1
        assert event["action"] == action and event["emoji"] == "🎉" and event["rev"] == rev, event
        assert event["participantId"] == user_of(bo.token) and event["messageId"] == told["messageId"], event
    await cy.request("react", messageId=told["messageId"], emoji="🎉")
    [message] = (await world.call("GET", f"/api/rooms/{room_id}/messages", token=ada.token)).body["messages"]
    assert message["reactions"] == {"🎉": [user_of(bo.token), user_of(cy.token)]}, message
    assert await bo.refused("react", messageId="none", emoji="🎉") == "MESSAGE_NOT_FOUND"


@case("typing is told to the others and ends when it is said to")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    await ada.send("typing", isTyping=True)
    told = await bo.frame("typing", isTyping=True)
    assert told["participantId"] == user_of(ada.token), told
    await ada.send("typing", isTyping=False)
    await bo.frame("typing", isTyping=False, participantId=user_of(ada.token))
    await ada.quiet(lambda frame: frame["type"] == "typing", "typing")


@case("typing expires by itself after 5 s", slow=True)
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    started_at = time.monotonic()
    await ada.send("typing", isTyping=True)
    await bo.frame("typing", isTyping=True)
    # What does not expire is never told to have ended.
    await bo.frame("typing", isTyping=False)
    assert time.monotonic() - started_at >= 4.9, time.monotonic() - started_at


@case("live events carry rev without holes, and all see one order")
async def _(world):
    _, ada, bo, cy = await world.room_of("Bo", "Cy")
    await asyncio.gather(*(socket.say(f"{name} {n}") for n in range(8) for name, socket in (("Ada", ada), ("Bo", bo))))
    told = await ada.say("React")
    await bo.request("react", messageId=told["messageId"], emoji="👍")
    await ada.request("edit_message", messageId=told["messageId"], text="Reacted")
    await cy.event("message_edited")
    revs = [event["rev"] for event in cy.durable()]
    first = cy.joined["room"]["rev"] + 1
    assert revs == list(range(first, first + len(revs))), revs
    own_order = [event["message"]["seq"] for event in cy.durable() if event["event"] == "message"]
    assert own_order == sorted(own_order), own_order


@case("participants_update follows every change, at most four times a second")
async def _(world):
    started_at = time.monotonic()
    room_id, ada, bo = await world.room_of("Bo", maxParticipants=20)
    updated = await ada.expect(
        lambda f: f["type"] == "participants_update" and {p["name"] for p in f["participants"]} == {"Host", "Bo"}, "both"
    )
    bo_there = next(p for p in updated["participants"] if p["name"] == "Bo")
    assert set(bo_there) >= {"id", "name", "role", "joinedAt", "online", "voice"}, bo_there
    assert set(bo_there["voice"]) >= {"joined", "muted", "speaking"}, bo_there
    for number in range(12):
        await world.enter(room_id, await world.join(room_id, f"Guest {number}"), f"Guest {number}")
    await ada.expect(lambda f: f["type"] == "participants_update" and len(f["participants"]) == 14, "all of them")
    came = sum(frame["type"] == "participants_update" for frame in bo.seen)
    assert came <= 4 * (time.monotonic() - started_at) + 2, came
