import { type Cells, markdownTable } from '../src/report/table.ts'
import { STANDING_WORK, type StandingWork } from '../src/standing.ts'
import { type Capacity, capacityOf, framesOf, KINDS_OF_WORK, type KindOfWork, workOf } from './capacity.ts'
import { type Cost, costOf, type Machines, machinesFor } from './cost.ts'
import type { Figures } from './figures.ts'
import { breakingPoints } from './limits.ts'
import { PRICE_LISTS, type PriceList } from './prices.ts'
import { ASSUMED, type Profile } from './profile.ts'

const whole = (value: number): string => Math.round(value).toLocaleString('en')
/** Three digits, and a word for the rest. */
export function short(value: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e12, ' T'],
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ]
  const [unit, name] = units.find(([size]) => Math.abs(value) >= size) ?? [1, '']
  const scaled = value / unit
  const digits = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2
  return `${Number(scaled.toFixed(digits))}${name}`
}
const percent = (share: number): string => `${whole(share * 100)} %`

interface Column {
  readonly profile: Profile
  readonly capacity: Capacity
}

const columnsOf = (profiles: readonly Profile[], figures: Figures): readonly Column[] =>
  profiles.map((profile) => ({ profile, capacity: capacityOf(profile, figures) }))

function tableOf(columns: readonly Column[], rows: Readonly<Record<string, (column: Column) => string>>): string {
  const head = ['', ...columns.map(({ profile }) => `${whole(profile.people)} people`)]
  const cells: Cells = [head, ...Object.entries(rows).map(([name, cell]) => [name, ...columns.map(cell)])]
  return markdownTable(cells)
}

/** What people are assumed to do. */
export function profileTable(): string {
  const cells: Cells = [
    ['each connected person', 'assumed'],
    ['connections', String(ASSUMED.connectionsPerPerson)],
    ['conversations that a connection follows', String(ASSUMED.openPerConnection)],
    ...ASSUMED.conversations.map(({ members, shareOfOpen, shareOfMessages }) => [
      `conversations of ${members}: of those followed; of the messages`,
      `${(shareOfOpen * 100).toFixed(1)} %; ${percent(shareOfMessages)}`,
    ]),
    ['members of a conversation who are connected', percent(ASSUMED.shareConnected)],
    [
      'messages a day; the busiest second is so many times the mean',
      `${ASSUMED.messagesPerDay}; ${ASSUMED.peakFactor}`,
    ],
    ['receipts that each connected member gives for a message', String(ASSUMED.receiptsPerMember)],
    ['messages in rooms', percent(ASSUMED.shareInRooms)],
    ['comings and goings an hour', String(ASSUMED.comingsPerHour)],
    ['people who are told of them', String(ASSUMED.contacts)],
    ['in calls; people in one', `${percent(ASSUMED.shareInCalls)}; ${ASSUMED.peoplePerCall}`],
    [
      'of them with video; media through a relay',
      `${percent(ASSUMED.shareWithVideo)}; ${percent(ASSUMED.shareRelayed)}`,
    ],
    ['bytes of a frame; of a stored message', `${ASSUMED.bytesPerDelivery}; ${ASSUMED.bytesPerStoredMessage}`],
  ]
  return markdownTable(cells)
}

/** What each size needs. */
export function needsTable(profiles: readonly Profile[], figures: Figures): string {
  return tableOf(columnsOf(profiles, figures), {
    'nodes, a core each': ({ capacity }) => `${whole(capacity.nodes)} (${capacity.nodesBecauseOf})`,
    'memory of a node': ({ capacity }) => `${short(capacity.nodeBytes)}B`,
    'Redis masters, a core each': ({ capacity }) => `${whole(capacity.redisShards)} (${capacity.redisBecauseOf})`,
    'memory of Redis': ({ capacity }) => `${short(capacity.redisBytes)}B`,
    'databases of 8 cores': ({ capacity }) => `${whole(capacity.databases)} (${capacity.databasesBecauseOf})`,
    'media servers of 8 cores': ({ capacity }) => whole(capacity.mediaServers),
    'relays of 8 cores': ({ capacity }) => whole(capacity.relays),
    'to clients, text': ({ capacity }) => `${short(capacity.textBitsPerSecond)}bit/s`,
    'to clients, media': ({ capacity }) => `${short(capacity.mediaBitsPerSecond)}bit/s`,
    'messages kept for a year': ({ capacity }) => `${short(capacity.storedBytes)}B`,
  })
}

/** What happens in the busiest second. */
export function demandTable(profiles: readonly Profile[], figures: Figures): string {
  return tableOf(columnsOf(profiles, figures), {
    connections: ({ capacity }) => short(capacity.demand.connections),
    'places in conversations': ({ capacity }) => short(capacity.demand.places),
    messages: ({ capacity }) => `${short(capacity.demand.messages)}/s`,
    receipts: ({ capacity }) => `${short(capacity.demand.receipts)}/s`,
    'frames to clients': ({ capacity }) => `${short(capacity.demand.deliveries)}/s`,
    'events handed to the bus': ({ capacity }) => `${short(capacity.demand.published)}/s`,
    'events that nodes hear': ({ capacity }) => `${short(capacity.demand.heard)}/s`,
    'of them for each handed over': ({ capacity }) => (capacity.demand.heard / capacity.demand.published).toFixed(2),
    'leases renewed': ({ capacity: { demand } }) => `${short(demand.connectionRenewals + demand.placeRenewals)}/s`,
    'looks at where a conversation stands': ({ capacity }) =>
      `${short(capacity.demand.looks + capacity.demand.roomLooks)}/s`,
    'sweeps of all nodes': ({ capacity }) => `${short(capacity.demand.sweeps)}/s`,
  })
}

