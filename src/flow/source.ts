import type { Batch } from './event.ts'
import type { Receipt } from './receipt.ts'

/**
 * Resolves once every required channel holds the batch; rejects if one could not take it and the source said `whenRefused: 'tell'`.
 * Calls take effect in call order. An interceptor or selector may drop events: they settle at once.
 */
export type Deliver = (batch: Batch) => Promise<Receipt>

export interface Source {
  /**
   * What the runner does with a batch that a channel refuses. `retry`: it tries until it succeeds (sources that can read again or hold back
   * their writer). `tell`: after the channel's keep-alive `deliver` rejects, and the source tells its peer.
   */
  readonly whenRefused: 'retry' | 'tell'
  /**
   * Runs until `signal` aborts: it then stops reading at once, and resolves when its receipts have settled or `context.grace` aborts.
   * It rejects when it cannot start or go on (a port in use, a folder missing): the runner then starts it again with back-off, saying so once.
   */
  run(deliver: Deliver, signal: AbortSignal): Promise<void>
}
