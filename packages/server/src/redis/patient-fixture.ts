/** Settings of a link for tests in which Redis is there all the time: a machine that stands still for seconds is no outage. */
export const PATIENT = { answerTimeoutMs: 30_000, report: () => undefined } as const
