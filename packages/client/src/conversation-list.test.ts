import { expect, test } from 'vitest'
import { createConversationList } from './conversation-list.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createModelSite } from './testing/model-site.ts'

type Page = Awaited<ReturnType<Parameters<typeof createConversationList>[0]['read']>>

function setUp() {
  const clock = createFakeClock()
  const site = createModelSite(clock.now, { old: ['u1', 'u2'], fresh: ['u1', 'u3'] })
  const asked: ((page: Page) => void)[] = []
  const list = createConversationList({
    clock,
    selfId: () => 'u1',
    read: () => new Promise((resolve) => asked.push(resolve)),
    recover: () => undefined,
    onChange: () => undefined,
    onMessage: () => undefined,
    onWaiting: () => undefined,
  })
  const answer = async (...ids: string[]): Promise<void> => {
    asked.shift()?.({ conversations: ids.map((id) => site.summary(id, 'u1')), hasMore: false })
    await clock.advance(1000)
  }
  const ids = () => list.list().map(({ id }) => id)
  return { clock, site, list, answer, ids }
}

test('what is made while the list is being read stays in it', async () => {
  const { site, list, answer, ids } = setUp()
  list.refresh()
  list.put(site.summary('fresh', 'u1'))
  await answer('old')
  expect(ids().toSorted()).toEqual(['fresh', 'old'])
})

test('what is not in the list any more leaves it', async () => {
  const { clock, list, answer, ids } = setUp()
  list.refresh()
  await answer('old', 'fresh')
  list.refresh()
  await clock.advance(1000)
  await answer('old')
  expect(ids()).toEqual(['old'])
})
