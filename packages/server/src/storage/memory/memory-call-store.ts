import type { Call, CallId, CallStore } from '@parley/core'

/** The calls of one process. */
export function createMemoryCallStore(): CallStore {
  const calls = new Map<CallId, Call>()

  const open = (): Call[] => [...calls.values()].filter(({ state }) => state !== 'ended')
  const openIn = (conversationId: string): Call | null =>
    open().find((call) => call.conversationId === conversationId) ?? null

  return {
    async create(call) {
      if (calls.has(call.id) || openIn(call.conversationId) !== null) return 'exists'
      calls.set(call.id, { ...call, version: 0 })
      return 'created'
    },

    async load(id) {
      return calls.get(id) ?? null
    },

    async replace(call, ifVersion) {
      if (calls.get(call.id)?.version !== ifVersion) return false
      calls.set(call.id, call)
      return true
    },

    async openOf(userId) {
      return open().filter(({ parties }) => parties.some((party) => party.userId === userId && isIn(party)))
    },

    async openIn(conversationId) {
      return openIn(conversationId)
    },

    async prune(before) {
      for (const { id, endedAt } of calls.values()) if (endedAt !== null && endedAt < before) calls.delete(id)
    },
  }
}

function isIn({ state }: Call['parties'][number]): boolean {
  return state === 'ringing' || state === 'joined'
}
