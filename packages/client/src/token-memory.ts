import { ParleyError } from './parley-error.ts'

/** The page's token, for calls beside the connections: the one that they use now, or a new one. */
export interface TokenMemory {
  /** Asks the page, and remembers what it says. */
  readonly getToken: () => Promise<string>
  /** Runs a call with the token of now; once more with a new one when that is refused. */
  use<T>(call: (token: string) => Promise<T>): Promise<T>
}

export function createTokenMemory(ask: () => string | Promise<string>): TokenMemory {
  let current: string | null = null

  async function getToken(): Promise<string> {
    current = await ask()
    return current
  }

  return {
    getToken,
    async use(call) {
      const token = current ?? (await getToken())
      try {
        return await call(token)
      } catch (error) {
        const isRefused =
          error instanceof ParleyError && (error.code === 'UNAUTHENTICATED' || error.code === 'TOKEN_EXPIRED')
        if (!isRefused) throw error
        const next = await getToken()
        if (next === token) throw error
        return call(next)
      }
    },
  }
}
