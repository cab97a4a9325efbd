import { availableParallelism } from 'node:os'
import { option } from './option.ts'
import { anyText, milliseconds, type OptionType, wholeNumber } from './option-types.ts'

const MAX_WORKERS = 256

const workerCount: OptionType<number> = {
  ...wholeNumber(1, MAX_WORKERS),
  expects: `a whole number from 1 to ${MAX_WORKERS}, or auto`,
  parse: (text) => (text.toLowerCase() === 'auto' ? availableParallelism() : wholeNumber(1, MAX_WORKERS).parse(text)),
}

/** One node among several, and how it leaves them. */
export const NODE_OPTIONS = {
  workers: option({
    env: ['WORKERS'],
    type: workerCount,
    default: 1,
    group: 'server',
    doc: 'Processes that serve this port together, for machines of several cores; auto: one for each core that this process may use. More than one need REDIS_URL, through which they share what happens.',
  }),
  nodeHost: option({
    env: ['NODE_HOST'],
    type: anyText,
    default: '127.0.0.1',
    group: 'server',
    doc: 'With REDIS_URL: where other nodes reach this one, by the address or name of this machine on a network that only the nodes share. They bring here what belongs to a session of this node. The default is for nodes on one machine.',
  }),
  nodePort: option({
    env: ['NODE_PORT'],
    type: wholeNumber(0, 65_535),
    default: 0,
    defaultText: 'a free one',
    group: 'server',
    doc: 'The port for that, of which the others learn through Redis. Set it where a firewall must know it.',
  }),
  shutdownDelayMs: option({
    env: ['SHUTDOWN_DELAY'],
    type: milliseconds(0, 300_000),
    default: 0,
    group: 'server',
    doc: 'How long a stopping server goes on as before while /readyz says that it is not ready, in ms: as long as a load balancer needs to notice. 0 where connections that are refused go to another node at once, as with nginx.',
  }),
  shutdownTimeoutMs: option({
    env: ['SHUTDOWN_TIMEOUT'],
    type: milliseconds(0, 600_000),
    default: 10_000,
    group: 'server',
    doc: 'How long a stopping server may take to send its connections elsewhere, in ms: they go one after the other within that time. A second signal ends it at once.',
  }),
}
