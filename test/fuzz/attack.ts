import type { Socket } from 'node:net'
import type { Input } from './input.ts'
import type { Judge } from './judge.ts'
import type { Nonsense } from './nonsense.ts'
import type { JsonSchema } from './sample-schema.ts'
import type { World } from './world.ts'

/** A hostile client: what it does next, and doing it. */
export interface Attack<I extends Input = Input> extends Disposable {
  next(): I
  /** Does it, and waits until the server has dealt with it, as far as can be told. */
  send(input: I): Promise<void>
}

/** What hostile clients share. */
export interface AttackContext {
  readonly world: World
  readonly judge: Judge
  readonly silent: SilentSockets
  readonly line: number
  readonly nonsense: Nonsense
  readonly sample: (schema: JsonSchema) => unknown
  /** Something that a server may not do. */
  fault(what: string): void
}

const MOST_SILENT = 60

/** Connections on which nothing comes any more, kept open for a while. */
export class SilentSockets implements Disposable {
  readonly #sockets: Socket[] = []

  add(socket: Socket): void {
    if (this.#sockets.push(socket) > MOST_SILENT) this.#sockets.shift()?.destroy()
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy()
  }
}
