import { describe, expect, test, vi } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { seededRandom } from '../../../test/fakes/random.ts'
import { encodeMarker } from '../../protocol/control-batch.ts'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { PartitionLog } from './partition-log.ts'
import { TransactionIndex } from './transaction-index.ts'

const own = { origin: 'coordinator' } as const

/** Writers of transactions into one log, which remember their sequences; `log` may be another one after a restart. */
const writers = (opened: PartitionLog) => {
  const sequences = new Map<number, number>()
  return {
    log: opened,
    send(producerId: number, values: readonly string[], producerEpoch = 0): number {
      const baseSequence = sequences.get(producerId) ?? 0
      sequences.set(producerId, baseSequence + values.length)
      const fields = { isTransactional: true, producerId, producerEpoch, baseSequence }
      return this.log.append(batchOf(values, fields), client).baseOffset
    },
    end(producerId: number, outcome: 'commit' | 'abort', { producerEpoch = 0, coordinatorEpoch = 0 } = {}): number {
      const marker = encodeMarker({ outcome, producerId, producerEpoch, coordinatorEpoch, timestampMs: 1000 })
      return this.log.append(marker, own).baseOffset
    },
  }
}

const abortedIn = (log: PartitionLog, from = 0, upTo = log.logEndOffset): string[] =>
  log.transactions.aborted(from, upTo).map((t) => `${t.producerId}: ${t.firstOffset}-${t.lastOffset}`)

const codeOf = (action: () => unknown): number => {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return thrown.code
    throw thrown
  }
  return 0
}

test('the last stable offset is where the first open transaction begins, or the end', () => {
  const world = writers(bench().open())
  world.send(1, ['a', 'b'])
  world.send(2, ['c'])
  expect(world.log.lastStableOffset).toBe(0)
  world.end(1, 'commit')
  expect(world.log.lastStableOffset).toBe(2)
  world.send(1, ['d'])
  world.end(2, 'abort')
  expect(world.log.lastStableOffset).toBe(4)
  world.end(1, 'commit')
  expect(world.log.lastStableOffset).toBe(world.log.logEndOffset)
})

test('the first reader of a log without transactions does not have to wait until all of it was read', () => {
  const { open, disk } = bench()
  const log = open()
  for (let i = 0; i < 100; i++) log.append(batchOf(['x'.repeat(5000)]), client)
  const read = vi.spyOn(disk, 'read')
  expect(log.lastStableOffset).toBe(100)
  expect(read).not.toHaveBeenCalled()
})

test('aborted transactions are found by every reader that comes across them', () => {
  const world = writers(bench().open({}, { segmentBytes: 400 }))
  const firsts = Array.from({ length: 12 }, (_, i) => {
    const first = world.send(i, ['x'.repeat(100)])
    world.end(i, i % 3 === 0 ? 'abort' : 'commit')
    return first
  })
  expect(world.log.segmentStarts().length).toBeGreaterThan(4)
  const all = [0, 3, 6, 9].map((i) => `${i}: ${firsts[i]}-${(firsts[i] ?? 0) + 1}`)
  expect(abortedIn(world.log)).toEqual(all)
  expect(abortedIn(world.log, firsts[3])).toEqual(all.slice(1))
  expect(abortedIn(world.log, (firsts[3] ?? 0) + 1, firsts[9])).toEqual(all.slice(1, 3))
  expect(abortedIn(world.log, (firsts[9] ?? 0) + 2)).toEqual([])
})

test('a long transaction is found from every segment that it reaches into', () => {
  const world = writers(bench().open({}, { segmentBytes: 400 }))
  world.send(7, ['first'])
  for (let i = 0; i < 6; i++) world.log.append(batchOf(['y'.repeat(200)]), client)
  world.end(7, 'abort')
  expect([0, 2, 4, 6].map((from) => abortedIn(world.log, from, from + 1))).toEqual([
    ['7: 0-7'], ['7: 0-7'], ['7: 0-7'], ['7: 0-7'],
  ]) // prettier-ignore
})

test('a search ends where nothing was open, and misses no transaction that reaches across segments', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seededRandom(seed)
    const world = writers(bench().open({}, { segmentBytes: 400 }))
    const open = new Map<number, number>()
    const ended: { id: number; first: number; last: number }[] = []
    for (let step = 0; step < 120; step++) {
      const id = Math.floor(random.next() * 4)
      const first = open.get(id)
      if (first === undefined || random.next() < 0.5) open.set(id, first ?? world.send(id, ['x'.repeat(90)]))
      else {
        const outcome = random.next() < 0.5 ? 'abort' : 'commit'
        const last = world.end(id, outcome)
        if (outcome === 'abort') ended.push({ id, first, last })
        open.delete(id)
      }
    }
    for (let from = 0; from < world.log.logEndOffset; from += 3)
      for (const upTo of [from + 1, from + 5, from + 40]) {
        const due = ended
          .filter(({ first, last }) => first < upTo && last >= from)
          .toSorted((a, b) => a.first - b.first)
        expect(abortedIn(world.log, from, upTo)).toEqual(due.map(({ id, first, last }) => `${id}: ${first}-${last}`))
      }
  }
  const log = writers(bench().open({}, { segmentBytes: 400 }))
  log.send(1, ['first'])
  log.end(1, 'abort')
  for (let i = 0; i < 50; i++) log.log.append(batchOf(['y'.repeat(200)]), client)
  const search = vi.spyOn(TransactionIndex.prototype, 'search')
  expect(abortedIn(log.log, 0, 1)).toEqual(['1: 0-1'])
  expect(abortedIn(log.log, 3, 4)).toEqual([])
  expect(search.mock.calls.length).toBeLessThan(5)
  search.mockRestore()
})

