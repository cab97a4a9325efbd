/** What `npm run test:cluster` does not run, though it starts a server. Whatever is not here runs. */
export interface LeftOut {
  readonly file: string
  /** As its full name begins, what it stands in before it and ` > ` between; without it the whole file. */
  readonly test?: string
  /** Why two nodes behind one address say nothing here. */
  readonly reason: string
}

const OWN_NODES = 'brings nodes of its own, on a Redis that it also stops'
const ONE_PROCESS = 'is about one process'
const OF_EACH_NODE = 'each node answers for itself, and nginx does not ask it'
const OF_NGINX = 'what is refused, sent or said here is nginx’s, and in test/deploy/nginx.test.ts'
const BY_A_CLOCK = 'moves or stops a clock, and Redis and nginx have their own'
const BY_METRICS = 'looks into one node by its metrics'

export const LEFT_OUT: readonly LeftOut[] = [
  { file: 'test/scenarios/two-nodes.test.ts', reason: OWN_NODES },
  { file: 'test/scenarios/leaving-node.test.ts', reason: OWN_NODES },
  { file: 'test/scenarios/redis-outage.test.ts', reason: OWN_NODES },
  { file: 'test/scenarios/workers.test.ts', reason: OWN_NODES },
  { file: 'packages/server/src/media/voice-of-two-nodes.test.ts', reason: OWN_NODES },
  { file: 'test/scenarios/slow-readers.test.ts', reason: `${ONE_PROCESS}: how large it gets` },
  { file: 'packages/server/src/main.test.ts', reason: `${ONE_PROCESS}: how it starts and ends` },
  { file: 'packages/server/src/media/supervised.test.ts', reason: `${ONE_PROCESS}: the programs that it starts` },
  { file: 'packages/server/src/doctor/doctor.test.ts', reason: `${ONE_PROCESS}: the doctor, on its own machine` },
  {
    file: 'test/browser/lines.test.ts',
    test: 'when the line is not what it should be > says in words that the server restarts, and what became of the room',
    reason: `${ONE_PROCESS}: a room that goes with it`,
  },
  {
    file: 'test/scenarios/bot-voice.test.ts',
    test: 'bots hear each other again by themselves when the media server is killed',
    reason: `${ONE_PROCESS}: the Janus that it starts`,
  },
  { file: 'packages/server/src/ops/metrics.test.ts', reason: OF_EACH_NODE },
  { file: 'packages/server/src/http/operations-routes.test.ts', reason: OF_EACH_NODE },
  { file: 'packages/server/src/http/admin/admin.test.ts', reason: OF_EACH_NODE },
  { file: 'packages/server/src/http/security-headers.test.ts', reason: OF_NGINX },
  { file: 'packages/server/src/http/refuse-broken-request.test.ts', reason: OF_NGINX },
  { file: 'packages/server/src/http/socket-origins.test.ts', reason: OF_NGINX },
  { file: 'packages/server/src/http/csrf.test.ts', reason: OF_NGINX },
  {
    file: 'packages/server/src/http/static-pages.test.ts',
    test: 'the one page > is not what a program gets at /index.html%00.png',
    reason: OF_NGINX,
  },
  {
    file: 'packages/server/src/http/rest/rest.test.ts',
    test: 'mistakes in HTTP > a path that can not be decoded',
    reason: OF_NGINX,
  },
  {
    file: 'packages/server/src/http/rest/limits.test.ts',
    test: 'a sender can not choose the address that is counted',
    reason: OF_NGINX,
  },
  { file: 'packages/server/src/http/rest/poll.test.ts', test: 'waiting', reason: BY_METRICS },
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
