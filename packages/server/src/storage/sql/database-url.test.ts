import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseDatabaseUrl } from './database-url.ts'

test.each([
  [null, { kind: 'sqlite', path: resolve('data/parley.db') }],
  ['sqlite:chat.db', { kind: 'sqlite', path: resolve('chat.db') }],
  ['sqlite:./in/chat%20s.db', { kind: 'sqlite', path: resolve('in/chat s.db') }],
  ['sqlite:/var/chat.db', { kind: 'sqlite', path: '/var/chat.db' }],
  ['sqlite:///var/chat.db', { kind: 'sqlite', path: '/var/chat.db' }],
  ['postgres://me:secret@db/chat', { kind: 'postgres', url: 'postgres://me:secret@db/chat' }],
  ['postgresql://db/chat?sslmode=require', { kind: 'postgres', url: 'postgresql://db/chat?sslmode=require' }],
  ['mysql://me@db:3307/chat', { kind: 'mariadb', url: 'mysql://me@db:3307/chat' }],
  ['mariadb://me@db/chat', { kind: 'mariadb', url: 'mysql://me@db/chat' }],
])('%s', (url, address) => {
  expect(parseDatabaseUrl(url, 'data')).toEqual(address)
})

test.each(['', 'chat.db', 'sqlite:', 'sqlite://host/file', 'mongodb://db/chat', 'postgres://db', 'mysql://db/'])(
  'is refused: %s',
  (url) => {
    expect(() => parseDatabaseUrl(url, 'data')).toThrow(TypeError)
  },
)
