import { type Batch, type Event, type Headers, LineEvent, PlainEvent } from './event.ts'

/** Changes or drops events on their way from a source to its channels. Synchronous, batch by batch. */
export interface Interceptor {
  /** What goes on, in order: the same array when nothing changed. It must not change the batch or its events in place. */
  intercept(batch: Batch): Batch
}

/**
 * The batch with `change` applied to every event's headers, called once for each run of events that share a headers object.
 * For interceptors that set the same headers on a whole batch.
 */
export const withHeaders = (batch: Batch, change: (headers: Headers) => Headers): Batch => {
  const changed: Event[] = []
  let before: Headers | undefined
  let after: Headers | undefined
  for (const event of batch) {
    if (after === undefined || event.headers !== before) {
      before = event.headers
      after = Object.freeze(change(before))
    }
    changed.push(event instanceof LineEvent ? event.under(after) : new PlainEvent(after, event.body))
  }
  return changed
}
