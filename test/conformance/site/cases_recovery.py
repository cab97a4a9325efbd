from suite import case


@case("joining gives the conversation, the latest messages and where it stands")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    for number in range(55):
        await ann.say(conversation_id, f"{number}", f"m{number}")
    again = await world.enter("ann", conversation_id)
    joined = again.joined
    assert [message["text"] for message in joined["messages"]] == [f"{number}" for number in range(5, 55)]
    assert joined["recovered"] is False and joined["changes"] == [], joined
    assert joined["rev"] == joined["messages"][-1]["rev"], joined["rev"]
    conversation = joined["conversation"]
    assert (conversation["epoch"], conversation["rev"]) == (joined["epoch"], joined["rev"]), conversation
    assert [member["userId"] for member in conversation["members"]] == [world.user("ann")], conversation


@case("joining since a place gives exactly what was missed, as it was sent live")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    await bob.say(conversation_id, "seen", "b0")
    seen = await ann.event("message:new")
    await ann.close()
    watch = await world.enter("ann", conversation_id)
    await bob.say(conversation_id, "missed", "b1")
    await bob.ask("message:react", {"conversationId": conversation_id, "messageId": "b1", "emoji": "🎉"})
    live = [("message:new", await watch.event("message:new")), ("message:reaction", await watch.event("message:reaction"))]
    again = await world.enter("ann")
    since = {"epoch": bob.joined["epoch"], "rev": seen["rev"]}
    joined = await again.join(conversation_id, since=since)
    assert joined["recovered"] is True and joined["messages"] == [], joined
    assert [(change["event"], change["data"]) for change in joined["changes"]] == live, joined["changes"]
    assert joined["rev"] == seen["rev"] + 2, joined["rev"]
    await bob.say(conversation_id, "live", "b2")
    assert (await again.event("message:new"))["rev"] == joined["rev"] + 1


@case("another epoch, or a place in the future, gives a fresh snapshot that says so")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    await ann.say(conversation_id, "hi", "m1")
    for since in ({"epoch": "another", "rev": 0}, {"epoch": ann.joined["epoch"], "rev": 10_000}):
        joined = await ann.join(conversation_id, since=since)
        assert joined["recovered"] is False and joined["changes"] == [], joined
        assert [message["text"] for message in joined["messages"]] == ["hi"], joined


@case("what was sent by REST comes to sockets in its place")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    start = bob.joined["rev"]
    await ann.say(conversation_id, "by socket", "m1")
    body = {"conversationId": conversation_id, "text": "by REST", "messageId": "m2"}
    answer = await world.call("POST", "/api/messenger/send", body, world.token("ann"))
    assert answer.status == 200 and answer.body["status"] == "sent", answer.text
    assert (await ann.say(conversation_id, "by REST", "m2"))["status"] == "duplicate"
    texts = [(await bob.event("message:new"))["text"] for _ in range(2)]
    assert texts == ["by socket", "by REST"], texts
    assert (await ann.event("message:new"))["text"] == "by REST"
    assert bob.durable() == [start + 1, start + 2], bob.durable()
