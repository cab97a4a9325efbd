import asyncio

from client import user_of
from suite import case

NOT_LET_IN = ("FORBIDDEN", "ROOM_NOT_FOUND", "KICKED")


@case("somebody with a name alone can enter an open room by its socket")
async def _(world):
    room_id, ada = await world.room_of()
    bo = await world.enter(room_id, await world.login("Bo"), "Bo")
    arrived = await ada.event("participant_joined")
    assert arrived["participant"]["name"] == "Bo" and arrived["participant"]["id"] == bo.joined["you"]["id"], arrived
    assert bo.joined["you"]["role"] in ("speaker", "listener"), bo.joined["you"]


@case("the rules of the door hold on the socket as by REST")
async def _(world):
    guest = await world.socket(await world.login("Bo"))
    secret = await world.create(password="sesame")
    assert await guest.refused("join_room", roomId=secret["roomId"], name="Bo") in ("WRONG_PASSWORD", *NOT_LET_IN)
    full = await world.create(maxParticipants=2)
    await world.join(full["roomId"], "Cy")
    assert await guest.refused("join_room", roomId=full["roomId"], name="Bo") == "ROOM_FULL"
    named, _ = await world.room_of()
    assert await guest.refused("join_room", roomId=named, name="Host") == "NAME_TAKEN"
    locked, host = await world.room_of()
    await host.request("lock_room", isLocked=True)
    assert await guest.refused("join_room", roomId=locked, name="Bo") == "ROOM_LOCKED"


@case("leave_room gives up the seat")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo", maxParticipants=2)
    await bo.request("leave_room")
    left = await ada.event("participant_left")
    assert left["participantId"] == user_of(bo.token) and left["reason"] == "left", left
    assert await bo.refused("send_message", text="Still here?") == "NOT_IN_ROOM"
    assert (await world.ask_to_join(room_id, "Cy")).status == 200


@case("when the host leaves, the longest-present moderator is host", slow=True)
async def _(world):
    _, ada, bo, cy = await world.room_of("Bo", "Cy")
    await ada.request("set_role", participantId=user_of(cy.token), role="moderator")
    await ada.request("leave_room")
    passed = await bo.event("role_changed", seconds=100, role="host")
    assert passed["participantId"] == user_of(cy.token), passed
    await cy.request("lock_room", isLocked=True)


@case("a host who is gone for a minute loses the role to the longest-present participant", slow=True)
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    await ada.close()
    await bo.no_event("role_changed", seconds=50)
    passed = await cy.event("role_changed", seconds=60, role="host")
    assert passed["participantId"] == user_of(bo.token), passed


@case("a host who comes back within a minute keeps the role", slow=True)
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.close()
    await asyncio.sleep(30)
    again = await world.enter(room_id, ada.token, "Host")
    assert again.joined["you"]["role"] == "host", again.joined["you"]
    await bo.no_event("role_changed", seconds=45)
    await again.request("lock_room", isLocked=True)


@case("lock_room is the host's, is told, and keeps nobody out who has a seat")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    assert await bo.refused("lock_room", isLocked=True) == "FORBIDDEN"
    await ada.request("lock_room", isLocked=True)
    await bo.event("locked")
    await bo.close()
    again = await world.enter(room_id, bo.token, "Bo")
    assert again.joined["room"]["isLocked"] is True
    await ada.request("lock_room", isLocked=False)
    await again.event("unlocked")


@case("kick removes, and without ban the seat may be asked for again")
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    await ada.request("kick", participantId=user_of(bo.token))
    await bo.event("kicked")
    left = await cy.event("participant_left")
    assert left["participantId"] == user_of(bo.token) and left["reason"] == "kicked", left
    assert (await world.ask_to_join(room_id, "Bo")).status == 200


@case("a kicked participant hears and says nothing more")
async def _(world):
    _, ada, bo = await world.room_of("Bo")
    await ada.request("kick", participantId=user_of(bo.token))
    await bo.event("kicked")
    await ada.say("Among ourselves")
    await bo.no_event("message")
    if bo.is_open:
        assert await bo.refused("send_message", text="Hello?") in ("NOT_IN_ROOM", "KICKED")


@case("a banned participant is KICKED on every way back")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.request("kick", participantId=user_of(bo.token), ban=True)
    await bo.event("kicked")
    answer = await world.ask_to_join(room_id, "Bo", token=bo.token)
    assert answer.status == 403 and answer.code == "KICKED", answer.text
    again = await world.socket(bo.token)
    assert await again.refused("join_room", roomId=room_id, name="Bo") == "KICKED"


@case("kick is for host and moderators, and never against the host")
async def _(world):
    _, ada, bo, cy = await world.room_of("Bo", "Cy")
    assert await bo.refused("kick", participantId=user_of(cy.token)) == "FORBIDDEN"
    await ada.request("set_role", participantId=user_of(bo.token), role="moderator")
    assert await bo.refused("kick", participantId=user_of(ada.token)) == "FORBIDDEN"
    await bo.request("kick", participantId=user_of(cy.token))
    await cy.event("kicked")
    assert await ada.refused("kick", participantId="nobody") == "USER_NOT_FOUND"


