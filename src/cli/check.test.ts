import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'
import { read, root } from '../../test/tidy/tree.ts'

const agent = (name: string): string => `${name}.sources = r1
${name}.channels = c1
${name}.sinks = k1
${name}.sources.r1.type = netcat
${name}.sources.r1.bind = 127.0.0.1
${name}.sources.r1.port = 44444
${name}.sources.r1.channels = c1
${name}.channels.c1.type = memory
${name}.sinks.k1.type = logger
${name}.sinks.k1.channel = c1
`

const inFile = async (text: string | Uint8Array, run: (file: string) => Promise<void>, name = 'f.properties') => {
  using folder = temporaryFolder()
  const file = join(folder.path, name)
  writeFileSync(file, text)
  await run(file)
}

describe('check', () => {
  it('says that all is well', () =>
    inFile(agent('a1'), async (file) => {
      expect(await runCli('check', file)).toEqual({
        code: 0,
        out: 'agent a1 can start: 1 source, 1 channel, 1 sink; 0 faults, 0 warnings.\n',
        err: '',
      })
    }))

  it('prints a finding a line, with its place, and ends with 2 on a fault', () =>
    inFile(`${agent('a1')}a1.sinks.k1.maxBytesToLgo = 1\na1.channels.c1.capacity = many\n`, async (file) => {
      const { code, out } = await runCli('check', file)
      expect(code).toBe(2)
      expect(out.split('\n')).toEqual([
        `${file}:11: warning: unknown setting maxBytesToLgo (did you mean maxBytesToLog?)`,
        `${file}:12: capacity: 'many' is not a whole number`,
        'agent a1 cannot start; 1 fault, 1 warning.',
        '',
      ])
    }))

  it('judges every agent of a file, or the one that is asked for', () =>
    inFile(`${agent('good')}${agent('bad').replace('memory', 'mmeory')}`, async (file) => {
      const both = await runCli('check', file)
      expect(both.code).toBe(2)
      expect(both.out).toContain('agent good can start: 1 source, 1 channel, 1 sink; agent bad cannot start; 1 fault')
      expect((await runCli('check', file, '-n', 'good')).code).toBe(0)
      expect((await runCli('check', file, '--name=bad')).out).toContain('did you mean memory?')
      const unknown = await runCli('check', file, '-n', 'godo')
      expect(unknown.code).toBe(2)
      expect(unknown.err).toContain('The agents there are: good bad. Did you mean good?')
    }))

  it('says under --lenient what would be left out', () =>
    inFile(agent('a1').replace('= k1\n', '= k1 k2\n'), async (file) => {
      expect((await runCli('check', file)).code).toBe(2)
      const lenient = await runCli('check', '--lenient', file)
      expect(lenient).toMatchObject({ code: 0 })
      expect(lenient.out).toContain('sink k2 is in the list, but nothing configures it')
    }))

  it('resolves -D properties, and reads YAML', async () => {
    await inFile(agent('a1').replace('44444', '${sys:port}'), async (file) => {
      expect((await runCli('check', file, '-Dport=1')).out).toContain('0 warnings')
      expect((await runCli('check', file)).out).toContain("port: '${sys:port}' is not a whole number")
    })
    const yaml =
      'a1: { sources: { r1: { type: seq, channels: c1 } }, channels: { c1: { type: memory } },\n sinks: { k1: { type: nul, channel: c1 } } }'
    await inFile(
      yaml,
      async (file) =>
        expect((await runCli('check', file)).out).toContain(
          `${file}:2: sink k1: unknown sink type nul (did you mean null?)`,
        ),
      'f.yaml',
    )
  })

  it('warns of a sink that needs the time where nothing gives it', async () => {
    const dated = agent('a1').replace('type = logger', 'type = hdfs\na1.sinks.k1.hdfs.path = file:///x/%Y')
    const says = 'sink k1 cannot store what source r1 brings: hdfs.path needs the header timestamp'
    await inFile(dated, async (file) =>
      expect((await runCli('check', file)).out).toContain(`${file}:10: warning: ${says}`),
    )
    const avro = 'a1.sources.r1.type = avro'
    for (const cure of [
      'a1.sinks.k1.hdfs.useLocalTimeStamp = true',
      'a1.sources.r1.interceptors = i1\na1.sources.r1.interceptors.i1.type = timestamp',
      'a1.sources.r1.interceptors = i1\na1.sources.r1.interceptors.i1.type = static\na1.sources.r1.interceptors.i1.key = timestamp',
    ])
      await inFile(`${dated}${cure}\n`, async (file) =>
        expect((await runCli('check', file)).out).toContain('0 warnings'),
      )
    await inFile(dated.replace('a1.sources.r1.type = netcat', avro), async (file) =>
      expect((await runCli('check', file)).out).toContain('0 warnings'),
    )
  })

  it('notes what is worth knowing without counting it', () => {
    const text = agent('a1').replace('type = netcat', 'type = exec\na1.sources.r1.command = tail -F /var/log/x')
    return inFile(text.replace(/.*r1.(?:bind|port).*\n/g, ''), async (file) => {
      const { code, out } = await runCli('check', file)
      expect(out).toContain(`${file}:5: note: tail keeps no position`)
      expect(out).toContain('0 faults, 0 warnings')
      expect(code).toBe(0)
    })
  })

  it('reads a file that is not UTF-8 all the same, and says so', () =>
    inFile(Buffer.from(`# caf\u00E9\n${agent('a1')}`, 'latin1'), async (file) => {
      expect(await runCli('check', file)).toMatchObject({
        code: 0,
        out: expect.stringContaining('it is not UTF-8') as string,
      })
    }))

  it.each(['', '# nothing yet\n\n', 'sources = r1\n'])('says that no agent is in %j, and how one begins', (text) =>
    inFile(text, async (file) => {
      const { code, out } = await runCli('check', file)
      expect(code).toBe(2)
      expect(out).toContain(
        `${file}: no agent is in this file (an agent begins with lines like a1.sources = r1, a1.channels = c1 and a1.sinks = k1)\n`,
      )
      expect(out).toMatch(/\n1 fault, [01] warnings?\.\n$/)
    }),
  )

  it('says the same of a YAML file with nothing in it, and of none whose fault is said', async () => {
    await inFile(
      '',
      async (file) => expect((await runCli('check', file)).out).toContain('no agent is in this'),
      'f.yaml',
    )
    const broken = async (file: string) => {
      const { out } = await runCli('check', file)
      expect(out).toContain('1 fault')
      expect(out).not.toContain('no agent is in this')
    }
    await inFile('a1: [', broken, 'f.yaml')
  })

  it('ends with 2 and a sentence for files that are not there, or no files', async () => {
    expect(await runCli('check', '/nowhere/f')).toEqual({
      code: 2,
      out: '',
      err: 'The configuration file /nowhere/f does not exist\nCorrect the path.\n',
    })
    expect((await runCli('check')).code).toBe(2)
    expect((await runCli('check', root)).err).toContain('cannot be read: EISDIR')
    expect(await runCli('chekc')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean check?') as string,
    })
  })
})

