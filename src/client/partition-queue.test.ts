import { describe, expect, it } from 'vitest'
import { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { Delivery } from './delivery.ts'
import type { Entry } from './delivery.ts'
import type { Outcome } from './outcome.ts'
import { PartitionQueue } from './partition-queue.ts'
import type { Verdict } from './partition-queue.ts'

const stored: Outcome = { baseOffset: 7 }
const refused: Outcome = { baseOffset: -1, error: new Error('too large') }

/** A queue with the batches a, b, c … of two records each, and what was told of them. */
const queueOf = (names: string, identity = { producerId: 5, epoch: 0 }) => {
  const queue = new PartitionQueue<Entry>('t', 0)
  const told: string[] = []
  const given: RecordBatchWriter[] = []
  const entries = new Map<string, Entry>()
  const push = (name: string): void => {
    const records = new RecordBatchWriter({ bytesMax: 1000 })
    for (let i = 0; i < 2; i++) records.add(0, null, Buffer.from(name), null)
    const delivery = new Delivery({ give: (writer) => void given.push(writer) })
    const entry = delivery.add(queue, records, 1000)
    void delivery.outcomes.then(([outcome]) => told.push(outcome?.error === undefined ? name : `${name}!`))
    entries.set(name, entry)
    queue.push(entry)
  }
  queue.identify(identity)
  for (const name of names) push(name)
  const nameOf = (entry: Entry): string => [...entries].find(([, one]) => one === entry)?.[0] ?? '?'
  return {
    queue,
    given,
    push,
    entry: (name: string) => entries.get(name) as Entry,
    /** Takes all that may be sent with so many in flight, as `a0 b2`: name and sequence. */
    send: (inFlightMax = 5) => {
      const sent: string[] = []
      while (queue.next(inFlightMax) !== undefined) {
        const entry = queue.take()
        sent.push(`${nameOf(entry)}${entry.sequence}`)
      }
      return sent.join(' ')
    },
    answer: (name: string, verdict: Verdict, outcome = verdict === 'stored' ? stored : refused) =>
      queue.answered(entries.get(name) as Entry, verdict, outcome),
    told: async () => {
      await Promise.resolve()
      await Promise.resolve()
      return told.join(' ')
    },
  }
}

describe('batches of a partition', () => {
  it('go out in order, numbered on, as many as may be in flight', async () => {
    const { send, answer, told } = queueOf('abcdefg')
    expect(send()).toBe('a0 b2 c4 d6 e8')
    answer('a', 'stored')
    expect(send()).toBe('f10')
    expect(await told()).toBe('a')
  })

  it('go out one by one without sequences', () => {
    const { send, answer } = queueOf('abc', { producerId: -1, epoch: -1 })
    expect(send(1)).toBe('a0')
    answer('a', 'stored')
    expect(send(1)).toBe('b2')
  })

  it('are sent again with the same numbers, and nothing overtakes them', async () => {
    const { queue, send, answer, told, push } = queueOf('abc')
    expect(send(2)).toBe('a0 b2')
    expect(answer('a', 'again')).toBe(false)
    push('d')
    expect(send()).toBe('')
    expect(answer('b', 'again')).toBe(true)
    expect(send()).toBe('a0 b2 c4 d6')
    for (const name of 'abcd') answer(name, 'stored')
    expect(await told()).toBe('a b c d')
    expect(queue.waiting + queue.inFlight).toBe(0)
  })

  it('that fail for good fail those behind them, and the next ones begin a new epoch', async () => {
    const { queue, send, answer, told, push } = queueOf('abcd')
    expect(send(3)).toBe('a0 b2 c4')
    answer('a', 'stored')
    answer('b', 'failed')
    answer('c', 'again')
    expect(await told()).toBe('a b! c! d!')
    expect(queue.identity).toEqual({ producerId: 5, epoch: 1 })
    push('e')
    expect(send()).toBe('e0')
  })

  it('say which one failed when it was not themselves', async () => {
    const { send, answer, entry } = queueOf('ab')
    const outcomes: Outcome[] = []
    const b = entry('b')
    const settle = b.settle.bind(b)
    b.settle = (outcome) => {
      outcomes.push(outcome)
      settle(outcome)
    }
    send()
    answer('a', 'failed')
    answer('b', 'again')
    expect(outcomes[0]?.error?.message).toContain('too large')
    expect(outcomes[0]?.error).not.toBe(refused.error)
  })

  it('are numbered anew where the broker lost count', () => {
    const { queue, send, answer } = queueOf('abc')
    send(2)
    answer('a', 'resequence')
    answer('b', 'again')
    expect(queue.identity).toEqual({ producerId: 5, epoch: 1 })
    expect(send()).toBe('a0 b2 c4')
  })

  it('wait for another id when theirs is refused', () => {
    const { queue, send, answer } = queueOf('ab')
    send(1)
    expect(answer('a', 'newId')).toBe(true)
    expect(queue.retiredId).toBe(5)
    expect(send()).toBe('')
    queue.identify({ producerId: 6, epoch: 0 })
    expect(send()).toBe('a0 b2')
  })

  it('take another id when all epochs are used up', () => {
    const { queue, send, answer } = queueOf('ab', { producerId: 5, epoch: 32_766 })
    send(1)
    answer('a', 'resequence')
    expect(queue.identity).toBeUndefined()
  })

  it('wrap their sequence like the broker does', () => {
    const { queue, send, answer, push } = queueOf('a')
    send()
    answer('a', 'stored')
    const records = { count: 2 ** 31 - 4 } as RecordBatchWriter
    const huge = new Delivery({ give: () => undefined }).add(queue, records, 1000)
    queue.push(huge)
    queue.take()
    queue.answered(huge, 'stored', stored)
    for (const name of 'xy') push(name)
    expect(send()).toBe(`x${2 ** 31 - 2} y0`)
  })
})

describe('a cancelled batch', () => {
  it('is left out when it was not sent', async () => {
    const { send, entry, given, told } = queueOf('abc')
    entry('a').settle(refused)
    expect(given).toHaveLength(1)
    expect(send()).toBe('b0 c2')
    expect(await told()).toBe('a!')
  })

  it('keeps its writer while the socket may read it, and leaves no gap', () => {
    const { send, answer, entry, given } = queueOf('abc')
    send(1)
    entry('a').settle(refused)
    expect(given).toHaveLength(0)
    answer('a', 'again')
    expect(given).toHaveLength(1)
    expect(send()).toBe('b0 c2')
  })
})

describe('time', () => {
  it('runs out for what waits, not for what is in flight', async () => {
    const { queue, send, answer, told } = queueOf('ab')
    expect(queue.expired(999)).toBe(false)
    expect(queue.expired(1000)).toBe(true)
    send(1)
    expect(queue.expired(1000)).toBe(false)
    answer('a', 'again')
    expect(queue.expired(1000)).toBe(true)
    queue.failWaiting(new Error('late'))
    expect(await told()).toBe('a! b!')
  })
})
