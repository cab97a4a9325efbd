import { canEncrypt, createRoomKey } from '@parley/client/e2ee'
import { SIZES } from '@parley/protocol/constants'
import { type SubmitEvent, useRef, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { type Failure, failureOf } from '../../platform/failure.ts'
import { restApi } from '../../platform/rest-api.ts'
import { readRoomLimits } from '../../platform/room-limits.ts'
import { readLastName, saveLastName, saveRoomSession, subjectOf } from '../../platform/session.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { focusInvalid } from '../../ui/focus-invalid.ts'
import { PasswordField } from '../../ui/password-field.tsx'
import { Stepper } from '../../ui/stepper.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { CreateFailure } from './create-failure.tsx'
import { checkDraft, type DraftField, newDraft, type RoomDraft, refusedFields } from './room-draft.ts'

export interface CreatedRoom {
  readonly roomId: string
  readonly name: string
  /** Unix ms. */
  readonly expiresAt: number
  /** The key of an end-to-end encrypted room: everybody who is to read it needs it, and only its link has it. */
  readonly key: string | null
}

/** Everything a room needs to begin. What the server refuses is shown at its field. */
export function CreateForm({ onCreated }: { readonly onCreated: (room: CreatedRoom) => void }) {
  const text = useText()
  const form = useRef<HTMLFormElement>(null)
  const [limits] = useState(readRoomLimits)
  const [draft, setDraft] = useState(() => newDraft(readLastName(), limits))
  const [wrong, setWrong] = useState<readonly DraftField[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const change = (changes: Partial<RoomDraft>) => {
    setDraft({ ...draft, ...changes })
    setWrong(wrong.filter((field) => !(field in changes)))
  }
  const refuse = (fields: readonly DraftField[]) => {
    focusInvalid(form.current, () => setWrong(fields))
  }
  const create = async () => {
    const { password, ...rest } = draft
    setIsBusy(true)
    setFailure(null)
    try {
      const { roomId, token, room } = await restApi.createRoom({ ...rest, ...(password !== '' && { password }) })
      const name = draft.hostName.trim()
      saveLastName(name)
      saveRoomSession({ roomId, token, name, ...subjectOf(token) })
      const key = draft.encrypted ? createRoomKey() : null
      onCreated({ roomId, name: room.name, expiresAt: room.expiresAt, key })
    } catch (error) {
      const failed = failureOf(error)
      const fields = refusedFields(failed)
      if (fields.length > 0) refuse(fields)
      else {
        setFailure(failed)
        requestAnimationFrame(() => form.current?.lastElementChild?.scrollIntoView({ block: 'nearest' }))
      }
      setIsBusy(false)
    }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy) return
    const fields = checkDraft(draft)
    if (fields.length > 0) refuse(fields)
    else void create()
  }
  const errorOf = (field: DraftField, words: string) => (wrong.includes(field) ? words : undefined)

  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
      <TextField
        data-autofocus
        label={text('create.roomName')}
        placeholder={text('create.roomNamePlaceholder')}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={errorOf('name', text('create.errorRoomName'))}
        maxLength={SIZES.maxRoomNameLength * 2}
        autoComplete="off"
        dir="auto"
      />
      <TextField
        label={text('create.yourName')}
        value={draft.hostName}
        onChange={(hostName) => change({ hostName })}
        error={errorOf('hostName', text('create.errorYourName'))}
        maxLength={SIZES.maxNameLength * 2}
        autoComplete="nickname"
        dir="auto"
      />
      <Choice
        label={text('create.duration')}
        value={draft.duration}
        onChange={(duration) => change({ duration })}
        options={limits.durations.map((minutes) => ({
          value: minutes,
          label:
            minutes % 60 === 0
              ? text('create.hours', { count: minutes / 60 })
              : text('create.minutes', { count: minutes }),
        }))}
        error={errorOf('duration', text('create.errorDuration'))}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <Stepper
          label={text('create.people')}
          value={draft.maxParticipants}
          onChange={(maxParticipants) => change({ maxParticipants })}
          min={2}
          max={limits.maxParticipants}
          decreaseLabel={text('create.fewer')}
          increaseLabel={text('create.more')}
          error={errorOf('maxParticipants', text('create.errorPeople'))}
        />
        <PasswordField
          label={text('create.password')}
          note={text('common.optional')}
          hint={draft.password === '' ? undefined : text('create.passwordHint')}
          value={draft.password}
          onChange={(password) => change({ password })}
          error={errorOf('password', text('create.errorPassword'))}
          maxLength={SIZES.maxPasswordLength}
          autoComplete="new-password"
        />
      </div>
      <Switch
        label={text('create.lobby')}
        hint={text('create.lobbyHint')}
        checked={draft.lobby}
        onChange={(lobby) => change({ lobby })}
      />
      {canEncrypt() ? (
        <Switch
          label={text('create.encrypted')}
          hint={text('create.encryptedHint')}
          checked={draft.encrypted}
          onChange={(encrypted) => change({ encrypted })}
        />
      ) : (
        <p className="text-ink-3 text-xs">{text('create.encryptedUnavailable')}</p>
      )}
      {failure !== null && <CreateFailure failure={failure} />}
      <Button type="submit" variant="primary" size="l" busy={isBusy}>
        {text('create.submit')}
      </Button>
    </form>
  )
}
