import type { admin } from '@parley/protocol'
import { useAdminText } from './admin-words.ts'
import { formatCount } from './figures.ts'
import { Section } from './section.tsx'

/** The four numbers that say most. */
export function NowSection({ seen, isLive }: { readonly seen: admin.Overview; readonly isLive: boolean }) {
  const say = useAdminText()
  const { rooms, connections, voice, nodes } = seen
  const inAll = nodes.reduce((sum, node) => sum + node.connections, 0)
  // Whoever is on several nodes, and a conversation that is, would be counted by each.
  const isAlone = nodes.length === 1
  return (
    <Section
      title={say('now')}
      aside={
        <p role="status" className="inline-flex items-center gap-2 text-ink-2 text-sm">
          <span
            aria-hidden="true"
            className={`size-2.5 rounded-full ${isLive ? 'bg-success' : 'border-2 border-danger bg-transparent'}`}
          />
          {isLive ? say('live') : say('worksNot')}
        </p>
      }
    >
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure name={say('roomsOpen')} value={rooms === null ? say('notKnown') : formatCount(rooms.open)} />
        <Figure name={say('peopleInRooms')} value={rooms === null ? say('notKnown') : formatCount(rooms.seats)} />
        <Figure
          name={say('connectionsNow')}
          value={formatCount(inAll)}
          note={isAlone ? say('ofUsers', { count: connections.users }) : undefined}
        />
        <Figure
          name={say('talking')}
          value={formatCount(voice.people)}
          note={isAlone ? say('ofRooms', { count: voice.conversations }) : undefined}
        />
      </dl>
    </Section>
  )
}

function Figure({
  name,
  value,
  note,
}: {
  readonly name: string
  readonly value: string
  readonly note?: string | undefined
}) {
  return (
    <div className="flex flex-col rounded-m border border-line bg-surface-2 p-4">
      <dt className="text-ink-2 text-xs sm:text-sm">{name}</dt>
      <dd className="tabular mt-1 font-semibold text-xl">{value}</dd>
      {note !== undefined && <dd className="mt-0.5 text-ink-3 text-xs">{note}</dd>}
    </div>
  )
}
