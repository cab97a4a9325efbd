const KEY = 'parley.operator'

/** The operator's token, for as long as this tab is open. Where nothing can be kept it lasts until the page is left. */
export const keptToken = {
  read(): string | null {
    try {
      return sessionStorage.getItem(KEY)
    } catch {
      return null
    }
  },
  write(token: string): void {
    try {
      sessionStorage.setItem(KEY, token)
    } catch {
      // The page itself has it.
    }
  },
  forget(): void {
    try {
      sessionStorage.removeItem(KEY)
    } catch {
      // Nothing was kept.
    }
  },
}
