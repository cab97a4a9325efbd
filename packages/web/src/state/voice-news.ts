interface Named {
  readonly userId: string
  readonly name: string
}

export interface VoiceNewsWords {
  readonly joined: (names: readonly string[]) => string
  readonly left: (names: readonly string[]) => string
}

const GATHER_MS = 1500

/**
 * Tells who came into voice and who left, gathered for a moment: who drops and comes back at once is no news.
 * Who speaks is never told: it would talk over them.
 */
export function createVoiceNews(say: (words: string) => void, words: () => VoiceNewsWords) {
  let told: ReadonlyMap<string, string> | null = null
  let now: ReadonlyMap<string, string> = new Map()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    timer = undefined
    const before = told ?? now
    told = now
    const joined = [...now].filter(([userId]) => !before.has(userId)).map(([, name]) => name)
    const left = [...before].filter(([userId]) => !now.has(userId)).map(([, name]) => name)
    const parts = [joined.length > 0 && words().joined(joined), left.length > 0 && words().left(left)]
    const sentence = parts.filter((part) => part !== false).join(' ')
    if (sentence !== '') say(sentence)
  }

  return {
    /** The others in voice, as they stand; the first time is how one found them. */
    see(others: readonly Named[]): void {
      now = new Map(others.map(({ userId, name }) => [userId, name]))
      if (told === null) told = now
      else if (now.size !== told.size || others.some(({ userId }) => !told?.has(userId)))
        timer ??= setTimeout(flush, GATHER_MS)
    },
    stop(): void {
      clearTimeout(timer)
    },
  }
}
