import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FileChannel } from '../../channels/file/file-channel.ts'
import { fakeContext } from '../fakes/context.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { flume111, flumeFileChannel19 } from './counterparts/maven.ts'
import { javaProgram } from './counterparts/java.ts'

const never = new AbortController().signal

const classPaths = { '1.9': flumeFileChannel19, '1.11': flume111 } as const
type Version = keyof typeof classPaths

const shapes = {
  'one data folder': (folder: string): Record<string, string> => ({ dataDirs: `${folder}/data` }),
  'two data folders, dual checkpoints, small files': (folder: string): Record<string, string> => ({
    dataDirs: `${folder}/data,${folder}/data2`,
    useDualCheckpoints: 'true',
    backupCheckpointDir: `${folder}/backup`,
    checkpointInterval: '1000',
    maxFileSize: '400000',
  }),
  'a compressed second checkpoint': (folder: string): Record<string, string> => ({
    dataDirs: `${folder}/data`,
    useDualCheckpoints: 'true',
    backupCheckpointDir: `${folder}/backup`,
    compressBackupCheckpoint: 'true',
    checkpointInterval: '1000',
  }),
} as const

const startFlume = (
  version: Version,
  folder: string,
  mode: 'stop' | 'kill',
  settings: Record<string, string>,
): Child => {
  const all = {
    checkpointDir: `${folder}/checkpoint`,
    capacity: '100000',
    minimumRequiredSpace: '1048576',
    ...settings,
  }
  const given = Object.entries(all).map(([name, value]) => `${name}=${value}`)
  const { command, args } = javaProgram('FlumeFileChannel', `flume-${version}`, classPaths[version](), [mode, ...given])
  return new Child(command, args)
}

/** What the program has said of its transactions. */
const accountsOf = (output: string) => {
  const accounts = {
    put: new Set<number>(),
    undone: new Set<number>(),
    taken: new Set<number>(),
    taking: new Set<number>(),
  }
  for (const line of output.split('\n')) {
    const [verb = '', ...rest] = line.split(' ')
    const numbers = rest.map(Number)
    const [from = 0, to = 0] = numbers
    if (verb === 'put' || verb === 'undone') for (let n = from; n < to; n++) accounts[verb].add(n)
    if (verb === 'taken' || verb === 'taking') for (const n of numbers) accounts[verb].add(n)
  }
  return accounts
}

const ourChannel = (folder: string, settings: Record<string, string>): FileChannel =>
  new FileChannel(
    {
      name: 'c1',
      capacity: 1000,
      transactionCapacity: 1000,
      keepAliveMs: 100,
      checkpointFolder: join(folder, 'checkpoint'),
      dataFolders: (settings['dataDirs'] ?? '').split(','),
      backupFolder: settings['backupCheckpointDir'],
      fileBytesMax: 1_000_000,
      requiredSpaceBytes: 0,
      syncEveryMs: undefined,
      memoryBytesMax: 1_000_000,
    },
    fakeContext(),
  )

const deliveredBy = async (channel: FileChannel): Promise<number[]> => {
  const numbers: number[] = []
  while (channel.held > 0) {
    const take = await channel.take(1000, never)
    for (const { headers, body } of take.events) {
      expect([String(body), headers['größe']]).toEqual([`event ${headers['n']}`, `wert-${Number(headers['n']) % 3}`])
      numbers.push(Number(headers['n']))
    }
    await take.commit()
  }
  return numbers
}

/** Nothing lost, nothing twice, nothing that was rolled back; a take that was under way at the kill may have been committed or not. */
const check = (output: string, delivered: readonly number[]): void => {
  const { put, undone, taken, taking } = accountsOf(output)
  const got = new Set(delivered)
  expect(delivered.length).toBe(got.size)
  expect([...put].filter((n) => !taken.has(n) && !taking.has(n) && !got.has(n))).toEqual([])
  expect(delivered.filter((n) => taken.has(n) || undone.has(n))).toEqual([])
  expect(put.size).toBeGreaterThan(2000)
}

/** In all of them a transaction of puts and one of takes is left open. */
const stopped: readonly (readonly [Version, keyof typeof shapes])[] = [
  ['1.9', 'a compressed second checkpoint'],
  ['1.11', 'two data folders, dual checkpoints, small files'],
]

