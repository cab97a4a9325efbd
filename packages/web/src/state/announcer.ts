import { excerptOf } from './message-size.ts'

export interface AnnouncerWords {
  readonly message: (name: string, content: string) => string
  readonly messages: (count: number) => string
}

const GATHER_MS = 1200
const READ_OUT_AT_MOST = 2

/**
 * Turns arriving messages into something that can be listened to: what comes within about a second is said
 * together, in full when it is one or two messages, by number when it is more.
 */
export function createAnnouncer(say: (words: string) => void, words: () => AnnouncerWords) {
  let waiting: string[] = []
  let count = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    timer = undefined
    say(count <= READ_OUT_AT_MOST ? waiting.join('. ') : words().messages(count))
    waiting = []
    count = 0
  }

  return {
    hear(name: string, content: string): void {
      count += 1
      if (count <= READ_OUT_AT_MOST) waiting.push(words().message(name, excerptOf(content, 300)))
      timer ??= setTimeout(flush, GATHER_MS)
    },
    stop(): void {
      clearTimeout(timer)
    },
  }
}
