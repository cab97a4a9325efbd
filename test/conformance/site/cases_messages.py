import asyncio
import time

from suite import case


@case("a message reaches every joined socket but the sending one, with every field")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    too = await world.enter("ann", conversation_id)
    elsewhere = await world.enter("bob")
    ack = await ann.say(conversation_id, "hello", "m1")
    for socket in (bob, too):
        message = await socket.event("message:new")
        assert message["messageId"] == "m1" and message["id"] == ack["id"], message
        assert message["conversationId"] == conversation_id, message
        assert (message["userId"], message["name"]) == (world.user("ann"), "Ann"), message
        assert message["text"] == "hello", message
        assert (message["seq"], message["rev"]) == (ack["seq"], ack["rev"]), message
        assert message["timestamp"] == ack["timestamp"], message
    await ann.no_event("message:new")
    await elsewhere.no_event("message:new")


@case("the ack comes as an event to the sending socket, with a callback and without")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    too = await world.enter("ann", conversation_id)
    answer = await ann.say(conversation_id, "one", "m1")
    assert await ann.event("message:ack", messageId="m1") == answer
    assert answer["status"] == "sent", answer
    await ann.emit("message:send", {"conversationId": conversation_id, "text": "two", "messageId": "m2"})
    ack = await ann.event("message:ack", messageId="m2")
    assert ack["status"] == "sent" and ack["seq"] > answer["seq"], ack
    assert set(ack) >= {"messageId", "id", "status", "seq", "rev", "timestamp"}, ack
    await too.no_event("message:ack")
    await bob.no_event("message:ack")


@case("the same messageId again is a duplicate of the first, and told to nobody")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    first = await ann.say(conversation_id, "once", "m1")
    again = await world.enter("ann")
    second = await again.say(conversation_id, "once", "m1")
    assert second == {**first, "status": "duplicate"}, second
    assert (await again.event("message:ack"))["status"] == "duplicate"
    await bob.event("message:new")
    await bob.no_event("message:new")
    assert (await bob.say(conversation_id, "mine", "m1"))["status"] == "sent"


@case("a message that is refused is acknowledged as failed, with the code")
async def _(world):
    socket = await world.enter("ann")
    about = {"conversationId": "nowhere", "text": "hi", "messageId": "m1"}
    assert await socket.refused("message:send", about) == "CONVERSATION_NOT_FOUND"
    ack = await socket.event("message:ack", messageId="m1")
    assert (ack["status"], ack["code"]) == ("failed", "CONVERSATION_NOT_FOUND"), ack
    await socket.emit("message:send", {**about, "messageId": "m2", "text": ""})
    ack = await socket.event("message:ack", messageId="m2")
    assert (ack["status"], ack["code"]) == ("failed", "VALIDATION_FAILED"), ack


@case("a refused message is acknowledged whatever its messageId is like: cut at 128 characters, empty when it is no text")
async def _(world):
    conversation_id = await world.conversation("ann")
    socket = await world.enter("ann")
    about = {"conversationId": conversation_id, "text": "hi"}
    for message_id, echoed in (("m" * 65, "m" * 65), ("m" * 200, "m" * 128), (7, ""), (None, "")):
        assert await socket.refused("message:send", {**about, "messageId": message_id}) == "VALIDATION_FAILED"
        ack = await socket.event("message:ack")
        assert (ack["messageId"], ack["status"], ack["code"]) == (echoed, "failed", "VALIDATION_FAILED"), ack
        await socket.emit("message:send", {**about, "messageId": message_id})
        await socket.event("message:ack", messageId=echoed, status="failed")
    await socket.emit("message:send", about)
    await socket.event("message:ack", messageId="", status="failed")


@case("many at once keep one order for all, without holes")
async def _(world):
    conversation_id, ann, bob, eve = await world.room_of("ann", "bob", "eve")
    start = eve.joined["rev"]

    async def talk(socket, name):
        for number in range(20):
            await socket.say(conversation_id, f"{name} {number}", f"{name}{number}")

    await asyncio.gather(talk(ann, "ann"), talk(bob, "bob"))
    for _ in range(40):
        await eve.event("message:new")
    assert eve.durable()[-40:] == list(range(start + 1, start + 41)), (start, eve.durable())


