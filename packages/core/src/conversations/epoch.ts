/** What follows it in an epoch is a mark of where the history broke off; no epoch that a conversation begins with has one. */
export const EPOCH_BREAK = '~'

const beginningOf = (epoch: string): string => epoch.split(EPOCH_BREAK, 1)[0] ?? epoch

/** Whether these are epochs of one conversation, which has lost some of its history in between, and not of two with one id. */
export const areOfOneConversation = (one: string, other: string): boolean => beginningOf(one) === beginningOf(other)
