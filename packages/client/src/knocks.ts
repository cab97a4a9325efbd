/** People in the lobby, for those who may admit them. */
export interface Knocks {
  /** In the order they came; the same array until it changes. */
  list(): readonly Knock[]
  /** False for one who is known to wait. */
  add(knock: Knock): boolean
  remove(userId: string): void
  clear(): void
}

interface Knock {
  readonly userId: string
  readonly name: string
}

export function createKnocks(): Knocks {
  let list: readonly Knock[] = []
  return {
    list: () => list,
    add({ userId, name }) {
      if (list.some((each) => each.userId === userId)) return false
      list = [...list, { userId, name }]
      return true
    },
    remove(userId) {
      if (list.some((each) => each.userId === userId)) list = list.filter((each) => each.userId !== userId)
    },
    clear() {
      if (list.length > 0) list = []
    },
  }
}
