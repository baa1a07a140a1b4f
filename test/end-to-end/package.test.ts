/** The package as it is published: built and packed in a copy of the project, and laid out as npm lays it out in an empty folder. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { Child, run } from '../support/child.ts'
import { projectFiles, root } from '../tidy/tree.ts'

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
}

const folder = temporaryFolder()
const copy = join(folder.path, 'project')
const home = join(folder.path, 'home')
const installed = join(home, 'node_modules', 'millrace')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

const copyProject = (): void => {
  for (const file of projectFiles()) {
    mkdirSync(join(copy, dirname(file)), { recursive: true })
    copyFileSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
}

/** What `npm i millrace.tgz` does, with the packages that are here already: the package, its launchers' links, its dependencies and Node 24. */
const install = (tarball: string): void => {
  mkdirSync(join(home, 'node_modules', '.bin'), { recursive: true })
  execFileSync('tar', ['xzf', tarball, '-C', join(home, 'node_modules')])
  execFileSync('mv', [join(home, 'node_modules', 'package'), installed])
  for (const [name, path] of Object.entries(manifest.bin))
    symlinkSync(join('..', 'millrace', path), join(home, 'node_modules', '.bin', name))
  // The rest of the tree is there for the dependencies' own dependencies; what only development needs is left out.
  const development = new Set(['typescript', 'vitest', 'oxlint', 'oxfmt', 'fast-check', 'kafkajs', '.bin', 'millrace'])
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!development.has(name) && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(home, 'node_modules', name))
}

beforeAll(async () => {
  copyProject()
  const printed = await run('npm', ['pack', '--silent'], { cwd: copy })
  install(join(copy, printed.trim().split('\n').at(-1) ?? ''))
}, 120_000)

afterAll(() => folder[Symbol.dispose]())

const npx = (name: string): string => join(home, 'node_modules', '.bin', name)

describe('the package', () => {
  it('ships every launcher, what an operator copies, and no TypeScript', () => {
    for (const path of Object.values(manifest.bin)) expect(existsSync(join(installed, path)), path).toBe(true)
    const shipped = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(shipped.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([])
    expect(shipped.filter((file) => /\.(test|fuzz)\./.test(file))).toEqual([])
    for (const file of [
      'README.md',
      'LICENSE',
      'conf/server.properties',
      'examples/weblog-to-topic/weblog-to-topic.properties',
    ])
      expect(shipped).toContain(file)
  })

  it('ships few files to load at a start, and the licences of the libraries inside them', () => {
    const chunks = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
    expect(chunks.filter((file) => file.endsWith('.js')).length).toBeLessThan(120)
    const notices = readFileSync(join(installed, 'dist', 'NOTICES.txt'), 'utf8')
    for (const name of ['commander', 'dot-properties', 'pino', 'sonic-boom']) expect(notices).toContain(`\n${name} `)
  })

  it('exports what it names, with types that a component compiles against', async () => {
    for (const to of Object.values(manifest.exports))
      for (const path of typeof to === 'string' ? [to] : [to.types, to.default])
        expect(existsSync(join(installed, path)), path).toBe(true)
    const lib = ['es2024', 'esnext.disposable']
    const compilerOptions = { module: 'nodenext', target: 'es2024', lib, types: ['node'], strict: true, noEmit: true }
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['typed.mts'] }))
    const typed = `import { defineSink, settings } from 'millrace'
      export const typed = defineSink({ type: 't', aliases: [], summary: '', settings: { n: settings.text({ doc: '', default: '' }) },
        create: ({ n }) => ({ batchSize: 1, inFlight: 1, async write(batch) { const length: number = n.length + batch.length; void length }, async [Symbol.asyncDispose]() {} }) })`
    writeFileSync(join(home, 'typed.mts'), typed)
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    await run(tsc, ['-p', home], { cwd: home })
    writeFileSync(join(home, 'typed.mts'), typed.replace('length: number', 'length: string'))
    await expect(run(tsc, ['-p', home], { cwd: home })).rejects.toThrow("not assignable to type 'string'")
  })

  it('gives a test suite a broker, with its types', async () => {
    const compilerOptions = { module: 'nodenext', target: 'es2024', lib: ['es2024', 'esnext.disposable'], types: ['node'], strict: true, noEmit: true } // prettier-ignore
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['suite.mts'] }))
    const suite = `import { startBroker, type Broker, type BrokerOptions } from 'millrace/broker'
      const options: BrokerOptions = { settings: { 'num.partitions': 3, 'auto.create.topics.enable': false } }
      await using broker: Broker = await startBroker(options)
      const port: number = broker.port
      console.log('SERVES ' + (port > 0))`
    writeFileSync(join(home, 'suite.mts'), suite)
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    await run(tsc, ['-p', home], { cwd: home })
    expect(await run(process.execPath, ['suite.mts'], { cwd: home })).toContain('SERVES true')
    writeFileSync(join(home, 'suite.mts'), suite.replace("'num.partitions'", "'num.partition'"))
    await expect(run(tsc, ['-p', home], { cwd: home })).rejects.toThrow('num.partition')
  })

  it('has a launcher for every file in bin', () => {
    const files = readdirSync(join(root, 'bin')).filter((file) => file !== 'launch')
    expect(Object.keys(manifest.bin).toSorted()).toEqual(files.toSorted())
  })

  it('runs an agent, with a component of the user', async () => {
    writeFileSync(
      join(home, 'my-sink.mts'),
      `import { defineSink } from 'millrace'
       export default defineSink({ type: 'mine', aliases: [], summary: '', settings: {}, create: (_, { log }) => ({
         batchSize: 10, inFlight: 1, async write(batch) { log.info('MINE ' + batch.length) }, async [Symbol.asyncDispose]() {} }) })`,
    )
    writeFileSync(
      join(home, 'a.properties'),
      `a1.sources = r1\na1.channels = c1\na1.sinks = k1\na1.sources.r1.type = seq\na1.sources.r1.totalEvents = 3
a1.sources.r1.channels = c1\na1.channels.c1.type = memory\na1.sinks.k1.type = ./my-sink.mts\na1.sinks.k1.channel = c1\n`,
    )
    await using child = new Child(npx('flume-ng'), ['agent', '-n', 'a1', '-f', 'a.properties'], { cwd: home })
    await child.printed(/MINE \d/)
    expect(await child.stop()).toBe(143)
    expect(child.output).toContain('Events in 3, out 3, dropped 0, held 0')
  })

  it('runs the tools', async () => {
    expect(await run(npx('millrace'), ['version'], { cwd: home })).toContain('Millrace')
    expect(await run(npx('millrace'), ['components', 'TAILDIR'], { cwd: home })).toContain('filegroups')
    expect(await run(npx('kafka-topics.sh'), ['--version'], { cwd: home })).toContain('millrace')
  })
})
