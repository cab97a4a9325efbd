import type { Ticket } from './protocol.ts'

const LOGINS_AT_A_TIME = 16
const ROOM_MINUTES = 120

async function post<T>(port: number, path: string, body: object): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

/** Makes the rooms and logs every person in as a guest, the way a browser would. */
export async function parleyTickets(options: {
  readonly port: number
  readonly people: number
  readonly rooms: number
}): Promise<Ticket[]> {
  const { port, people } = options
  const rooms: string[] = []
  while (rooms.length < options.rooms) {
    const { roomId } = await post<{ roomId: string }>(port, '/api/create-room', {
      name: `Bench ${rooms.length}`,
      hostName: 'Bench host',
      maxParticipants: Math.ceil(people / options.rooms) + 1,
      duration: ROOM_MINUTES,
    })
    rooms.push(roomId)
  }
  const tickets: Ticket[] = []
  let next = 0
  const logIn = async (): Promise<void> => {
    while (next < people) {
      const index = next++
      const { token } = await post<{ token: string }>(port, '/api/login', { name: `Member ${index}` })
      tickets[index] = { port, index, token, roomId: rooms[Math.floor((index * rooms.length) / people)] ?? '' }
    }
  }
  await Promise.all(Array.from({ length: LOGINS_AT_A_TIME }, logIn))
  return tickets
}
