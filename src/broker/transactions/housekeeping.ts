/** What time does to transactions: those that take too long are aborted, and ids that nobody has used for long are forgotten. */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { BrokerSettings } from '../config-table.ts'
import { repeat } from '../log/repeat.ts'
import type { Completion } from './completion.ts'
import { decisionOf, fenced } from './transaction.ts'
import type { TransactionStore } from './transaction-store.ts'

export interface HousekeepingOptions {
  readonly settings: BrokerSettings
  readonly store: TransactionStore
  readonly completion: Completion
  readonly log: Log
}

/** Aborts what has been open for longer than its producer asked for, however the wall clock was set meanwhile; it also shuts that producer out. */
export const abortLate = async ({ store, completion, log }: HousekeepingOptions): Promise<void> => {
  const { clock } = store
  for (const transaction of store.list()) {
    const { facts, isPending, beganMs } = transaction
    if (facts.state !== 'Ongoing' || isPending || clock.monotonic() - beganMs <= facts.timeoutMs) continue
    if (store.topic.isUnread(transaction.id)) continue
    log.info(`The transaction of ${transaction.id} took longer than ${facts.timeoutMs} ms and is aborted.`)
    await completion.decide(transaction, fenced(facts, clock.now()))
  }
}

/** Forgets ids that nobody used for so long, outside of transactions. */
export const forgetOld = async ({ store, settings }: HousekeepingOptions): Promise<void> => {
  const before = store.clock.now() - settings['transactional.id.expiration.ms']
  for (const transaction of store.list()) {
    const { facts, isPending } = transaction
    const isIdle =
      !isPending &&
      !store.topic.isUnread(transaction.id) &&
      facts.state !== 'Ongoing' &&
      decisionOf(facts) === undefined
    if (isIdle && facts.updatedMs <= before) await store.forget(transaction)
  }
}

/** Does both over and over, until disposed. */
export const keepHouse = (options: HousekeepingOptions): Disposable => {
  const { settings, store, log } = options
  const failed = (thrown: unknown): void => log.warn(`Transactions could not be looked through: ${reasonOf(thrown)}.`)
  const abortMs = settings['transaction.abort.timed.out.transaction.cleanup.interval.ms']
  const forgetMs = settings['transaction.remove.expired.transaction.cleanup.interval.ms']
  const both = new DisposableStack()
  both.use(repeat(store.clock, abortMs, () => abortLate(options), failed))
  both.use(repeat(store.clock, forgetMs, () => forgetOld(options), failed))
  return both
}
