/*
 * Who may import whom. `npm run check` holds every rule; test/boundaries.test.ts seeds a violation of each
 * and proves that it is caught, so a rule added here needs a seed there.
 *
 * The tool reads TypeScript through the package called `typescript`, which must stay at 6: with 7 it reads
 * no module at all and reports success.
 */

/** Tests, and what several tests of one folder share. */
const tests = String.raw`(\.test\.tsx?|-fixture\.ts)$`
const protocol = '^packages/protocol/'
const testkit = '^packages/testkit/'
/** What clients may use of the protocol at run time. */
const constants = '^packages/protocol/src/(constants|close-codes|errors|limits|deleted-user|versions)[.]ts$'
const server = (...folders) => folders.map((folder) => `^packages/server/src/${folder}`)
/** In `from`: production code only. */
const within = (path) => ({ path, pathNot: tests })

/** @type {(import('dependency-cruiser').IForbiddenRuleType & { name: string })[]} */
const forbidden = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or three.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolved',
    comment: 'An import that leads nowhere.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'packages-by-name',
    comment: 'Packages import each other by name, through their exports.',
    from: { path: '^packages/([^/]+)/' },
    to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'core-imports-nothing',
    comment: 'The core knows no library, no runtime and no other package.',
    from: within('^packages/core/src/'),
    to: { pathNot: '^packages/core/src/' },
  },
  {
    name: 'protocol-imports-its-schema-library',
    comment: 'The protocol is schemas and the types inferred from them; nothing else.',
    from: within('^packages/protocol/src/'),
    to: { pathNot: ['^packages/protocol/src/', '(^|/)node_modules/zod/'] },
  },
  {
    name: 'constants-import-no-schemas',
    comment: 'What browsers load of the protocol stays free of the schema library.',
    from: { path: constants },
    to: { pathNot: constants },
  },
  {
    name: 'wire-imports-inward',
    comment: 'A wire uses the core, the protocol, the shared wire files, auth and ops; adapters it never sees.',
    from: within('^packages/server/src/wire/'),
    to: {
      path: '^packages/',
      pathNot: ['^packages/core/', protocol, ...server('wire/', 'ops/', 'auth/')],
    },
  },
  {
    name: 'wires-are-strangers',
    comment: 'No wire knows another.',
    from: within('^packages/server/src/wire/([^/]+)/'),
    to: { path: '^packages/server/src/wire/[^/]+/', pathNot: '^packages/server/src/wire/$1/' },
  },
  {
    name: 'shared-wire-knows-no-wire',
    comment: 'What all wires share knows none of them; attach-wires alone puts them together.',
    from: { path: '^packages/server/src/wire/[^/]+[.]ts$', pathNot: [tests, ...server('wire/attach-wires[.]ts$')] },
    to: { path: '^packages/server/src/wire/[^/]+/' },
  },
  {
    name: 'wire-speaks-its-own-protocol',
    comment: 'A wire reads its own part of the protocol and what all parts share.',
    from: within('^packages/server/src/wire/([^/]+)/'),
    to: { path: '^packages/protocol/src/[^/]+/', pathNot: '^packages/protocol/src/$1/' },
  },
  {
    name: 'adapters-import-inward',
    comment:
      'A storage or bus adapter uses the core and the one other contract (of revocations), its driver, ops, and types of the configuration.',
    from: within('^packages/server/src/(storage|bus)/'),
    to: {
      path: '^packages/',
      pathNot: [
        '^packages/core/',
        ...server('storage/', 'bus/', 'ops/', 'redis/', 'config/', 'auth/revocation-store[.]ts$'),
      ],
    },
  },
  {
    name: 'adapters-are-strangers',
    comment: 'No adapter knows another.',
    from: within('^packages/server/src/(storage/[^/]+|bus)/'),
    to: { path: '^packages/server/src/(storage/[^/]+|bus)/', pathNot: '^packages/server/src/$1/' },
  },
  {
    name: 'redis-imports-inward',
    comment: 'What all users of Redis share knows none of them: the core, its driver, and types of the configuration.',
    from: within('^packages/server/src/redis/'),
    to: { path: '^packages/', pathNot: ['^packages/core/', ...server('redis/', 'config/')] },
  },
  {
    name: 'media-imports-inward',
    comment:
      'What carries media uses the core, its own server, ops and types of the configuration; no wire and no HTTP.',
    from: within('^packages/server/src/media/(janus|mesh)/'),
    to: {
      path: '^packages/',
      pathNot: ['^packages/core/', ...server('media/[^/]+[.]ts$', 'media/$1/', 'ops/', 'config/')],
    },
  },
  {
    name: 'only-media-names-its-adapters',
    comment: 'The files beside them alone choose what carries media.',
    from: {
      path: '^packages/',
      pathNot: [tests, testkit, ...server('media/')],
    },
    to: { path: server('media/(janus|mesh)/') },
  },
  {
    name: 'only-app-names-adapters',
    comment: 'The composition root alone chooses adapters.',
    from: {
      path: '^packages/server/src/',
      pathNot: [tests, ...server('storage/', 'bus/', 'app[.]ts$')],
    },
    to: { path: server('storage/[^/]+/', 'bus/') },
  },
  {
    name: 'only-main-imports-app',
    comment: 'The composition root is for main alone; the testkit starts it in tests.',
    from: { path: '^packages/', pathNot: [tests, testkit, ...server('main[.]ts$')] },
    to: { path: server('app[.]ts$') },
  },
  {
    name: 'nobody-imports-main',
    comment: 'main runs; it is not a library.',
    from: {},
    to: { path: server('main[.]ts$') },
  },
  {
    name: 'client-imports-protocol',
    comment: 'The SDK uses the protocol and its transport; no other package of ours.',
    from: within('^packages/client/src/'),
    to: { path: '^packages/', pathNot: ['^packages/client/', protocol] },
  },
  {
    name: 'web-imports-client',
    comment: 'The web app uses the SDK and the protocol; the server it knows only over the wire.',
    from: within('^packages/web/src/'),
    to: { path: '^packages/', pathNot: ['^packages/web/', '^packages/client/', protocol] },
  },
  {
    name: 'bot-imports-client',
    comment: 'A bot is a participant like any other: the SDK and the protocol, and the server only over the wire.',
    from: within('^packages/bot/src/'),
    to: { path: '^packages/', pathNot: ['^packages/bot/', '^packages/client/', protocol] },
  },
  {
    name: 'no-schemas-in-the-browser',
    comment: 'Browsers get types and constants of the protocol, never its schema library.',
    from: within('^packages/(client|web)/src/'),
    to: { path: [protocol, '(^|/)node_modules/zod/'], pathNot: constants, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'state-without-react',
    comment: 'State is plain TypeScript: it is tested without a page.',
    from: within('^packages/web/src/state/'),
    to: { path: ['(^|/)node_modules/(react|react-dom|@types/react)/', '^packages/web/src/(features|ui)/'] },
  },
  {
    name: 'testkit-stays-in-tests',
    comment: 'The testkit is never shipped.',
    from: { path: '^packages/', pathNot: [tests, testkit, String.raw`/(vitest|vite)\.config\.ts$`] },
    to: { path: testkit },
  },
  {
    name: 'tests-are-not-libraries',
    comment: 'Nothing but a test imports a test.',
    from: { pathNot: tests },
    to: { path: tests },
  },
]

export default {
  forbidden,
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
}
