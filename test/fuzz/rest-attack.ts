import type { Attack, AttackContext } from './attack.ts'
import { callHttp } from './call-http.ts'
import type { CallInput } from './input.ts'
import type { JsonSchema } from './sample-schema.ts'

/** A call as the server's own description tells of it. */
export interface RestCall {
  readonly method: string
  /** Parameters as `{name}`. */
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[]
  readonly body: JsonSchema | null
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> }
}

interface Operation {
  readonly parameters?: RestCall['parameters']
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
}

export interface RestDescription {
  readonly calls: readonly RestCall[]
  readonly resolve: (ref: string) => JsonSchema
}

/** Reads `/openapi.json`. */
export async function describeRest(url: string): Promise<RestDescription> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
    })),
  )
  return {
    calls,
    resolve: (ref) => document.components?.schemas?.[ref.slice(ref.lastIndexOf('/') + 1)] ?? {},
  }
}

const PATIENCE_MS = 30_000
/** A poll would be held for longer. */
const POLL_PATIENCE_MS = 250
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
/** Passwords are costly by design: a few of them show as much as many. */
const PASSWORD_SHARE = 0.02
/** After these there is less to attack, so they are rare. */
const ENDINGS = ['DELETE /api/users/{id}', 'DELETE /api/conversations/{id}', 'POST /api/revoke']
const ENDING_SHARE = 0.05

/** A hostile client of the REST calls and the poll. */
export function createRestAttack(context: AttackContext, calls: readonly RestCall[]): Attack<CallInput> {
  const { nonsense, world, judge, line, sample, fault } = context
  const { among, random } = nonsense
  const inUrl = (value: unknown): string =>
    encodeURIComponent(String(value).toWellFormed()).replace(/%7B%7B(\w+)%7D%7D/g, '{{$1}}')

  function path(call: RestCall): string {
    let given = call.path
    const query: string[] = []
    for (const { name, in: place, schema } of call.parameters) {
      const value = random() < 0.75 ? meant(name, schema) : among([nonsense.text(), nonsense.json(1)])
      if (place === 'path') given = given.replace(`{${name}}`, inUrl(value).slice(0, 1000) || 'x')
      else if (place === 'query' && random() < 0.7) query.push(`${name}=${inUrl(value)}`)
    }
    if (random() < 0.05)
      query.push(among(['limit=1&limit=2', 'before[]=1', '__proto__=1', '&&&=%', 'cursor=%00', '%ff=%fe']))
    if (random() < 0.03) given += among(['/', '/..', '%2f..%2f', '/%00', '//', ';x=y', '/%E0%A4%A'])
    return query.length === 0 ? given : `${given}?${query.join('&')}`
  }

  function meant(name: string, schema: JsonSchema): unknown {
    // What is held by the server tells little, and takes long.
    if (name === 'wait') return 0
    if (name === 'id') return among(['{{conversation}}', '{{conversation}}', '{{room}}', '{{user}}', '{{id}}'])
    const value = sample({ type: 'object', required: [name], properties: { [name]: schema } })
    return (value as Record<string, unknown>)[name]
  }

  function body(call: RestCall): string {
    const { password, duration, ...rest } = sample(call.body ?? { type: 'object' }) as Record<string, unknown>
    const value = {
      ...rest,
      ...(password !== undefined && random() < PASSWORD_SHARE && { password }),
      ...(duration !== undefined && { duration: among([1, 1, 1, 0, 7]) }),
    }
    const chance = random()
    if (chance < 0.5) return JSON.stringify(value)
    if (chance < 0.75) return JSON.stringify(nonsense.spoiled({ ...value, x: 1 })) ?? ''
    if (chance < 0.88) return nonsense.spoiledText(JSON.stringify(value))
    return among([
      nonsense.text,
      () => 'z'.repeat(among([10, 70_000, 530_000])),
      () => nonsense.deep().slice(0, 60_000),
    ])()
  }

  function headers(): Record<string, string> {
    const types = ['text/plain', 'x', 'a/b; =', 'application/json; charset=utf-7', 'multipart/form-data']
    return {
      'content-type': random() < 0.9 ? 'application/json' : among(types),
      ...among<() => Record<string, string>>([
        () => ({ authorization: 'Bearer {{token}}' }),
        () => ({ authorization: 'Bearer {{token}}' }),
        () => ({ authorization: 'Bearer {{token}}' }),
        () => ({ authorization: 'Bearer {{token}}' }),
        () => ({ 'x-api-key': '{{apiKey}}' }),
        () => ({
          authorization: among(['Bearer {{expired}}', 'Bearer {{foreign}}', 'Basic x', 'Bearer a.b.c', 'Bearer']),
        }),
        () => ({ 'x-api-key': among(['', 'x', '{{apiKey}}x']) }),
        () => ({
          cookie: among(['parley_token={{token}}', '=;;parley_csrf="', 'parley_token=x; parley_token={{token}}']),
        }),
        () => ({}),
      ])(),
    }
  }

  const isEnding = ({ method, path: at }: RestCall): boolean => ENDINGS.includes(`${method} ${at}`)
  const others = calls.filter((call) => !isEnding(call))

  return {
    next() {
      const chosen = among(calls)
      const call = isEnding(chosen) && random() > ENDING_SHARE ? among(others) : chosen
      const method = random() < 0.96 ? call.method : among(METHODS)
      const hasBody = method !== 'GET' && method !== 'HEAD' && (call.body !== null || random() < 0.1)
      return { way: 'rest', line, method, path: path(call), headers: headers(), ...(hasBody && { body: body(call) }) }
    },
    async send({ method, path: given, headers: wished, body: text }) {
      const filled = Object.entries(wished).map(([name, value]) => [name, world.fill(value, line)])
      const url = world.url + world.fill(given, line)
      const answer = await callHttp({
        method,
        url,
        headers: Object.fromEntries(filled),
        ...(text !== undefined && { body: world.fill(text, line) }),
        patienceMs: given.includes('/poll') ? POLL_PATIENCE_MS : PATIENCE_MS,
      })
      if (answer === null || method === 'HEAD') return
      world.note(answer.body)
      const verdict = judge.answer(answer.status, answer.type, answer.body)
      if (verdict !== null) fault(`${method} ${given}: ${verdict}`)
    },
    [Symbol.dispose]: () => undefined,
  }
}
