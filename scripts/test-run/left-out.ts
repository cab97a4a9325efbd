/** What `npm run test:cluster` does not run, though it starts a server. Whatever is not here runs. */
export interface LeftOut {
  readonly file: string
  /** As its full name begins, what it stands in before it and ` > ` between; without it the whole file. */
  readonly test?: string
  /** Why two nodes behind one address say nothing here. */
  readonly reason: string
}

const BY_A_CLOCK = 'moves or stops a clock, and Redis has its own'

/** These tests of a file are about one process. */
const ofOneProcess = (file: string, why: string, ...tests: readonly string[]): readonly LeftOut[] =>
  tests.map((test) => ({ file, test, reason: `is about one process: ${why}` }))

export const LEFT_OUT: readonly LeftOut[] = [
  { file: 'test/scenarios/slow-readers.test.ts', reason: 'is about one process: how large it gets' },
  ...ofOneProcess(
    'packages/server/src/main.test.ts',
    'its start without a secret, without Redis or without a port',
    'a start > in development needs nothing, makes a secret and says so',
    'a start > in production without a secret fails, and says what to do',
    'a start > with several mistakes tells them all',
    'a start > on a taken port says so and what to do',
  ),
  ...ofOneProcess(
    'packages/server/src/media/supervised.test.ts',
    'the Janus that it starts, which nodes refuse to be with',
    'a start without settings has Janus and coturn, and stops them with itself',
    'nothing of it is left when the server is killed',
    'a Janus that is killed comes back, and /health tells of it meanwhile',
  ),
  ...ofOneProcess(
    'test/scenarios/bot-voice.test.ts',
    'the Janus that it starts anew; voice-of-two-nodes.test.ts kills that of nodes',
    'bots hear each other again by themselves when the media server is killed',
  ),
  ...ofOneProcess(
    'packages/server/src/media/voice-through-janus.test.ts',
    'the Janus that it starts anew; voice-of-two-nodes.test.ts kills that of nodes',
    'people who talk hear each other again by themselves when the media server was killed',
  ),
  ...ofOneProcess(
    'packages/server/src/media/voice-through-janus.test.ts',
    'nodes on Redis do not record',
    'the host downloads what was recorded',
  ),
  ...ofOneProcess(
    'packages/server/src/media/turn/relay.test.ts',
    'the coturn that it starts, on one port of this machine',
    'coturn, started by the server',
  ),
  ...ofOneProcess(
    'test/scenarios/workers.test.ts',
    'its start without Redis',
    'what keeps them from serving is said once',
  ),
  ...ofOneProcess(
    'test/browser/lines.test.ts',
    'a room that goes with it',
    'when the line is not what it should be > says in words that the server restarts, and what became of the room',
  ),
  ...ofOneProcess(
    'test/scenarios/encrypted-room.test.ts',
    'its SQLite file',
    'and in the file of the database what was said in a conversation that lasts',
  ),
  ...ofOneProcess(
    'packages/server/src/http/operations-routes.test.ts',
    'a server without Redis',
    '/health > says that rooms are in memory where there is no Redis',
  ),
  ...ofOneProcess(
    'packages/server/src/http/admin/admin.test.ts',
    'a server without Redis',
    'what the operator sees > is that one process keeps rooms in memory, and the rest in a file',
  ),
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
    file: 'test/conformance/messenger/time.test.ts',
    test: 'time on the messenger wire > limits signalling to 300 in ten seconds, also where all of it is refused',
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
