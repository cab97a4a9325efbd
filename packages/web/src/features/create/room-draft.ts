import { SIZES } from '@parley/protocol/constants'
import type { Failure } from '../../platform/failure.ts'
import type { RoomLimits } from '../../platform/room-limits.ts'

/** What the form holds: the body of the call, field by field. */
export interface RoomDraft {
  readonly name: string
  readonly hostName: string
  /** Minutes. */
  readonly duration: number
  readonly maxParticipants: number
  /** Empty: none. */
  readonly password: string
  readonly lobby: boolean
  /** End-to-end encrypted; the key is made here and stays in the link. */
  readonly encrypted: boolean
}

export type DraftField = keyof RoomDraft

const fields: readonly DraftField[] = [
  'name',
  'hostName',
  'duration',
  'maxParticipants',
  'password',
  'lobby',
  'encrypted',
]

const USUAL_MINUTES = 60
const USUAL_PARTICIPANTS = 30

/** What most people want, as near to it as the server allows. */
export const newDraft = (hostName: string, { durations, maxParticipants }: RoomLimits): RoomDraft => ({
  name: '',
  hostName,
  duration: durations.findLast((minutes) => minutes <= USUAL_MINUTES) ?? Math.min(...durations),
  maxParticipants: Math.min(USUAL_PARTICIPANTS, maxParticipants),
  password: '',
  lobby: false,
  encrypted: false,
})

const lengthOf = (value: string): number => [...value.trim()].length

/** The fields that can't be right, in the order of the form. The server has the last word. */
export function checkDraft({ name, hostName, password }: RoomDraft): DraftField[] {
  const wrong: DraftField[] = []
  if (lengthOf(name) < 1 || lengthOf(name) > SIZES.maxRoomNameLength) wrong.push('name')
  if (!isPersonName(hostName)) wrong.push('hostName')
  if (password.length > SIZES.maxPasswordLength) wrong.push('password')
  return wrong
}

/** Whether the length is right for a name that others see. */
export const isPersonName = (name: string): boolean =>
  lengthOf(name) >= SIZES.minNameLength && lengthOf(name) <= SIZES.maxNameLength

/** The fields that the server refused. */
export const refusedFields = ({ code, fields: refused }: Failure): DraftField[] =>
  code === 'VALIDATION_FAILED' ? fields.filter((field) => refused.includes(field)) : []