const WORDS: Readonly<Record<KindOfWork, string>> = {
  writing: 'messages',
  receipts: 'receipts',
  bus: 'events between nodes',
  leases: 'leases renewed',
  looks: 'looks at where conversations stand',
  comings: 'people who come, and join what they follow',
  sweeps: 'sweeps',
}

/** What the processors of the largest of these sites are busy with. */
export function workTable(profiles: readonly Profile[], figures: Figures): string {
  const column = columnsOf(profiles, figures).at(-1)
  if (column === undefined) return ''
  const { profile, capacity } = column
  const { demand } = capacity
  const parts = ['node', 'redis', 'database'] as const
  const work = parts.map((part) => workOf(demand, profile, figures.standing, part))
  const cores = (micros: number): string => (micros / 1e6).toFixed(1)
  const cells: Cells = [
    ['cores that are busy', 'nodes', 'Redis', 'databases'],
    ['frames to clients', framesOf(demand, figures).toFixed(1), '', ''],
    ...KINDS_OF_WORK.map((kind) => [WORDS[kind], ...work.map((one) => cores(one[kind]))]),
  ]
  return markdownTable(cells)
}

/** Machines and money by one list. */
export function costTable(profiles: readonly Profile[], figures: Figures, prices: PriceList): string {
  const machines = (part: keyof Machines) => (column: Column) => whole(machinesFor(column.capacity, prices)[part])
  const money = (part: keyof Cost) => (column: Column) =>
    `${whole(costOf(column.capacity, column.profile, prices)[part])} ${prices.currency}`
  return tableOf(columnsOf(profiles, figures), {
    'machines for nodes': machines('nodes'),
    'for Redis': machines('redis'),
    'for databases': machines('databases'),
    'for media': machines('media'),
    'that balance': machines('balancers'),
    'machines, a month': money('machines'),
    'traffic, a month': money('egress'),
    'disks, a month': money('storage'),
    'all, a month': money('total'),
    'all, a month, each person': ({ profile, capacity }) =>
      `${(costOf(capacity, profile, prices).total / profile.people).toFixed(3)} ${prices.currency}`,
  })
}

/** How full that is of which there is one. */
export function breakingTable(profiles: readonly Profile[], figures: Figures): string {
  const columns = columnsOf(profiles, figures)
  const names = columns.at(-1)
  if (names === undefined) return ''
  const used = (what: string) => (column: Column) =>
    percent(breakingPoints(column.profile, column.capacity).find((point) => point.what === what)?.used ?? 0)
  const points = breakingPoints(names.profile, names.capacity)
  return tableOf(columns, Object.fromEntries(points.map(({ what }) => [what, used(what)])))
}

/** How long it takes until all are back who were cut at once. */
export function backTable(profiles: readonly Profile[], figures: Figures): string {
  const seconds = (part: keyof Capacity['backSeconds']) => (column: Column) =>
    `${whole(column.capacity.backSeconds[part])} s`
  return tableOf(columnsOf(profiles, figures), {
    'on the nodes': seconds('nodes'),
    'on Redis': seconds('redis'),
    'in the databases': seconds('database'),
  })
}

/** What was measured, as it is used. */
export function figuresTable(figures: Figures): string {
  const { standing } = figures
  const cells: Cells = [
    ['µs of processor', 'node', 'Redis', 'database'],
    ['a frame sent to a client', figures.microsPerDelivery.toFixed(2), '', ''],
    ...(Object.keys(STANDING_WORK) as StandingWork[]).map((work) => {
      const { node, redis, database } = standing.costs[work]
      return [STANDING_WORK[work], node.toFixed(2), redis.toFixed(2), database.toFixed(2)]
    }),
    ['a packet passed on by Janus', figures.microsPerPacket.toFixed(1), '', ''],
  ]
  const bytes: Cells = [
    ['bytes of memory', 'node', 'Redis'],
    ['a connection', whole(figures.bytesPerConnection), whole(standing.redisBytes.connection)],
    ['a place in a conversation', whole(figures.bytesInConversation), whole(standing.redisBytes.place)],
    ['a channel that a node listens to', '', whole(standing.redisBytes.channel)],
    ['a room', '', whole(standing.redisBytes.room)],
  ]
  const rates = `Appends: ${whole(figures.appendsPerSecond.postgres)} a second on PostgreSQL, ${whole(figures.appendsPerSecond.mariadb)} on MariaDB. One process held ${whole(figures.connectionsPerNode)} connections.`
  return [markdownTable(cells), markdownTable(bytes), rates].join('\n\n')
}

/** The prices, and who says so. */
export function pricesTable(): string {
  const cells: Cells = [
    ['list', 'what', 'price', 'source'],
    ...PRICE_LISTS.flatMap(({ name, currency, machine, egress, storedGb, freeGbPerMachine }) => [
      [
        name,
        `${machine.name}: ${machine.cores} cores, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, a month`,
        `${machine.price.amount.toFixed(2)} ${currency}`,
        machine.price.source,
      ],
      ...egress.map(({ upToGb, perGb }) => [
        name,
        Number.isFinite(upToGb) ? `a GB out, up to ${whole(upToGb / 1000)} TB` : 'a GB out, all further ones',
        `${perGb.amount} ${currency}`,
        perGb.source,
      ]),
      ...(freeGbPerMachine === 0
        ? []
        : [[name, 'free with each machine', `${whole(freeGbPerMachine / 1000)} TB out`, machine.price.source]]),
      [name, 'a GB of disk, a month', `${storedGb.amount} ${currency}`, storedGb.source],
    ]),
  ]
  return markdownTable(cells)
}
