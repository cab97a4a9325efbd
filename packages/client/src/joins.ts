import { SIZES } from '@parley/protocol/constants'
import type { Answer, ClientData } from '@parley/protocol/messenger'
import type { Connection } from './connection.ts'
import { ParleyError } from './parley-error.ts'
import { errorOf } from './requests.ts'

type Join = ClientData<'chat:join'>
type Joined = Answer<'chat:join'>

/** Joins chats, many with one request when many are asked for together. */
export interface Joins {
  join(wish: Join): Promise<Joined>
  /** Joins that are asked for while `run` runs go out together after it. */
  gather(run: () => void): void
}

/** Each brings the latest messages, where one with `since` brings only what was missed. */
const MAX_FRESH = 20

interface Wish {
  readonly data: Join
  readonly resolve: (answer: Joined) => void
  readonly reject: (error: unknown) => void
}

export function createJoins(request: Connection['request']): Joins {
  let gathered: Wish[] | null = null

  function sendOne({ data, resolve, reject }: Wish): void {
    request('chat:join', data).then(resolve, reject)
  }

  function sendMany(wishes: readonly Wish[]): void {
    const [only, another] = wishes
    if (only === undefined) return
    if (another === undefined) {
      sendOne(only)
      return
    }
    request('chat:join-multiple', { chats: wishes.map(({ data }) => data) }).then(
      // One result a chat, in the order that they were asked for.
      ({ chats }) => {
        for (const [index, { resolve, reject }] of wishes.entries()) {
          const result = chats[index]
          const error =
            result === undefined ? new ParleyError('UNAVAILABLE', 'The answer leaves this chat out.') : errorOf(result)
          if (error === null) resolve(result as unknown as Joined)
          else reject(error)
        }
      },
      (error: unknown) => {
        for (const { reject } of wishes) reject(error)
      },
    )
  }

  function sendAll(wishes: readonly Wish[]): void {
    const known = wishes.filter(({ data }) => data.since !== undefined)
    const fresh = wishes.filter(({ data }) => data.since === undefined)
    for (const chunk of [...chunksOf(known, SIZES.maxChatsPerJoin), ...chunksOf(fresh, MAX_FRESH)]) sendMany(chunk)
  }

  return {
    join: (data) =>
      new Promise((resolve, reject) => {
        const wish = { data, resolve, reject }
        if (gathered === null) sendOne(wish)
        else gathered.push(wish)
      }),
    gather(run) {
      if (gathered !== null) {
        run()
        return
      }
      const wishes: Wish[] = []
      gathered = wishes
      try {
        run()
      } finally {
        gathered = null
        sendAll(wishes)
      }
    },
  }
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = []
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size))
  return chunks
}
