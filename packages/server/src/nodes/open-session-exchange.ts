import type { Logger } from 'pino'
import type { SessionForwarder, Wires } from '../wire/wires.ts'
import { createNodeSignatures } from './node-signature.ts'
import { openNodeListener } from './open-node-listener.ts'
import { createSessionForwarder } from './session-forwarder.ts'

export interface SessionExchangeOptions {
  /** Where the other nodes are; their addresses are as they announced them. */
  readonly nodes: { find(id: string): Promise<{ readonly internalUrl: string | null } | null> }
  /** The secrets that all nodes have; the first signs. */
  readonly secrets: readonly [string, ...string[]]
  /** Where this node listens for the others. */
  readonly host: string
  readonly port: number
  readonly logger: Logger
}

/** Requests for sessions of other nodes go out here, and those for sessions of this one come in. */
export interface SessionExchange extends AsyncDisposable {
  readonly forwarder: SessionForwarder
  /** Begins to take what other nodes bring. Resolves with the address to announce to them. */
  listen(wires: Pick<Wires, 'serveForwarded' | 'serveForwardedUpgrade'>): Promise<string>
}

export function openSessionExchange({ nodes, secrets, host, port, logger }: SessionExchangeOptions): SessionExchange {
  const opened = new AsyncDisposableStack()
  const signatures = createNodeSignatures(secrets)
  const find = async (id: string): Promise<URL | null> => {
    const url = (await nodes.find(id))?.internalUrl ?? null
    return url === null ? null : new URL(url)
  }
  return {
    forwarder: opened.use(createSessionForwarder({ directory: { find }, signatures, logger })),
    async listen({ serveForwarded, serveForwardedUpgrade }) {
      const listener = opened.use(
        await openNodeListener({ host, port, signatures, onRequest: serveForwarded, onUpgrade: serveForwardedUpgrade }),
      )
      return listener.url.origin
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
