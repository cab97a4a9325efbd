import { randomBytes } from 'node:crypto'
import { type Allocation, openAllocation, type TurnLogin } from './allocation.ts'
import { openTurnLine, type TurnTransport } from './turn-line.ts'

export interface RelayTrial {
  readonly host: string
  readonly port: number
  readonly transport: TurnTransport
  readonly login: TurnLogin
}

export interface RelayFindings {
  /** Where the relay sends from. */
  readonly relayedAddress: string
  /** There and back, through the relay twice. */
  readonly roundTripMs: number
}

const ARRIVE_WITHIN_MS = 3000
const REPEAT_AFTER_MS = 300

/**
 * Takes two places on a relay and sends from one to the other and back, as two browsers do that reach each other in no
 * other way. Rejects with `RelayRefused`, or an error that completes "the relay can not be used: ".
 */
export async function tryRelay({ host, port, transport, login }: RelayTrial): Promise<RelayFindings> {
  await using one = await openAllocation(await openTurnLine(transport, host, port), login)
  await using other = await openAllocation(await openTurnLine(transport, host, port), login)
  await Promise.all([one.permit(other.relayed), other.permit(one.relayed)])
  const startedAt = performance.now()
  other.onData = (data) => other.send(one.relayed, data)
  await sent(one, other)
  return { relayedAddress: one.relayed.address, roundTripMs: performance.now() - startedAt }
}

/** Resolves when what goes out has come back. */
async function sent(one: Allocation, other: Allocation): Promise<void> {
  const packet = randomBytes(32)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  one.onData = (data) => {
    if (data.equals(packet)) resolve()
  }
  const send = (): void => one.send(other.relayed, packet)
  send()
  const again = setInterval(send, REPEAT_AFTER_MS)
  const tooLate = setTimeout(() => reject(new Error('it takes packets and does not pass them on')), ARRIVE_WITHIN_MS)
  await promise.finally(() => {
    clearInterval(again)
    clearTimeout(tooLate)
  })
}
