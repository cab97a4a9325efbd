import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The network between a client and its server, which can be cut and frozen. */
export interface Network extends AsyncDisposable {
  readonly url: string
  /** Breaks every connection and refuses new ones until `mend`. */
  cut(): void
  /** Nothing passes any more, and nobody is told; new connections hang. What was sent passes after `mend`. */
  freeze(): void
  mend(): void
  /** Leads to another server from now on. */
  leadTo(url: string): void
  /** Connections made so far. */
  readonly connections: number
}

export interface NetworkOptions {
  /** As some proxies do: a request to upgrade breaks the connection. */
  readonly refusesWebSockets?: boolean
}

export async function openNetwork(serverUrl: string, options: NetworkOptions = {}): Promise<Network> {
  let target = new URL(serverUrl)
  let state: 'open' | 'cut' | 'frozen' = 'open'
  let connections = 0
  const pairs = new Set<readonly [Socket, Socket]>()

  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    connections += 1
    const far = connect(Number(target.port), target.hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    if (options.refusesWebSockets) {
      near.on('data', (chunk) => {
        if (/upgrade: websocket/i.test(chunk.toString('latin1'))) near.destroy()
      })
    }
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
    }
    if (state === 'open') flow(pair)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  function flow([near, far]: readonly [Socket, Socket]): void {
    near.pipe(far)
    far.pipe(near)
  }

  return {
    url: `http://127.0.0.1:${port}`,
    cut() {
      state = 'cut'
      for (const [near, far] of pairs) {
        near.destroy()
        far.destroy()
      }
    },
    freeze() {
      state = 'frozen'
      for (const [near, far] of pairs) {
        near.unpipe().pause()
        far.unpipe().pause()
      }
    },
    mend() {
      if (state === 'frozen') for (const pair of pairs) flow(pair)
      state = 'open'
    },
    leadTo(url) {
      target = new URL(url)
    },
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const [near, far] of pairs) {
        near.destroy()
        far.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}
