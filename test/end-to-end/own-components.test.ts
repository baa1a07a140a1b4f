/** Components that a user wrote: whatever lies beside them, what they import from `millrace` is the copy that runs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { read } from '../tidy/tree.ts'

const pipeline = (sink: string): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 3
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = ${sink}
a1.sinks.k1.channel = c1
`

/** Takes all events but the one of the text `1`. */
const picky = `import { defineSink, Rejected } from 'millrace'
export const picky = defineSink({
  type: 'picky', aliases: [], summary: '', settings: {},
  create: (_: object, { log }: { log: { info(text: string): void } }) => ({
    batchSize: 10, inFlight: 1, async [Symbol.asyncDispose]() {},
    async write(batch: readonly { body: Uint8Array }[]) {
      const refused = batch.findIndex(({ body }) => String(body) === '1')
      if (refused >= 0) throw new Rejected([refused], 'It is no such event.')
      log.info('WROTE ' + batch.map(({ body }) => String(body)).join(' '))
    },
  }),
})`

/** An older copy, as another project's node_modules might hold it. */
const otherCopy = (folder: string): void => {
  const other = join(folder, 'node_modules', 'millrace')
  mkdirSync(other, { recursive: true })
  writeFileSync(join(other, 'package.json'), '{"name":"millrace","type":"module","exports":"./index.js"}')
  writeFileSync(join(other, 'index.js'), 'export const defineSink = (d) => d\nexport class Rejected extends Error {}')
}

describe('a component of the user', () => {
  it.each([false, true])('rejects events as one of ours does (another copy beside it: %s)', async (isOther) => {
    using folder = temporaryFolder()
    if (isOther) otherCopy(folder.path)
    writeFileSync(join(folder.path, 'picky.mts'), picky)
    const more = `a1.sinks.k1.onReject = quarantine\na1.sinks.k1.rejectDirectory = ${folder.path}/rejected\n`
    await using child = startAgentProcess(folder.path, pipeline('./picky.mts') + more)
    await child.printed(/WROTE 2/)
    await child.stop()
    expect(child.output).toContain('Events in 3, out 2, dropped 1, held 0')
  })

  it("is the manual's, as it stands there", async () => {
    using folder = temporaryFolder()
    const [, module = ''] = /```ts\n([\s\S]*?)```/.exec(read('docs/configuration.md')) ?? []
    writeFileSync(join(folder.path, 'alert-sink.ts'), module)
    await using child = startAgentProcess(folder.path, `${pipeline('./alert-sink.ts')}a1.sinks.k1.word = 2\n`)
    await child.printed(/WARN .* 2$/m)
  })

  it('in a folder of CommonJS, as `npm init` makes it, is a fault with its cure', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'package.json'), '{ "type": "commonjs" }')
    writeFileSync(join(folder.path, 'picky.ts'), picky)
    writeFileSync(join(folder.path, 'f.properties'), pipeline('./picky.ts'))
    await using child = new Child(bin('millrace'), ['check', 'f.properties'], { cwd: folder.path })
    expect(await child.exited).toBe(2)
    expect(child.output).toMatch(/picky\.ts cannot be loaded: .* \(write "type": "module" into the package\.json/)
    expect(child.output).toContain('let its name end in .mts')
  })

  it('that cannot be loaded is one fault, with the reason', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'lost.ts'), "import 'nowhere'")
    writeFileSync(join(folder.path, 'f.properties'), pipeline('./lost.ts'))
    await using child = new Child(bin('millrace'), ['check', 'f.properties'], { cwd: folder.path })
    expect(await child.exited).toBe(2)
    expect(child.output).toMatch(
      /^f\.properties:8: \.\/lost\.ts cannot be loaded: Cannot find package 'nowhere'.*\n.*1 fault, 0 warnings/,
    )
  })
})
