import { readRoomSession } from '../../platform/session.ts'

/** What was recorded of a room, as the server lists it. */
export interface RecordingFile {
  readonly id: string
  readonly userId?: string
  readonly name: string
  /** Unix ms of the server. */
  readonly startedAt: number
  readonly durationMs: number
  readonly bytes: number
  readonly state: 'recording' | 'preparing' | 'ready' | 'failed'
}

const pathOf = (roomId: string): string => `/api/rooms/${encodeURIComponent(roomId)}/recordings`

function fetchAsHost(roomId: string, path: string, init: RequestInit = {}): Promise<Response> {
  const token = readRoomSession(roomId)?.token ?? ''
  return fetch(path, { ...init, headers: { authorization: `Bearer ${token}` } })
}

/** The list; `null` when this server records nothing, or not for this person. Rejects when there was no answer. */
export async function listRecordings(roomId: string): Promise<readonly RecordingFile[] | null> {
  const response = await fetchAsHost(roomId, pathOf(roomId))
  if (response.status >= 500 && response.status !== 501) throw new Error('The server could not list the recordings.')
  if (!response.ok) return null
  const { recordings } = (await response.json()) as { readonly recordings: readonly RecordingFile[] }
  return recordings
}

/** The file itself. Rejects when it could not be fetched whole. */
export async function fetchRecording(roomId: string, recordingId: string): Promise<Blob> {
  const response = await fetchAsHost(roomId, `${pathOf(roomId)}/${encodeURIComponent(recordingId)}`)
  if (!response.ok) throw new Error('The server did not give the recording.')
  return response.blob()
}
