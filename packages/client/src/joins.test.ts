import { expect, test } from 'vitest'
import { createJoins } from './joins.ts'
import { ParleyError } from './parley-error.ts'

interface Asked {
  readonly event: string
  readonly data: { readonly chatId?: string; readonly chats?: readonly { readonly chatId: string }[] }
}

function setUp() {
  const asked: Asked[] = []
  const joins = createJoins((async (event: string, data: Asked['data']) => {
    asked.push({ event, data })
    const answer = (chatId: string) =>
      chatId.startsWith('no')
        ? { chatId, ok: false, error: { code: 'CONVERSATION_NOT_FOUND', message: 'no' } }
        : { chatId, ok: true, rev: Number(chatId.slice(1)) }
    if (data.chats !== undefined) return { chats: data.chats.map(({ chatId }) => answer(chatId)) }
    return answer(data.chatId ?? '')
  }) as never)
  return { asked, joins }
}

const since = { epoch: 'e', rev: 1 }

test('a chat alone is joined alone; many together, each with an answer of its own', async () => {
  const { asked, joins } = setUp()
  await expect(joins.join({ chatId: 'c1' })).resolves.toMatchObject({ rev: 1 })
  let answers: readonly Promise<unknown>[] = []
  joins.gather(() => {
    answers = ['c2', 'no', 'c3'].map((chatId) => joins.join({ chatId, since }))
    expect(asked).toHaveLength(1)
  })
  const [second, refused, third] = await Promise.allSettled(answers)
  expect(second).toMatchObject({ value: { rev: 2 } })
  expect(refused).toMatchObject({ reason: new ParleyError('CONVERSATION_NOT_FOUND', 'no') })
  expect(third).toMatchObject({ value: { rev: 3 } })
  expect(asked.map(({ event }) => event)).toEqual(['chat:join', 'chat:join-multiple'])
})

test('at most 200 go out at once, and fewer of those that bring whole views', async () => {
  const { asked, joins } = setUp()
  let answers: readonly Promise<unknown>[] = []
  joins.gather(() => {
    answers = [
      ...Array.from({ length: 401 }, (_, index) => joins.join({ chatId: `c${index}`, since })),
      ...Array.from({ length: 30 }, (_, index) => joins.join({ chatId: `f${index}` })),
    ]
  })
  await Promise.all(answers)
  expect(asked.map(({ event, data }) => data.chats?.length ?? event)).toEqual([200, 200, 'chat:join', 20, 10])
})
