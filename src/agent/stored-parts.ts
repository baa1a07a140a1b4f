/**
 * What a blocked sink has stored all the same. At the stop its takes are rolled back; here the channel gives them once more, and the parts that are
 * stored are committed without another write, so that the next start does not store them again.
 */
import type { Take } from '../flow/channel.ts'
import type { Batch, Event } from '../flow/event.ts'

/** Events that were taken one behind the other, and have the same fate. */
export interface Part {
  readonly events: Batch
  readonly isStored: boolean
}

/** Of a batch that is stored but for some of its events. */
export const partsOf = (batch: Batch, unstored: ReadonlySet<Event>): Part[] => {
  const parts: Part[] = []
  for (let from = 0, to = 1; from < batch.length; from = to++) {
    const isStored = !unstored.has(batch[from] as Event)
    while (to < batch.length && !unstored.has(batch[to] as Event) === isStored) to++
    parts.push({ events: batch.slice(from, to), isStored })
  }
  return parts
}

export const storedIn = (parts: readonly Part[]): number =>
  parts.reduce((sum, { events, isStored }) => sum + (isStored ? events.length : 0), 0)

/**
 * Commits what is stored of `parts`, which stand in this order at the head of the channel; the rest returns there. Ends where the channel gives other
 * events than these, since another sink of it has taken some meanwhile. Resolves with how many were committed; rejects with what a commit threw.
 */
export const settleStored = async (
  parts: readonly Part[],
  next: (max: number) => Promise<Take>,
  commit: (take: Take) => Promise<void>,
): Promise<number> => {
  await using kept = new AsyncDisposableStack()
  let committed = 0
  for (const { events, isStored } of parts) {
    for (let at = 0; at < events.length;) {
      const take = await next(events.length - at)
      const given = take.events
      const isTheirs = given.length > 0 && given.every((event, i) => isSame(event, events[at + i]))
      if (!isTheirs || !isStored) kept.use(take)
      if (!isTheirs) return committed
      if (isStored) {
        await committing(take, commit)
        committed += given.length
      }
      at += given.length
    }
  }
  return committed
}

const committing = async (take: Take, commit: (take: Take) => Promise<void>): Promise<void> => {
  try {
    await commit(take)
  } catch (error) {
    await take[Symbol.asyncDispose]()
    throw error
  }
}

const isSame = (one: Event, other: Event | undefined): boolean => {
  if (other === undefined || Buffer.compare(one.body, other.body) !== 0) return false
  const names = Object.keys(one.headers)
  return (
    names.length === Object.keys(other.headers).length &&
    names.every((name) => one.headers[name] === other.headers[name])
  )
}
