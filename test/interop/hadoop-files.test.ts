import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { run } from '../support/child.ts'
import { hadoop33 } from './counterparts/maven.ts'

const count = 2500

const agent = (spool: string, out: string, format: string): string => `
a1.sources = s
a1.channels = c
a1.sinks = k
a1.sources.s.type = spooldir
a1.sources.s.spoolDir = ${spool}
a1.sources.s.channels = c
a1.sources.s.interceptors = i
a1.sources.s.interceptors.i.type = static
a1.sources.s.interceptors.i.key = timestamp
a1.sources.s.interceptors.i.value = 1339527274123
a1.channels.c.type = memory
a1.channels.c.capacity = 1000
a1.sinks.k.type = hdfs
a1.sinks.k.channel = c
a1.sinks.k.hdfs.path = file://${out}
a1.sinks.k.hdfs.writeFormat = ${format}
a1.sinks.k.hdfs.rollInterval = 0
a1.sinks.k.hdfs.rollSize = 0
a1.sinks.k.hdfs.rollCount = 1000
`

/** As `hadoop fs -text` prints a BytesWritable. */
const hex = (text: string): string =>
  Buffer.from(text)
    .toString('hex')
    .replaceAll(/(..)(?!$)/g, '$1 ')

describe("Hadoop 3.3's own file shell", () => {
  it.each([
    ['Text', (line: string) => line],
    ['Writable', hex],
  ])('reads the SequenceFiles of the hdfs sink, writeFormat %s', async (format, shown) => {
    using folder = temporaryFolder()
    const [spool, out] = [join(folder.path, 'spool'), join(folder.path, 'out')]
    for (const path of [spool, out]) mkdirSync(path)
    const lines = Array.from({ length: count }, (_, i) => `line ${i} ${'x'.repeat(i % 300)}`)
    writeFileSync(join(spool, 'lines.txt'), `${lines.join('\n')}\n`)
    await using ours = startAgentProcess(folder.path, agent(spool, out, format))
    await until(() => readdirSync(spool).includes('lines.txt.COMPLETED'), 'the spooled file to be done', 60_000)
    await ours.stop()
    const files = readdirSync(out).sort()
    expect(files).toHaveLength(3)
    const paths = files.map((name) => `file://${join(out, name)}`)
    writeFileSync(join(folder.path, 'core-site.xml'), '<configuration/>')
    const classPath = `${folder.path}:${hadoop33()}`
    const printed = await run('java', ['-cp', classPath, 'org.apache.hadoop.fs.FsShell', '-text', ...paths])
    const records = printed.split('\n').filter((line) => line.startsWith('1339527274123\t'))
    expect(records.map((line) => line.slice(line.indexOf('\t') + 1))).toEqual(lines.map(shown))
  })
})
