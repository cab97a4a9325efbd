/** What a running server does at a signal besides stopping. */
export interface Controls {
  /** Reads its certificate anew, and begins new log files where the old ones were moved away. */
  reload(): void
  /** Logs everything, or no more than before. */
  toggleDebug(): void
}

/**
 * SIGHUP reloads, SIGUSR2 toggles what is logged; both are for systems that have signals. Without this they would end
 * the process. At a terminal SIGHUP says that it was closed: there it stays the end.
 */
export function onControlSignals(controls: Controls, isAtTerminal: boolean = process.stdout.isTTY === true): void {
  if (!isAtTerminal) process.on('SIGHUP', () => controls.reload())
  process.on('SIGUSR2', () => controls.toggleDebug())
}
