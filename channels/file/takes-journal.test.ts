import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { readJournal, TakesJournal } from './takes-journal.ts'

/** What a start finds; undefined when the process or the machine died in it. */
const started = async (disk: FakeDisk): Promise<TakesJournal | undefined> => {
  try {
    return await TakesJournal.open(disk, '/c')
  } catch (thrown) {
    if (disk.isDead) return undefined
    throw thrown
  }
}

const changesOfOpen = 5

it('keeps what was noted when the process is killed in one start and the power fails in the next, at any step', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    for (let first = 1; first <= changesOfOpen; first++) {
      for (let second = 1; second <= changesOfOpen; second++) {
        const disk = new FakeDisk({ seed: seed * 100 + first * 10 + second, volumes: ['/c'] })
        const journal = await started(disk)
        await journal?.add([{ from: 0, to: 5 }])
        await journal?.add([{ from: 7, to: 9 }])
        journal?.close()
        for (const [step, kind] of [
          [first, 'process'],
          [second, 'power'],
        ] as const) {
          disk.crashIn(step)
          ;(await started(disk))?.close()
          disk.kill()
          disk.restart(kind)
        }
        const found = await started(disk)
        expect(found?.damage).toBeUndefined()
        expect([seed, first, second, found?.taken.ranges]).toEqual([
          seed,
          first,
          second,
          [
            { from: 0, to: 5 },
            { from: 7, to: 9 },
          ],
        ])
      }
    }
  }
})

it('leaves no file open when it cannot be opened', async () => {
  for (const operation of ['open', 'read', 'write', 'sync', 'syncFolder'] as const) {
    const disk = new FakeDisk({ volumes: ['/c'] })
    ;(await started(disk))?.close()
    disk.fail(operation, 'EIO', { path: operation === 'syncFolder' ? '' : 'taken-1' })
    await expect(TakesJournal.open(disk, '/c')).rejects.toThrow('EIO')
    expect([operation, disk.openFiles]).toEqual([operation, 0])
  }
})

describe('a damaged journal', () => {
  /** A state and two notes in the file that counts, of which one byte is changed. */
  const damaged = async (at: number): Promise<{ readonly disk: FakeDisk; readonly path: string }> => {
    const disk = new FakeDisk({ volumes: ['/c'] })
    const before = await started(disk)
    await before?.add([{ from: 0, to: 5 }])
    before?.close()
    const journal = await started(disk)
    for (const from of [5, 10]) await journal?.add([{ from, to: from + 5 }])
    journal?.close()
    const path = '/c/taken-0.journal'
    const bytes = Buffer.from(disk.bytes(path) ?? [])
    bytes[at] = (bytes[at] ?? 0) ^ 1
    disk.plant(path, bytes)
    return { disk, path }
  }

  it.each([
    ['its first word', 0, 0],
    ['its state', 40, 0],
    ['a note that is followed by another', 70, 64],
  ])('is told, and is whole again after the start: %s', async (_, at, position) => {
    const { disk, path } = await damaged(at)
    const told = `${path} is damaged at ${position}: takes that were noted from there on are forgotten, and their events may come again, or be told as lost`
    expect(readJournal(disk, '/c')?.damage).toBe(told)
    const journal = await started(disk)
    expect(journal?.damage).toBe(told)
    await journal?.add([{ from: 20, to: 25 }])
    const ranges = journal?.taken.ranges
    journal?.close()
    const again = await started(disk)
    expect(again?.damage).toBeUndefined()
    expect(again?.taken.ranges).toEqual(ranges)
    again?.close()
  })

  it('is not one whose last note was cut off', async () => {
    const { disk } = await damaged(150)
    expect((await started(disk))?.damage).toBeUndefined()
  })
})

it('counts ordinals as far as the numbers go', async () => {
  const disk = new FakeDisk({ volumes: ['/c'] })
  const journal = await started(disk)
  await journal?.add([{ from: 0, to: 2 ** 52 }])
  journal?.close()
  const again = await started(disk)
  expect(again?.taken.firstMissing(0)).toBe(2 ** 52)
  again?.close()
})