@case("set_role is the host's and is told to all")
async def _(world):
    _, ada, bo, cy = await world.room_of("Bo", "Cy")
    assert await bo.refused("set_role", participantId=user_of(cy.token), role="listener") == "FORBIDDEN"
    for role in ("moderator", "listener", "speaker"):
        await ada.request("set_role", participantId=user_of(bo.token), role=role)
        changed = await cy.event("role_changed")
        assert changed["participantId"] == user_of(bo.token) and changed["role"] == role, changed
    assert await ada.refused("set_role", participantId="nobody", role="speaker") == "USER_NOT_FOUND"


@case("giving the role of host passes it on")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.request("set_role", participantId=user_of(bo.token), role="host")
    changed = await bo.event("role_changed", role="host")
    assert changed["participantId"] == user_of(bo.token), changed
    await bo.request("lock_room", isLocked=True)
    assert await ada.refused("lock_room", isLocked=False) == "FORBIDDEN"
    again = await world.enter(room_id, bo.token, "Bo")
    assert again.joined["room"]["hostId"] == user_of(bo.token)


async def knock(world, name="Bo"):
    """A room with a lobby, its host, and somebody who waits there."""
    room = await world.create("Host", lobby=True)
    host = await world.enter(room["roomId"], room["token"], "Host")
    host.token = room["token"]
    guest = await world.socket(await world.join(room["roomId"], name))
    await guest.send("join_room", roomId=room["roomId"], name=name, ref="in")
    await guest.event("waiting")
    knocked = await host.event("knock")
    return room["roomId"], host, guest, knocked


@case("in the lobby one waits, hears nothing, and the host is told")
async def _(world):
    room_id, host, guest, knocked = await knock(world)
    assert knocked["name"] == "Bo" and knocked["participantId"], knocked
    await host.say("Not for the lobby")
    await guest.no_event("message")
    await guest.no_event("joined", seconds=0.1)
    assert await guest.refused("send_message", text="Let me in") == "NOT_IN_ROOM"
    assert (await world.call("GET", f"/api/rooms/{room_id}")).body["participants"] == 1


@case("the host lets somebody in from the lobby")
async def _(world):
    room_id, host, guest, knocked = await knock(world)
    await host.request("admit", participantId=knocked["participantId"], admit=True)
    joined = await guest.event("joined")
    assert [p["name"] for p in joined["room"]["participants"]] == ["Host", "Bo"], joined["room"]
    await host.event("participant_joined")
    await guest.say("Thanks")
    await host.event("message")


@case("the host turns somebody away from the lobby")
async def _(world):
    room_id, host, guest, knocked = await knock(world)
    await host.request("admit", participantId=knocked["participantId"], admit=False)
    await guest.expect(
        lambda f: f.get("event") == "kicked" or (f["type"] == "error" and f["code"] in NOT_LET_IN), "word of the refusal"
    )
    await guest.no_event("joined")


@case("a moderator may open the lobby's door, others may not")
async def _(world):
    room_id, host, guest, knocked = await knock(world)
    await host.request("admit", participantId=knocked["participantId"], admit=True)
    await guest.event("joined")
    late = await world.socket(await world.join(room_id, "Cy"))
    await late.send("join_room", roomId=room_id, name="Cy")
    await late.event("waiting")
    cy = (await host.event("knock"))["participantId"]
    assert await guest.refused("admit", participantId=cy, admit=True) == "FORBIDDEN"
    await host.request("set_role", participantId=knocked["participantId"], role="moderator")
    await guest.request("admit", participantId=cy, admit=True)
    await late.event("joined")
    assert await host.refused("admit", participantId="nobody", admit=True) == "USER_NOT_FOUND"


@case("somebody let in once comes back without knocking")
async def _(world):
    room_id, host, guest, knocked = await knock(world)
    await host.request("admit", participantId=knocked["participantId"], admit=True)
    await guest.event("joined")
    await guest.request("leave_room")
    await guest.request("join_room", roomId=room_id, name="Bo")
    await guest.event("joined")


@case("extend_room is the host's and has an end")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo", duration=120)
    assert await bo.refused("extend_room", minutes=15) == "FORBIDDEN"
    await ada.request("extend_room", minutes=15)
    extended = await bo.event("extended")
    room = ada.joined["room"]
    assert extended["expiresAt"] == room["expiresAt"] + 15 * 60_000, extended
    preview = (await world.call("GET", f"/api/rooms/{room_id}")).body
    assert preview["expiresAt"] == extended["expiresAt"], preview
    assert await ada.refused("extend_room", minutes=200) == "VALIDATION_FAILED"


@case("host rights survive a new connection")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.close()
    again = await world.enter(room_id, ada.token, "Host")
    assert again.joined["you"]["role"] == "host", again.joined["you"]
    await again.request("lock_room", isLocked=True)
    await bo.event("locked")


@case("the oldest of too many sockets of one participant is replaced with 4409")
async def _(world):
    room_id, ada = await world.room_of()
    others = [await world.enter(room_id, ada.token, "Host") for _ in range(5)]
    assert await ada.close_code() == 4409
    assert all(socket.is_open for socket in others)
    await others[-1].say("Still here")
