const AT_A_TIME = 32

/** Takes the steps 0 to `count` - 1 in order, so many of them under way at a time. Rejects when one of them does. */
export async function inTurns(count: number, step: (index: number) => Promise<void> | undefined): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await step(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, AT_A_TIME) }, worker))
}
