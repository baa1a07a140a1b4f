import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBroker } from './index.ts'
import { whoAnswers } from './who-answers.ts'

test('a broker for a test is there within 100 ms, on a free port, and leaves nothing behind', async () => {
  const tookMs: number[] = []
  for (let i = 0; i < 3; i++) {
    const begunMs = performance.now()
    const broker = await startBroker()
    tookMs.push(performance.now() - begunMs)
    expect(broker.bootstrap).toBe(`127.0.0.1:${broker.port}`)
    expect(await whoAnswers('127.0.0.1', broker.port)).toBe('a Kafka broker')
    expect(existsSync(join(broker.folder, 'meta.properties'))).toBe(true)
    await broker.stop()
    await broker.stop()
    expect(existsSync(broker.folder)).toBe(false)
    expect(await whoAnswers('127.0.0.1', broker.port)).toBe('something that is no Kafka broker')
  }
  expect(Math.min(...tookMs)).toBeLessThan(100)
})

test('a setting that Kafka does not have is refused, with the one that was meant', async () => {
  const settings = { 'num.partition': 2 } as object
  await expect(startBroker({ settings })).rejects.toThrow(
    'Kafka has no setting num.partition (did you mean num.partitions?)',
  )
})

test('several stand side by side, each a cluster of its own', async () => {
  await using first = await startBroker()
  await using second = await startBroker({ settings: { 'broker.id': 7, 'num.partitions': '3', 'log.cleanup.policy': ['compact'] } }) // prettier-ignore
  expect(second.port).not.toBe(first.port)
  expect(second.clusterId).not.toBe(first.clusterId)
  expect(second.brokerId).toBe(7)
})

test('a folder of one’s own is kept, with its identity', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'own-'))
  try {
    const clusterIds: string[] = []
    for (let i = 0; i < 2; i++) {
      await using broker = await startBroker({ folder })
      clusterIds.push(broker.clusterId)
    }
    expect(clusterIds[0]).toBe(clusterIds[1])
    expect(readdirSync(folder)).toContain('meta.properties')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('log folders named in the settings are the ones told, and stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'own-'))
  try {
    const broker = await startBroker({ settings: { 'log.dirs': folder } })
    expect(broker.folder).toBe(folder)
    await broker.stop()
    expect(readdirSync(folder)).toContain('meta.properties')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([
  [{ setttings: {} }, 'startBroker has no option setttings (did you mean settings?)'],
  [{ quick: true }, 'startBroker has no option quick: it takes host, port, folder, settings, log'],
  [{ port: 70_000 }, 'the option port is 70000: it must be from 0 to 65535'],
  [{ log: console }, 'the option log must have the methods debug, info, warn, error and named'],
])('options that cannot be are refused: %j', async (options, says) => {
  await expect(startBroker(options as object)).rejects.toThrow(says)
})

test('what cannot be is refused, and no folder is left', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('millrace-broker-')).length
  await expect(startBroker({ settings: { 'num.partitions': 'many' } })).rejects.toThrow('Invalid value many for configuration num.partitions: Not a number of type INT') // prettier-ignore
  await using broker = await startBroker()
  await expect(startBroker({ port: broker.port })).rejects.toMatchObject({ code: 'LISTENER_TAKEN' })
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('millrace-broker-')).length).toBeLessThanOrEqual(
    before + 1,
  )
})
