/** A lost `leader-epoch-checkpoint`: clients that know the epoch must not be told that it is yet to come. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client, type Bench } from '../../../test/fakes/partition-log.ts'

const settings = { segmentBytes: 500 }
const count = 20
const file = '/logs/t-0/leader-epoch-checkpoint'

/** A log whose leaders came and went: epochs 2, 5 and 7, each from the given offset on. */
const written = async (home: Bench, starts: ReadonlyMap<number, number>): Promise<void> => {
  let log = home.open({}, settings)
  for (let offset = 0; offset < count; offset++) {
    const epoch = starts.get(offset)
    if (epoch !== undefined) {
      await log.close()
      const before = home.disk.bytes(file)?.toString().trimEnd().split('\n').slice(2) ?? []
      if (home.disk.stat(file) !== undefined) home.disk.unlink(file)
      home.disk.plant(file, Buffer.from(['0', before.length + 1, ...before, `${epoch} ${offset}`, ''].join('\n')))
      log = home.open({ isClean: true, recoveryPoint: offset }, settings)
    }
    log.append(batchOf(['x'.repeat(60)]), client)
  }
  await log.close()
}

test.each([
  ['is gone', undefined],
  ['is damaged', '0\n7\n2 0\n'],
])('where it %s, the epochs are taken from the records', async (_, text) => {
  const home = bench()
  await written(home, new Map([[0, 2], [6, 5], [17, 7]])) // prettier-ignore
  const original = home.disk.bytes(file)
  home.disk.unlink(file)
  if (text !== undefined) home.disk.plant(file, Buffer.from(text))
  const log = home.open({ isClean: true, recoveryPoint: count }, settings)
  expect(log.leaderEpoch).toBe(7)
  expect(log.endOfEpoch(2)).toEqual({ epoch: 2, endOffset: 6 })
  expect(log.endOfEpoch(6)).toEqual({ epoch: 5, endOffset: 17 })
  expect(home.disk.bytes(file)).toEqual(original)
  expect(home.said.of('warn')).toEqual([`${file} was lost or damaged; it was made again from the log.`])
})

test('only the segments in which the epoch changes are read', async () => {
  const home = bench()
  await written(home, new Map([[0, 3]]))
  home.disk.unlink(file)
  const log = home.open({ isClean: true, recoveryPoint: count }, { ...settings, indexIntervalBytes: 100 })
  const [read, sizes] = [home.disk.read.bind(home.disk), [] as number[]]
  home.disk.read = (...given) => {
    const got = read(...given)
    sizes.push(got)
    return got
  }
  expect(log.leaderEpoch).toBe(3)
  expect(sizes.length).toBeLessThan(2 * log.segmentStarts().length + 10)
})

test('a log without records has no epochs, and nothing is said of it', () => {
  const home = bench()
  expect(home.open().leaderEpoch).toBe(0)
  expect(home.open({ isClean: true, recoveryPoint: 0 }).leaderEpoch).toBe(0)
  expect(home.said.lines).toEqual([])
})
