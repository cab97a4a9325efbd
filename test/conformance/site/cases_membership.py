from suite import case


@case("to those who are not members a conversation looks like none, for every event alike")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    await ann.say(conversation_id, "secret", "m1")
    eve = await world.enter("eve")
    for event in ON_CONVERSATIONS:
        about = {"text": "hi", "messageId": "m1", "emoji": "👍"}
        answers = []
        for named in (conversation_id, "no-such-conversation"):
            answers.append(await eve.refused(event, {**about, "conversationId": named}))
        assert answers == ["CONVERSATION_NOT_FOUND"] * 2, (event, answers)
    await ann.no_event("typing:indicator")
    await ann.no_event("message:reaction", seconds=0.1)


ON_CONVERSATIONS = [
    "conversation:join",
    "conversation:leave",
    "message:send",
    "typing:start",
    "typing:stop",
    "message:read",
    "message:react",
]


@case("ids of conversations are kept exactly as the site wrote them")
async def _(world):
    for name in (f"project-alpha-{world.number}", f"Étude {world.number}/ö", f"abcd-efgh-{world.number:04d}"):
        assert await world.conversation("ann", "bob", id=name) == name
        ann = await world.enter("ann", name)
        assert ann.joined["conversation"]["id"] == name, ann.joined
        bob = await world.enter("bob", name)
        await bob.say(name, "hi", "m1")
        assert (await ann.event("message:new"))["conversationId"] == name


@case("whoever is added is told, and so are those who are there")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    bob = await world.enter("bob")
    members = {"members": [{"userId": world.user("bob"), "name": "Bob"}]}
    answer = await world.site("POST", f"/api/conversations/{conversation_id}/members", members)
    assert answer.status in (200, 201), answer.text
    told = await ann.event("user:joined")
    assert (told["userId"], told["name"], told["conversationId"]) == (world.user("bob"), "Bob", conversation_id), told
    assert told["rev"] > ann.joined["rev"], told
    told = await bob.event("user:joined")
    assert (told["userId"], told["conversationId"]) == (world.user("bob"), conversation_id), told
    await bob.join(conversation_id)
    await bob.say(conversation_id, "hi", "m1")
    await ann.event("message:new")


@case("whoever is removed hears no more and can do no more")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    answer = await world.site("DELETE", f"/api/conversations/{conversation_id}/members", {"userId": world.user("bob")})
    assert answer.status in (200, 204), answer.text
    closed = await bob.event("conversation:closed")
    assert closed == {"conversationId": conversation_id, "reason": "removed"}, closed
    told = await ann.event("user:left")
    assert (told["userId"], told["conversationId"]) == (world.user("bob"), conversation_id), told
    await ann.say(conversation_id, "without bob", "m1")
    await bob.no_event("message:new")
    about = {"conversationId": conversation_id, "text": "hi", "messageId": "m1", "emoji": "👍"}
    for event in ON_CONVERSATIONS:
        assert await bob.refused(event, about) == "CONVERSATION_NOT_FOUND", event


@case("a conversation that is deleted is closed for everybody")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    answer = await world.site("DELETE", f"/api/conversations/{conversation_id}")
    assert answer.status in (200, 204), answer.text
    for socket in (ann, bob):
        closed = await socket.event("conversation:closed")
        assert closed == {"conversationId": conversation_id, "reason": "ended"}, closed
    assert await ann.refused("conversation:join", {"conversationId": conversation_id}) == "CONVERSATION_NOT_FOUND"


@case("leaving a conversation only ends the hearing of it")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    await bob.ask("conversation:leave", {"conversationId": conversation_id})
    await ann.say(conversation_id, "hi", "m1")
    await bob.no_event("message:new")
    await bob.say(conversation_id, "still a member", "m2")
    assert (await ann.event("message:new"))["text"] == "still a member"
    await bob.ask("conversation:leave", {"conversationId": conversation_id})


@case("a new name is told with its rev")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    answer = await world.site("PATCH", f"/api/conversations/{conversation_id}", {"name": "Coffee"})
    assert answer.status == 200, answer.text
    told = await ann.event("conversation:updated")
    assert (told["change"], told["conversation"]["name"]) == ("renamed", "Coffee"), told
    assert told["rev"] == ann.joined["rev"] + 1, told


@case("a guest's token opens its room, and no other conversation")
async def _(world):
    wish = {"name": "Tea", "duration": 15, "hostName": "Host", "maxParticipants": 10}
    room = (await world.call("POST", "/api/create-room", wish)).body
    guest = (await world.call("POST", "/api/join-room", {"roomId": room["roomId"], "participantName": "Gus"})).body
    conversation_id = await world.conversation("ann")
    host, gus = await world.connect(), await world.connect()
    await host.ask("authenticate", {"token": room["token"]})
    await gus.ask("authenticate", {"token": guest["token"]})
    await host.join(room["roomId"])
    joined = await gus.join(room["roomId"])
    assert joined["conversation"]["kind"] == "room", joined
    await gus.say(room["roomId"], "hello", "m1")
    seen = await host.event("message:new")
    assert (seen["text"], seen["name"]) == ("hello", "Gus"), seen
    assert await gus.refused("conversation:join", {"conversationId": conversation_id}) == "CONVERSATION_NOT_FOUND"
