/** Runs one thing after the other. One that fails is told to `onError`, and the next one runs. */
export function createSerial(onError: (error: unknown) => void): (run: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (run) => {
    last = last.then(run).catch(onError)
    return last
  }
}
