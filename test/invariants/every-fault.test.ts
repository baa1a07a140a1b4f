/** Faults that a wrong file, word or record leads to: each under its own code, with all that its sentences name filled in. */
import { mkdirSync, writeFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { file as fileChannel } from '../../channels/file/file.ts'
import { MemoryChannel } from '../../channels/memory/memory-channel.ts'
import { Fault, type FaultCode } from '../../src/base/faults.ts'
import { loadBrokerConfig } from '../../src/broker/config-file.ts'
import { readAgentFiles } from '../../src/cli/agent-files.ts'
import { inputEvents } from '../../src/cli/input-events.ts'
import { judge } from '../../src/cli/judge.ts'
import { parseOptions } from '../../src/cli/options.ts'
import { Admin } from '../../src/client/admin.ts'
import { parseAddresses } from '../../src/client/address.ts'
import { clientOptions } from '../../src/client/options.ts'
import { realClock } from '../../src/io/clock.ts'
import { numbered } from '../conformance/events.ts'
import { brokerBench } from '../fakes/broker.ts'
import { fakeContext } from '../fakes/context.ts'
import { FakeDisk } from '../fakes/disk.ts'
import { storeBench } from '../fakes/topic-store.ts'
import { valuesOf } from '../fakes/values.ts'
import { temporaryFolder } from '../support/agent.ts'

const file = (folder: string, text: string): string => {
  const path = join(folder, 'given')
  writeFileSync(path, text)
  return path
}

const tooLarge = (folder: string): string => {
  const path = file(folder, '')
  truncateSync(path, 20 * 1024 * 1024)
  return path
}

async function* longLine(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(17 * 1024 * 1024, 'x')
}

const metaOf = (brokerId: number, clusterId: string): Buffer =>
  Buffer.from(`# Written by Millrace\nversion=0\nbroker.id=${brokerId}\ncluster.id=${clusterId}\n`)

const storeOver = (metas: Readonly<Record<string, Buffer>>): Promise<unknown> => {
  const { start, disk } = storeBench()
  for (const [folder, meta] of Object.entries(metas)) disk.plant(`${folder}/meta.properties`, meta)
  return start({ folders: Object.keys(metas), brokerId: 1 })
}

const smallChannel = (): MemoryChannel =>
  new MemoryChannel({ name: 'c1', capacity: 5, transactionCapacity: 2, keepAliveMs: 0, bytesMax: 1000 }, realClock)

const closedChannel = async (): Promise<unknown> => {
  const channel = smallChannel()
  await channel[Symbol.asyncDispose]()
  return channel.put(numbered(0, 1))
}

/** A put into a file channel whose disk goes wrong after it was opened. */
const putOnDisk = async (goesWrong: (disk: FakeDisk) => void): Promise<unknown> => {
  const disk = new FakeDisk()
  const values = valuesOf(fileChannel.settings, { checkpointDir: '/checkpoint', dataDirs: '/data' })
  await using channel = await fileChannel.create(values, fakeContext({ disk }))
  await channel.open?.()
  goesWrong(disk)
  return await channel.put(numbered(0, 1))
}

const storeOnFailingDisk = (): Promise<unknown> => {
  const { start, disk } = storeBench()
  disk.fail('open', 'EIO', { times: 100 })
  return start()
}

const topicTwice = async (): Promise<void> => {
  await using bench = await brokerBench()
  using admin = new Admin(clientOptions({ bootstrap: [{ host: '127.0.0.1', port: bench.port }] }))
  const topic = { topic: 't', partitions: 1, replicationFactor: 1, assignment: [], configs: [] }
  for (let times = 0; times < 2; times++) await admin.create(topic)
}

const ways: Readonly<Partial<Record<FaultCode, (folder: string) => unknown>>> = {
  CONFIG_MISSING: (folder) => readAgentFiles([join(folder, 'none')]),
  CONFIG_UNREADABLE: (folder) => readAgentFiles([folder]),
  CONFIG_TOO_LARGE: (folder) => readAgentFiles([tooLarge(folder)]),
  AGENT_UNKNOWN: (folder) =>
    judge({ files: [file(folder, 'a1.sources = r1\n')], agent: 'a2', properties: new Map(), lenient: false }),
  WRONG_USAGE: () => parseOptions('check', 'usage', ['--bogus']),
  LINE_TOO_LONG: () => inputEvents(longLine(), {}, 10).next(),
  BATCH_TOO_LARGE: () => smallChannel().put(numbered(0, 3)),
  CHANNEL_CLOSED: closedChannel,
  BAD_BROKER_CONFIG: (folder) => loadBrokerConfig({ file: file(folder, 'num.partitions=many\n') }),
  BROKER_CONFIG_UNREADABLE: (folder) => loadBrokerConfig({ file: join(folder, 'none') }),
  LOG_FOLDER_DAMAGED: () => storeOver({ '/logs': Buffer.from('# Written by Millrace\n') }),
  WRONG_BROKER_ID: () => storeOver({ '/logs': metaOf(2, 'one') }),
  WRONG_CLUSTER_ID: () => storeOver({ '/logs': metaOf(1, 'one'), '/more': metaOf(1, 'other') }),
  LOG_FOLDERS_FAILED: storeOnFailingDisk,
  CHANNEL_NO_SPACE: () => putOnDisk((disk) => void (disk.capacityBytes = 100_000)),
  CHANNEL_DISK: () => putOnDisk((disk) => disk.fail('write', 'EIO', { path: '/data', times: 100 })),
  BAD_ADDRESS: () => parseAddresses('localhost'),
  BROKER_ERROR: topicTwice,
}

it.each(Object.entries(ways))('%s', async (code, way) => {
  using folder = temporaryFolder()
  mkdirSync(folder.path, { recursive: true })
  const thrown: unknown = await Promise.resolve()
    .then(() => way(folder.path))
    .catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Fault)
  expect(thrown).toMatchObject({ code })
  const { message, hint } = thrown as Fault
  expect(`${message} ${hint}`).not.toMatch(/\{\w+\}/)
})
