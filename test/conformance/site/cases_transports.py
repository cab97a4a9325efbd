import asyncio
import time

import socketio

from suite import case


@case("long polling alone carries everything")
async def _(world):
    conversation_id = await world.conversation("ann", "bob")
    ann = await world.enter("ann", conversation_id, transports=("polling",))
    bob = await world.enter("bob", conversation_id, transports=("polling",))
    assert ann.io.transport() == "polling"
    ack = await ann.say(conversation_id, "hello", "m1")
    assert (await bob.event("message:new"))["id"] == ack["id"]
    await ann.event("message:ack", messageId="m1")
    await bob.ask("typing:start", {"conversationId": conversation_id})
    await ann.event("typing:indicator", isTyping=True)


@case("a connection that moves from polling to WebSocket loses nothing")
async def _(world):
    conversation_id = await world.conversation("ann", "bob")
    bob = await world.enter("bob", conversation_id)
    ann = await world.enter("ann", conversation_id, transports=("polling", "websocket"))
    for number in range(10):
        await bob.say(conversation_id, f"{number}", f"m{number}")
    texts = [(await ann.event("message:new"))["text"] for _ in range(10)]
    assert texts == [f"{number}" for number in range(10)], texts
    assert ann.io.transport() == "websocket"


@case("the synchronous client works as it is, by both transports")
async def _(world):
    conversation_id = await world.conversation("ann", "bob")
    bob = await world.enter("bob", conversation_id)
    for transport in ("websocket", "polling"):
        await asyncio.to_thread(use_synchronous_client, world, conversation_id, transport)
        assert (await bob.event("message:new"))["text"] == f"by {transport}"


def use_synchronous_client(world, conversation_id, transport):
    client = socketio.Client(reconnection=False)
    seen = []
    client.on("authenticated", lambda data: seen.append(("authenticated", data)))
    client.on("message:ack", lambda data: seen.append(("ack", data)))
    client.connect(world.base, headers=world.headers, transports=[transport])
    try:
        answer = client.call("authenticate", {"token": world.token("ann")}, timeout=20)
        assert answer["ok"] is True, answer
        message = {"conversationId": conversation_id, "text": f"by {transport}", "messageId": f"m-{transport}"}
        client.emit("message:send", message)
        deadline = time.monotonic() + 20
        while not [name for name, _ in seen if name == "ack"]:
            assert time.monotonic() < deadline, seen
            time.sleep(0.02)
        assert client.call("presence:request", timeout=20)["ok"] is True
    finally:
        client.disconnect()
