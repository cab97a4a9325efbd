import { setTimeout as pause } from 'node:timers/promises'
import type { SpawnedServer } from '@parley/testkit'
import { createRandom } from '../scenarios/random.ts'
import { type Attack, type AttackContext, SilentSockets } from './attack.ts'
import { createBytesAttack } from './bytes-attack.ts'
import { closeIdleCalls } from './call-http.ts'
import type { Input, Way } from './input.ts'
import { createJudge } from './judge.ts'
import { createNonsense } from './nonsense.ts'
import { Pacer } from './pacer.ts'
import { createPollingAttack } from './polling-attack.ts'
import { createRestAttack, describeRest } from './rest-attack.ts'
import { createSampler } from './sample-schema.ts'
import { createSocketAttack } from './socket-attack.ts'
import { MEANT_FIELDS, openWorld, type WorldSecrets } from './world.ts'

export interface FuzzFault {
  readonly what: string
  /** The last inputs up to the one that it was noticed after. */
  readonly inputs: readonly Input[]
}

/** How many clients there are of each kind. */
const LINES: Readonly<Record<Way, number>> = { rooms: 8, messenger: 6, site: 4, polling: 4, rest: 6, http: 3 }
/** The last inputs are kept, to be done again. */
const KEPT_INPUTS = 3000
const RENEW_EVERY = 2000
const SETTLE_MS = 300
/** What a server writes when something broke that should not have. */
const COMPLAINT = /failed unexpectedly|nobody handled|nobody waits for|not caught|INTERNAL|(Type|Range|Reference)Error/

/** Hostile clients of every kind on one server. */
export interface Crowd extends Disposable {
  readonly pacer: Pacer
  /** Does one input after the other until there are so many, something is wrong, or the signal comes. */
  run(inputs: number, until?: AbortSignal): Promise<void>
  /** Does one again. */
  send(input: Input): Promise<void>
  /** Waits for what comes of it later. */
  settle(): Promise<void>
  readonly count: number
  readonly byWay: Record<Way, number>
  readonly fault: FuzzFault | null
}

export async function openCrowd(server: SpawnedServer, secrets: WorldSecrets, seed: number): Promise<Crowd> {
  const world = await openWorld(server.url, secrets)
  const rest = await describeRest(server.url)
  const silent = new SilentSockets()
  const judge = createJudge()
  const kept: Input[] = []
  const byWay: Record<Way, number> = { rooms: 0, messenger: 0, site: 0, polling: 0, rest: 0, http: 0 }
  const pacer = new Pacer()
  let count = 0
  let read = 0
  let renewedAt = 0
  let fault: FuzzFault | null = null
  let hasEnded = false
  const complain = (what: string): void => {
    fault ??= { what, inputs: kept.slice(-KEPT_INPUTS) }
  }

  function context(line: number): AttackContext {
    const nonsense = createNonsense(createRandom(seed * 1000 + line))
    const meant = (field: string): unknown => (Object.hasOwn(MEANT_FIELDS, field) ? MEANT_FIELDS[field] : undefined)
    const sample = createSampler({ nonsense, meant, resolve: rest.resolve })
    return { world, judge, silent, line, nonsense, sample, fault: complain }
  }
  const create: Readonly<Record<Way, (own: AttackContext) => Attack>> = {
    rooms: (own) => createSocketAttack('rooms', own) as Attack,
    messenger: (own) => createSocketAttack('messenger', own) as Attack,
    site: (own) => createSocketAttack('site', own) as Attack,
    polling: (own) => createPollingAttack(own) as Attack,
    rest: (own) => createRestAttack(own, rest.calls) as Attack,
    http: (own) => createBytesAttack(own) as Attack,
  }
  const attacks = new Map<number, Attack>()
  for (const way of Object.keys(LINES) as Way[]) {
    for (let number = 0; number < LINES[way]; number += 1) {
      const line = attacks.size
      attacks.set(line, create[way](context(line)))
    }
  }

  function watch(): void {
    const output = server.output()
    const complaint = COMPLAINT.exec(output.slice(read))
    if (complaint !== null) complain(output.slice(read + complaint.index - 300, read + complaint.index + 2000))
    read = output.length
    if (fault === null && !isRunning(server.pid)) complain(`the server is gone: ${output.slice(-2000)}`)
  }

  async function send(input: Input): Promise<void> {
    try {
      await attacks.get(input.line)?.send(input)
    } catch (error) {
      if (!hasEnded) complain(`could not be sent: ${error instanceof Error ? error.stack : error}`)
    }
  }

  return {
    byWay,
    pacer,
    async send(input) {
      await send(input)
      watch()
    },
    async settle() {
      await pause(SETTLE_MS)
      watch()
    },
    get count() {
      return count
    },
    get fault() {
      return fault
    },
    async run(inputs, until) {
      const end = count + inputs
      const isOver = (): boolean => count >= end || fault !== null || until?.aborted === true
      await Promise.all(
        [...attacks.values()].map(async (attack) => {
          while (!isOver()) {
            await pacer.pass()
            const input = attack.next()
            count += 1
            byWay[input.way] += 1
            kept.push(input)
            if (kept.length > 2 * KEPT_INPUTS) kept.splice(0, KEPT_INPUTS)
            if (count - renewedAt >= RENEW_EVERY) {
              renewedAt = count
              await world.renew().catch((error: unknown) => complain(`no new room: ${error}`))
            }
            await send(input)
            watch()
          }
        }),
      )
      watch()
    },
    [Symbol.dispose]() {
      hasEnded = true
      for (const attack of attacks.values()) attack[Symbol.dispose]()
      silent[Symbol.dispose]()
      closeIdleCalls()
    },
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
