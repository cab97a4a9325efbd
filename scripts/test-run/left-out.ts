/** What `npm run test:cluster` does not run, though it starts a server. Whatever is not here runs. */
export interface LeftOut {
  readonly file: string
  /** As its full name begins, what it stands in before it and ` > ` between; without it the whole file. */
  readonly test?: string
  /** Why two nodes behind one address say nothing here. */
  readonly reason: string
}

const ONE_PROCESS = 'is about one process'
const BY_A_CLOCK = 'moves or stops a clock, and Redis has its own'

export const LEFT_OUT: readonly LeftOut[] = [
  { file: 'test/scenarios/slow-readers.test.ts', reason: `${ONE_PROCESS}: how large it gets` },
  ...[
    'a start > in development needs nothing, makes a secret and says so',
    'a start > in production without a secret fails, and says what to do',
    'a start > with several mistakes tells them all',
    'a start > on a taken port says so and what to do',
  ].map((test) => ({
    file: 'packages/server/src/main.test.ts',
    test,
    reason: `${ONE_PROCESS}: its start without a secret, without Redis or without a port`,
  })),
  ...[
    'a start without settings has Janus and coturn, and stops them with itself',
    'nothing of it is left when the server is killed',
    'a Janus that is killed comes back, and /health tells of it meanwhile',
  ].map((test) => ({
    file: 'packages/server/src/media/supervised.test.ts',
    test,
    reason: `${ONE_PROCESS}: the Janus that it starts, which nodes refuse to be with`,
  })),
  {
    file: 'test/scenarios/bot-voice.test.ts',
    test: 'bots hear each other again by themselves when the media server is killed',
    reason: `${ONE_PROCESS}: the Janus that it starts anew; voice-of-two-nodes.test.ts kills that of nodes`,
  },
  {
    file: 'packages/server/src/media/voice-through-janus.test.ts',
    test: 'people who talk hear each other again by themselves when the media server was killed',
    reason: `${ONE_PROCESS}: the Janus that it starts anew; voice-of-two-nodes.test.ts kills that of nodes`,
  },
  {
    file: 'packages/server/src/media/voice-through-janus.test.ts',
    test: 'the host downloads what was recorded',
    reason: `${ONE_PROCESS}: nodes on Redis do not record`,
  },
  {
    file: 'packages/server/src/media/turn/relay.test.ts',
    test: 'coturn, started by the server',
    reason: `${ONE_PROCESS}: the coturn that it starts, on one port of this machine`,
  },
  {
    file: 'test/scenarios/workers.test.ts',
    test: 'what keeps them from serving is said once',
    reason: `${ONE_PROCESS}: its start without Redis`,
  },
  {
    file: 'test/browser/lines.test.ts',
    test: 'when the line is not what it should be > says in words that the server restarts, and what became of the room',
    reason: `${ONE_PROCESS}: a room that goes with it`,
  },
  {
    file: 'test/scenarios/encrypted-room.test.ts',
    test: 'and in the file of the database what was said in a conversation that lasts',
    reason: `${ONE_PROCESS}: its SQLite file`,
  },
  {
    file: 'packages/server/src/http/operations-routes.test.ts',
    test: '/health > says that rooms are in memory where there is no Redis',
    reason: `${ONE_PROCESS}: a server without Redis`,
  },
  {
    file: 'packages/server/src/http/admin/admin.test.ts',
    test: 'what the operator sees > is that one process keeps rooms in memory, and the rest in a file',
    reason: `${ONE_PROCESS}: a server without Redis`,
  },
  {
    file: 'packages/server/src/http/rest/limits.test.ts',
    test: 'who stands behind a proxy that is not trusted is told of it once',
    reason: 'the nodes trust the nginx before them',
  },
  {
    file: 'test/conformance/messenger/time.test.ts',
    test: 'time on the messenger wire > warns five minutes and one minute before the end, and says when it has come',
    reason: BY_A_CLOCK,
  },
  {
    file: 'test/conformance/messenger/chat-time.test.ts',
    test: 'limits > are those of the table, for each user',
    reason: BY_A_CLOCK,
  },
  {
    file: 'packages/client/src/parley-client.test.ts',
    test: 'a room ends at its time by the server’s clock, with warnings before',
    reason: BY_A_CLOCK,
  },
]

const names = LEFT_OUT.flatMap(({ test }) => test ?? [])
const asText = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Matches the full names of all tests but those that are left out by name. */
export const NOT_LEFT_OUT = names.length === 0 ? /^/ : new RegExp(`^(?!(?:${names.map(asText).join('|')}))`)
