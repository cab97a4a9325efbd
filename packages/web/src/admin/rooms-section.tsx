import type { admin } from '@parley/protocol'
import { useCallback, useRef, useState } from 'react'
import { useServerNow } from '../platform/use-now.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { focusInvalid } from '../ui/focus-invalid.ts'
import { TextField } from '../ui/text-field.tsx'
import { AdminError } from './admin-api.ts'
import { type PlainAdminKey, useAdminText } from './admin-words.ts'
import { formatCount, formatSpan } from './figures.ts'
import { useOperator, wordsOf } from './operator-context.tsx'
import { RoomDialog } from './room-dialog.tsx'
import { Card, Empty, Section, Tag } from './section.tsx'
import { useAsked } from './use-asked.ts'

const EVERY_MS = 5000

/** Open rooms, those with most people first. */
export function RoomsSection() {
  const { api } = useOperator()
  const say = useAdminText()
  const form = useRef<HTMLFormElement>(null)
  const [pages, setPages] = useState(1)
  const [search, setSearch] = useState('')
  const [refusal, setRefusal] = useState<string | null>(null)
  const [openId, setOpenId] = useState<string | null>(null)

  const ask = useCallback(async () => {
    const rooms: admin.Room[] = []
    let cursor: string | null = null
    for (let page = 0; page < pages; page += 1) {
      const answer: admin.RoomsPage = await api.rooms(cursor)
      rooms.push(...answer.rooms)
      cursor = answer.next ?? null
      if (cursor === null) break
    }
    return {
      rooms: rooms.toSorted((one, other) => other.people - one.people || one.createdAt - other.createdAt),
      hasMore: cursor !== null,
    }
  }, [api, pages])
  const { answer, error, again } = useAsked(ask, EVERY_MS)

  const part = search.trim().toLowerCase()
  const shown = (answer?.rooms ?? []).filter(
    ({ id, name }) => name.toLowerCase().includes(part) || id.includes(part.replaceAll('-', '')),
  )

  async function lookUp(): Promise<void> {
    try {
      setOpenId((await api.room(search.trim())).room.id)
    } catch (failure) {
      const isMissing = failure instanceof AdminError && failure.code === 'ROOM_NOT_FOUND'
      const words = isMissing ? say('roomNotFound') : wordsOf(failure, say)
      focusInvalid(form.current, () => setRefusal(words))
    }
  }

  return (
    <Section title={say('rooms')} note={answer !== null ? say('roomsShown', { count: shown.length }) : undefined}>
      <form
        ref={form}
        className="flex items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (part !== '') void lookUp()
        }}
      >
        <div className="min-w-0 max-w-90 flex-1">
          <TextField
            type="search"
            label={say('findRoom')}
            hint={say('findRoomHint')}
            error={refusal}
            value={search}
            onChange={(value) => {
              setSearch(value)
              setRefusal(null)
            }}
          />
        </div>
        <Button type="submit" className="mt-7.5">
          {say('lookUp')}
        </Button>
      </form>
      {error !== null && <Banner tone="warning" title={wordsOf(error, say)} />}
      {answer !== null && (
        <Card>
          {shown.length === 0 ? (
            <Empty>{say(answer.rooms.length === 0 ? 'roomsEmpty' : 'roomsNoneFit')}</Empty>
          ) : (
            <RoomList rooms={shown} onOpen={setOpenId} />
          )}
        </Card>
      )}
      {answer?.hasMore && <Button onClick={() => setPages(pages + 1)}>{say('loadMore')}</Button>}
      <RoomDialog
        roomId={openId}
        onClose={() => {
          setOpenId(null)
          void again()
        }}
      />
    </Section>
  )
}

const MARKS: readonly (readonly [of: 'isLocked' | 'hasPassword' | 'hasLobby' | 'isEncrypted', word: PlainAdminKey])[] =
  [
    ['isLocked', 'locked'],
    ['hasPassword', 'withPassword'],
    ['hasLobby', 'withLobby'],
    ['isEncrypted', 'encrypted'],
  ]

function RoomList({ rooms, onOpen }: { readonly rooms: readonly admin.Room[]; readonly onOpen: (id: string) => void }) {
  const say = useAdminText()
  const now = useServerNow(10_000)
  return (
    <ul aria-label={say('rooms')} className="divide-y divide-line">
      {rooms.map((room) => {
        const left = room.expiresAt === null ? null : room.expiresAt - now
        return (
          <li key={room.id}>
            <button
              type="button"
              onClick={() => onOpen(room.id)}
              className="grid w-full grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 px-5 py-3 text-start transition-colors duration-150 hover:bg-surface-3 md:grid-cols-[minmax(0,1fr)_9rem_9.5rem_8.5rem]"
            >
              <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                <span className="min-w-0 truncate font-medium" dir="auto">
                  {room.name}
                </span>
                {MARKS.filter(([of]) => room[of]).map(([of, word]) => (
                  <Tag key={of}>{say(word)}</Tag>
                ))}
              </span>
              <span className="tabular text-end text-ink-2 text-sm md:text-start">
                {say('roomPeople', { count: room.people })}
                <span className="text-ink-3"> / {formatCount(room.maxParticipants)}</span>
              </span>
              <span className="tabular text-ink-3 text-xs md:text-sm">
                {say('age')} {formatSpan(now - room.createdAt)}
              </span>
              <span className="tabular text-end text-ink-3 text-xs md:text-start md:text-sm">
                {left !== null && (left > 0 ? `${say('endsIn')} ${formatSpan(left)}` : say('ended'))}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
