import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whoAnswers } from '../../src/broker/who-answers.ts'
import { until } from '../fakes/until.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { root } from '../tidy/tree.ts'

let folder = ''
let port = 0

const command = (name: string, ...args: string[]): Child =>
  new Child(join(root, 'bin', name), args, { cwd: folder, env: { LOG_DIR: join(folder, 'out') } })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-'))
  port = await freePort()
  await writeFile(
    join(folder, 'server.properties'),
    `broker.id=5\nlisteners=PLAINTEXT://127.0.0.1:${port}\nlog.dirs=logs\n`,
  )
})

afterEach(() => rm(folder, { recursive: true }))

describe('kafka-server-start.sh and kafka-server-stop.sh', () => {
  it('run the broker in the foreground, in the log layout of Kafka, until it is stopped', async () => {
    await using server = command('kafka-server-start.sh', 'server.properties')
    await server.printed(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO \[KafkaServer id=5\] started \(kafka\.server\.KafkaServer\)$/m) // prettier-ignore
    expect(await whoAnswers('127.0.0.1', port)).toBe('a Kafka broker')
    await using stop = command('kafka-server-stop.sh', 'server.properties')
    expect(await stop.exited).toBe(0)
    expect(await server.exited).toBe(0)
    expect(server.output).toContain('[KafkaServer id=5] shut down completed (kafka.server.KafkaServer)')
    await using again = command('kafka-server-stop.sh', 'server.properties')
    expect(await again.exited).toBe(1)
    expect(again.output).toContain('No kafka server to stop\n')
    expect(again.output).toContain(`No broker of the log folder ${join(folder, 'logs')} runs`)
  })

  it('stop a broker by the words that it was started with, and no other', async () => {
    const words = ['server.properties', '--override', 'log.dirs=elsewhere']
    await using start = command('kafka-server-start.sh', '-daemon', ...words)
    expect(await start.exited).toBe(0)
    await using other = command('kafka-server-stop.sh', 'server.properties')
    expect(await other.exited).toBe(1)
    await using stop = command('kafka-server-stop.sh', ...words)
    expect(await stop.exited).toBe(0)
    expect(await whoAnswers('127.0.0.1', port)).toBe('something that is no Kafka broker')
  })

  it('run it in the background, from which stopping returns when it is gone', async () => {
    await using start = command('kafka-server-start.sh', '-daemon', 'server.properties', '--override', 'broker.id=6')
    expect([await start.exited, start.output]).toEqual([0, ''])
    const output = () => readFile(join(folder, 'out', 'kafkaServer.out'), 'utf8').catch(() => '')
    await until(async () => (await output()).includes('[KafkaServer id=6] started'), 'the broker to start')
    await using stop = command('kafka-server-stop.sh', 'server.properties')
    expect(await stop.exited).toBe(0)
    expect(await output()).toContain('shut down completed')
    expect(await whoAnswers('127.0.0.1', port)).toBe('something that is no Kafka broker')
  })

  it('say how they are used, and what keeps the broker from starting, and end with 1', async () => {
    await using help = command('kafka-server-stop.sh', '--help')
    expect([await help.exited, help.output]).toEqual([0, expect.stringContaining('USAGE: kafka-server-stop.sh')])
    await using odd = command('kafka-server-stop.sh', '--force')
    expect([await odd.exited, odd.output]).toEqual([1, expect.stringContaining('--force means nothing here')])
    await using usage = command('kafka-server-start.sh')
    expect([await usage.exited, usage.output.startsWith('USAGE: ')]).toEqual([1, true])
    await writeFile(join(folder, 'bad.properties'), 'num.partitions=many\nlisteners=SSL://h:1\n')
    await using bad = command('kafka-server-start.sh', 'bad.properties')
    expect(await bad.exited).toBe(1)
    expect(bad.output).toContain('bad.properties:1: Invalid value many for configuration num.partitions')
    await using missing = command('kafka-server-start.sh', 'none.properties')
    expect([await missing.exited, missing.output.includes('none.properties cannot be read')]).toEqual([1, true])
  })
})
