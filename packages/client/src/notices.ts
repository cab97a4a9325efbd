import type { Notification } from '@parley/protocol/messenger'

/** What waits for the person, oldest first. */
export interface Notices {
  /** The same array until something changes. */
  list(): readonly Notification[]
  add(notification: Notification): void
  /** All that wait, as the server says. */
  replace(all: readonly Notification[]): void
  remove(ids: readonly string[]): void
}

/** `onNew` is told of each once; not of those that waited when we first looked. */
export function createNotices(onChange: () => void, onNew: (notification: Notification) => void): Notices {
  let list: readonly Notification[] = []
  const told = new Set<string>()
  let isFirst = true

  return {
    list: () => list,
    add(notification) {
      if (told.has(notification.id)) return
      told.add(notification.id)
      list = [...list, notification]
      onChange()
      onNew(notification)
    },
    replace(all) {
      const news = all.filter(({ id }) => !told.has(id))
      const wasFirst = isFirst
      isFirst = false
      for (const { id } of news) told.add(id)
      if (all.length !== list.length || all.some(({ id }, index) => id !== list[index]?.id)) {
        list = all
        onChange()
      }
      if (!wasFirst) for (const notification of news) onNew(notification)
    },
    remove(ids) {
      if (!list.some(({ id }) => ids.includes(id))) return
      list = list.filter(({ id }) => !ids.includes(id))
      onChange()
    },
  }
}
