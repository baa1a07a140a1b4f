import { expect, test } from 'vitest'
import { batchOf, recordsOf, sequenced, valuesOf } from '../../../test/fakes/batches.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { errorName, KafkaFault } from '../../protocol/error-codes.ts'
import { readBatchHeader } from '../../protocol/record-batch.ts'

const errorOf = (action: () => unknown): string => {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return errorName(thrown.code)
    throw thrown
  }
  return 'NONE'
}

const all = { maxBytes: 1e9, minOne: true }

test('what is appended is read back, at the offsets that were told', () => {
  const log = bench().open()
  expect(log.append(batchOf(['a', 'b', 'c']), client)).toMatchObject({
    baseOffset: 0,
    lastOffset: 2,
    logStartOffset: 0,
  })
  expect(log.append(batchOf(['d']), client)).toMatchObject({ baseOffset: 3, lastOffset: 3, logAppendTimeMs: -1 })
  expect(log.highWatermark).toBe(4)
  expect(readAll(log).map(({ offset, value }) => `${offset}${value}`)).toEqual(['0a', '1b', '2c', '3d'])
  expect(log.read(4, all).length).toBe(0)
})

test('a read gives whole batches from the one that holds the offset, up to the limit', () => {
  const log = bench().open()
  const sizes = ['aa', 'bb', 'cc'].map((value) => {
    const batch = batchOf([value, value])
    log.append(batch, client)
    return batch.length
  })
  const [size = 0] = sizes
  expect(valuesOf(log.read(3, all))).toEqual(['bb', 'bb', 'cc', 'cc'])
  expect(valuesOf(log.read(0, { maxBytes: 2 * size + 5, minOne: false }))).toEqual(['aa', 'aa', 'bb', 'bb'])
  expect(log.read(0, { maxBytes: size - 1, minOne: false }).length).toBe(0)
  expect(valuesOf(log.read(0, { maxBytes: 0, minOne: true }))).toEqual(['aa', 'aa'])
  expect(valuesOf(log.read(0, { ...all, upTo: 5 }))).toEqual(['aa', 'aa', 'bb', 'bb'])
  expect(log.bytesFrom(2)).toBe(2 * size)
  expect(errorOf(() => log.read(7, all))).toBe('OFFSET_OUT_OF_RANGE')
  expect(errorOf(() => log.read(-1, all))).toBe('OFFSET_OUT_OF_RANGE')
})

test('segments are closed by size, by age and when an index is full, and reads go over them', () => {
  const rolled = (settings: object): string[] => {
    const { open, disk, folder } = bench()
    const log = open({}, settings)
    for (let i = 0; i < 40; i++) log.append(batchOf([`value ${i}`], { timestampMs: 1000 * i }), client)
    expect(readAll(log).map(({ value }) => value)).toEqual(Array.from({ length: 40 }, (_, i) => `value ${i}`))
    return disk.list(folder).filter((name) => name.endsWith('.log'))
  }
  expect(rolled({ segmentBytes: 800 }).length).toBe(4)
  expect(rolled({ segmentMs: 10_000 }).length).toBe(4)
  // between 8 and 11 seconds each, by chance
  const early = rolled({ segmentMs: 10_000, segmentJitterMs: 3000 }).map((name) => Number.parseInt(name, 10))
  const ages = early.slice(1).map((offset, index) => offset - (early[index] ?? 0))
  expect(ages.every((age) => age >= 8 && age <= 11) && ages.some((age) => age < 11)).toBe(true)
  expect(rolled({ segmentIndexBytes: 40, indexIntervalBytes: 100 }).length).toBeGreaterThan(3)
  expect(rolled({})).toEqual(['00000000000000000000.log'])
})

test('every batch gets its offset and epoch, and its checksum still holds', () => {
  const log = bench().open()
  log.append(batchOf(['a', 'b']), client)
  log.append(batchOf(['c']), client)
  const batches = log.read(0, all)
  const second = readBatchHeader(batches, readBatchHeader(batches).sizeInBytes)
  expect(second).toMatchObject({ baseOffset: 2, leaderEpoch: 0, magic: 2 })
  expect(second.crc).toBe(readBatchHeader(batchOf(['c'])).crc)
})

test('with LogAppendTime the broker stamps its own time', () => {
  const { open, clock } = bench()
  const log = open({}, { timestampType: 'LogAppendTime' })
  const appended = log.append(batchOf(['a', 'b'], { timestampMs: 5 }), client)
  expect(appended.logAppendTimeMs).toBe(clock.now())
  expect(recordsOf(log.read(0, all)).map((record) => record.timestampMs)).toEqual([clock.now(), clock.now()])
})

