/** One version per wire. Raise it when a schema of that wire changes; `fingerprint.test.ts` holds you to it. */
export const VERSIONS = { rooms: 1, messenger: 1, site: 1 } as const
