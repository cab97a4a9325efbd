import { DomainError } from '@parley/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChannelCommands } from './channel-commands.ts'
import { createOutgoingMessages } from './outgoing-messages.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A Cluster that can be away, or fail while it is there. */
function openLink() {
  const link = { isUp: true, isFailing: false, heard: [] as string[] }
  const commands = {
    async publish(_redis: unknown, channel: string, text: string) {
      if (link.isFailing) throw new DomainError('UNAVAILABLE', 'It is away.')
      link.heard.push(`${channel}: ${text}`)
      return 1
    },
  } as unknown as ChannelCommands
  const ask = <T>(run: (redis: never) => Promise<T>) => run(undefined as never)
  return { link, outgoing: createOutgoingMessages({ kind: 'cluster', isUp: () => link.isUp, ask }, commands) }
}

test.each([
  ['while Redis is away', { isUp: false }, { isUp: true }],
  ['on its way', { isFailing: true }, { isFailing: false }],
])('what is lost %s is made known in each channel, once, as soon as it can be', async (_when, breaks, heals) => {
  const { link, outgoing } = openLink()
  using _closing = outgoing
  Object.assign(link, breaks)
  for (const channel of ['a', 'b', 'a']) outgoing.push(channel, 'news', 'something is missing')
  outgoing.push('c', 'of no importance')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(link.heard).toEqual([])
  Object.assign(link, heals)
  await vi.advanceTimersByTimeAsync(1000)
  expect(link.heard).toEqual(['a: something is missing', 'b: something is missing'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(link.heard).toHaveLength(2)
})
