import { expect, it } from 'vitest'
import { eventOf } from '../../test/conformance/events.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { Quarantine } from './quarantine.ts'

const path = '/side/k1.rejected.jsonl'

const bodiesIn = (disk: FakeDisk): unknown[] =>
  (disk.bytes(path)?.toString() ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Buffer.from((JSON.parse(line) as { body: string }).body, 'base64').toString())

const setup = (disk: FakeDisk) => new Quarantine('/side', 'k1', { disk, clock: new FakeClock(0) })

it('a full disk leaves no part of a line, and the events are added once there is room', async () => {
  const disk = new FakeDisk({ shortWrites: 0.5 })
  const quarantine = setup(disk)
  await quarantine.add([eventOf('one')], 'Too large.')
  const size = disk.bytes(path)?.length ?? 0
  disk.capacityBytes = size + 50
  await expect(quarantine.add([eventOf('two'), eventOf('three')], 'Too large.')).rejects.toThrow('ENOSPC')
  expect(disk.bytes(path)?.length).toBe(size)
  disk.capacityBytes = 100_000
  await quarantine.add([eventOf('two'), eventOf('three')], 'Too large.')
  expect(bodiesIn(disk)).toEqual(['one', 'two', 'three'])
})

it('goes on in a line of its own behind what a crash has torn', async () => {
  const disk = new FakeDisk()
  disk.plant(path, Buffer.from('{"at":"2026-'))
  await setup(disk).add([eventOf('two')], 'Too large.')
  expect(disk.bytes(path)?.toString()).toMatch(/^\{"at":"2026-\n\{/)
})
