import type { admin } from '@parley/protocol'
import { Button } from '../ui/button.tsx'
import { useAdminText } from './admin-words.ts'
import { formatCount, formatSpan } from './figures.ts'
import { useOperator } from './operator-context.tsx'
import { Card, Section, Tag } from './section.tsx'

export interface NodesSectionProps {
  readonly nodes: readonly admin.Node[]
  /** By the server's clock. */
  readonly at: number
  readonly onChanged: () => void
}

/** The processes that are this Parley. */
export function NodesSection({ nodes, at, onChanged }: NodesSectionProps) {
  const { api, propose } = useOperator()
  const say = useAdminText()
  const drain = (id: string) =>
    propose({
      title: say('drainTitle', { name: id }),
      words: say(nodes.length > 1 ? 'drainText' : 'drainLastText'),
      confirm: say('drain'),
      run: () => api.drain(id),
      done: say('drained', { name: id }),
      after: onChanged,
    })
  return (
    <Section title={say('nodes')}>
      <Card>
        <ul aria-label={say('nodes')} className="divide-y divide-line">
          {nodes.map(({ id, version, startedAt, isDraining, connections, conversations, isThis }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-5 py-3">
              <span className="flex min-w-40 flex-1 flex-wrap items-center gap-2">
                <code className="font-medium font-mono text-sm">{id}</code>
                <Tag tone={isDraining ? 'warm' : 'good'}>{say(isDraining ? 'draining' : 'serving')}</Tag>
                {isThis && nodes.length > 1 && <Tag>{say('thisNode')}</Tag>}
              </span>
              <span className="tabular text-ink-2 text-sm">
                {say('connections', { count: connections })}, {say('ofRooms', { count: conversations })}
              </span>
              <span className="tabular text-ink-3 text-xs">
                {say('release')} {version} · {say('running')} {formatSpan(at - startedAt)}
              </span>
              <Button
                size="s"
                disabled={isDraining}
                aria-label={say('drainName', { name: id })}
                onClick={() => drain(id)}
              >
                {say('drain')}
              </Button>
            </li>
          ))}
        </ul>
      </Card>
      {nodes.length > 1 && (
        <p className="tabular text-ink-3 text-sm">
          {say('connections', { count: nodes.reduce((sum, node) => sum + node.connections, 0) })} ·{' '}
          {formatCount(nodes.length)}
        </p>
      )}
    </Section>
  )
}
