import type { DeployOptions } from '../deploy.ts'
import type { Machine } from '../machine.ts'
import type { ReturnRow } from '../returns.ts'
import { type ReturnsBench, reportReturns } from './returns-report.ts'
import type { Report } from './save-report.ts'

const DEPLOY_HEADLINE: ReturnsBench['headline'] = {
  name: '95th percentile of being back',
  of: ({ backMs }) => backMs,
  at: 'p95',
}

/** Table, plot and data of rolling restarts. */
export function reportDeploy(machine: Machine, options: DeployOptions, rows: readonly ReturnRow[]): Report {
  const { crowds, nodes, perSecond, calmSeconds, rounds } = options
  return reportReturns(
    machine,
    {
      title: 'Deploy',
      about: `A rolling restart: each of ${nodes} nodes gets SIGTERM, ends, starts again and is ready before the next one's turn, behind the nginx of \`deploy/\` (TLS), under connected clients of whom one in each room writes ${perSecond} messages a second and sends again what was not answered; ${rounds} rounds, each with a new cluster. Parley is on Redis and PostgreSQL; it tells its clients when to go (\`server:draining\`) and they go then. Socket.IO is on the same Redis with \`@socket.io/redis-streams-adapter\`, which keeps sessions and messages for connection state recovery across servers (in memory they would end with the process), stores nothing else, and ends by \`io.close()\`. A message that its writer sends again is a second one to Socket.IO, which knows no idempotency: that is counted as doubled. Clients try to come back as their SDKs do.`,
      headline: DEPLOY_HEADLINE,
      axis: 's',
      options: { crowds, nodes, perSecond, calmSeconds, rounds },
    },
    rows,
  )
}
