import { describe, expect, it } from 'vitest'
import { noHeaders, type Batch } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'
import { Gathering, gatheredMax, type OpenWrite, tellEach } from './gathering.ts'

const { signal } = new AbortController()
const batchOf = (events: number): Batch =>
  Array.from({ length: events }, () => ({ headers: noHeaders, body: Buffer.alloc(1) }))

const gatheringOf = (): { gathering: Gathering; sent: number[][] } => {
  const sent: number[][] = []
  const gathering = new Gathering((writes) => {
    sent.push(writes.map(({ batch }) => batch.length))
    for (const { resolve } of writes) resolve()
  })
  return { gathering, sent }
}

describe('gathering', () => {
  it('sends the writes of one turn together, in their order', async () => {
    const { gathering, sent } = gatheringOf()
    await Promise.all([3, 1, 2].map((events) => gathering.add(batchOf(events), signal)))
    expect(sent).toEqual([[3, 1, 2]])
  })

  it('sends no more at once than its limit', async () => {
    const { gathering, sent } = gatheringOf()
    const most = gatheredMax - 1
    await Promise.all([most, most, 1, 5].map((events) => gathering.add(batchOf(events), signal)))
    expect(sent).toEqual([[most], [most, 1], [5]])
  })

  it('fails what waits behind a write that failed, and sends none of it', async () => {
    const { gathering, sent } = gatheringOf()
    const cause = new Error('refused')
    const waiting = [1, 2].map((events) => gathering.add(batchOf(events), signal))
    gathering.fail(cause)
    const after = gathering.add(batchOf(3), signal)
    for (const write of waiting) await expect(write).rejects.toMatchObject({ cause })
    await after
    expect(sent).toEqual([[3]])
  })

  it('sends at once when told to, and nothing twice', async () => {
    const { gathering, sent } = gatheringOf()
    const stored = gathering.add(batchOf(1), signal)
    gathering.flush()
    await stored
    gathering.flush()
    expect(sent).toEqual([[1]])
  })
})

describe('what became of each write', () => {
  const outcomes = (sizes: readonly number[], thrown: unknown, stored: readonly number[]): unknown[] => {
    const told: unknown[] = sizes.map(() => 'nothing')
    const writes: OpenWrite[] = sizes.map((events, i) => ({
      batch: batchOf(events),
      signal,
      resolve: () => void (told[i] = 'stored'),
      reject: (error) => void (told[i] = error),
    }))
    tellEach(writes, thrown, stored)
    return told
  }

  it('is stored, when all was', () => {
    expect(outcomes([2, 3], undefined, [])).toEqual(['stored', 'stored'])
  })

  it('is the same failure for all, when it concerns no single event', () => {
    const error = new Error('the broker is away')
    expect(outcomes([2, 3], error, [])).toEqual([error, error])
  })

  it('is a rejection for the write that holds the refused events, by its own indexes', () => {
    const cause = new Error('too large')
    const thrown = new Rejected([3], 'It is too large.', cause, [0, 1])
    const [first, second, third] = outcomes([2, 3, 1], thrown, thrown.stored)
    expect(first).toBe('stored')
    expect(second).toMatchObject({ indexes: [1], stored: [], reason: 'It is too large.' })
    expect(third).toBe(cause)
  })
})
