import type { admin } from '@parley/protocol'
import { Select } from '../ui/select.tsx'
import { showToast } from '../ui/toaster.tsx'
import { useAdminText } from './admin-words.ts'
import { formatCount, formatMs } from './figures.ts'
import { useOperator, wordsOf } from './operator-context.tsx'
import { Card, Empty, Section, Tag } from './section.tsx'

/** What the server stands on, and what carries voice. */
export function NeedsSection({ seen }: { readonly seen: admin.Overview }) {
  const say = useAdminText()
  const { dependencies, services, mediaServers, media, nodes } = seen
  // A conversation with people on several nodes is counted by each.
  const isAlone = nodes.length === 1
  const loadOf = (name: string) => mediaServers.find((server) => server.name === name)
  const askedOf = (name: string) => dependencies.find((dependency) => dependency.name === name)
  const isService = (name: string) => services.some((service) => service.name === name)
  return (
    <Section title={say('needs')}>
      <Card>
        <ul aria-label={say('needs')} className="divide-y divide-line">
          {dependencies
            .filter(({ name }) => !isService(name))
            .map((dependency) => (
              <li key={dependency.name} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
                <span className="font-medium">{nameOf(dependency.name, seen)}</span>
                <Answer of={dependency} />
              </li>
            ))}
          {services.map(({ name, state, restarts }) => {
            const load = loadOf(name)
            const asked = askedOf(name)
            return (
              <li key={`service ${name}`} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
                <span>
                  <span className="font-medium">{name}</span>
                  {load !== undefined && (
                    <span className="tabular block text-ink-3 text-xs">
                      {isAlone
                        ? say('mediaLoad', { rooms: load.rooms, people: load.people, legs: load.legs })
                        : say('mediaLoadOfAll', { people: load.people, legs: load.legs })}
                    </span>
                  )}
                </span>
                <span className="flex flex-wrap gap-1.5">
                  {restarts > 0 && <Tag tone="warm">{say('restarts', { count: restarts })}</Tag>}
                  {asked !== undefined && state === 'up' ? <Answer of={asked} /> : <State of={state} />}
                </span>
              </li>
            )
          })}
          {media !== 'janus' && (
            <li className="px-5 py-3 text-ink-3 text-sm">{say(media === 'mesh' ? 'mediaMesh' : 'mediaOff')}</li>
          )}
        </ul>
      </Card>
    </Section>
  )
}

function Answer({ of: { works, ms } }: { readonly of: admin.Overview['dependencies'][number] }) {
  const say = useAdminText()
  return <Tag tone={works ? 'good' : 'bad'}>{works ? say('works', { time: formatMs(ms) }) : say('worksNot')}</Tag>
}

function State({ of: state }: { readonly of: admin.Overview['services'][number]['state'] }) {
  const say = useAdminText()
  if (state === 'up') return <Tag tone="good">{say('serviceUp')}</Tag>
  if (state === 'starting') return <Tag tone="calm">{say('serviceStarting')}</Tag>
  return <Tag tone="bad">{say('serviceDown')}</Tag>
}

const DATABASE_NAMES: Readonly<Record<string, string>> = {
  sqlite: 'SQLite',
  postgresql: 'PostgreSQL',
  mariadb: 'MariaDB',
}

const nameOf = (name: string, { database }: admin.Overview): string =>
  name === 'database' ? (DATABASE_NAMES[database] ?? database) : name === 'redis' ? 'Redis' : name

/** What was refused or failed, most frequent first. */
export function ErrorsSection({ errors }: { readonly errors: admin.Overview['errors'] }) {
  const say = useAdminText()
  return (
    <Section title={say('errors')} note={say('errorsText')}>
      <Card>
        {errors.length === 0 ? (
          <Empty>{say('errorsEmpty')}</Empty>
        ) : (
          <table className="w-full text-sm">
            <thead className="text-ink-3 text-xs">
              <tr className="border-line border-b">
                <th scope="col" className="px-5 py-2 text-start font-medium">
                  {say('code')}
                </th>
                <th scope="col" className="px-2 py-2 text-start font-medium">
                  {say('wire')}
                </th>
                <th scope="col" className="px-5 py-2 text-end font-medium">
                  {say('times')}
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {errors.map(({ wire, code, count }) => (
                <tr key={`${wire} ${code}`}>
                  <td className="px-5 py-2 font-mono text-xs">{code}</td>
                  <td className="px-2 py-2 text-ink-2">{wire}</td>
                  <td className="tabular px-5 py-2 text-end">{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    </Section>
  )
}

const LEVELS: readonly admin.LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** How much the server writes. */
export function LogSection({ level, onChanged }: { readonly level: admin.LogLevel; readonly onChanged: () => void }) {
  const { api } = useOperator()
  const say = useAdminText()
  async function set(next: admin.LogLevel): Promise<void> {
    try {
      const { isComplete } = await api.setLogLevel(next)
      if (isComplete) showToast(say('logLevelSet', { level: next }), { tone: 'success' })
      else showToast(say('logLevelSetPartly', { level: next }), { tone: 'danger' })
    } catch (error) {
      showToast(wordsOf(error, say), { tone: 'danger' })
    }
    onChanged()
  }
  return (
    <Section title={say('log')}>
      <div className="max-w-90">
        <Select
          label={say('logLevel')}
          hint={say('logLevelHint')}
          value={level}
          onChange={(next) => void set(next)}
          options={LEVELS.map((value) => ({ value, label: value }))}
        />
      </div>
    </Section>
  )
}