test('a marker is refused once its producer or its coordinator has been succeeded, and so are data of an older epoch', () => {
  const world = writers(bench().open())
  world.send(1, ['a'], 3)
  expect(codeOf(() => world.end(1, 'abort', { producerEpoch: 2 }))).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
  world.end(1, 'abort', { producerEpoch: 4, coordinatorEpoch: 9 })
  const fenced = codeOf(() => world.end(1, 'commit', { producerEpoch: 4, coordinatorEpoch: 8 }))
  expect(fenced).toBe(errorCodes.TRANSACTION_COORDINATOR_FENCED)
  expect(codeOf(() => world.send(1, ['late'], 3))).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
  const offsets = batchOf(['o'], { isTransactional: true, producerId: 1, producerEpoch: 3 })
  expect(codeOf(() => world.log.append(offsets, own))).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
})

test('plain records of a producer are refused while it has a transaction open', () => {
  const world = writers(bench().open())
  world.send(1, ['a'])
  const plain = batchOf(['b'], { producerId: 1, producerEpoch: 0, baseSequence: 1 })
  expect(codeOf(() => world.log.append(plain, client))).toBe(errorCodes.INVALID_TXN_STATE)
})

describe('after the end of the process', () => {
  /** Two transactions ended and one open, in several segments. */
  const written = (world: ReturnType<typeof writers>): void => {
    world.send(1, ['x'.repeat(150), 'y'])
    world.end(1, 'abort')
    world.send(2, ['z'.repeat(150)])
    world.send(3, ['open'.repeat(50)])
    world.end(2, 'abort')
    world.send(1, ['w'.repeat(150)])
  }

  const kinds = ['a clean stop', 'kill -9', 'a damaged index', 'a lost index', 'lost snapshots'] as const

  test.each(kinds)('%s, open transactions stay open and aborted ones aborted', async (kind) => {
    const home = bench()
    const world = writers(home.open({}, { segmentBytes: 400 }))
    written(world)
    const before = { aborted: abortedIn(world.log), stable: world.log.lastStableOffset, all: readAll(world.log) }
    expect(before.aborted).toHaveLength(2)
    const { recoveryPoint } = world.log
    if (kind !== 'kill -9') await world.log.close()
    else home.disk.restart('process')
    const names = home.disk.list(home.folder)
    const indexes = names.filter((name) => name.endsWith('.txnindex'))
    expect(indexes.length).toBeGreaterThan(0)
    for (const name of indexes) {
      const path = `${home.folder}/${name}`
      if (kind === 'a damaged index') home.disk.truncate(home.disk.open(path, 'r+'), 33)
    }
    for (const name of names) {
      const isLost = (kind === 'lost snapshots' && name.endsWith('.snapshot')) || (kind === 'a lost index' && name.endsWith('.txnindex')) // prettier-ignore
      if (isLost) home.disk.unlink(`${home.folder}/${name}`)
    }
    const isRead = kind === 'kill -9' || kind === 'a lost index'
    const point = kind === 'kill -9' ? recoveryPoint : kind === 'a lost index' ? 0 : before.all.length + 2
    world.log = home.open({ isClean: !isRead, recoveryPoint: isRead ? point : undefined }, { segmentBytes: 400 })
    expect(readAll(world.log)).toEqual(before.all)
    expect(world.log.lastStableOffset).toBe(before.stable)
    expect(abortedIn(world.log)).toEqual(before.aborted)
    world.end(3, 'abort')
    world.end(1, 'commit')
    expect(world.log.lastStableOffset).toBe(world.log.logEndOffset)
    expect(abortedIn(world.log)).toHaveLength(3)
  })
})

test('where nothing was noted of an index, its entries are compared with the markers', async () => {
  const home = bench()
  const world = writers(home.open())
  for (const id of [1, 2, 3]) {
    world.send(id, ['v'])
    world.end(id, 'abort')
  }
  await world.log.flush()
  const { recoveryPoint } = world.log
  home.disk.restart('process')
  const path = `${home.folder}/00000000000000000000.txnindex`
  const fd = home.disk.open(path, 'r+')
  home.disk.write(fd, Buffer.from([9]), 0, 1, 34 + 9)
  home.disk.close(fd)
  const log = home.open({ recoveryPoint })
  expect(abortedIn(log)).toEqual(['1: 0-1', '2: 2-3', '3: 4-5'])
  expect(home.said.of('warn')).toEqual([`${path} was lost or damaged; it was made again from the log.`])
})

test('a full disk does not lose the entry of an aborted transaction', async () => {
  const disk = new FakeDisk()
  const home = bench(disk)
  const world = writers(home.open())
  world.send(1, ['a'])
  disk.fail('open', 'ENOSPC', { path: '.txnindex', times: 5 })
  world.end(1, 'abort')
  expect(abortedIn(world.log)).toEqual(['1: 0-1'])
  await world.log.flush()
  expect(world.log.recoveryPoint).toBe(1)
  disk.heal()
  world.send(2, ['b'])
  await world.log.flush()
  expect(world.log.recoveryPoint).toBe(3)
  disk.restart('power')
  world.log = home.open({ recoveryPoint: 3 })
  expect(abortedIn(world.log)).toEqual(['1: 0-1'])
  expect(world.log.lastStableOffset).toBe(2)
})
