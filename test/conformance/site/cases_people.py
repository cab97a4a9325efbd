from suite import case


@case("the first connection and the last one are told to those who share a conversation")
async def _(world):
    await world.conversation("ann", "bob")
    ann = await world.enter("ann")
    eve = await world.enter("eve")
    bob = await world.enter("bob")
    assert await ann.event("user:online") == {"userId": world.user("bob"), "name": "Bob"}
    too = await world.enter("bob")
    await bob.close()
    await ann.no_event("user:online")
    await ann.no_event("user:offline", seconds=0.1)
    await too.close()
    assert await ann.event("user:offline") == {"userId": world.user("bob")}
    for name in ("user:online", "user:offline"):
        await eve.no_event(name, seconds=0.1)
        # Nobody is told of themselves.
        await ann.no_event(name, seconds=0.1, userId=world.user("ann"))


@case("presence:list has those who are online and share a conversation")
async def _(world):
    await world.conversation("ann", "bob", "cem")
    ann = await world.enter("ann")
    await world.enter("bob")
    await world.enter("eve")
    await ann.event("user:online")
    answer = await ann.ask("presence:request")
    assert answer == {"users": [{"userId": world.user("bob"), "name": "Bob", "status": "online"}], "count": 1}, answer
    assert await ann.event("presence:list") == answer
    await ann.emit("presence:request")
    assert await ann.event("presence:list") == answer
    await ann.emit("presence:request", {})
    assert await ann.event("presence:list") == answer


@case("whoever is invisible is offline")
async def _(world):
    await world.conversation("ann", "bob")
    ann = await world.enter("ann")
    bob = await world.connect(auth={"token": world.token("bob")})
    await ann.event("user:online", userId=world.user("bob"))
    await bob.ask("presence:update", {"status": "away"})
    await ann.no_event("user:offline")
    assert (await ann.ask("presence:request"))["users"][0]["status"] == "away"
    await bob.ask("presence:update", {"status": "offline"})
    await ann.event("user:offline", userId=world.user("bob"))
    assert (await ann.ask("presence:request"))["count"] == 0
