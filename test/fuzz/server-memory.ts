import { once } from 'node:events'
import type { SpawnedServer } from '@parley/testkit'
import { WebSocket } from 'ws'
import { residentBytesOf } from '../../bench/src/peers/process-figures.ts'

export interface MemoryFigures {
  /** What is alive after a collection, in megabytes. */
  readonly heapMb: number
  readonly residentMb: number
}

/** The environment with which a server can be asked for its memory. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const MEGABYTE = 1024 * 1024

/** Has the server collect its garbage, then measures. It was started with `INSPECTED`. */
export async function measureMemory({ pid, output }: SpawnedServer): Promise<MemoryFigures> {
  const address = /Debugger listening on (ws:\S+)/.exec(output())?.[1]
  if (address === undefined) throw new Error('The server was not started with an inspector')
  const socket = new WebSocket(address)
  await once(socket, 'open')
  let calls = 0
  const call = async (method: string): Promise<Record<string, number>> => {
    const id = ++calls
    socket.send(JSON.stringify({ id, method }))
    for (;;) {
      const [data] = await once(socket, 'message')
      const answer = JSON.parse(String(data))
      if (answer.id === id) return answer.result
    }
  }
  // What is only let go of by one collection goes with the next.
  for (let time = 0; time < 3; time += 1) await call('HeapProfiler.collectGarbage')
  const { usedSize = 0, backingStorageSize = 0 } = await call('Runtime.getHeapUsage')
  socket.terminate()
  const resident = await residentBytesOf(pid)
  return { heapMb: (usedSize + backingStorageSize) / MEGABYTE, residentMb: resident / MEGABYTE }
}
