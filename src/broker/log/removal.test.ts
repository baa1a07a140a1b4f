import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { RecordingLog } from '../../../test/fakes/context.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { REFUSED_PATHS_MAX, Removal } from './removal.ts'

const minuteMs = 60_000

/** So many files in each folder, and a disk that counts how often it is asked to remove one. */
const bench = (folders: readonly string[], files: number) => {
  const [disk, clock, said] = [new FakeDisk(), new FakeClock(), new RecordingLog()]
  const paths = folders.flatMap((folder) => Array.from({ length: files }, (_, i) => `${folder}/${i}.deleted`))
  for (const path of paths) disk.plant(path, Buffer.from('x'))
  const asked: string[] = []
  const remove = disk.remove.bind(disk)
  disk.remove = (path) => {
    asked.push(path)
    remove(path)
  }
  return { disk, clock, said, paths, asked, removal: new Removal(disk, clock, said) }
}

const left = (disk: FakeDisk, paths: readonly string[]): number =>
  paths.filter((path) => disk.bytes(path) !== undefined).length

test('what the disk refuses is said once and tried again every minute, until it goes', () => {
  const { disk, clock, said, paths, removal } = bench(['/a'], 20)
  disk.fail('remove', 'EACCES', { times: Infinity })
  for (const path of paths) removal.remove([path], 0)
  clock.advance(3 * minuteMs)
  expect(said.lines.filter(({ message }) => message.includes('could not be removed'))).toHaveLength(20)
  expect(clock.waiting).toBe(1)
  disk.heal()
  clock.advance(minuteMs + 1000)
  expect(left(disk, paths)).toBe(0)
  expect(clock.waiting).toBe(0)
})

test('in a folder that has failed nothing is tried any more, in others it is', () => {
  const { disk, clock, paths, asked, removal } = bench(['/a', '/ab'], 3)
  disk.fail('remove', 'EIO', { times: Infinity })
  removal.remove(paths, 0)
  clock.advance(1)
  removal.abandon('/a')
  removal.remove(['/a/0.deleted'], 0)
  asked.length = 0
  clock.advance(minuteMs)
  expect(asked).toEqual(paths.slice(3))
  removal.abandon('/ab')
  clock.advance(minuteMs)
  expect(clock.waiting).toBe(0)
})

test('what a disk refuses by the ten thousand is not remembered without end', () => {
  const { disk, clock, said, paths, asked, removal } = bench(['/a'], REFUSED_PATHS_MAX + 30)
  disk.fail('remove', 'EIO', { times: Infinity })
  removal.remove(paths, 0)
  clock.advance(minuteMs - 1000)
  expect(asked).toHaveLength(paths.length)
  expect(said.lines).toHaveLength(REFUSED_PATHS_MAX + 1)
  clock.advance(minuteMs)
  expect(asked).toHaveLength(paths.length + REFUSED_PATHS_MAX)
})
