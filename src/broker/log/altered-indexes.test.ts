import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client, readAll, type Bench } from '../../../test/fakes/partition-log.ts'

const settings = { indexIntervalBytes: 300 }
const count = 200
const base = '00000000000000000000'

/** A log of one-record batches, a second apart, after a clean stop. */
const stopped = async (): Promise<Bench> => {
  const home = bench()
  const log = home.open({}, settings)
  for (let i = 0; i < count; i++)
    log.append(batchOf([`v${i}`.padEnd(100)], { timestampMs: 1_000_000 + 1000 * i }), client)
  await log.close()
  return home
}

/** Changes an entry of an index in place. */
const alter = ({ disk, folder }: Bench, suffix: string, at: number, change: (entry: Buffer) => void): string => {
  const path = `${folder}/${base}${suffix}`
  const bytes = Buffer.from(disk.bytes(path) ?? Buffer.alloc(0))
  change(bytes.subarray(at))
  disk.unlink(path)
  disk.plant(path, bytes)
  return path
}

const reopened = (home: Bench) => home.open({ isClean: true, recoveryPoint: count }, settings)

const firstAt = (home: Bench, offset: number): number | undefined => {
  const bytes = reopened(home).read(offset, { maxBytes: 1000, minOne: true })
  return bytes.length === 0 ? undefined : Number(bytes.readBigInt64BE(0))
}

test.each([
  ['a batch further', (entry: Buffer, size: number) => entry.writeInt32BE(entry.readInt32BE(4) + size, 4)],
  ['into the middle of a batch', (entry: Buffer) => entry.writeInt32BE(entry.readInt32BE(4) ^ 1, 4)],
  ['of another offset', (entry: Buffer) => entry.writeInt32BE(entry.readInt32BE(0) - 1, 0)],
])('an entry of the offset index that leads %s hides no record', async (_, change) => {
  const whole = await stopped()
  const original = whole.disk.bytes(`${whole.folder}/${base}.index`) ?? Buffer.alloc(0)
  const size = (whole.disk.bytes(`${whole.folder}/${base}.log`)?.length ?? 0) / count
  for (const entry of [3, 10, 20]) {
    const home = await stopped()
    const path = alter(home, '.index', entry * 8, (bytes) => change(bytes, size))
    const offset = original.readInt32BE(entry * 8)
    expect([offset, offset + 1].map((wanted) => firstAt(home, wanted))).toEqual([offset, offset + 1])
    expect(home.said.of('warn')).toContain(`${path} was not true of its log; the indexes were made again.`)
    const log = reopened(home)
    expect(readAll(log)).toHaveLength(count)
    await log.close()
    expect(home.disk.bytes(path)).toEqual(original)
  }
})

test.each([
  ['time', (entry: Buffer) => entry.writeInt32BE(entry.readInt32BE(4) + 1, 4)],
  ['offset', (entry: Buffer) => entry.writeInt32BE(entry.readInt32BE(8) + 1, 8)],
])('an entry of the time index with another %s makes no search miss a record', async (_, change) => {
  const home = await stopped()
  const original = home.disk.bytes(`${home.folder}/${base}.timeindex`) ?? Buffer.alloc(0)
  const path = alter(home, '.timeindex', 10 * 12, change)
  const offset = original.readInt32BE(10 * 12 + 8)
  const log = reopened(home)
  for (const wanted of [offset, offset + 1]) expect(log.offsetForTime(1_000_000 + 1000 * wanted)?.offset).toBe(wanted)
  expect(home.said.of('warn')).toEqual([`${path} was not true of its log; the indexes were made again.`])
  await log.close()
  expect(home.disk.bytes(path)).toEqual(original)
})

test('an index of Kafka 1.1, which names the first offset of each batch, is as good', async () => {
  const home = bench()
  const first = home.open({}, settings)
  for (let i = 0; i < count; i++)
    first.append(batchOf(['a'.padEnd(60), 'b'.padEnd(60)], { timestampMs: 1_000_000 + 1000 * i }), client)
  await first.close()
  const whole = home.disk.bytes(`${home.folder}/${base}.index`) ?? Buffer.alloc(0)
  const path = `${home.folder}/${base}.index`
  const old = Buffer.from(whole)
  for (let at = 0; at < old.length; at += 8) old.writeInt32BE(old.readInt32BE(at) - 1, at)
  home.disk.unlink(path)
  home.disk.plant(path, old)
  const log = home.open({ isClean: true, recoveryPoint: 2 * count }, settings)
  for (const offset of [0, 100, 101, 398, 399])
    expect(Number(log.read(offset, { maxBytes: 1000, minOne: true }).readBigInt64BE(0))).toBe(offset - (offset % 2))
  expect(home.said.of('warn')).toEqual([])
  await log.close()
})

test('a time index without an entry is not believed where records have times', async () => {
  const home = await stopped()
  const path = `${home.folder}/${base}.timeindex`
  const original = home.disk.bytes(path)
  home.disk.unlink(path)
  home.disk.plant(path, Buffer.alloc(0))
  const log = reopened(home)
  expect(log.offsetForTime(1_042_000)?.offset).toBe(42)
  await log.close()
  expect(home.disk.bytes(path)).toEqual(original)
})

test('where the log itself is damaged, the index stays, and what lies behind can be read', async () => {
  const home = await stopped()
  const whole = home.disk.bytes(`${home.folder}/${base}.index`) ?? Buffer.alloc(0)
  const position = whole.readInt32BE(84)
  alter(home, '.log', position + 8, (entry) => entry.fill(0xff, 0, 8))
  expect(() => firstAt(home, whole.readInt32BE(80))).toThrow('damaged')
  expect(firstAt(home, whole.readInt32BE(88))).toBe(whole.readInt32BE(88))
  expect(home.disk.bytes(`${home.folder}/${base}.index`)).toEqual(whole)
})

test('indexes that were made again are whole after a kill', async () => {
  const home = await stopped()
  const paths = ['.index', '.timeindex'].map((suffix) => `${home.folder}/${base}${suffix}`)
  const originals = paths.map((path) => home.disk.bytes(path))
  alter(home, '.index', 80, (entry) => entry.writeInt32BE(entry.readInt32BE(4) ^ 1, 4))
  const altered = originals[0]?.readInt32BE(80) ?? 0
  expect(firstAt(home, altered)).toBe(altered)
  home.disk.restart('process')
  expect(paths.map((path) => home.disk.bytes(path))).toEqual(originals)
})