test('what must not be stored is refused, and nothing of it is', () => {
  const log = bench().open({}, { maxMessageBytes: 200 })
  const damaged = batchOf(['x'])
  damaged[damaged.length - 1] = 0x7f
  const refused = (batch: Buffer, produceVersion = 9): string =>
    errorOf(() => log.append(batch, { origin: 'client', produceVersion }))
  expect(refused(damaged)).toBe('CORRUPT_MESSAGE')
  expect(refused(Buffer.alloc(0))).toBe('INVALID_RECORD')
  expect(refused(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).not.toBe('NONE')
  expect(refused(Buffer.concat([batchOf(['x']), batchOf(['y'])]))).toBe('INVALID_RECORD')
  expect(refused(batchOf(['x'.repeat(200)]))).toBe('MESSAGE_TOO_LARGE')
  expect(refused(batchOf(['x'], { codec: 4 }), 6)).toBe('UNSUPPORTED_COMPRESSION_TYPE')
  expect(refused(batchOf(['x'], { isControl: true }))).toBe('INVALID_RECORD')
  expect(refused(batchOf(['x'], { isAppendTime: true }))).toBe('INVALID_TIMESTAMP')
  expect(refused(batchOf(['x'], { baseOffset: 5 }))).toBe('INVALID_RECORD')
  expect(log.logEndOffset).toBe(0)
  expect(
    errorOf(() =>
      bench()
        .open({}, { segmentBytes: 60 })
        .append(batchOf(['x']), client),
    ),
  ).toBe('RECORD_LIST_TOO_LARGE')
})

test('a compacted topic takes no record without a key, a timed one none from the wrong time', () => {
  const { open, clock } = bench()
  const compacted = open({}, { isCompacted: true })
  expect(errorOf(() => compacted.append(batchOf(['x']), client))).toBe('INVALID_RECORD')
  compacted.append(batchOf(['x'], { key: 'k' }), client)
  const timed = bench().open({}, { timestampAfterMaxMs: 1000 })
  expect(errorOf(() => timed.append(batchOf(['x'], { timestampMs: clock.now() + 2000 }), client))).toBe(
    'INVALID_TIMESTAMP',
  )
})

test('a topic with its own compression stores every batch in it', () => {
  const log = bench().open({}, { compressionType: 'gzip' })
  log.append(batchOf(['a', 'b']), client)
  log.append(batchOf(['c'], { codec: 3 }), client)
  const batches = log.read(0, all)
  expect(readBatchHeader(batches).codec).toBe(1)
  expect(valuesOf(batches)).toEqual(['a', 'b', 'c'])
})

test('a batch that an idempotent producer repeats is answered with its first offsets', () => {
  const log = bench().open()
  log.append(sequenced(['a', 'b'], 7, 0), client)
  log.append(sequenced(['c'], 7, 2), client)
  expect(log.append(sequenced(['a', 'b'], 7, 0), client)).toMatchObject({
    baseOffset: 0,
    lastOffset: 1,
    duplicate: true,
  })
  expect(errorOf(() => log.append(sequenced(['e'], 7, 9), client))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  expect(readAll(log).map(({ value }) => value)).toEqual(['a', 'b', 'c'])
})

test("the broker's own writers may append several batches, and markers", () => {
  const log = bench().open({}, { isCompacted: true })
  const batches = Buffer.concat([batchOf(['a', 'b']), batchOf(['c'], { isControl: true })])
  expect(log.append(batches, { origin: 'coordinator' })).toMatchObject({ baseOffset: 0, lastOffset: 2 })
  expect(log.append(batchOf(['d']), { origin: 'coordinator' }).baseOffset).toBe(3)
})

test('times are found: the first record at or after, and the latest of all', () => {
  const log = bench().open({}, { segmentBytes: 500, indexIntervalBytes: 100 })
  expect(log.maxTimestamp()).toBeUndefined()
  for (let i = 0; i < 30; i++) log.append(batchOf(['x', 'y', 'z'], { timestampMs: 1000 * (i + 1) }), client)
  expect(log.offsetForTime(0)).toMatchObject({ offset: 0, timestampMs: 1000 })
  for (let i = 0; i < 30; i++) {
    expect(log.offsetForTime(1000 * (i + 1))).toMatchObject({ offset: 3 * i })
    expect(log.offsetForTime(1000 * (i + 1) + 1)).toMatchObject({ offset: 3 * i + 1, timestampMs: 1000 * (i + 1) + 1 })
  }
  expect(log.offsetForTime(30_003)).toBeUndefined()
  expect(log.maxTimestamp()).toMatchObject({ offset: 89, timestampMs: 30_002 })
  expect(log.earliest()).toEqual({ offset: 0, timestampMs: -1, leaderEpoch: 0 })
  expect(log.latest()).toEqual({ offset: 90, timestampMs: -1, leaderEpoch: 0 })
})

test('who waits is called once for each append, until it is disposed', () => {
  const log = bench().open()
  let calls = 0
  const waiting = log.onAppend(() => calls++)
  log.append(batchOf(['a', 'b']), client)
  log.append(batchOf(['c']), client)
  expect(calls).toBe(2)
  waiting[Symbol.dispose]()
  log.append(batchOf(['d']), client)
  expect(calls).toBe(2)
})

test('a deleted log wakes who waits and refuses everybody', () => {
  const log = bench().open()
  let calls = 0
  log.onAppend(() => calls++)
  log.abandon()
  expect(calls).toBe(1)
  expect(errorOf(() => log.read(0, all))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  expect(errorOf(() => log.append(batchOf(['x']), client))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
})

test('sequential readers do not search: each goes on where it left', () => {
  const { open, disk } = bench()
  const log = open()
  for (let i = 0; i < 200; i++) log.append(batchOf(['x'.repeat(500)]), client)
  let from = 0
  for (; from < 100; from++) log.read(from, { maxBytes: 600, minOne: true })
  let reads = 0
  const read = disk.read.bind(disk)
  disk.read = (...given) => {
    reads++
    return read(...given)
  }
  for (; from < 200; from++) log.read(from, { maxBytes: 600, minOne: true })
  expect(reads).toBe(100)
})
