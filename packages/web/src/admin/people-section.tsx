import type { admin } from '@parley/protocol'
import { useCallback, useDeferredValue, useState } from 'react'
import { useServerNow } from '../platform/use-now.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useAdminText } from './admin-words.ts'
import { formatBytes, formatSpan } from './figures.ts'
import { useOperator, wordsOf } from './operator-context.tsx'
import { Card, Empty, Section, Tag } from './section.tsx'
import { useAsked } from './use-asked.ts'

const EVERY_MS = 5000
/** Less than this a client has always not read yet. */
const WORTH_TELLING_BYTES = 65_536

/** Who is connected, and signing them out. */
export function PeopleSection() {
  const { api } = useOperator()
  const say = useAdminText()
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim())
  const ask = useCallback(() => api.people(wanted), [api, wanted])
  const { answer, error, again } = useAsked(ask, EVERY_MS)

  return (
    <Section title={say('connectedPeople')}>
      <div className="w-full max-w-90">
        <TextField
          type="search"
          label={say('findPerson')}
          hint={say('findPersonHint')}
          value={search}
          onChange={setSearch}
        />
      </div>
      {answer?.isComplete === false && <Banner tone="warning" title={say('incomplete')} />}
      {error !== null && <Banner tone="warning" title={wordsOf(error, say)} />}
      {answer !== null && (
        <Card>
          {answer.people.length === 0 ? (
            <Empty>{say(wanted === '' ? 'peopleEmpty' : 'peopleNoneFit')}</Empty>
          ) : (
            <ul aria-label={say('connectedPeople')} className="max-h-120 divide-y divide-line overflow-y-auto">
              {answer.people.map((person) => (
                <PersonLine key={person.userId} person={person} onChanged={() => void again()} />
              ))}
            </ul>
          )}
        </Card>
      )}
      {answer !== null && answer.total > answer.people.length && (
        <p className="text-ink-3 text-sm">
          {say('moreThanShown', { shown: answer.people.length, count: answer.total })}
        </p>
      )}
    </Section>
  )
}

type ConnectedPerson = admin.PeoplePage['people'][number]

function PersonLine({ person, onChanged }: { readonly person: ConnectedPerson; readonly onChanged: () => void }) {
  const { api, propose } = useOperator()
  const say = useAdminText()
  const now = useServerNow(5000)
  const { userId, name, isGuest, connections, wires, lastActiveAt, queuedBytes, isInVoice } = person
  const signOut = () =>
    propose({
      title: say('signOutTitle', { name }),
      words: say('signOutText'),
      confirm: say('signOut'),
      run: () => api.signOut(userId),
      done: say('signedOut', { name }),
      after: onChanged,
    })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <span className="min-w-48 flex-1">
        <span className="font-medium" dir="auto">
          {name}
        </span>
        <code className="block font-mono text-ink-3 text-xs">{userId}</code>
      </span>
      <span className="flex flex-wrap items-center gap-1.5">
        <Tag>{say(isGuest ? 'guest' : 'user')}</Tag>
        {wires.map((wire) => (
          <Tag key={wire}>{wire}</Tag>
        ))}
        {isInVoice && <Tag tone="good">{say('inVoice')}</Tag>}
        {queuedBytes > WORTH_TELLING_BYTES && (
          <Tag tone="warm">{say('behind', { size: formatBytes(queuedBytes) })}</Tag>
        )}
      </span>
      <span className="tabular text-ink-3 text-xs">
        {say('connections', { count: connections })} · {say('lastActive')}{' '}
        {say('ago', { time: formatSpan(now - lastActiveAt) })}
      </span>
      <Button size="s" aria-label={say('signOutName', { name })} onClick={signOut}>
        {say('signOut')}
      </Button>
    </li>
  )
}
