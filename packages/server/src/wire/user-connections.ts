import type { Core, Departure } from '@parley/core'
import type { Session } from './session.ts'
import type { WireLogger } from './wires.ts'

/** Leases renewed in one call, so that no call grows with the server. */
const RENEW_CHUNK = 1000

interface Connection {
  isKnown: boolean
  /** What the core was told last of it. */
  latest: Promise<unknown>
}

/** Tells the core which users are connected. Guests only count where they look. */
export class UserConnections {
  readonly #core: Core
  readonly #logger: WireLogger
  readonly #connections = new Map<Session, Connection>()

  constructor({ core, logger }: { readonly core: Core; readonly logger: WireLogger }) {
    this.#core = core
    this.#logger = logger
  }

  /**
   * The session's user counts as connected, known by what the token says. Resolves with how much waits for them.
   * While the core can't take note of it the session goes on, and the next round tries again.
   */
  async connect(session: Session): Promise<{ readonly pendingNotifications: number }> {
    if (session.identity.kind === 'guest' || session.closed) return { pendingNotifications: 0 }
    const connection = this.#connections.get(session) ?? { isKnown: false, latest: Promise.resolve() }
    this.#connections.set(session, connection)
    const connecting = connection.latest.then(() => this.#connect(session, connection))
    connection.latest = connecting
    return { pendingNotifications: await connecting }
  }

  /** The session is gone. Resolves when the core knows; never rejects. */
  async disconnect(session: Session, departure: Departure): Promise<void> {
    const connection = this.#connections.get(session)
    if (connection === undefined) return
    this.#connections.delete(session)
    // Not before it has connected, else it would stay so.
    await connection.latest
    await this.#core.disconnect(session.caller, departure)
  }

  /** The session's user does something again after a long time: others hear of it before the next round. */
  async stirred(session: Session): Promise<void> {
    if (this.#connections.get(session)?.isKnown !== true) return
    // What fails now is done with the next round.
    await this.#core.renewConnections([leaseOf(session)]).catch(() => undefined)
  }

  /** Keeps the leases of all sessions. Rejects when not all could be done for some of them. */
  async renew(): Promise<void> {
    const known = [...this.#connections].filter(([, { isKnown }]) => isKnown).map(([session]) => session)
    const failures: unknown[] = []
    for (let from = 0; from < known.length; from += RENEW_CHUNK) {
      // Whoever has gone meanwhile would come back.
      const here = known.slice(from, from + RENEW_CHUNK).filter((session) => this.#connections.has(session))
      if (here.length === 0) continue
      const entries = here.map(leaseOf)
      // Leases come first there, and last without the rest: the others are not to lose theirs for it.
      await this.#core.renewConnections(entries).catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    for (const [session, { isKnown }] of this.#connections) if (!isKnown) await this.connect(session)
  }

  async #connect(session: Session, connection: Connection): Promise<number> {
    if (session.closed) return 0
    const { avatar, roles } = session.identity
    try {
      const { pendingNotifications } = await this.#core.connect(session.caller, { avatar, roles })
      connection.isKnown = true
      return pendingNotifications
    } catch (err) {
      this.#logger.warn({ err }, 'a user could not be noted as connected; trying again with the next round')
      return 0
    }
  }
}

const leaseOf = ({ id, identity, lastActivityAt }: Session) => ({
  sessionId: id,
  userId: identity.userId,
  activeAt: lastActivityAt,
})
