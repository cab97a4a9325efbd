import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterNode } from '@parley/testkit/cluster'
import { openMessengerClient } from '../clients/messenger-client.ts'
import type { ChaosClient } from './client.ts'
import type { Place, Population } from './populate.ts'

/** A lease, and what it takes to tell of it. */
const WITHIN_MS = 35_000
const LOOK_MS = 1000

/** Half of them. */
export function hangUp(clients: readonly ChaosClient[]): readonly ChaosClient[] {
  const gone = clients.filter((_, index) => index % 2 === 1)
  for (const client of gone) client.close()
  return gone
}

/** These hung up. Soon after every node must show those who are there, and nobody else. */
export async function findGhosts(
  { places, tokens }: Population,
  gone: readonly ChaosClient[],
  nodes: readonly ClusterNode[],
): Promise<readonly string[]> {
  const start = performance.now()
  for (;;) {
    // All that is seen was so after this, however long looking takes.
    const isDue = performance.now() - start > WITHIN_MS
    const found = places.flatMap((place) => compareTold(place, gone))
    for (const node of nodes) {
      for (const place of places) {
        const staying = place.clients.filter((client) => !gone.includes(client))
        const [observer] = staying
        if (observer === undefined) continue
        const looked = compare(node, place, staying, tokens.get(observer) ?? '')
        found.push(...(await looked.catch((error: unknown) => [`${node.name} can not be asked: ${String(error)}`])))
      }
    }
    if (found.length === 0 || isDue) return found
    await pause(LOOK_MS)
  }
}

/** What those in a room were told live, not what a node answers now. */
export function compareTold({ id, kind, clients }: Place, gone: readonly ChaosClient[]): readonly string[] {
  if (kind !== 'room') return []
  const staying = clients.filter((client) => !gone.includes(client))
  const there = brief(staying.filter(({ way }) => way !== 'HTTP poll').map(({ userId }) => userId))
  return staying.flatMap((client) => {
    const told = client.presentIn(id)
    if (told === null || brief(told) === there) return []
    return [`${client.name} (${client.way}) was told that in ${id} there are: ${brief(told)}; and there are: ${there}`]
  })
}

const brief = (userIds: Iterable<string>): string => [...userIds].sort().join(', ')

async function compare({ name, url }: ClusterNode, place: Place, staying: readonly ChaosClient[], token: string) {
  using client = await openMessengerClient(url, token)
  const answer = await client.ask('chat:join', { chatId: place.id })
  if (!('members' in answer)) return [`${name} lets nobody into ${place.id}`]
  const online = new Set(answer.members.filter((member) => member.online).map(({ userId }) => userId))
  const expected = new Set(staying.map(({ userId }) => userId))
  const wayOf = (userId: string) => place.clients.find((client) => client.userId === userId)?.way ?? 'nobody of ours'
  const ghosts = [...online].filter((userId) => !expected.has(userId))
  // Whoever only polls is not seen to be there.
  const missing = staying.filter(({ userId, way }) => way !== 'HTTP poll' && !online.has(userId))
  return [
    ...ghosts.map((userId) => `${name} shows ${userId} (${wayOf(userId)}) in ${place.id}, who hung up`),
    ...missing.map((one) => `${name} does not show ${one.userId} (${one.way}) in ${place.id}, who is there`),
  ]
}
