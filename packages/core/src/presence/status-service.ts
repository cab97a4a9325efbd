import type { Caller, SessionCaller } from '../caller.ts'
import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import { cleanName } from '../conversations/name-rules.ts'
import { refusals } from '../conversations/refusals.ts'
import { requireAccount } from '../conversations/rights.ts'
import type { PersonCommands } from '../core.ts'
import { startSweep } from '../deadlines/start-sweep.ts'
import type { Millis, SessionId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { PersonStatus, User } from '../people/user.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Connectedness, Seen } from '../ports/status-store.ts'
import { effectiveStatus, isSameSeen } from './effective-status.ts'
import type { LeaseTrust } from './lease-trust.ts'
import { SWEEPS_PER_LEASE } from './presence-sweep.ts'

const MAX_CUSTOM_STATUS_LENGTH = 140

/** Who is told of connections as they come and go, besides those who see it. */
export interface ConnectionWatcher {
  connected(caller: SessionCaller): Promise<void>
  disconnected(caller: SessionCaller): Promise<void>
}

export type StatusService = Pick<
  PersonCommands,
  | 'connect'
  | 'disconnect'
  | 'renewConnections'
  | 'setStatus'
  | 'statuses'
  | 'onlineContacts'
  | 'toldStatuses'
  | 'toldContacts'
> & {
  /** The status others see of each of these users. Whether the caller may know is for whoever asks to make sure. */
  readonly describe: (userIds: readonly UserId[]) => Promise<ReadonlyMap<UserId, PersonStatus>>
  readonly close: () => void
}

type Ports = Pick<CorePorts, 'status' | 'users' | 'inbox' | 'notifications' | 'bus' | 'clock' | 'report'>
type Options = Pick<
  CoreOptions,
  'presenceLeaseMs' | 'moveGraceMs' | 'awayAfterMs' | 'presenceMaxMembers' | 'runsTimers'
>

/**
 * Who is connected, and the status others see. Whatever may change either ends in `refresh`, which compares them with
 * what others were told last: nobody hears anything twice, and what could not be told is told later.
 */
export function createStatusService(
  ports: Ports,
  options: Options,
  calls: ConnectionWatcher,
  trust: Pick<LeaseTrust, 'expired'>,
  introduce: PersonCommands['introduce'],
): StatusService {
  const { status, users, inbox, notifications, bus, clock, report } = ports
  const enqueue = createKeyedQueue()
  const leaseEnd = () => clock.now() + options.presenceLeaseMs
  const seenAs = (user: User | undefined, connectedness: Connectedness) =>
    effectiveStatus(user, connectedness, clock.now(), options.awayAfterMs)

  /** Tells those who may know when the user is seen differently than they were told. */
  function refresh(userId: UserId, exceptSession: SessionId | null): Promise<void> {
    return enqueue(userId, async () => {
      const { user, connectedness } = await look(userId)
      const seen = seenAs(user, connectedness)
      if (isSameSeen(seen, connectedness.seen)) return
      const contacts = await inbox.contacts(userId, options.presenceMaxMembers)
      // Coming and going is noted: in between, the last activity says more.
      const now = clock.now()
      const comesOrGoes = (seen === null) !== (connectedness.seen === null)
      if (comesOrGoes) await users.setLastSeen(userId, now)
      const before = await status.swapSeen(userId, seen)
      if (isSameSeen(seen, before)) return
      const latest = user && comesOrGoes ? { ...user, lastSeenAt: now } : user
      const person = personOf(userId, latest, { ...connectedness, seen })
      bus.publishToUsers({
        event: { type: 'status.changed', at: now, person, wasOnline: before !== null, isOnline: seen !== null },
        userIds: [...contacts, userId],
        onlySession: null,
        exceptSession,
      })
    })
  }

  async function look(userId: UserId) {
    const now = clock.now()
    const [known, read] = await Promise.all([users.get([userId]), status.read([userId], now)])
    return { user: known.get(userId), connectedness: read.get(userId) ?? NOT_CONNECTED }
  }

  const connect: PersonCommands['connect'] = async (caller, profile) => {
    requireAccount(caller)
    const { userId, sessionId } = caller
    const now = clock.now()
    await status.connect({ userId, sessionId }, now, leaseEnd())
    await introduce(caller, profile)
    await refresh(userId, sessionId)
    const pendingNotifications = await notifications.count(userId)
    // In a turn of its own: whoever greets the device with the answer does so before it rings.
    clock.schedule(now, () => void calls.connected(caller).catch((error) => report?.(error)))
    return { pendingNotifications }
  }

  const disconnect: PersonCommands['disconnect'] = async (caller, departure = 'goes') => {
    const { userId, sessionId } = caller
    try {
      if (departure === 'moves') {
        // Moving is nothing that the user did.
        await status.renew([{ userId, sessionId, activeAt: 0 }], clock.now() + options.moveGraceMs)
      } else {
        await status.disconnect({ userId, sessionId })
        await refresh(userId, null)
      }
      await calls.disconnected(caller)
    } catch (error) {
      report?.(error)
    }
  }

  const renewConnections: PersonCommands['renewConnections'] = async (entries) => {
    await status.renew(entries, leaseEnd())
    const userIds = [...new Set(entries.map(({ userId }) => userId))]
    const [known, read] = await Promise.all([users.get(userIds), status.read(userIds, clock.now())])
    for (const userId of userIds) {
      const connectedness = read.get(userId) ?? NOT_CONNECTED
      if (!isSameSeen(seenAs(known.get(userId), connectedness), connectedness.seen)) await refresh(userId, null)
    }
  }

  const setStatus: PersonCommands['setStatus'] = async (caller, input) => {
    requireAccount(caller)
    const customStatus = input.customStatus === undefined ? undefined : cleanName(input.customStatus)
    if (customStatus !== undefined && [...customStatus].length > MAX_CUSTOM_STATUS_LENGTH) {
      throw refusals.invalid('customStatus', `must be at most ${MAX_CUSTOM_STATUS_LENGTH} characters`)
    }
    const { user } = await look(caller.userId)
    const kept = user?.customStatus ?? null
    await users.setStatus(caller.userId, {
      status: input.status,
      customStatus: customStatus === undefined ? kept : customStatus || null,
    })
    await refresh(caller.userId, caller.sessionId ?? null)
  }

  type Describe = (userIds: readonly UserId[]) => Promise<ReadonlyMap<UserId, PersonStatus>>

  function describing(see: (user: User | undefined, connectedness: Connectedness) => Seen | null): Describe {
    return async (userIds) => {
      const [known, read] = await Promise.all([users.get(userIds), status.read(userIds, clock.now())])
      return new Map(
        userIds.map((userId) => {
          const user = known.get(userId)
          const connectedness = read.get(userId) ?? NOT_CONNECTED
          return [userId, personOf(userId, user, { ...connectedness, seen: see(user, connectedness) })]
        }),
      )
    }
  }
  const describe = describing(seenAs)
  const describeAsTold = describing((_, { seen }) => seen)

  async function statuses(caller: Caller, userIds: readonly UserId[]) {
    requireAccount(caller)
    const asked = [...new Set(userIds)]
    const sharing = await inbox.sharing(caller.userId, asked)
    const described = await describe(asked.filter((userId) => userId === caller.userId || sharing.has(userId)))
    return [...described.values()]
  }

  const toldStatuses: PersonCommands['toldStatuses'] = async (caller, userIds, isNews = () => true) => {
    requireAccount(caller)
    const described = await describeAsTold([...new Set(userIds)])
    const news = [...described.values()].filter(isNews)
    if (news.length === 0) return []
    const sharing = await inbox.sharing(
      caller.userId,
      news.map(({ userId }) => userId),
    )
    return news.filter(({ userId }) => userId === caller.userId || sharing.has(userId))
  }

  async function contactsBy(how: Describe, caller: Caller) {
    requireAccount(caller)
    const contacts = await inbox.contacts(caller.userId, options.presenceMaxMembers)
    const described = await how([...contacts])
    return [...described.values()].filter((person) => person.status !== 'offline')
  }

  /** Notices people whose node died, and those whose going could not be told when they went. */
  const stopSweep = options.runsTimers
    ? startSweep(ports, options.presenceLeaseMs / SWEEPS_PER_LEASE, async () => {
        for (const userId of await trust.expired(status.expire)) await refresh(userId, null)
      })
    : () => undefined

  return {
    connect,
    disconnect,
    renewConnections,
    setStatus,
    statuses,
    onlineContacts: (caller) => contactsBy(describe, caller),
    toldStatuses,
    toldContacts: (caller) => contactsBy(describeAsTold, caller),
    describe,
    close: stopSweep,
  }
}

const NOT_CONNECTED: Connectedness = { isConnected: false, activeAt: null, seen: null }

function personOf(userId: UserId, user: User | undefined, { seen, activeAt }: Connectedness): PersonStatus {
  const lastSeenAt = latest(user?.lastSeenAt ?? null, seen === null ? null : activeAt)
  return {
    userId,
    name: user?.name ?? userId,
    status: seen?.status ?? 'offline',
    customStatus: seen?.customStatus ?? null,
    lastSeenAt,
  }
}

function latest(one: Millis | null, other: Millis | null): Millis | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
