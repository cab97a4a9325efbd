import { Redis } from 'ioredis'

/**
 * Where nobody listens to a connection's errors the driver writes them to stderr, and not as our log does. Nobody can
 * listen on those that it makes for itself, to Sentinels and to what it hears a Cluster's servers on; what comes of
 * their errors is told by the connection that they are made for.
 */
export function quietDriver(): void {
  const { silentEmit } = Redis.prototype
  Redis.prototype.silentEmit = function (this: Redis, name, about) {
    return name === 'error' && this.listenerCount('error') === 0 ? false : silentEmit.call(this, name, about)
  }
}
