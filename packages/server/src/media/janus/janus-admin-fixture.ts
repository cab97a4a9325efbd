import type { JanusProcess } from '@parley/testkit/services'
import { createSystemClock } from '../../ids/system-clock.ts'
import { openJanusLine } from './janus-line.ts'

/** What a Janus has, whoever opened it, as its admin interface lists it: sessions, and the handles of all of them. */
export async function listThere({ admin }: JanusProcess): Promise<{ sessions: number[]; handles: number[] }> {
  const clock = createSystemClock()
  const line = await openJanusLine({ url: admin.url, apiSecret: null, clock, protocol: 'janus-admin-protocol' })
  const ask = async (question: Parameters<typeof line.ask>[0]) =>
    (await line.ask({ ...question, admin_secret: admin.secret })) as unknown as {
      sessions: number[]
      handles: number[]
    }
  try {
    const { sessions } = await ask({ janus: 'list_sessions' })
    const handles: number[] = []
    for (const session_id of sessions) handles.push(...(await ask({ janus: 'list_handles', session_id })).handles)
    return { sessions, handles }
  } finally {
    line.close()
  }
}
