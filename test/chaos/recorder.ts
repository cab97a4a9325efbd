import type { Change, Position } from './change.ts'
import type { Entry, History } from './history.ts'

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never

/** Keeps what one client sees, and how far it got in each conversation. */
export interface Recorder {
  readonly history: History
  /** Up to where everything is known, own messages included; `null` for one that it never was in. */
  position(conversationId: string): Position | null
  note(entry: Without<Entry, 'at'>): void
  /** What it was told to have been said there, latest last. */
  heard(conversationId: string): readonly string[]
  /** What it said there itself, by the server's ids, latest last. */
  own(conversationId: string): readonly string[]
}

/** How many ids of messages are remembered, so that something can be done to them. */
const REMEMBERED = 20

interface Account {
  epoch: string
  rev: number
  /** Known beyond `rev`, where something of our own is missing before. */
  readonly ahead: Set<number>
  readonly heard: string[]
  readonly own: string[]
}

/** `share`: the same object for the same change, whoever was told: there are many. */
export function createRecorder(
  who: Omit<History, 'entries'>,
  now: () => number,
  share: (conversationId: string, change: Change) => Change,
): Recorder {
  const entries: Entry[] = []
  const accounts = new Map<string, Account>()

  function reach(account: Account | undefined, rev: number): void {
    if (account === undefined || rev <= account.rev) return
    account.ahead.add(rev)
    while (account.ahead.delete(account.rev + 1)) account.rev += 1
  }

  function remember(account: Account | undefined, { kind, messageId, userId }: Change): void {
    if (account === undefined || kind !== 'said' || messageId === null || userId === who.userId) return
    account.heard.push(messageId)
    if (account.heard.length > REMEMBERED) account.heard.shift()
  }

  return {
    history: { ...who, entries },
    position(conversationId) {
      const account = accounts.get(conversationId)
      return account === undefined ? null : { epoch: account.epoch, rev: account.rev }
    },
    note(noted) {
      const entry = { ...noted, at: now() } as Entry
      if (entry.what === 'told') {
        const change = share(entry.conversationId, entry.change)
        entries.push({ ...entry, change })
        const account = accounts.get(entry.conversationId)
        reach(account, change.rev)
        remember(account, change)
        return
      }
      if (entry.what === 'entered') {
        const { conversationId, epoch, rev } = entry
        const missed = entry.missed.map((change) => share(conversationId, change))
        entries.push({ ...entry, missed })
        const before = accounts.get(conversationId)
        const account = { epoch, rev, ahead: new Set<number>(), heard: before?.heard ?? [], own: before?.own ?? [] }
        accounts.set(conversationId, account)
        for (const change of missed) remember(account, change)
        return
      }
      entries.push(entry)
      if (entry.what === 'acked') {
        const account = accounts.get(entry.conversationId)
        reach(account, entry.seq)
        account?.own.push(entry.messageId)
        if (account !== undefined && account.own.length > REMEMBERED) account.own.shift()
      }
    },
    heard: (conversationId) => accounts.get(conversationId)?.heard ?? [],
    own: (conversationId) => accounts.get(conversationId)?.own ?? [],
  }
}
