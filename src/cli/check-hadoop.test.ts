/** An hdfs path without a scheme is one of this machine, unless a Hadoop is there: Flume would take it for one of its file system then. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

const agent = [
  'sources = r1',
  'channels = c1',
  'sinks = k1 k2',
  'sources.r1.type = seq',
  'sources.r1.channels = c1',
  'channels.c1.type = memory',
  'sinks.k1.type = hdfs',
  'sinks.k1.hdfs.path = /logs',
  'sinks.k1.channel = c1',
  'sinks.k2.type = null',
  'sinks.k2.channel = c1',
]

/** Runs a command with the agent's file as its last argument; the file is called `f` in what it prints. */
const run = async (...argv: readonly string[]) => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'f')
  writeFileSync(file, agent.map((line) => `a1.${line}\n`).join(''))
  const { code, out, err } = await runCli(...argv, file)
  return { code, out: out.replaceAll(file, 'f'), err: err.replaceAll(file, 'f') }
}

afterEach(() => vi.unstubAllEnvs())

describe('an hdfs path without a scheme', () => {
  it('is a warning where no Hadoop is', async () => {
    for (const name of ['HADOOP_CONF_DIR', 'HADOOP_HOME']) vi.stubEnv(name, undefined)
    expect(await run('check')).toMatchObject({
      code: 0,
      out: expect.stringContaining('f:8: warning: hdfs.path has no scheme') as string,
    })
  })

  it('is a fault with its line where one is, and the agent does not start', async () => {
    vi.stubEnv('HADOOP_HOME', '/opt/hadoop')
    const says =
      "f:8: hdfs.path has no scheme, and HADOOP_HOME is set: Flume would take it for a path of Hadoop's file system, which is not there yet (write file:///logs for a path of this machine)"
    const { code, out } = await run('check')
    expect(out.split('\n')).toEqual([says, 'agent a1 cannot start; 1 fault, 0 warnings.', ''])
    expect(code).toBe(2)
    expect(await run('agent', '-Dflume.root.logger=OFF,console', '-n', 'a1', '-f')).toMatchObject({ code: 2 })
  })

  it('is left out with its sink under --lenient', async () => {
    vi.stubEnv('HADOOP_HOME', '/opt/hadoop')
    expect(await run('check', '--lenient')).toMatchObject({
      code: 0,
      out: expect.stringContaining('agent a1 can start: 1 source, 1 channel, 1 sink; 1 fault') as string,
    })
  })
})
