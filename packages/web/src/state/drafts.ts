/** What was written and not sent, kept for this tab only: a reload keeps it, closing the tab forgets it. */
const keyOf = (roomId: string): string => `parley.draft.${roomId}`

export function readDraft(roomId: string): string {
  try {
    return sessionStorage.getItem(keyOf(roomId)) ?? ''
  } catch {
    return ''
  }
}

/** An empty draft is removed. Where the browser keeps nothing, nothing is kept. */
export function saveDraft(roomId: string, content: string): void {
  try {
    if (content === '') sessionStorage.removeItem(keyOf(roomId))
    else sessionStorage.setItem(keyOf(roomId), content)
  } catch {
    // The draft lasts as long as the page.
  }
}