@case("reactions toggle, and name the message by both of its ids")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    ack = await ann.say(conversation_id, "hello", "m1")
    react = {"conversationId": conversation_id, "messageId": ack["id"], "emoji": "👍"}
    assert (await bob.ask("message:react", react))["action"] == "added"
    told = await ann.event("message:reaction")
    assert (told["messageId"], told["id"]) == ("m1", ack["id"]), told
    assert (told["emoji"], told["userId"], told["action"]) == ("👍", world.user("bob"), "added"), told
    assert (await bob.ask("message:react", {**react, "messageId": "m1"}))["action"] == "removed"
    assert (await ann.event("message:reaction"))["action"] == "removed"
    assert await bob.refused("message:react", {**react, "messageId": "nothing"}) == "MESSAGE_NOT_FOUND"


@case("read receipts name the message by both of its ids, and go forward only")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    first = await ann.say(conversation_id, "one", "m1")
    second = await ann.say(conversation_id, "two", "m2")
    await bob.ask("message:read", {"conversationId": conversation_id, "messageId": "m2"})
    receipt = await ann.event("message:read-receipt")
    assert (receipt["messageId"], receipt["id"]) == ("m2", second["id"]), receipt
    assert receipt["userId"] == world.user("bob") and receipt["timestamp"] > 1_600_000_000_000, receipt
    await bob.ask("message:read", {"conversationId": conversation_id, "messageId": first["id"]})
    await ann.no_event("message:read-receipt")
    assert await bob.refused("message:read", {"conversationId": conversation_id, "messageId": "x"}) == "MESSAGE_NOT_FOUND"


@case("typing is told to the others, and ends by itself after 5 s", slow=True)
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    about = {"conversationId": conversation_id}
    await ann.ask("typing:start", about)
    told = await bob.event("typing:indicator")
    expected = {**about, "userId": world.user("ann"), "name": "Ann", "isTyping": True}
    assert told == expected, told
    await ann.ask("typing:stop", about)
    assert await bob.event("typing:indicator") == {**expected, "isTyping": False}
    started_at = time.monotonic()
    await ann.ask("typing:start", about)
    await bob.event("typing:indicator", isTyping=True)
    # What does not expire is never told to have ended.
    await bob.event("typing:indicator", isTyping=False)
    assert time.monotonic() - started_at >= 4.9, time.monotonic() - started_at
    await ann.no_event("typing:indicator", seconds=0.1)


@case("what is edited or deleted elsewhere is told with its rev")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    ack = await ann.say(conversation_id, "helo", "m1")
    other = await world.connect(auth={"token": world.token("ann")})
    edit = {"chatId": conversation_id, "messageId": ack["id"], "encryptedContent": "hello"}
    await other.ask("message:edit", edit)
    edited = await bob.event("message:updated")
    assert (edited["messageId"], edited["text"], edited["rev"]) == ("m1", "hello", ack["rev"] + 1), edited
    await other.ask("message:delete", {"chatId": conversation_id, "messageId": ack["id"]})
    deleted = await bob.event("message:updated")
    assert deleted["text"] == "" and deleted["deletedAt"] > 0 and deleted["rev"] == ack["rev"] + 2, deleted


@case("messages cross to the messenger wire and back")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    member = [{"userId": world.user("bob"), "name": "Bob"}]
    answer = await world.site("POST", f"/api/conversations/{conversation_id}/members", {"members": member})
    assert answer.status in (200, 201), answer.text
    bob = await world.connect(auth={"token": world.token("bob")})
    await bob.ask("chat:join", {"chatId": conversation_id})
    await ann.say(conversation_id, "from the site", "m1")
    seen = await bob.event("message:new")
    assert (seen["encryptedContent"], seen["tempId"]) == ("from the site", "m1"), seen
    sent = await bob.ask("message:new", {"chatId": conversation_id, "encryptedContent": "back"})
    seen = await ann.event("message:new")
    assert (seen["text"], seen["id"], seen["messageId"]) == ("back", sent["message"]["id"], seen["id"]), seen
