import { setTimeout as pause } from 'node:timers/promises'

/** How many small questions are asked, twice: as long as anything may take that waits for nothing. */
const QUESTIONS = 20
/** What a socket is told rests for up to 50 ms where there is much to write. */
const REST_MS = 100

/**
 * Which of `calls` the server at `url` answers without waiting for anything else: their answers are there when it has
 * answered, one after the other, some questions that need no more than itself. However slow the machine is, both are.
 */
export async function answeredAtOnce<T>(url: string, calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const answers: T[] = []
  for (const call of calls) {
    call.then(
      (answer) => answers.push(answer),
      () => undefined,
    )
  }
  await askAll(url)
  await pause(REST_MS)
  await askAll(url)
  return [...answers]
}

async function askAll(url: string): Promise<void> {
  for (let asked = 0; asked < QUESTIONS; asked += 1) await (await fetch(`${url}/healthz`)).text()
}
