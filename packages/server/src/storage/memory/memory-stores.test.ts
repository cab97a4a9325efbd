import {
  describeConversationStore,
  describeDeadlineStore,
  describeMessageAppends,
  describeMessageStore,
  describePresenceStore,
  describeReplay,
  describeStoreBounds,
} from '@parley/testkit/contracts'
import { openMemoryStores } from './open-memory-stores.ts'

const open = async () => openMemoryStores()

describeConversationStore('memory', open)
describeMessageAppends('memory', open)
describeMessageStore('memory', open)
describeReplay('memory', open)
describePresenceStore('memory', open)
describeDeadlineStore('memory', open)
describeStoreBounds('memory', async (bounds) => openMemoryStores(bounds))
