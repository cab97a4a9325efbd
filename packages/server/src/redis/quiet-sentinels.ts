import { Redis, SentinelConnector } from 'ioredis'

type SentinelOptions = ConstructorParameters<typeof SentinelConnector>[0]

/**
 * The driver's own way to the master. On its lines to the Sentinels nobody listens to errors, so that it would write
 * to stderr, and not as our log does, of each that is away; what it comes to is told as `sentinelError`.
 */
export class QuietSentinels extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelOptions)
    const connect: unknown = Reflect.get(this, 'connectToSentinel')
    if (typeof connect !== 'function') throw new Error('this version of ioredis reaches Sentinels in another way')
    Reflect.set(this, 'connectToSentinel', (...args: readonly unknown[]): unknown => {
      const line: unknown = connect.apply(this, args)
      if (line instanceof Redis) line.on('error', () => undefined)
      return line
    })
  }
}
