import type { ProtocolName } from '../load/load-process.ts'
import type { Usage } from '../probe.ts'

/** A server under measurement, in a process of its own. */
export interface PeerServer extends AsyncDisposable {
  readonly port: number
  /** User and system time since its start, in microseconds. */
  cpuMicros(): Promise<number>
  /** The same of what carries messages between its processes; absent where nothing does. */
  busCpuMicros?(): Promise<number>
  /** After garbage collection. `null` for a server that can't be asked. */
  memory(): Promise<Usage | null>
}

export interface PeerStart {
  /** Where a V8 CPU profile is left when the server ends; Node servers only. */
  readonly profileDir: string | null
}

/** Something to measure. */
export interface Peer {
  readonly name: string
  /** As plots and tables call it. */
  readonly label: string
  readonly protocol: ProtocolName
  readonly isParley: boolean
  /** Why it can't run here; `null` when it can. */
  missing(): string | null
  open(start: PeerStart): Promise<PeerServer>
}
