import { describe, expect, it } from 'vitest'
import type { Serializer } from '../../src/flow/serializer.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { until } from '../../test/fakes/until.ts'
import { FileRollSink, type FileRollOptions } from './file-roll-sink.ts'
import { fileRoll } from './file_roll.ts'

const startMs = new Date(2026, 10, 20, 13, 5, 7).getTime()

const lines: Serializer = {
  appendable: true,
  encode: (batch) => batch.flatMap(({ body }) => [body, Buffer.from('\n')]),
}

const setup = (options: Partial<FileRollOptions> = {}, disk = new FakeDisk()) => {
  const clock = new FakeClock(startMs)
  const context = fakeContext({ clock, disk })
  const sink = new FileRollSink(
    {
      batchSize: 100,
      paths: { manager: 'default', directory: '/out', prefix: '', extension: '' },
      rollIntervalMs: 30_000,
      sync: 'never',
      serializer: () => lines,
      ...options,
    },
    context,
  )
  const write = (...bodies: string[]) => sink.write(bodies.map((body) => ({ headers: {}, body: Buffer.from(body) })))
  const files = () =>
    Object.fromEntries(
      disk
        .list('/out')
        .sort()
        .map((name) => [name, disk.bytes(`/out/${name}`)?.toString()]),
    )
  return { sink, clock, disk, context, write, files }
}

describe('file_roll sink', () => {
  it('writes to a file per interval, named by the start and a number', async () => {
    const { sink, clock, write, files } = setup()
    await sink.open()
    expect(files()).toEqual({})
    await write('a', 'b')
    await write('c')
    clock.advance(30_000)
    await write('d')
    await sink[Symbol.asyncDispose]()
    expect(files()).toEqual({ [`${startMs}-1`]: 'a\nb\nc\n', [`${startMs}-2`]: 'd\n' })
  })

  it('makes no files while nothing comes', async () => {
    const { sink, clock, write, files } = setup()
    await sink.open()
    await write('a')
    clock.advance(300_000)
    await sink[Symbol.asyncDispose]()
    await sink[Symbol.asyncDispose]()
    expect(Object.keys(files())).toHaveLength(1)
  })

  it('names files by the second, counting anew in each', async () => {
    const paths = { manager: 'rolltime', directory: '/out', prefix: 'p-', extension: 'log' } as const
    const { sink, clock, write, files } = setup({ paths, rollIntervalMs: 400 })
    await sink.open()
    for (const body of ['a', 'b', 'c', 'd']) {
      await write(body)
      clock.advance(400)
    }
    expect(files()).toEqual({
      'p-20261120130507-1.log': 'a\n',
      'p-20261120130507-2.log': 'b\n',
      'p-20261120130507-3.log': 'c\n',
      'p-20261120130508-1.log': 'd\n',
    })
  })

  it('never rolls at an interval of 0', async () => {
    const { sink, clock, write, files } = setup({ rollIntervalMs: 0 })
    await sink.open()
    await write('a')
    clock.advance(1e9)
    await write('b')
    expect(Object.values(files())).toEqual(['a\nb\n'])
  })

  it('overwrites no file that is there', async () => {
    const { sink, disk, write, files } = setup()
    disk.plant(`/out/${startMs}-1`, Buffer.from('older'))
    await sink.open()
    await write('a')
    expect(files()).toEqual({ [`${startMs}-1`]: 'older', [`${startMs}-2`]: 'a\n' })
  })

  it('repeats nothing when a write is tried again after the disk was full', async () => {
    const { sink, disk, write, files } = setup({}, new FakeDisk({ capacityBytes: 12, shortWrites: 0.5 }))
    await sink.open()
    await write('12345')
    await expect(write('67890', 'abcde')).rejects.toThrow('ENOSPC')
    expect(Object.values(files())).toEqual(['12345\n'])
    disk.capacityBytes = 1000
    await write('67890', 'abcde')
    expect(Object.values(files())).toEqual(['12345\n67890\nabcde\n'])
  })

  it('keeps a batch only once its sync has succeeded, where every batch is synced', async () => {
    const { sink, disk, write, files } = setup({ sync: 'batch' })
    await sink.open()
    await write('a')
    disk.fail('sync', 'EIO')
    await expect(write('b')).rejects.toThrow('EIO')
    expect(Object.values(files())).toEqual(['a\n'])
    await write('b')
    disk.restart('power')
    expect(Object.values(files())).toEqual(['a\nb\n'])
  })

  it('writes the end of the format when a file is closed, and waits for it', async () => {
    const framed: Serializer = { ...lines, begin: () => Buffer.from('<'), end: () => Buffer.from('>') }
    const { sink, write, files, clock } = setup({ serializer: () => framed, sync: 'roll' })
    await sink.open()
    await write('a')
    clock.advance(30_000)
    await write('b')
    await sink[Symbol.asyncDispose]()
    expect(Object.values(files())).toEqual(['<a\n>', '<b\n>'])
  })

  it('rolls after the write that is under way', async () => {
    const { sink, clock, disk, write, files } = setup({ sync: 'batch', rollIntervalMs: 1000 })
    await sink.open()
    await write('a')
    const second = write('b')
    clock.advance(1000)
    await second
    await until(() => disk.openFiles === 0, 'the file to be closed')
    await write('c')
    expect(Object.values(files())).toEqual(['a\nb\n', 'c\n'])
  })

  it.each(['/out', '/out/below'])(
    'says when a file is in the way of its directory %s, and what to do',
    async (directory) => {
      const paths = { manager: 'default', directory, prefix: '', extension: '' } as const
      const { sink, disk } = setup({ paths })
      disk.plant('/out', Buffer.from(''))
      await expect(sink.open()).rejects.toMatchObject({
        code: 'NOT_A_FOLDER',
        message: `${directory} cannot be a folder: it, or what it is to lie in, is a file`,
        hint: 'Move that file away, or correct sink.directory.',
      })
    },
  )
})

describe('file_roll settings', () => {
  const values = Object.fromEntries(Object.entries(fileRoll.settings).map(([key, row]) => [key, row.default]))
  const found = (given: Record<string, unknown>) => fileRoll.check?.({ ...values, ...given })

  it('names serializers and options that are not there', () => {
    expect(found({ 'sink.serializer': 'json' })).toMatchObject([{ level: 'fault', setting: 'sink.serializer' }])
    const misspelt = new Map([['appendNewLine', 'false']])
    expect(found({ 'sink.serializer.*': misspelt })).toMatchObject([
      { level: 'warning', setting: 'sink.serializer.appendNewLine' },
    ])
    const codec = new Map([['compressionCodec', 'bzip2']])
    expect(found({ 'sink.serializer': 'AVRO_EVENT', 'sink.serializer.*': codec })).toMatchObject([{ level: 'fault' }])
    expect(found({ 'sink.serializer': 'org.apache.flume.serialization.BodyTextEventSerializer' })).toEqual([])
  })

  it('takes path managers by class name', () => {
    const row = fileRoll.settings['sink.pathManager']
    expect(row?.parse('org.apache.flume.formatter.output.RollTimePathManager$Builder')).toBe('rolltime')
    expect(() => row?.parse('mine')).toThrow('none of default, rolltime')
  })
})
