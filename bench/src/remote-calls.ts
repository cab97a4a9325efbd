import type { ChildProcess } from 'node:child_process'

/** The functions that a child process offers, by name; each takes one plain object. */
export type Handlers = Readonly<Record<string, (params: never) => unknown>>

export type Params<H, M extends keyof H> = H[M] extends (params: infer P) => unknown ? P : never
export type Answer<H, M extends keyof H> = H[M] extends (params: never) => infer R ? Awaited<R> : never

interface Request {
  readonly call: number
  readonly method: string
  readonly params: unknown
}

interface Reply {
  readonly reply: number
  readonly value?: unknown
  readonly error?: string
}

const isRequest = (value: unknown): value is Request => typeof value === 'object' && value !== null && 'call' in value
const isReply = (value: unknown): value is Reply => typeof value === 'object' && value !== null && 'reply' in value

let lastCall = 0

/** Calls `method` in the child over its IPC channel. Rejects with the child's error, or when the child ends first. */
export function callChild<H extends object, M extends keyof H & string>(
  child: ChildProcess,
  method: M,
  params: Params<H, M>,
): Promise<Answer<H, M>> {
  const call = ++lastCall
  const { promise, resolve, reject } = Promise.withResolvers<Answer<H, M>>()
  const stop = (): void => {
    child.off('message', onMessage)
    child.off('exit', onExit)
  }
  const onExit = (code: number | null, signal: string | null): void => {
    stop()
    reject(new Error(`the process ended (${signal ?? code}) before it answered ${method}`))
  }
  const onMessage = (message: unknown): void => {
    if (!isReply(message) || message.reply !== call) return
    stop()
    if (message.error === undefined) resolve(message.value as Answer<H, M>)
    else reject(new Error(message.error))
  }
  child.on('message', onMessage)
  child.on('exit', onExit)
  child.send({ call, method, params } satisfies Request)
  return promise
}

/** Answers calls of the parent process; does nothing in a process that was not forked. */
export function answerParent(handlers: Handlers): void {
  if (!process.send) return
  process.on('message', async (message: unknown) => {
    if (!isRequest(message)) return
    const reply = await answerTo(handlers, message)
    if (process.connected) process.send?.(reply)
  })
}

async function answerTo(handlers: Handlers, { call, method, params }: Request): Promise<Reply> {
  try {
    const handler = handlers[method]
    if (!handler) throw new Error(`no such call: ${method}`)
    return { reply: call, value: await handler(params as never) }
  } catch (error) {
    return { reply: call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
