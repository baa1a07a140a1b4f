import { expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { TakesJournal } from './takes-journal.ts'

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

it('counts ordinals as far as the numbers go', async () => {
  const disk = new FakeDisk({ volumes: ['/c'] })
  const journal = await started(disk)
  await journal?.add([{ from: 0, to: 2 ** 52 }])
  journal?.close()
  const again = await started(disk)
  expect(again?.taken.firstMissing(0)).toBe(2 ** 52)
  again?.close()
})
