import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWires, type WiresFixture } from './wires-fixture.ts'

let fixture: WiresFixture
let chatId: string
let count = 0

beforeEach(async () => {
  fixture = await openWires()
  chatId = await fixture.core.openRoom({ minutes: 60 })
})
afterEach(() => fixture[Symbol.asyncDispose]())

/** Somebody in the chat who polls by hand, and says how each request is named. */
async function poller(userId: string, opening = 'first') {
  const path = `${fixture.url}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(`${path}&t=${opening}`)).text()).slice(1)) as { sid: string }
  const get = (name: string) => fetch(`${path}&sid=${sid}&t=${name}`)
  const post = (name: string, body: string) => fetch(`${path}&sid=${sid}&t=${name}`, { method: 'POST', body })
  const postNext = (body: string) => post(`p${++count}`, body)
  async function until(text: string): Promise<void> {
    let body = ''
    while (!body.includes(text)) {
      const answer = await get(`g${++count}`)
      expect(answer.status).toBe(200)
      body = await answer.text()
    }
  }
  async function say(text: string): Promise<void> {
    const number = ++count
    await postNext(said(text, number))
    await until(`43${number}[`)
  }
  await postNext(`40${JSON.stringify({ token: await fixture.token(userId) })}`)
  await until('connected')
  await postNext(`421["chat:join",{"chatId":"${chatId}"}]`)
  await until('431[')
  return { get, post, until, say }
}

const said = (text: string, number: number): string =>
  `42${number}["message:new",{"chatId":"${chatId}","encryptedContent":"${text}"}]`
const textsIn = (body: string): string[] =>
  [...body.matchAll(/"encryptedContent":"(\w+)"/g)].map(([, text = '']) => text)

async function stored(): Promise<string[]> {
  const reader = await fixture.member(await fixture.token('reader'), { transports: ['websocket'] })
  return textsIn(JSON.stringify(await reader.ask('chat:join', { chatId })))
}

describe('a poll that comes twice', () => {
  test('is answered the same again, and nothing is lost or told twice', async () => {
    const [ann, bob] = [await poller('ann'), await poller('bob')]
    await ann.say('one')
    const first = await bob.get('a')
    const body = await first.text()
    expect(textsIn(body)).toEqual(['one'])
    await ann.say('two')
    const again = await bob.get('a')
    expect([again.status, await again.text()]).toEqual([200, body])
    for (const name of ['content-type', 'cache-control', 'access-control-allow-credentials']) {
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)])
    }
    expect(textsIn(await (await bob.get('b')).text())).toEqual(['two'])
  })

  test.each([
    ['long after its turn', ['one'], true],
    ['whose answer was too large to be kept', ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(20_000)), false],
  ])('%s, ends the session, and its client comes back', async (_how, texts, goesOn) => {
    const [ann, bob] = [await poller('ann'), await poller('bob')]
    for (const text of texts) await ann.say(text)
    expect(textsIn(await (await bob.get('a')).text())).toEqual(texts)
    await ann.say('two')
    if (goesOn) await bob.until('two')
    for (const name of ['a', 'b']) {
      const answer = await bob.get(name)
      expect([answer.status, await answer.json()]).toEqual([400, { code: 1, message: 'Session ID unknown' }])
    }
  })
})

test('a POST that comes twice is taken once', async () => {
  const ann = await poller('ann')
  const answers = [await ann.post('same', said('one', 7)), await ann.post('same', said('one', 7))]
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['ok', 'ok'])
  await ann.say('two')
  expect(await stored()).toEqual(['one', 'two'])
})

test.each([
  ['a clock alone', '1764180000', 'first'],
  ['nothing', '', 'first'],
  ['always the same', 'N8hyd6w', 'N8hyd6w'],
])('whoever names requests by %s is given each answer once', async (_how, name, opening) => {
  const [ann, bob] = [await poller('ann'), await poller('bob', opening)]
  for (const text of ['one', 'two']) {
    await ann.say(text)
    expect(textsIn(await (await bob.get(name)).text())).toEqual([text])
  }
})
