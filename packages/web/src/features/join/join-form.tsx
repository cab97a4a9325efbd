import { SIZES } from '@parley/protocol/constants'
import type { RoomPreview } from '@parley/protocol/rooms'
import { type SubmitEvent, useRef, useState } from 'react'
import { formatDuration } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { type Failure, failureOf } from '../../platform/failure.ts'
import { restApi } from '../../platform/rest-api.ts'
import { type RoomSession, readLastName, saveLastName, saveRoomSession, subjectOf } from '../../platform/session.ts'
import { useNow } from '../../platform/use-now.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { focusInvalid } from '../../ui/focus-invalid.ts'
import { PasswordField } from '../../ui/password-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { isPersonName } from '../create/room-draft.ts'
import { Refusal } from './refusal.tsx'
import { RoomFacts } from './room-facts.tsx'

export interface JoinFormProps {
  readonly roomId: string
  readonly room: RoomPreview
  readonly hasKey: boolean
  readonly onJoined: (session: RoomSession) => void
  /** Looks the room up anew. */
  readonly onLook: () => Promise<void>
}

type FieldProblem = 'name' | 'taken' | 'password' | 'wrong-password'

/** Refusals that no other name or password would change. */
const isFinal = ({ code }: Failure): boolean =>
  code === 'KICKED' || code === 'ROOM_EXPIRED' || code === 'ROOM_NOT_FOUND' || code === 'CONVERSATION_NOT_FOUND'

function problemOf({ code, fields }: Failure): FieldProblem | null {
  if (code === 'NAME_TAKEN') return 'taken'
  if (code === 'WRONG_PASSWORD') return 'wrong-password'
  if (code === 'VALIDATION_FAILED') return fields.includes('password') ? 'wrong-password' : 'name'
  return null
}

/** The room and the way in: a name, a password where one is needed. */
export function JoinForm({ roomId, room, hasKey, onJoined, onLook }: JoinFormProps) {
  const text = useText()
  const form = useRef<HTMLFormElement>(null)
  const [name, setName] = useState(readLastName)
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<FieldProblem | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const now = useNow(failure?.retryAt ? 1000 : null)
  const isThrottled = failure?.code === 'RATE_LIMITED' && failure.retryAt !== null && failure.retryAt > now

  const refuse = (found: FieldProblem) => {
    focusInvalid(form.current, () => setProblem(found))
  }
  const join = async () => {
    setIsBusy(true)
    setFailure(null)
    const participantName = name.trim()
    try {
      const { token } = await restApi.joinRoom({ roomId, participantName, ...(room.hasPassword && { password }) })
      saveLastName(participantName)
      const session: RoomSession = { roomId, token, name: participantName, ...subjectOf(token) }
      saveRoomSession(session)
      onJoined(session)
    } catch (error) {
      const failed = failureOf(error)
      const found = problemOf(failed)
      if (found !== null) refuse(found)
      else setFailure(failed)
      setIsBusy(false)
      if (failed.code === 'ROOM_FULL' || failed.code === 'ROOM_LOCKED') await onLook()
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy || isThrottled) return
    if (!isPersonName(name)) refuse('name')
    else if (room.hasPassword && password === '') refuse('password')
    else void join()
  }

  if (failure !== null && isFinal(failure)) return <Refusal failure={failure} onRetry={onLook} />
  const isFull = room.participants >= room.maxParticipants
  const lacksKey = room.encrypted && !hasKey
  return (
    <div className="animate-[fade-in_200ms_ease-out]">
      <p className="text-ink-3 text-sm">{text('join.invited')}</p>
      <h1 className="mt-1 line-clamp-3 text-xl">
        <bdi>{room.name}</bdi>
      </h1>
      <div className="mt-4">
        <RoomFacts room={room} />
      </div>
      {room.isLocked ? (
        <div className="mt-7 flex flex-col gap-5">
          <Banner tone="warning" title={text('join.lockedTitle')}>
            {text('join.lockedText')}
          </Banner>
          <Button size="l" onClick={() => void onLook()}>
            {text('join.lookAgain')}
          </Button>
        </div>
      ) : (
        <form ref={form} onSubmit={submit} noValidate className="mt-7 flex flex-col gap-5">
          <TextField
            label={text('join.yourName')}
            hint={text('join.yourNameHint')}
            value={name}
            onChange={(typed) => {
              setName(typed)
              if (problem === 'name' || problem === 'taken') setProblem(null)
            }}
            error={
              (problem === 'name' && text('join.errorName')) ||
              (problem === 'taken' && text('join.nameTaken')) ||
              undefined
            }
            maxLength={SIZES.maxNameLength * 2}
            autoComplete="nickname"
            dir="auto"
          />
          {room.hasPassword && (
            <PasswordField
              label={text('join.password')}
              hint={text('join.passwordHint')}
              value={password}
              onChange={(typed) => {
                setPassword(typed)
                if (problem === 'password' || problem === 'wrong-password') setProblem(null)
              }}
              error={
                (problem === 'password' && text('join.passwordMissing')) ||
                (problem === 'wrong-password' && text('join.wrongPassword')) ||
                undefined
              }
              maxLength={SIZES.maxPasswordLength}
              autoComplete="off"
            />
          )}
          {lacksKey && <Banner tone="warning">{text('join.keyMissing')}</Banner>}
          {failure === null && isFull && <FullBanner seats={room.maxParticipants} />}
          {failure !== null && <JoinFailure failure={failure} room={room} now={now} />}
          <Button
            type="submit"
            variant={lacksKey ? 'secondary' : 'primary'}
            size="l"
            busy={isBusy}
            disabled={isThrottled}
          >
            {isFull
              ? text('join.tryAgain')
              : text(room.hasLobby ? 'join.ask' : lacksKey ? 'join.joinWithoutKey' : 'join.join')}
          </Button>
          {room.hasLobby && <p className="-mt-2 text-center text-ink-3 text-sm">{text('join.lobbyNote')}</p>}
        </form>
      )}
    </div>
  )
}

function FullBanner({ seats }: { readonly seats: number }) {
  const text = useText()
  return (
    <Banner tone="warning" title={text('join.fullTitle')}>
      {text('join.fullText', { count: seats })} {text('join.fullNext')}
    </Banner>
  )
}

interface JoinFailureProps {
  readonly failure: Failure
  readonly room: RoomPreview
  readonly now: number
}

/** What went wrong with this try, above the button that tries again. */
function JoinFailure({ failure: { code, retryAt }, room, now }: JoinFailureProps) {
  const text = useText()
  if (code === 'ROOM_FULL') return <FullBanner seats={room.maxParticipants} />
  if (code === 'RATE_LIMITED') {
    const leftMs = (retryAt ?? now) - now
    return (
      <Banner tone="warning" live="assertive" title={text('join.throttledTitle')}>
        {leftMs > 0 ? text('join.throttledText', { time: formatDuration(leftMs) }) : text('join.throttledOver')}
      </Banner>
    )
  }
  const isUnreachable = code === 'UNAVAILABLE'
  return (
    <Banner tone="danger" live="assertive" title={text(isUnreachable ? 'join.unreachableTitle' : 'join.failedTitle')}>
      {text(isUnreachable ? 'create.errorUnreachable' : 'join.failedText')}
    </Banner>
  )
}
