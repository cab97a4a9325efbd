import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { Millis, SessionId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Call, CallId } from './call.ts'
import { goneDeadline } from './call-deadlines.ts'
import type { CallDecision } from './call-decision.ts'
import { callRefusals } from './call-refusals.ts'
import type { TellCall } from './tell-call.ts'

/** How often a change is decided anew when other nodes keep getting in first. */
const MAX_ATTEMPTS = 25

/**
 * Reads a call, lets `decide` decide, and stores that if nothing else changed the call meanwhile; otherwise
 * decides again. Then tells what is to be told. Throws `CALL_NOT_FOUND`, and what `decide` throws.
 */
export type ChangeCall = (
  id: CallId,
  decide: (call: Call, now: Millis) => CallDecision | Promise<CallDecision>,
) => Promise<Call>

export function createChangeCall(
  { calls, clock }: Pick<CorePorts, 'calls' | 'clock'>,
  { callGraceMs }: Pick<CoreOptions, 'callGraceMs'>,
  setDeadline: SetDeadline,
  tell: TellCall,
): ChangeCall {
  // One after another within this node: of devices that answer at once each would decide on the same version.
  const enqueue = createKeyedQueue()

  return (id, decide) =>
    enqueue(id, async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const call = await calls.load(id)
        if (call === null) throw callRefusals.notFound()
        const now = clock.now()
        const decision = await decide(call, now)
        for (const sessionId of movedSessions(call, decision.call)) {
          await setDeadline(goneDeadline(id, sessionId, now + callGraceMs))
        }
        if (decision.call !== call && !(await calls.replace(decision.call, call.version))) continue
        await tell(decision)
        return decision.call
      }
      throw callRefusals.busy()
    })
}

/** Devices that came into the call, or lost or found their connection: each is looked after from now on. */
function movedSessions(before: Call, after: Call): SessionId[] {
  return after.parties.flatMap(({ userId, sessionId, goneSince }) => {
    if (sessionId === null) return []
    const then = before.parties.find((party) => party.userId === userId)
    return then?.sessionId === sessionId && then.goneSince === goneSince ? [] : [sessionId]
  })
}