it.each(stopped)('a file channel of a real Flume %s that was stopped: %s', async (version, shape) => {
  using folder = temporaryFolder()
  const settings = shapes[shape](folder.path)
  await using flume = startFlume(version, folder.path, 'stop', settings)
  await flume.printed(/^stopped$/m)
  await flume.exited
  await using channel = ourChannel(folder.path, settings)
  await channel.open()
  const { put, taken } = accountsOf(String(flume.stdout))
  expect(channel.held).toBe(put.size - taken.size)
  check(String(flume.stdout), await deliveredBy(channel))
})

const killed: readonly (readonly [Version, keyof typeof shapes])[] = [
  ['1.9', 'two data folders, dual checkpoints, small files'],
  ['1.11', 'one data folder'],
  ['1.11', 'two data folders, dual checkpoints, small files'],
]

it.each(killed)(
  'a file channel of a real Flume %s that was killed in the middle of traffic: %s',
  async (version, shape) => {
    using folder = temporaryFolder()
    const settings = shapes[shape](folder.path)
    await using flume = startFlume(version, folder.path, 'kill', settings)
    await flume.printed(/^put \d+ [1-9]\d{4}$/m)
    await using channel = ourChannel(folder.path, settings)
    await expect(channel.open()).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    await flume.stop('SIGKILL')
    await channel.open()
    check(String(flume.stdout), await deliveredBy(channel))
  },
)

const agentOf = (folder: string, port: number): string => `
a1.sources = s
a1.channels = c
a1.sinks = k
a1.sources.s.type = netcat
a1.sources.s.bind = 127.0.0.1
a1.sources.s.port = ${port}
a1.sources.s.channels = c
a1.channels.c.type = file
a1.channels.c.checkpointDir = ${folder}/checkpoint
a1.channels.c.dataDirs = ${folder}/data
a1.channels.c.minimumRequiredSpace = 1048576
a1.sinks.k.type = file_roll
a1.sinks.k.channel = c
a1.sinks.k.sink.directory = ${folder}/out
a1.sinks.k.sink.rollInterval = 0
`

it('an agent that is started on the folders of a killed Flume delivers what that had left, and removes its files', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'out'))
  await using flume = startFlume('1.11', folder.path, 'kill', shapes['one data folder'](folder.path))
  await flume.printed(/^put \d+ [1-9]\d{4}$/m)
  await flume.stop('SIGKILL')
  await using agent = startAgentProcess(folder.path, agentOf(folder.path, await freePort()))
  await agent.printed(/took over \d+ events of Flume/)
  await agent.printed(/all events of Flume’s channel were delivered; its files are removed/)
  await agent.stop()
  const lines = readdirSync(join(folder.path, 'out')).flatMap((name) =>
    readFileSync(join(folder.path, 'out', name), 'utf8')
      .trim()
      .split('\n'),
  )
  check(
    String(flume.stdout),
    lines.map((line) => Number(line.replace('event ', ''))),
  )
  expect(readdirSync(join(folder.path, 'data')).filter((name) => !name.startsWith('events-'))).toEqual(['channel.json'])
})

it('an encrypted channel of a real Flume is named', async () => {
  using folder = temporaryFolder()
  const [store, password] = [join(folder.path, 'keys'), join(folder.path, 'password')]
  writeFileSync(password, 'secret12')
  const passwords = ['-storepass', 'secret12', '-keypass', 'secret12']
  const key = ['-alias', 'key-0', '-keyalg', 'AES', '-keysize', '128', '-storetype', 'jceks', '-keystore', store]
  execFileSync('keytool', ['-genseckey', ...key, ...passwords], { stdio: 'ignore' })
  const settings = {
    dataDirs: `${folder.path}/data`,
    'encryption.activeKey': 'key-0',
    'encryption.cipherProvider': 'AESCTRNOPADDING',
    'encryption.keyProvider': 'JCEKSFILE',
    'encryption.keyProvider.keyStoreFile': store,
    'encryption.keyProvider.keyStorePasswordFile': password,
    'encryption.keyProvider.keys': 'key-0',
  }
  await using flume = startFlume('1.11', folder.path, 'stop', settings)
  await flume.printed(/^stopped$/m)
  await flume.exited
  await using channel = ourChannel(folder.path, settings)
  await expect(channel.open()).rejects.toMatchObject({ code: 'FLUME_CHANNEL_ENCRYPTED', details: { key: 'key-0' } })
})
