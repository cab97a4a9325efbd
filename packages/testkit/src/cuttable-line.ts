import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line between two programs of this machine that can be broken in the ways in which networks break. */
export interface CuttableLine extends AsyncDisposable {
  /** On the loopback interface. */
  readonly port: number
  /** Ends every connection at once, with whatever is under way in both directions. New ones are let through. */
  sever(): void
  /** Ends every connection, and refuses new ones until `mend`. */
  cut(): void
  /** Connections stand and nothing gets through, in neither direction, until `mend`; new ones are taken, and answered as little. */
  hold(): void
  /** All gets through, first what was held. */
  mend(): void
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
}

/** From a free port to this port, or to the UNIX socket with this path. */
export async function openCuttableLine(target: number | string): Promise<CuttableLine> {
  const pairs = new Set<Pair>()
  let state: 'open' | 'cut' | 'held' = 'open'

  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy()
      return
    }
    const pair = { near, far: typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1') }
    pairs.add(pair)
    for (const [one, other] of [
      [pair.near, pair.far],
      [pair.far, pair.near],
    ] as const) {
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        pairs.delete(pair)
        other.destroy()
      })
    }
    if (state === 'open') join(pair)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function endAll(): void {
    for (const { near, far } of pairs) {
      near.resetAndDestroy()
      // A UNIX socket knows no reset.
      if (typeof target === 'string') far.destroy()
      else far.resetAndDestroy()
    }
  }

  return {
    port: (server.address() as AddressInfo).port,
    sever: endAll,
    cut() {
      state = 'cut'
      endAll()
    },
    hold() {
      state = 'held'
      for (const pair of pairs) part(pair)
    },
    mend() {
      if (state === 'held') for (const pair of pairs) join(pair)
      state = 'open'
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
      await once(server, 'close')
    },
  }
}

function join({ near, far }: Pair): void {
  near.pipe(far)
  far.pipe(near)
}

function part({ near, far }: Pair): void {
  for (const socket of [near, far]) {
    socket.unpipe()
    socket.pause()
  }
}