describe('modules as types', () => {
  const own = `export const shout = {
    type: 'shout', aliases: [], summary: 'Shouts.',
    settings: { loud: { kind: 'text', doc: '', required: true, default: undefined, formerly: [], secret: false, ours: true, parse: (t) => t } },
    create: () => ({}),
  }`

  it('are loaded relative to the file, and judged as any other', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'own'))
    writeFileSync(join(path, 'own', 'shout.ts'), own)
    writeFileSync(join(path, 'own', 'broken.ts'), 'export const nothing: number = 1')
    const file = join(path, 'f.properties')
    const text = agent('a1').replace('= logger', '= ./own/shout.ts')
    writeFileSync(file, text)
    expect((await runCli('check', file)).out).toContain(`${file}:9: sink k1 needs loud`)
    writeFileSync(file, `${text}a1.sinks.k1.loud = yes`)
    expect(await runCli('check', file)).toMatchObject({ code: 0 })
    writeFileSync(file, text.replace('shout', 'broken'))
    expect((await runCli('check', file)).out).toContain('./own/broken.ts cannot be loaded: it exports no sink')
    writeFileSync(file, text.replace('shout', 'gone'))
    const { out } = await runCli('check', file)
    expect(out).toContain('./own/gone.ts cannot be loaded: Cannot find module')
    expect(out).toContain('1 fault, 0 warnings')
  })
})

describe("the manual's examples", () => {
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(read('docs/configuration.md'))?.[1] ?? ''

  it('are sound', async () => {
    await inFile(
      block('yaml'),
      async (file) => expect((await runCli('check', file)).out).toContain('; 0 faults, 0 warnings.'),
      'f.yaml',
    )
  })
})

describe('the files that come along', () => {
  const files = globSync(
    [
      'conf/*.{properties,yaml}',
      'examples/**/*.{properties,yaml}',
      '{sources,channels,sinks}/*/example.properties',
      'src/{interceptors,serializers}/*/example.properties',
    ],
    { cwd: root },
  )
  const agents = files.filter((file) => !file.endsWith('server.properties'))

  it.each(agents)('%s can start, and has no unknown setting', async (file) => {
    const { code, out } = await runCli('check', join(root, file))
    expect(out).not.toContain('unknown setting')
    expect(code, out).toBe(0)
  })
})
