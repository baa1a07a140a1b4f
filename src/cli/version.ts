/** The version, from the package's own file. */
import { readFileSync } from 'node:fs'
import { type Command, exitCodes } from './command.ts'
import { packageFile } from './package-folder.ts'
import { summaries } from './summaries.ts'

export const version = (): string => {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }
  return version
}

export const command: Command = {
  name: 'version',
  summary: summaries.version,
  run() {
    process.stdout.write(`Millrace ${version()}, in place of Flume 1.11.0\nNode.js ${process.versions.node}\n`)
    return Promise.resolve(exitCodes.done)
  },
}
