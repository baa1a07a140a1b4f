import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli } from '../../test/support/cli.ts'
import { root } from '../../test/tidy/tree.ts'

const launchers = readdirSync(join(root, 'bin'))
  .filter((file) => file.endsWith('.sh'))
  .map((file) => file.replace('.sh', ''))

it.each(launchers)('%s has --version and --help, and ends with 0', async (name) => {
  expect(await runCli(name, '--version')).toEqual({
    code: 0,
    out: expect.stringMatching(/^millrace \d\S+\n$/),
    err: '',
  })
  const { code, out, err } = await runCli(name, '--help')
  expect({ code, wrong: /recognized|not find|means nothing/.exec(out + err) }).toEqual({ code: 0, wrong: null })
  expect((out + err).length).toBeGreaterThan(20)
})

it.each([
  ['kafka-server-start', 'server.properties', '--version'],
  ['kafka-server-start', '-daemon', 'server.properties', '--version'],
  ['kafka-run-class', 'kafka.Kafka', '--version'],
])('%s %s %s starts nothing', async (...words) => {
  expect(await runCli(...words)).toMatchObject({ code: 0, out: expect.stringMatching(/^millrace /) as string })
})
