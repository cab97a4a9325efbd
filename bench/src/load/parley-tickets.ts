import { guestToken } from './guest-token.ts'
import type { Ticket } from './protocol.ts'

const ROOM_MINUTES = 120

async function createRoom(port: number, name: string, maxParticipants: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/create-room`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, hostName: 'Bench host', maxParticipants, duration: ROOM_MINUTES }),
  })
  if (!response.ok) throw new Error(`no room was made: ${response.status} ${await response.text()}`)
  const { roomId } = (await response.json()) as { roomId: string }
  return roomId
}

/** Makes the rooms, and a token for every person; after them those of `writers`, of whom each room has as many. */
export async function parleyTickets(options: {
  readonly port: number
  readonly people: number
  readonly rooms: number
  readonly writers?: number
}): Promise<Ticket[]> {
  const { port, people, writers = 0 } = options
  // Whoever made a room has a seat in it too.
  const seats = Math.ceil(people / options.rooms) + Math.ceil(writers / options.rooms) + 1
  const rooms: string[] = []
  while (rooms.length < options.rooms) rooms.push(await createRoom(port, `Bench ${rooms.length}`, seats))
  const place = (index: number): number =>
    index < people ? Math.floor((index * rooms.length) / people) : (index - people) % rooms.length
  return Array.from({ length: people + writers }, (_, index) => ({
    port,
    index,
    token: guestToken(`bench-${index}`, `Member ${index}`),
    roomId: rooms[place(index)] ?? '',
  }))
}
