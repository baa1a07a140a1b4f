/** Kafka's tools for what a cluster has and one broker does not: each does what there is to do, or says in a line why there is nothing. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import type { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { tool } from '../support/tool.ts'

const folder = temporaryFolder()
let broker: Child
let server: readonly string[] = []
let file = ''
let clusterId = ''

beforeAll(async () => {
  const port = await freePort()
  server = ['--bootstrap-server', `127.0.0.1:${port}`]
  file = writeServerProperties(folder.path, port)
  clusterId = (await tool('kafka-storage', ['random-uuid'])).out.trim()
  const before = await tool('kafka-storage', ['info', '-c', file])
  expect([before.code, before.out]).toEqual([
    1,
    expect.stringMatching(/^Found problem:\n {2}\/\S+ is not formatted\.\n/),
  ])
  const formatted = await tool('kafka-storage', ['format', '--standalone', '-t', clusterId, '-c', file])
  expect([formatted.code, formatted.out]).toEqual([0, expect.stringMatching(/^Formatting \/\S+\.\n$/)])
  broker = await startBrokerProcess(file)
})
afterAll(async () => {
  await broker.stop()
  folder[Symbol.dispose]()
})

it('kafka-storage.sh gives the log folders a cluster id, once, and tells it', async () => {
  const info = await tool('kafka-storage', ['info', '-c', file])
  expect(info.code).toBe(0)
  expect(info.out).toContain(`Found metadata: {broker.id=0, cluster.id=${clusterId}, version=0}`)
  const again = ['format', '-t', clusterId, '-c', file]
  expect((await tool('kafka-storage', again)).err).toMatch(
    /^Log directory \S+ is already formatted\. Use --ignore-formatted/,
  )
  expect(await tool('kafka-storage', [...again, '-g'])).toMatchObject({ code: 0 })
  expect((await tool('kafka-storage', ['format', '-t', 'x', '-c', file])).err).toContain(
    'not appear to be a valid UUID',
  )
  expect((await tool('kafka-storage', ['forma'])).err).toMatch(/^invalid choice: 'forma'/)
})

it('kafka-storage.sh formats another folder for the broker that the first one is of', async () => {
  const [first, second] = ['first', 'second'].map((name) => join(folder.path, name))
  const properties = join(folder.path, 'two.properties')
  writeFileSync(properties, `log.dirs=${first}\n`)
  expect(await tool('kafka-storage', ['format', '-t', clusterId, '-c', properties])).toMatchObject({ code: 0 })
  const metaOf = (path = ''): string => readFileSync(join(path, 'meta.properties'), 'utf8')
  writeFileSync(join(first ?? '', 'meta.properties'), metaOf(first).replace('broker.id=0', 'broker.id=1001'))
  writeFileSync(properties, `log.dirs=${first},${second}\n`)
  const other = `${clusterId.slice(0, -2)}${clusterId.endsWith('AA') ? 'QQ' : 'AA'}`
  const refused = await tool('kafka-storage', ['format', '-g', '-t', other, '-c', properties])
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`belongs to the cluster ${clusterId}`)])
  expect(await tool('kafka-storage', ['format', '-g', '-t', clusterId, '-c', properties])).toMatchObject({ code: 0 })
  expect(metaOf(second)).toContain('broker.id=1001')
})

it('kafka-features.sh describes the features, and changes none', async () => {
  expect(await tool('kafka-features', [...server, 'describe'])).toMatchObject({
    code: 0,
    out: 'Feature: group.version\tSupportedMinVersion: 0\tSupportedMaxVersion: 1\tFinalizedVersionLevel: 1\tEpoch: 0\n',
  })
  for (const [word, ...options] of [
    ['upgrade', '--release-version', '4.0'],
    ['upgrade', '--metadata', '4.0', '--dry-run'],
    ['downgrade', '--feature', 'kraft.version=0', '--feature', 'group.version=0', '--unsafe'],
    ['disable', '--feature', 'group.version'],
  ] as const)
    expect(await tool('kafka-features', [...server, word, ...options])).toMatchObject({
      code: 1,
      err: expect.stringMatching(new RegExp(`there is nothing to ${word}\\. .describe. prints the levels; .*\\n$`)),
    })
  const mapping = await tool('kafka-features', [...server, 'version-mapping', '--release-version', '4.0'])
  expect(mapping).toMatchObject({ code: 1, err: expect.stringContaining('belongs to its own kafka-features.sh') })
})

it.each([['--list'], ['--add', '--allow-principal', 'User:a', '--operation', 'Read', '--topic', 't']])(
  'kafka-acls.sh %s is told that there is no authorizer',
  async (...words) => {
    expect(await tool('kafka-acls', [...server, ...words])).toMatchObject({
      code: 1,
      out: 'Error while executing ACL command: org.apache.kafka.common.errors.SecurityDisabledException: No Authorizer is configured.\n',
    })
  },
)

it.each([
  ['kafka-reassign-partitions', 'kafka-log-dirs.sh'],
  ['zookeeper-server-start', 'kafka-server-start.sh'],
])('%s says in one line what to do instead', async (name, instead) => {
  const { code, out, err } = await tool(name, ['anything'])
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^[^\n]+\n$/)
  expect(err).toContain(instead)
})
