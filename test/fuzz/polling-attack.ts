import { messenger } from '@parley/protocol'
import type { Attack, AttackContext } from './attack.ts'
import { callHttp, type HttpAnswer } from './call-http.ts'
import type { PostInput } from './input.ts'
import type { JsonSchema } from './sample-schema.ts'

const SEPARATOR = '\x1e'
const QUESTION = `${SEPARATOR}42999["is:there"]`
const POLL_MS = 1000
const POST_MS = 20_000
/** A little over what one request may bring. */
const TOO_LONG = 1_050_000

const names = Object.keys(messenger.clientMessages) as messenger.ClientEvent[]
const schemas = new Map(
  names.map((name) => [name, messenger.clientMessages[name].toJSONSchema({ io: 'input' }) as JsonSchema]),
)

/** A hostile client by Socket.IO's long polling. */
export function createPollingAttack(context: AttackContext): Attack<PostInput> {
  const { nonsense, world, judge, line, sample, fault } = context
  const { among, random, below } = nonsense
  const base = `${world.url}/socket.io/?EIO=4&transport=polling`
  let sid: string | null = null

  function packet(): string {
    const name = among(names)
    const value = sample(schemas.get(name) ?? {}) as Record<string, unknown>
    const text = JSON.stringify([name, random() < 0.5 ? value : nonsense.spoiled(value)])
    return `42${below(9)}${random() < 0.05 ? nonsense.spoiledText(text) : text}`
  }

  function next(): PostInput {
    const chance = random()
    const post = { way: 'polling', line, method: 'POST' } as const
    if (chance < 0.75) return { ...post, body: Array.from({ length: 1 + below(4) }, packet).join(SEPARATOR) }
    if (chance < 0.8) return { ...post, body: nonsense.text() }
    if (chance < 0.83) return { ...post, bytes: nonsense.spoiledBytes(packet()).toString('base64') }
    if (chance < 0.86)
      return { ...post, body: `${packet()}${SEPARATOR}${nonsense.text()}${SEPARATOR}bAAAA${SEPARATOR}` }
    if (chance < 0.89)
      return { ...post, body: among(['1', '2', '3', '41', '40', '', SEPARATOR.repeat(5000), '5', '6']) }
    if (chance < 0.91) return { ...post, body: packet() + 'x'.repeat(among([1000, 100_000, TOO_LONG])) }
    if (chance < 0.95) return { ...post, method: among(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']) }
    const query = among(['&sid=', '&sid=nobody', '&EIO=3', '&transport=websocket', '&sid=a&sid=b', '&j=0', '&b64=1'])
    return { ...post, method: among(['GET', 'POST']), query, body: packet() }
  }

  async function open(): Promise<string | null> {
    const opened = await callHttp({ method: 'GET', url: base, patienceMs: POST_MS })
    const id = /"sid":"([^"]+)"/.exec(opened?.body ?? '')?.[1] ?? null
    if (id === null || random() < 0.1) return id
    const auth = `40${JSON.stringify({ token: world.userToken(line) })}${SEPARATOR}`
    const join = world.fill('420["chat:join",{"chatId":"{{conversation}}"}]', line)
    await callHttp({ method: 'POST', url: `${base}&sid=${id}`, body: auth + join, patienceMs: POST_MS })
    return id
  }

  function look(answer: HttpAnswer | null): void {
    if (answer !== null && answer.status >= 500) fault(`polling: ${answer.status} ${answer.body.slice(0, 300)}`)
  }

  /** What waits for the client. */
  async function poll(own: string): Promise<HttpAnswer | null> {
    const answer = await callHttp({ method: 'GET', url: own, patienceMs: POLL_MS })
    look(answer)
    if (answer?.status !== 200) return answer
    for (const text of answer.body.split(SEPARATOR)) {
      world.note(text)
      const verdict = judge.socketText('messenger', text)
      if (verdict !== null) fault(verdict)
    }
    return answer
  }

  return {
    next,
    async send(input) {
      sid ??= await open()
      if (sid === null) return
      const own = `${base}&sid=${sid}`
      const isPost = input.method === 'POST'
      const given = input.bytes === undefined ? world.fill(input.body ?? '', line) : Buffer.from(input.bytes, 'base64')
      // It comes with a question, so that there is something to poll for.
      const body = typeof given === 'string' && given.length < TOO_LONG ? given + QUESTION : given
      const answer = await callHttp({
        method: input.method,
        url: input.query === undefined ? own : base + input.query,
        headers: { 'content-type': 'text/plain;charset=UTF-8' },
        ...(isPost && { body }),
        patienceMs: isPost ? POST_MS : POLL_MS,
      })
      look(answer)
      if (input.query !== undefined) return
      if (answer?.status !== 200 || !isPost) sid = null
      else if ((await poll(own))?.status !== 200) sid = null
    },
    [Symbol.dispose]: () => undefined,
  }
}
