import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { type Child, run } from '../support/child.ts'
import { arrivals, numberedLine, numberedLines } from '../support/lines.ts'
import { freePort } from '../support/port.ts'

describe('kcat against the broker', () => {
  const folder = temporaryFolder()
  let broker: Child
  let bootstrap = ''

  beforeAll(async () => {
    const port = await freePort()
    bootstrap = `127.0.0.1:${port}`
    broker = await startBrokerProcess(writeServerProperties(folder.path, port))
  })
  afterAll(async () => {
    await broker.stop()
    folder[Symbol.dispose]()
  })

  const consume = async (topic: string, ...more: string[]): Promise<string[]> =>
    (await run('kcat', ['-C', '-b', bootstrap, '-t', topic, '-o', 'beginning', '-e', '-q', ...more]))
      .trimEnd()
      .split('\n')

  it('lists the broker and its topics', async () => {
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'listed'], { input: 'one\n' })
    const listing = await run('kcat', ['-L', '-b', bootstrap])
    expect(listing).toContain(`broker 0 at ${bootstrap} (controller)`)
    expect(listing).toMatch(/topic "listed" with 1 partitions:/)
  })

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('produces and consumes with %s', async (codec) => {
    const topic = `lines-${codec}`
    await run('kcat', ['-P', '-b', bootstrap, '-t', topic, '-z', codec, '-X', 'acks=all'], {
      input: numberedLines(0, 20_000),
    })
    expect(arrivals(await consume(topic), 20_000)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('produces idempotently', async () => {
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'once', '-X', 'enable.idempotence=true'], {
      input: numberedLines(0, 5000),
    })
    expect(arrivals(await consume('once'), 5000)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('sends keys and headers and gets them back', async () => {
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'keyed', '-K', ':', '-H', 'colour=red'], { input: 'k:v\n' })
    expect(await consume('keyed', '-f', '%k=%s %h %p %o\n')).toEqual(['k=v colour=red 0 0'])
  })

  it('finds an offset by time and reads from it', async () => {
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'timed'], { input: 'x\n' })
    const answer = await run('kcat', ['-Q', '-b', bootstrap, '-t', 'timed:0:0'])
    expect(answer).toContain('timed [0] offset 0')
  })

  it('shares a topic in a consumer group and goes on from the committed offset', async () => {
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'grouped'], { input: numberedLines(0, 10) })
    const group = ['-b', bootstrap, '-G', 'readers', '-q', '-e', '-X', 'auto.offset.reset=earliest', 'grouped']
    expect((await run('kcat', group)).trimEnd().split('\n')).toHaveLength(10)
    await run('kcat', ['-P', '-b', bootstrap, '-t', 'grouped'], { input: numberedLines(10, 12) })
    expect((await run('kcat', group)).trimEnd().split('\n')).toEqual([numberedLine(10), numberedLine(11)])
  })
})
