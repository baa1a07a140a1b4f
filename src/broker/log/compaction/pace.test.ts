/** Compaction of very many logs keeps nobody from the thread: what is counted are looks at the disk between two turns of the event loop, at a time that each costs. */
import { expect, test } from 'vitest'
import { cleanerSettings, compacted, fillKeys } from '../../../../test/fakes/cleaner.ts'
import { FakeClock } from '../../../../test/fakes/clock.ts'
import { FakeDisk } from '../../../../test/fakes/disk.ts'
import { bench } from '../../../../test/fakes/partition-log.ts'
import { LogCleaner } from './log-cleaner.ts'
import { sliceMs } from './pace.ts'

/** So long takes a look at a file. */
const statMs = 0.05

/** A clock that goes on with every look at the disk. */
class BusyClock extends FakeClock {
  readonly #disk: { readonly looks: number }

  constructor(disk: { readonly looks: number }) {
    super()
    this.#disk = disk
  }

  override monotonic(): number {
    return this.#disk.looks * statMs
  }
}

class CountingDisk extends FakeDisk {
  looks = 0

  override stat(path: string) {
    this.looks++
    return super.stat(path)
  }
}

test('a look over thousands of compacted logs is made in slices', async () => {
  const disk = new CountingDisk()
  const space = bench(disk)
  const log = space.open({}, { ...compacted, minCleanableRatio: 1 })
  fillKeys(log, 40, 5)
  await log.flush()
  const logs = Array.from({ length: 5000 }, () => log)
  await using cleaner = new LogCleaner({
    folders: [{ path: '/logs', logs }],
    settings: () => cleanerSettings,
    disk,
    clock: new BusyClock(disk),
    log: space.said,
  })
  const turns = [disk.looks]
  let isOver = false
  const watch = (): void => {
    turns.push(disk.looks)
    if (!isOver) setImmediate(watch)
  }
  setImmediate(watch)
  await cleaner.round()
  isOver = true
  turns.push(disk.looks)
  const longest = Math.max(...turns.slice(1).map((looks, i) => looks - (turns[i] ?? 0)))
  expect(disk.looks).toBeGreaterThan(5000)
  // the look that ends a slice may be one at a log of many segments
  expect(longest * statMs).toBeLessThan(sliceMs + 2)
})
