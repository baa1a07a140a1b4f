import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { startEmbeddedBroker } from './embedded.ts'
import { whoAnswers } from './who-answers.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'))
})

afterEach(() => rm(folder, { recursive: true }))

const overrides = () => ({ listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': folder })

test('a broker in a thread serves, speaks through the log it is given, and stops', async () => {
  const log = new RecordingLog()
  await using broker = await startEmbeddedBroker({ overrides: overrides(), log })
  const [host = '', port] = broker.address.split(':')
  expect(await whoAnswers(host, Number(port))).toBe('a Kafka broker')
  await broker.stop()
  expect(await whoAnswers(host, Number(port))).toBe('something that is no Kafka broker')
  await until(() => log.of('info').some((line) => line.includes('shut down completed')), 'the last line')
})

test('a port that is taken is a fault of the agent', async () => {
  const log = new RecordingLog()
  await using broker = await startEmbeddedBroker({ overrides: overrides(), log })
  const second = startEmbeddedBroker({ overrides: { ...overrides(), listeners: `PLAINTEXT://${broker.address}` }, log })
  await expect(second).rejects.toMatchObject({ code: 'LISTENER_TAKEN', hint: expect.stringContaining('--broker') })
})

test('a thread that dies is started again on the same port and folders', async () => {
  const log = new RecordingLog()
  const seen: string[] = []
  const threads: Worker[] = []
  await using first = await startEmbeddedBroker({ overrides: overrides(), log })
  const port = Number(first.address.split(':')[1])
  await first.stop()
  await using _broker = await startEmbeddedBroker({
    overrides: { ...overrides(), listeners: `PLAINTEXT://127.0.0.1:${port}` },
    log,
    spawn(workerData) {
      threads.push(new Worker(new URL('./worker.ts', import.meta.url), { workerData }))
      return threads.at(-1) as Worker
    },
    onDown: ({ code }) => void seen.push(`down by ${code}`),
    onUp: () => void seen.push('up'),
  })
  await threads[0]?.terminate()
  await until(() => seen.includes('up'), 'the broker to come back')
  expect(seen).toEqual(['down by BROKER_DIED', 'up'])
  expect(await whoAnswers('127.0.0.1', port)).toBe('a Kafka broker')
  expect(log.of('error').join()).toContain('started again')
})
