from client import Refused
from suite import case


async def first_refusal(socket, event, data_of, most):
    """How many were taken before the first refusal, and that refusal."""
    for number in range(most):
        try:
            await socket.ask(event, data_of(number))
        except Refused as refusal:
            return number, refusal.error
    raise AssertionError(f"{most} of {event} were taken")


@case("messages, typing, receipts and reactions have limits per user", profile="limits")
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    about = {"conversationId": conversation_id}
    ack = await bob.say(conversation_id, "hi", "b1")
    limits = [
        ("message:send", 30, lambda number: {**about, "text": "x", "messageId": f"m{number}"}),
        ("typing:start", 10, lambda number: about),
        ("message:read", 100, lambda number: {**about, "messageId": ack["id"]}),
        ("message:react", 50, lambda number: {**about, "messageId": ack["id"], "emoji": "👍"}),
    ]
    for event, most, data_of in limits:
        taken, error = await first_refusal(ann, event, data_of, most + 5)
        assert taken == most, (event, taken)
        assert error["code"] == "RATE_LIMITED" and error["retryAfterMs"] > 0, error
    failed = await ann.event("message:ack", status="failed")
    assert failed["code"] == "RATE_LIMITED" and failed["retryAfterMs"] > 0, failed
    too = await world.enter("ann")
    assert await too.refused("message:send", {**about, "text": "x", "messageId": "more"}) == "RATE_LIMITED"
    await bob.say(conversation_id, "I may", "b2")


@case("saying that one types no more leaves everything else its limit, and typing its own", profile="limits")
async def _(world):
    conversation_id, ann = await world.room_of("ann")
    about = {"conversationId": conversation_id}
    taken, error = await first_refusal(ann, "typing:stop", lambda number: about, 125)
    assert taken == 120 and error["code"] == "RATE_LIMITED", (taken, error)
    await ann.ask("presence:request")
    taken, _ = await first_refusal(ann, "typing:start", lambda number: about, 15)
    assert taken == 10, taken


@case("failed authentications count as failed handshakes", profile="limits")
async def _(world):
    socket = await world.connect()
    for _ in range(5):
        assert await socket.refused("authenticate", {"token": "nonsense"}) == "UNAUTHENTICATED"
    assert await socket.refused("authenticate", {"token": world.token("ann")}) == "RATE_LIMITED"


@case("a connection without any event from its client ends", profile="idle", slow=True)
async def _(world):
    conversation_id, ann, bob = await world.room_of("ann", "bob")
    for number in range(20):
        await bob.say(conversation_id, "still here", f"m{number}")
        try:
            await ann.event("error", seconds=1)
            break
        except AssertionError:
            pass
    await ann.end()
    await bob.ask("presence:request")
