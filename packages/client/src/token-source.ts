export interface TokenSourceOptions {
  readonly getToken: () => string | Promise<string>
  readonly onToken?: (token: string) => void
}

/** The token for the next connection, and what is known of it. */
export interface TokenSource {
  /** `null` when the only token there is was refused. Rejects when `getToken` does. */
  next(): Promise<string | null>
  /** The server does not accept this one any more. */
  refuse(token: string): void
  /** The server accepted it. */
  accept(): void
  /** Renews the token on an open line, with a newer one of the page's or one of the server's making. */
  renew(refresh: (data: { readonly token?: string }) => Promise<{ readonly token: string }>): Promise<void>
}

export function createTokenSource({ getToken, onToken }: TokenSourceOptions): TokenSource {
  let current: string | null = null
  let refused: string | null = null
  /** A page that does not keep what `onToken` brings still hands out the token that it replaced. */
  let replaced: string | null = null

  async function latest(): Promise<string> {
    const given = await getToken()
    return given === replaced && current !== null ? current : given
  }

  return {
    async next() {
      const token = await latest()
      if (token === refused) return null
      current = token
      return token
    },
    refuse(token) {
      refused = token
      if (current === token) {
        current = null
        replaced = null
      }
    },
    accept() {
      refused = null
    },
    async renew(refresh) {
      const before = current
      const given = await latest()
      const { token } = await refresh(given === before ? {} : { token: given })
      if (token === current) return
      replaced = given === before ? (replaced ?? before) : null
      current = token
      if (token !== given) onToken?.(token)
    },
  }
}
