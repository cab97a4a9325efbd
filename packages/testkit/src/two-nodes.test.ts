import { expect, test } from 'vitest'
import { startTwoNodes } from './two-nodes.ts'

/** All that two nodes stand on is started, on a machine that may be busy. */
const START_MS = 180_000

test('two nodes are one server: what one was told the other knows, behind one address', {
  timeout: START_MS,
}, async () => {
  await using server = await startTwoNodes()
  const wish = { name: 'Tea', hostName: 'Ann', duration: 15, maxParticipants: 5 }
  const created = await fetch(`${server.url}/api/create-room`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(wish),
  })
  expect(created.status).toBe(201)
  const { roomId } = (await created.json()) as { roomId: string }
  const [one, other] = server.nodeUrls
  expect(one).not.toBe(other)
  for (const url of [one, other, server.url]) {
    expect(await (await fetch(`${url}/api/rooms/${roomId}`)).json()).toMatchObject({ name: 'Tea' })
  }
  const asked = new Set<string>()
  for (let number = 0; number < 4; number += 1) asked.add(await nodeOf(server.url))
  expect(asked.size).toBe(2)
})

/** The node that a new session of Engine.IO is on: its id begins with the node's. */
async function nodeOf(url: string): Promise<string> {
  const opened = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text()
  return (JSON.parse(opened.slice(1)) as { sid: string }).sid.slice(0, 8)
}
