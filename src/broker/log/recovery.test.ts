import { expect, test } from 'vitest'
import { batchOf, sequenced } from '../../../test/fakes/batches.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { bench, client, readAll, type Bench } from '../../../test/fakes/partition-log.ts'

const small = { segmentBytes: 700, indexIntervalBytes: 100 }

const filled = (bench: Bench, count: number): void => {
  const log = bench.open({}, small)
  for (let i = 0; i < count; i++) log.append(batchOf([`v${i}`.padEnd(20)], { timestampMs: 1000 * (i + 1) }), client)
  bench.disk.restart('process')
}

const names = ({ disk, folder }: Bench, suffix: string): string[] =>
  disk.list(folder).filter((name) => name.endsWith(suffix)).sort() // prettier-ignore

const change = (disk: FakeDisk, path: string, how: (bytes: Buffer) => Buffer): void => {
  const bytes = how(disk.bytes(path) ?? Buffer.alloc(0))
  disk.unlink(path)
  disk.plant(path, bytes)
}

const reopened = (bench: Bench, recoveryPoint?: number) => {
  const log = bench.open({ recoveryPoint }, small)
  log.ready()
  return log
}

test('a killed process loses nothing', () => {
  const killed = bench()
  filled(killed, 30)
  const log = reopened(killed)
  expect(readAll(log).map(({ value }) => value.trim())).toEqual(Array.from({ length: 30 }, (_, i) => `v${i}`))
  expect(log.append(batchOf(['next']), client).baseOffset).toBe(30)
  expect(killed.said.lines).toEqual([])
})

test.each([
  ['half a batch', (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
  ['zeros', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length - 40), Buffer.alloc(40)])],
  ['a flipped bit in the last batch', (bytes: Buffer) => Buffer.from(bytes).fill(0x55, bytes.length - 3)],
])('a torn tail is cut and said in one line: %s', (_, how) => {
  const torn = bench()
  filled(torn, 30)
  const last = names(torn, '.log').at(-1) ?? ''
  const whole = torn.disk.bytes(`${torn.folder}/${last}`)?.length ?? 0
  change(torn.disk, `${torn.folder}/${last}`, how)
  const log = reopened(torn)
  expect(log.logEndOffset).toBe(29)
  expect(readAll(log).length).toBe(29)
  const cut = how(Buffer.alloc(whole)).length - (torn.disk.bytes(`${torn.folder}/${last}`)?.length ?? 0)
  expect(torn.said.of('warn')).toEqual([`t-0: cut ${cut} bytes behind offset 29 that were no whole batches.`])
  log.append(batchOf(['next']), client)
  expect(readAll(log).length).toBe(30)
})

test('garbage behind the log is cut', () => {
  const torn = bench()
  filled(torn, 3)
  change(torn.disk, `${torn.folder}/00000000000000000000.log`, (bytes) =>
    Buffer.concat([bytes, Buffer.alloc(1000, 0xa5)]),
  )
  expect(reopened(torn).logEndOffset).toBe(3)
})

test('damage in the middle cuts there, and takes later segments with it', () => {
  const torn = bench()
  filled(torn, 30)
  const [, second = ''] = names(torn, '.log')
  change(torn.disk, `${torn.folder}/${second}`, (bytes) => Buffer.from(bytes).fill(0, 200, 210))
  const log = reopened(torn)
  expect(log.logEndOffset).toBe(Number(second.slice(0, 20)) + 2)
  expect(names(torn, '.log').length).toBe(2)
  expect(names(torn, '.index').length).toBe(2)
  expect(readAll(log).length).toBe(log.logEndOffset)
})

test('what lies before the recovery point is not read', () => {
  const killed = bench()
  filled(killed, 30)
  const last = Number(names(killed, '.log').at(-1)?.slice(0, 20))
  const opened = new Set<string>()
  const open = killed.disk.open.bind(killed.disk)
  killed.disk.open = (path, flag) => {
    opened.add(path.slice(-24))
    return open(path, flag)
  }
  const log = reopened(killed, last)
  expect([...opened].filter((path) => path.endsWith('.log')).map((path) => Number(path.slice(0, 20)))).toEqual([last])
  expect(log.logEndOffset).toBe(30)
})

test('a recovery point that the log does not reach vouches for nothing', () => {
  const killed = bench()
  filled(killed, 30)
  const [, second = ''] = names(killed, '.log')
  change(killed.disk, `${killed.folder}/${second}`, (bytes) => Buffer.from(bytes).fill(0, 200, 210))
  expect(reopened(killed, 5000).logEndOffset).toBe(Number(second.slice(0, 20)) + 2)
})

