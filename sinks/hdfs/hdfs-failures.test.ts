import { describe, expect, it } from 'vitest'
import type { Headers } from '../../src/flow/event.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { seededRandom } from '../../test/fakes/random.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { hdfs } from './hdfs.ts'

const never = new AbortController().signal
const startMs = Date.UTC(2026, 10, 20)

const setup = async (given: Record<string, string>, disk = new FakeDisk()) => {
  const clock = new FakeClock(startMs)
  const context = fakeContext({ clock, disk })
  const base = {
    'hdfs.path': 'file:///out/%{h}',
    'hdfs.fileType': 'DataStream',
    'hdfs.rollInterval': '0',
    'hdfs.rollSize': '0',
  }
  const sink = await hdfs.create(valuesOf(hdfs.settings, { ...base, 'hdfs.rollCount': '0', ...given }), context)
  const write = (...events: [string, Headers][]) =>
    sink.write(
      events.map(([body, headers]) => ({ headers, body: Buffer.from(body) })),
      never,
    )
  const names = (folder = '/out'): string[] =>
    disk.list(folder).flatMap((name) => {
      const path = `${folder}/${name}`
      return disk.stat(path)?.isDirectory === true ? names(path) : [path]
    })
  const lines = () => names().flatMap((path) => disk.bytes(path)?.toString().split('\n').slice(0, -1) ?? [])
  return { sink, write, names, lines, clock, disk, context }
}

describe('hdfs sink, when something fails', () => {
  it('takes back what a failed write left in every file, and writes it once in the end', async () => {
    const { sink, disk, write, lines, names } = await setup({ 'hdfs.rollCount': '3' })
    await write(['a1', { h: 'a' }], ['b1', { h: 'b' }])
    const batch: [string, Headers][] = [
      ...Array.from({ length: 5 }, (_, i): [string, Headers] => [`a${i + 2}`, { h: 'a' }]),
      ...Array.from({ length: 5 }, (_, i): [string, Headers] => [`b${i + 2}`, { h: 'b' }]),
    ]
    for (let room = 0; room < 40; room++) {
      disk.capacityBytes = 6 + room
      const before = lines().sort()
      if (
        await write(...batch).then(
          () => true,
          () => false,
        )
      )
        break
      expect(lines().sort()).toEqual(before)
    }
    await sink[Symbol.asyncDispose]()
    const expected = ['a', 'b'].flatMap((h) => [1, 2, 3, 4, 5, 6].map((i) => `${h}${i}`))
    expect(lines().sort()).toEqual(expected)
    expect(names().filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('loses and repeats nothing whatever the disk refuses', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const { sink, disk, write, lines, names } = await setup(
        { 'hdfs.rollCount': '4', 'hdfs.maxOpenFiles': '2', 'hdfs.sync': random.pick(['never', 'roll', 'batch']) },
        new FakeDisk({ seed, shortWrites: 0.3 }),
      )
      const expected: string[] = []
      for (let batch = 0; batch < 20; batch++) {
        const events = Array.from({ length: 1 + random.below(9) }, (_, i): [string, Headers] => [
          `e${batch}.${i}`,
          { h: `h${random.below(4)}` },
        ])
        expected.push(...events.map(([body]) => body))
        for (const operation of ['write', 'open', 'sync', 'makeFolder'] as const) {
          if (random.chance(0.2)) disk.fail(operation, 'EIO', { times: 1 + random.below(2) })
        }
        for (let done = false; !done;)
          done = await write(...events).then(
            () => true,
            () => false,
          )
        disk.heal()
      }
      await sink[Symbol.asyncDispose]()
      expect(lines().sort(), `seed ${seed}`).toEqual(expected.toSorted())
      expect(names().filter((name) => name.endsWith('.tmp'))).toEqual([])
    }
  })

  it('tries to rename again, at intervals and at the stop', async () => {
    const { sink, disk, write, names, clock, context } = await setup({
      'hdfs.rollCount': '1',
      'hdfs.retryInterval': '10',
    })
    disk.fail('rename', 'EACCES', { times: 4 })
    await write(['a', { h: '1' }], ['b', { h: '2' }])
    expect(names().every((name) => name.endsWith('.tmp'))).toBe(true)
    clock.advance(10_000)
    expect(names().every((name) => name.endsWith('.tmp'))).toBe(true)
    clock.advance(10_000)
    expect(names().some((name) => name.endsWith('.tmp'))).toBe(false)
    disk.fail('rename', 'EACCES', { times: 1 })
    await write(['c', { h: '3' }])
    await sink[Symbol.asyncDispose]()
    expect(names().some((name) => name.endsWith('.tmp'))).toBe(false)
    expect(context.log.of('warn')).toHaveLength(3)
  })

  it('gives up renaming after closeTries, with an error that says when it will be done', async () => {
    const { disk, write, clock, context } = await setup({ 'hdfs.rollCount': '1', 'hdfs.closeTries': '2' })
    disk.fail('rename', 'EACCES', { times: 5 })
    await write(['a', { h: '1' }])
    clock.advance(180_000)
    expect(context.log.of('error').join()).toContain('next start')
    expect(clock.waiting).toBe(0)
  })

  it('rejects events whose path is too long for any file system', async () => {
    const { disk, write, lines } = await setup({})
    disk.fail('makeFolder', 'ENAMETOOLONG', { path: 'long' })
    const failed = write(['a', { h: 'x' }], ['b', { h: 'long' }], ['c', { h: 'long' }])
    await expect(failed).rejects.toMatchObject({ name: 'Rejected', indexes: [1, 2] })
    expect(lines()).toEqual([])
  })

  it('keeps what it stored through a power cut, where every batch is synced', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rollCount = String((seed % 3) * 2)
      const given = { 'hdfs.sync': 'batch', 'hdfs.rollCount': rollCount }
      const { disk, write, lines } = await setup(given, new FakeDisk({ seed }))
      await write(['a', { h: '1' }], ['b', { h: '1' }], ['c', { h: '1' }], ['d', { h: '2' }])
      await write(['e', { h: '1' }])
      disk.restart('power')
      expect(lines(), `seed ${seed}`).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd', 'e']))
    }
  })
})
