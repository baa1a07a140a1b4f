import { execFileSync } from 'node:child_process'
import { describe, expect } from 'vitest'
import { run } from '../support/child.ts'
import { arrivals, numberedLine, numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { has, pathOf } from './counterparts/toolchain.ts'
import { witness } from './witness.ts'

const isHere = has('kcat', 'kcat')

/** Its own, and that of the librdkafka it is linked with. */
const version = (): string => {
  const told = execFileSync(pathOf('kcat'), ['-V'], { encoding: 'utf8' })
  const [, own = '', library = ''] = /Version ([\d.]+)[^]*?librdkafka ([\d.]+)/.exec(told) ?? []
  return `${own} (librdkafka ${library})`
}

describe.runIf(isHere)('kcat against the broker', () => {
  const { bootstrap } = sharedBroker()
  const does = witness('kcat', isHere ? version() : '')

  const consume = async (topic: string, ...more: string[]): Promise<string[]> =>
    (await run('kcat', ['-C', '-b', bootstrap(), '-t', topic, '-o', 'beginning', '-e', '-q', ...more]))
      .trimEnd()
      .split('\n')

  does('lists the broker and its topics', async () => {
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'listed'], { input: 'one\n' })
    const listing = await run('kcat', ['-L', '-b', bootstrap()])
    expect(listing).toContain(`broker 0 at ${bootstrap()} (controller)`)
    expect(listing).toMatch(/topic "listed" with 1 partitions:/)
  })

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    does(`produces and consumes with ${codec}`, async () => {
      const topic = `lines-${codec}`
      await run('kcat', ['-P', '-b', bootstrap(), '-t', topic, '-z', codec, '-X', 'acks=all'], {
        input: numberedLines(0, 20_000),
      })
      expect(arrivals(await consume(topic), 20_000)).toEqual({ lost: [], repeated: 0, strange: [] })
    })

  does('produces idempotently', async () => {
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'once', '-X', 'enable.idempotence=true'], {
      input: numberedLines(0, 5000),
    })
    expect(arrivals(await consume('once'), 5000)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  does('sends headers and gets them back', async () => {
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'keyed', '-K', ':', '-H', 'colour=red'], { input: 'k:v\n' })
    expect(await consume('keyed', '-f', '%k=%s %h %p %o\n')).toEqual(['k=v colour=red 0 0'])
  })

  does('finds offsets by time', async () => {
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'timed'], { input: 'x\n' })
    const answer = await run('kcat', ['-Q', '-b', bootstrap(), '-t', 'timed:0:0'])
    expect(answer).toContain('timed [0] offset 0')
  })

  does('a group goes on where it committed', async () => {
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'grouped'], { input: numberedLines(0, 10) })
    const group = ['-b', bootstrap(), '-G', 'readers', '-q', '-e', '-X', 'auto.offset.reset=earliest', 'grouped']
    expect((await run('kcat', group)).trimEnd().split('\n')).toHaveLength(10)
    await run('kcat', ['-P', '-b', bootstrap(), '-t', 'grouped'], { input: numberedLines(10, 12) })
    expect((await run('kcat', group)).trimEnd().split('\n')).toEqual([numberedLine(10), numberedLine(11)])
  })
})