test.each([
  ['missing', undefined],
  ['of an odd length', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
  ['garbage', (bytes: Buffer) => Buffer.alloc(bytes.length, 0xc3)],
  ['pointing elsewhere', (bytes: Buffer) => Buffer.from(bytes).fill(1, Math.max(0, bytes.length - 1))],
])('indexes that are %s are made anew', async (_, how) => {
  const closed = bench()
  const first = closed.open({}, small)
  for (let i = 0; i < 30; i++) first.append(batchOf([`v${i}`.padEnd(20)], { timestampMs: 1000 * (i + 1) }), client)
  await first.close()
  const segments = names(closed, '.log').length
  expect([names(closed, '.index').length, names(closed, '.timeindex').length]).toEqual([segments, segments])
  const indexes = [...names(closed, '.index'), ...names(closed, '.timeindex')].map((name) => `${closed.folder}/${name}`)
  const before = indexes.map((path) => closed.disk.bytes(path))
  for (const path of indexes)
    if (how === undefined) closed.disk.unlink(path)
    else change(closed.disk, path, how)
  const log = closed.open({ isClean: true, recoveryPoint: 30 }, small)
  for (let i = 29; i >= 0; i--) expect(readAll(log)[i]?.offset).toBe(i)
  expect(log.offsetForTime(12_000)?.offset).toBe(11)
  await log.close()
  expect(indexes.map((path) => closed.disk.bytes(path))).toEqual(before)
})

test('after a clean stop nothing is read until the log is used, and the end is known', async () => {
  const closed = bench()
  const first = closed.open({}, small)
  for (let i = 0; i < 30; i++) first.append(batchOf(['x'.repeat(20)]), client)
  await first.close()
  let opens = 0
  const open = closed.disk.open.bind(closed.disk)
  closed.disk.open = (path, flag) => {
    opens++
    return open(path, flag)
  }
  const log = closed.open({ isClean: true, recoveryPoint: 30 }, small)
  expect(log.logEndOffset).toBe(30)
  expect(opens).toBe(0)
  expect(readAll(log).length).toBe(30)
})

test('an end that is not where the clean stop noted it is found', async () => {
  const closed = bench()
  const first = closed.open({}, small)
  for (let i = 0; i < 30; i++) first.append(batchOf(['x'.repeat(20)]), client)
  await first.close()
  const log = closed.open({ isClean: true, recoveryPoint: 35 }, small)
  log.ready()
  expect(log.logEndOffset).toBe(30)
  expect(closed.said.of('warn').length).toBe(1)
  const unnoted = closed.open({ isClean: true }, small)
  unnoted.ready()
  expect(unnoted.logEndOffset).toBe(30)
  expect(closed.said.of('warn').length).toBe(1)
})

test('idempotent producers are remembered over a clean stop and over a kill', async () => {
  for (const how of ['clean', 'killed', 'snapshots lost'] as const) {
    const stopped = bench()
    const first = stopped.open({}, small)
    for (let i = 0; i < 30; i++) first.append(sequenced(['x'.repeat(20)], 7, i), client)
    if (how === 'clean') await first.close()
    else stopped.disk.restart('process')
    if (how === 'snapshots lost')
      for (const name of names(stopped, '.snapshot')) stopped.disk.unlink(`${stopped.folder}/${name}`)
    const log = stopped.open(how === 'clean' ? { isClean: true, recoveryPoint: 30 } : {}, small)
    expect(log.append(sequenced(['x'.repeat(20)], 7, 29), client)).toMatchObject({ baseOffset: 29, duplicate: true })
    expect(log.append(sequenced(['y'], 7, 30), client).baseOffset).toBe(30)
    expect(() => log.append(sequenced(['y'], 7, 40), client)).toThrow('sequence 40')
  }
})

test('snapshots are kept for the segments that exist, and the newest', async () => {
  const stopped = bench()
  const first = stopped.open({}, small)
  for (let i = 0; i < 30; i++) first.append(sequenced(['x'.repeat(20)], 7, i), client)
  await first.close()
  const bases = names(stopped, '.log').map((name) => name.slice(0, 20))
  expect(names(stopped, '.snapshot').map((name) => name.slice(0, 20))).toEqual([
    ...bases.slice(1),
    '0'.repeat(18) + '30',
  ])
})

test('a log that cannot be read is refused, not cut, and read when that is over', () => {
  const bad = bench()
  filled(bad, 30)
  bad.disk.fail('read', 'EIO', { path: '.log', times: 3 })
  const log = bad.open({}, small)
  expect(() => log.ready()).toThrow('cannot be read')
  expect(() => log.read(0, { maxBytes: 1000, minOne: true })).toThrow('cannot be read')
  expect(() => log.append(batchOf(['x']), client)).toThrow('cannot be read')
  expect(readAll(log).length).toBe(30)
})

test('what a recovery cut is not back before the next segment after a power cut', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const torn = bench(new FakeDisk({ seed }))
    filled(torn, 5)
    const [first = ''] = names(torn, '.log')
    change(torn.disk, `${torn.folder}/${first}`, (bytes) => Buffer.from(bytes).fill(0x55, bytes.length - 3))
    const size = reopened(torn, 4).sizeOnDisk
    torn.disk.restart('power')
    expect(torn.disk.bytes(`${torn.folder}/${first}`)?.length).toBe(size)
  }
})

test('left-overs of an earlier end are cleared away', () => {
  const messy = bench()
  filled(messy, 3)
  for (const name of ['00000000000000000099.log.deleted', 'x.snapshot.tmp', '00000000000000000777.index'])
    messy.disk.plant(`${messy.folder}/${name}`, Buffer.from('left'))
  expect(reopened(messy).logEndOffset).toBe(3)
  expect(messy.disk.list(messy.folder).filter((name) => /deleted|tmp|777/.test(name))).toEqual([])
})
