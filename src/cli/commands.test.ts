import { describe, expect, it } from 'vitest'
import { runCli } from '../../test/support/cli.ts'
import { faultTable } from '../base/faults.ts'
import { summaries } from './summaries.ts'

describe('millrace', () => {
  it('lists every command, by whatever word help is asked for', async () => {
    for (const words of [[], ['help'], ['--help'], ['-h']]) {
      const { code, out } = await runCli(...words)
      expect(code).toBe(0)
      for (const name of Object.keys(summaries)) expect(out).toContain(`  ${name} `)
    }
  })

  it('lists every fault and its cure', async () => {
    const { out } = await runCli('help', 'faults')
    for (const [code, { says, hint }] of Object.entries(faultTable)) {
      expect(out).toContain(`${code}\n  ${says}\n  ${hint}\n`)
    }
  })

  it('names the command that was probably meant', async () => {
    expect(await runCli('componets')).toEqual({
      code: 2,
      out: '',
      err: 'millrace: no such command: componets (did you mean components?)\n`millrace help` lists them.\n',
    })
    expect((await runCli('constructor')).code).toBe(2)
  })

  it('prints its version', async () => {
    expect((await runCli('--version')).out).toMatch(
      /^Millrace \d+\.\d+\.\d+, in place of Flume 1\.11\.0\nNode\.js 2\d\./,
    )
  })
})

describe('components', () => {
  it('lists them by kind', async () => {
    const { out } = await runCli('components')
    expect(out).toMatch(/^sources\n[\s\S]*\n {2}netcat +\S/)
    expect(out).toMatch(/\nsinks\n[\s\S]*\n {2}logger +\S/)
  })

  it('prints the settings of one, found by any of its names', async () => {
    for (const name of ['memory', 'MEMORY', 'org.apache.flume.channel.MemoryChannel']) {
      const { code, out } = await runCli('components', name)
      expect(code).toBe(0)
      expect(out).toMatch(/^channel memory: /)
      expect(out).toMatch(/\n {2}transactionCapacity +integer +100 +\S/)
      expect(out).toContain('and those of every channel:')
    }
  })

  it('finds one by its class without the package and by a part of its name, and lists what several have', async () => {
    expect((await runCli('components', 'kafkasink')).out).toMatch(/^sink org\.apache\.flume\.sink\.kafka\.KafkaSink: /)
    expect((await runCli('components', 'TimestampInterceptor')).out).toMatch(/^interceptor timestamp: /)
    expect((await runCli('components', 'spool')).out).toMatch(/^source spooldir: /)
    const { code, out } = await runCli('components', 'kafka')
    expect(code).toBe(0)
    expect(out.match(/^ {2}org\.apache\.flume\.\S+/gm)).toEqual([
      '  org.apache.flume.source.kafka.KafkaSource',
      '  org.apache.flume.channel.kafka.KafkaChannel',
      '  org.apache.flume.sink.kafka.KafkaSink',
    ])
    expect(out).toContain('lists the settings of one')
  })

  it('and docs say how they are used', async () => {
    for (const name of ['components', 'docs']) {
      const help = await runCli(name, '--help')
      expect(help, name).toMatchObject({ code: 0, out: expect.stringContaining(`usage: millrace ${name}`) as string })
      const wrong = await runCli(name, '--bogus')
      expect(wrong, name).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--bogus') as string })
    }
  })

  it('says of others what there is to say', async () => {
    expect((await runCli('components', 'memroy')).err).toContain('did you mean memory?')
    expect((await runCli('components', 'hbase')).err).toContain('the sink hbase is not there yet')
    expect(await runCli('components', 'xyzzy')).toMatchObject({ code: 2 })
  })
})
