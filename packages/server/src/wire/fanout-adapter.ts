import { Adapter } from 'socket.io-adapter'

/**
 * Socket.IO's adapter without its rooms: the fan-out knows who is where, and one set per socket for
 * nothing is memory that adds up.
 */
export class FanoutAdapter extends Adapter {
  override addAll(): void {
    // The fan-out keeps the places.
  }

  override del(): void {
    // As above.
  }

  override delAll(): void {
    // As above.
  }

  override broadcast(): never {
    throw new Error('Events go out through the fan-out, not through Socket.IO rooms')
  }
}
