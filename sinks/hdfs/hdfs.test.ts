import { describe, expect, it } from 'vitest'
import type { Headers } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { hdfs } from './hdfs.ts'

const startMs = Date.UTC(2026, 10, 20, 18, 5, 7)
const second = 1000
const never = new AbortController().signal

const noLimits = { 'hdfs.rollInterval': '0', 'hdfs.rollSize': '0', 'hdfs.rollCount': '0' }
const plain = { 'hdfs.path': 'file:///out', 'hdfs.fileType': 'DataStream', ...noLimits }

const setup = async (given: Record<string, string> = {}, disk = new FakeDisk()) => {
  const clock = new FakeClock(startMs)
  const context = fakeContext({ clock, disk })
  const sink: Sink = await hdfs.create(valuesOf(hdfs.settings, { ...plain, ...given }), context)
  const write = (bodies: string, headers: Headers = {}) =>
    sink.write(
      bodies.split(' ').map((body) => ({ headers, body: Buffer.from(body) })),
      never,
    )
  const below = (folder: string): string[] =>
    disk.list(folder).flatMap((name) => {
      const path = `${folder}/${name}`
      return disk.stat(path)?.isDirectory === true ? below(path) : [path]
    })
  /** Contents by path, counters as their distance from the start. */
  const files = (folder = '/out') =>
    Object.fromEntries(
      below(folder)
        .sort()
        .map((path) => [
          path.replace(/\.(\d{13})/, (_, counter: string) => `.${Number(counter) - startMs}`),
          disk.bytes(path)?.toString().trim().replaceAll('\n', ' '),
        ]),
    )
  return { sink, write, files, clock, disk, context }
}

describe('hdfs sink', () => {
  it('writes under an in-use name and renames at the end', async () => {
    const { sink, write, files } = await setup()
    await write('a b')
    expect(files()).toEqual({ '/out/FlumeData.1.tmp': 'a b' })
    await write('c')
    await sink[Symbol.asyncDispose]()
    expect(files()).toEqual({ '/out/FlumeData.1': 'a b c' })
  })

  it('names files as it is told', async () => {
    const names = {
      'hdfs.filePrefix': 'web-%{host}',
      'hdfs.fileSuffix': '.log',
      'hdfs.inUsePrefix': '_',
      'hdfs.inUseSuffix': '.part',
    }
    const { sink, write, files } = await setup(names)
    await write('a', { host: 'h1' })
    expect(files()).toEqual({ '/out/_web-h1.1.log.part': 'a' })
    await sink[Symbol.asyncDispose]()
    expect(files()).toEqual({ '/out/web-h1.1.log': 'a' })
  })

  it('writes under the final name without in-use marks', async () => {
    const { write, files } = await setup({ 'hdfs.emptyInUseSuffix': 'true' })
    await write('a')
    expect(files()).toEqual({ '/out/FlumeData.1': 'a' })
  })

  it('ends a file at so many events, also in the middle of a batch', async () => {
    const { write, files } = await setup({ 'hdfs.rollCount': '2' })
    await write('a b c d e')
    expect(files()).toEqual({ '/out/FlumeData.1': 'a b', '/out/FlumeData.2': 'c d', '/out/FlumeData.3.tmp': 'e' })
    await write('f')
    expect(files()).toMatchObject({ '/out/FlumeData.3': 'e f' })
  })

  it('ends a file at so many bytes of bodies', async () => {
    const { write, files } = await setup({ 'hdfs.rollSize': '5' })
    await write('aaa bb c')
    await write('dddddddd')
    expect(files()).toEqual({ '/out/FlumeData.1': 'aaa bb', '/out/FlumeData.2': 'c dddddddd' })
  })

  it('ends a file at its age, and begins a new one at the next event', async () => {
    const { write, files, clock } = await setup({ 'hdfs.rollInterval': '30' })
    await write('a')
    clock.advance(29 * second)
    await write('b')
    clock.advance(second)
    expect(files()).toEqual({ '/out/FlumeData.1': 'a b' })
    await write('c')
    expect(files()).toMatchObject({ '/out/FlumeData.30001.tmp': 'c' })
  })

  it('ends an idle file', async () => {
    const { write, files, clock } = await setup({ 'hdfs.idleTimeout': '10' })
    await write('a')
    clock.advance(9 * second)
    await write('b')
    clock.advance(9 * second)
    expect(files()).toEqual({ '/out/FlumeData.1.tmp': 'a b' })
    clock.advance(second)
    expect(files()).toEqual({ '/out/FlumeData.1': 'a b' })
    expect(clock.waiting).toBe(0)
  })

  it('ends the file used longest ago when too many are open', async () => {
    const { write, files, disk } = await setup({ 'hdfs.path': 'file:///out/%{h}', 'hdfs.maxOpenFiles': '2' })
    await write('a', { h: '1' })
    await write('b', { h: '2' })
    await write('c', { h: '1' })
    await write('d', { h: '3' })
    expect(Object.keys(files())).toEqual(['/out/1/FlumeData.1.tmp', '/out/2/FlumeData.1', '/out/3/FlumeData.1.tmp'])
    expect(disk.openFiles).toBeLessThanOrEqual(2)
  })

  it('overwrites nothing that is there', async () => {
    const disk = new FakeDisk()
    disk.plant(`/out/FlumeData.${startMs + 1}`, Buffer.from('older'))
    disk.plant(`/out/FlumeData.${startMs + 2}.tmp`, Buffer.from('foreign'))
    const { sink, write, files } = await setup({}, disk)
    await write('a')
    await sink[Symbol.asyncDispose]()
    expect(files()).toEqual({
      '/out/FlumeData.1': 'older',
      '/out/FlumeData.2.tmp': 'foreign',
      '/out/FlumeData.3': 'a',
    })
  })

  it('ends a file whose age was reached in the middle of a write after that write', async () => {
    const { write, files, clock, disk } = await setup({ 'hdfs.rollInterval': '30', 'hdfs.sync': 'batch' })
    await write('a')
    const writing = write('b')
    clock.advance(30 * second)
    await writing
    await until(() => disk.openFiles === 0, 'the file to be closed')
    expect(files()).toEqual({ '/out/FlumeData.1': 'a b' })
  })

  it('writes what the serializer makes', async () => {
    const { write, files } = await setup({ serializer: 'header_and_text', 'serializer.appendNewline': 'true' })
    await write('a', { k: 'v' })
    expect(files()).toEqual({ '/out/FlumeData.1.tmp': '{k=v} a' })
  })

  it('counts files as Flume does', async () => {
    const { sink, write, context } = await setup({ 'hdfs.rollCount': '1' })
    await write('a b')
    await sink[Symbol.asyncDispose]()
    expect(context.counters.values).toEqual({ ConnectionCreatedCount: 2, ConnectionClosedCount: 2 })
  })

  it('is not made for another file system, whatever was checked', () =>
    expect(setup({ 'hdfs.path': 's3a://bucket/x' })).rejects.toMatchObject({ code: 'BAD_SETTING' }))

  it('writes to a path without a scheme', async () => {
    const { write, files } = await setup({ 'hdfs.path': '/flume/%{x}' })
    await write('a', { x: 'y' })
    expect(files('/flume')).toEqual({ '/flume/y/FlumeData.1.tmp': 'a' })
  })
})
