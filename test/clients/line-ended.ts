/** The connection ended before the answer came: what was asked may have happened or not. */
export class LineEnded extends Error {
  override readonly name = 'LineEnded'
}

/** Rejects with `LineEnded` when this resolves; for a race against an answer. */
export function rejectWhen(ended: Promise<unknown>): Promise<never> {
  const rejecting = ended.then((reason) => {
    throw new LineEnded(`the line ended: ${String(reason)}`)
  })
  // Most lines end without anybody waiting for an answer.
  rejecting.catch(() => undefined)
  return rejecting
}
