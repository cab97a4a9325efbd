import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createRelayRenewal, type IceServers } from './relay-renewal.ts'

const serversOf = (username: string): IceServers => ({ iceServers: [{ urls: 'turn:relay', username }], iceTtl: 3600 })

function open(answers: readonly (IceServers | Error)[]) {
  const clock = createFakeClock()
  const used: (string | undefined)[] = []
  const waiting = [...answers]
  const renewal = createRelayRenewal({
    clock,
    ask: async () => {
      const answer = waiting.shift() ?? new Error('asked too often')
      if (answer instanceof Error) throw answer
      return answer
    },
    use: ([server]) => used.push(server?.username),
  })
  return { clock, renewal, used, waiting }
}

test('fresh credentials are there long before the last ones end, again and again', async () => {
  const { clock, renewal, used } = open([serversOf('second'), serversOf('third')])
  renewal.given(serversOf('first'))
  await clock.advance(44 * 60_000)
  expect(used).toEqual([])
  await clock.advance(60_000)
  expect(used).toEqual(['second'])
  await clock.advance(45 * 60_000)
  expect(used).toEqual(['second', 'third'])
})

test('what could not be had is asked for again soon', async () => {
  const { clock, renewal, used } = open([new Error('away'), new Error('away'), serversOf('second')])
  renewal.given(serversOf('first'))
  await clock.advance(45 * 60_000 + 20_000)
  expect(used).toEqual(['second'])
})

test('without a time nothing is asked, nor after the end', async () => {
  const { clock, renewal, used, waiting } = open([serversOf('second')])
  renewal.given({ iceServers: [] })
  await clock.advance(24 * 3_600_000)
  renewal.given(serversOf('first'))
  renewal.stop()
  await clock.advance(24 * 3_600_000)
  expect([used, waiting.length]).toEqual([[], 1])
})
