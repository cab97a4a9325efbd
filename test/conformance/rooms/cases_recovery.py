from client import user_of
from suite import case


def position(joined):
    return {"epoch": joined["room"]["epoch"], "rev": joined["room"]["rev"]}


@case("since gives exactly what was missed, as it was sent live")
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    first = await ada.say("Seen by all")
    await bo.event("message")
    await cy.event("message")
    since = {"epoch": bo.joined["room"]["epoch"], "rev": first["rev"]}
    await bo.close()
    second = await ada.say("Missed", clientId="m1")
    await cy.request("react", messageId=second["messageId"], emoji="👀")
    await ada.request("edit_message", messageId=second["messageId"], text="Missed, edited")
    await ada.request("lock_room", isLocked=True)
    await ada.request("lock_room", isLocked=False)
    await ada.request("set_role", participantId=user_of(cy.token), role="moderator")
    await ada.request("extend_room", minutes=1)
    third = await ada.say("Soon gone")
    await ada.request("delete_message", messageId=third["messageId"])
    await ada.event("message_deleted")
    dan = await world.enter(room_id, await world.join(room_id, "Dan"), "Dan")
    await dan.request("leave_room")
    await ada.event("participant_left")

    again = await world.enter(room_id, bo.token, "Bo", since=since)
    assert again.joined["recovered"] is True, again.joined
    missed = again.joined["missed"]
    revs = [event["rev"] for event in missed]
    assert revs == list(range(since["rev"] + 1, again.joined["room"]["rev"] + 1)), revs
    live = {event["rev"]: event for event in ada.durable()}
    for event in missed:
        if event["rev"] in live and event["event"] != "message":
            assert event == live[event["rev"]], (event, live[event["rev"]])
    names = [event["event"] for event in missed]
    assert names == [
        "message", "reaction", "message_edited", "locked", "unlocked", "role_changed", "extended", "message",
        "message_deleted", "participant_joined", "participant_left",
    ], names  # fmt: skip
    assert "Soon gone" not in str(again.joined), "a deleted text came back by recovery"


@case("a message missed by one is what another saw live")
async def _(world):
    room_id, ada, bo, cy = await world.room_of("Bo", "Cy")
    await bo.close()
    told = [await ada.say(f"Number {n}", clientId=f"n{n}") for n in range(3)]
    live = [await cy.event("message") for _ in told]
    again = await world.enter(room_id, bo.token, "Bo", since=position(bo.joined))
    missed = [event for event in again.joined["missed"] if event["event"] == "message"]
    assert missed == live, (missed, live)


@case("since now misses nothing")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    told = await ada.say("The last one")
    await bo.event("message")
    await bo.close()
    since = {"epoch": bo.joined["room"]["epoch"], "rev": told["rev"]}
    again = await world.enter(room_id, bo.token, "Bo", since=since)
    assert again.joined["recovered"] is True and again.joined["missed"] == [], again.joined


@case("after a recovery the live events go on without a hole or a double")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    since = position(bo.joined)
    await bo.close()
    for n in range(3):
        await ada.say(f"Away {n}")
    again = await world.enter(room_id, bo.token, "Bo", since=since)
    for n in range(3):
        await ada.say(f"Back {n}")
    for _ in range(3):
        await again.event("message")
    revs = [event["rev"] for event in again.joined["missed"]] + [event["rev"] for event in again.durable()]
    assert revs == list(range(since["rev"] + 1, since["rev"] + 1 + len(revs))), revs
    texts = [e["message"]["text"] for e in (*again.joined["missed"], *again.durable()) if e["event"] == "message"]
    assert texts == ["Away 0", "Away 1", "Away 2", "Back 0", "Back 1", "Back 2"], texts


@case("another epoch, or a rev that never was, gives a fresh view that says so")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.say("Here")
    here = position(bo.joined)
    for since in ({**here, "epoch": "another"}, {**here, "rev": here["rev"] + 1000}):
        again = await world.enter(room_id, bo.token, "Bo", since=since)
        assert again.joined["recovered"] is False and again.joined["missed"] == [], again.joined
        assert [message["text"] for message in again.joined["room"]["messages"]] == ["Here"], again.joined["room"]
        await again.close()


@case("a retry after a lost answer is the message that was stored")
async def _(world):
    room_id, ada, bo = await world.room_of("Bo")
    await ada.send("send_message", text="Did it arrive?", clientId="lost", ref="lost")
    await bo.event("message")
    await ada.connection.close()
    again = await world.enter(room_id, ada.token, "Host", since=position(ada.joined))
    told = await again.say("Did it arrive?", clientId="lost")
    assert told["duplicate"] is True, told
    [mine] = [event["message"] for event in again.joined["missed"] if event["event"] == "message"]
    assert mine["clientId"] == "lost" and mine["id"] == told["messageId"], mine
    await bo.no_event("message")
