import { createChatManager } from './chat-manager.ts'
import type { ChatManagerOptions, ChatManager as Manager } from './chat-manager-types.ts'

/** A site's chat over one stream of events, whatever way it goes. */
export type ChatManager = Manager

/** Makes one; with `new` or without. */
export const ChatManager = function ChatManager(options: ChatManagerOptions): Manager {
  return createChatManager(options)
} as unknown as { (options: ChatManagerOptions): Manager; new (options: ChatManagerOptions): Manager }
