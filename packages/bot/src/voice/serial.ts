/** Runs steps one after the other; what one throws goes to `onError`, and the next runs all the same. */
export function createSerial(onError: (error: unknown) => void): (step: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (step) => {
    last = last.then(step).catch(onError)
    return last
  }
}
