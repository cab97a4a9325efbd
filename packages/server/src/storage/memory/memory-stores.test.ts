import {
  describeCallStore,
  describeConversationStore,
  describeDeadlineStore,
  describeEraseAndPrune,
  describeInboxStore,
  describeMessageAppends,
  describeMessageStore,
  describeNotificationStore,
  describeNotifiedAppends,
  describePresenceStore,
  describeReceiptStore,
  describeReplay,
  describeStatusStore,
  describeStoreBounds,
  describeUserStore,
  describeVoiceStore,
} from '@parley/testkit/contracts'
import { openMemoryStores } from './open-memory-stores.ts'

const open = async () => openMemoryStores()

describeConversationStore('memory', open)
describeMessageAppends('memory', open)
describeMessageStore('memory', open)
describeReplay('memory', open)
describePresenceStore('memory', open)
describeReceiptStore('memory', open)
describeInboxStore('memory', open)
describeNotificationStore('memory', open)
describeNotifiedAppends('memory', open)
describeUserStore('memory', open)
describeEraseAndPrune('memory', open)
describeStatusStore('memory', open)
describeCallStore('memory', open)
describeVoiceStore('memory', open)
describeDeadlineStore('memory', open)
describeStoreBounds('memory', async (bounds) => openMemoryStores(bounds))
